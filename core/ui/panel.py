"""`capability_panel(capability)`: a whole capability on a page, derived from its record."""

from __future__ import annotations

from typing import Any

import streamlit as st

from core.contracts import Capability, Context, Params, Table, Texts
from core.ui import forms, inputs, jobs_panel, share, url
from core.ui.language import _
from core.ui.outcome import outcome, pass_on
from core.ui.trouble import attempt

ROWS_AT_ONCE = 2000  # more are a job: they take longer than one waits without progress


def field_page(*capabilities: Capability) -> None:
    """The page of a field: one of its capabilities at a time, named in the URL."""
    by_id = {capability.id: capability for capability in capabilities}
    chosen = url.choice(_("What to do"), list(by_id), lambda name: _(by_id[name].title), key="capability")
    capability_panel(by_id[chosen])


def capability_panel(capability: Capability) -> None:
    """What it does, input, parameters, run, result, evidence, downloads, feedback; with all steps of learning where it learns."""
    st.header(_(capability.title), anchor=False)
    st.markdown(_(capability.summary))
    if capability.learner is not None:
        from core.ui.learn import learn_panel

        learn_panel(capability)
    else:
        run_panel(capability, capability.id)


def run_panel(capability: Capability, key: str, start: dict[str, Any] | None = None) -> None:
    """Input, parameters, run and result of a capability as it is."""
    given = inputs.choose(capability, key)
    if given is None:
        return
    params = forms.form(
        capability.params,
        f"{key}.params",
        table=None if given.texts else given.table,
        start={**share.shared_values(), **(start or {})},
    )
    if params is None:
        return
    run_and_show(capability, key, given, params)


def run_and_show(capability: Capability, key: str, given: inputs.Given, params: Params, model: str = "") -> None:
    """The run button and, once pressed, the result for exactly this input and these params."""
    kept = f"{key}.kept"
    signature = (given.source.model_dump_json(), params.model_dump_json())
    long = len(given.texts or given.table) > ROWS_AT_ONCE
    if st.button(_("Run"), type="primary", key=f"{key}.run", icon=":material/play_arrow:"):
        if long:
            _submit(capability, given, params)
        else:
            with st.spinner(_("Working…"), show_time=True):
                st.session_state[kept] = (signature, attempt(lambda: call(capability, given, params)))
    if long:
        _job_result(capability, key, given, params, model)
        return
    known, result = st.session_state.get(kept, (None, None))
    if known != signature or result is None:
        st.caption(_("Press run to see the result for this input."))
        return
    outcome(capability, result, key, given=given, params=params, model=model)
    pass_on(capability, key, given=given, params=params)


def call(capability: Capability, given: inputs.Given, params: Params) -> Any:
    """Runs the capability on what it takes: the texts where they were typed, the table where it takes tables."""
    whole: Texts | Table = given.texts if given.texts is not None and Texts in capability.takes else given.table
    if isinstance(whole, Table) and Table not in capability.takes:
        whole = given.texts_of()
    return capability.run(whole, params, Context())


def _submit(capability: Capability, given: inputs.Given, params: Params) -> None:
    from core import jobs

    job = attempt(lambda: jobs.submit(capability.id, "run", given.source, params.model_dump(mode="json")))
    if job is not None:
        jobs_panel.remember(job.id)


def _job_result(capability: Capability, key: str, given: inputs.Given, params: Params, model: str) -> None:
    from core import jobs

    job = jobs_panel.current(capability.id, "run")
    if job is None:
        rows = f"{len(given.table):,}"
        st.caption(_("{rows} rows are worked on in the background; you may close this page and come back.", rows=rows))
        return
    state = jobs_panel.job_panel(job.id, f"{key}.job")
    if state == "done":
        result = attempt(lambda: jobs.result(job.id))
        if result is not None:
            outcome(capability, result, f"{key}.done", given=given, params=params, model=model)
            pass_on(capability, f"{key}.done", given=given, params=params)
