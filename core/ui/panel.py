"""`capability_panel(capability)`: a whole capability on a page, derived from its record."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import streamlit as st

from core.contracts import Capability, Params
from core.language import N_
from core.ui import chain, forms, inputs, jobs_panel, progress, share, terms, url
from core.ui.language import _
from core.ui.outcome import outcome, pass_on
from core.ui.trouble import attempt

USES = {"use": N_("Use it"), "train": N_("Train your own")}


def field_page(*capabilities: Capability) -> None:
    """The page of a field: one of its capabilities at a time, named in the URL."""
    by_id = {capability.id: capability for capability in capabilities}
    st.session_state[chain.FIELD] = list(by_id)
    chosen = url.choice(_("What to do"), list(by_id), lambda name: _(by_id[name].title), key="capability")
    capability_panel(by_id[chosen])


def capability_panel(capability: Capability) -> None:
    """What it does, input, parameters, run, result, evidence, downloads, feedback; with all steps of learning where it learns."""
    st.header(_(capability.title), anchor=False)
    st.markdown(_(capability.summary))
    if capability.learner is not None:
        use = "train"
        if capability.ready:
            use = url.choice(_("Use"), list(USES), lambda name: _(USES[name]), key="use")
        if use == "train":
            from core.ui.learn import learn_panel

            learn_panel(capability)
            return
    if capability.chat is not None and capability.chat.spoken:
        from core.ui.talking import talk_panel

        talk_panel(capability, capability.id)
    elif capability.chat is not None:
        from core.ui.chat import chat_panel

        chat_panel(capability, capability.id)
    else:
        run_panel(capability, capability.id)


def run_panel(capability: Capability, key: str, start: dict[str, Any] | None = None) -> None:
    """Input, parameters, run and result of a capability as it is."""
    given = inputs.choose(capability, key)
    if given is None and capability.alone is not None:
        given = inputs.nothing(capability)  # some settings need no input
    if given is not None:
        run_given(capability, key, given, start)


def run_given(capability: Capability, key: str, given: inputs.Given, start: dict[str, Any] | None = None) -> None:
    """Parameters, run and result for what was given."""
    params = forms.form(
        capability.params,
        f"{key}.params",
        table=given.columns,
        start={**_first_query(capability, given), **share.shared_values(), **(start or {})},
        ground=lambda: given.ground,
    )
    if params is None or not terms.accepted(params, key):
        return
    if capability.alone is not None and capability.alone(params):
        given = inputs.nothing(capability) or given
    elif given.is_nothing and capability.takes:
        return  # the input area says what to give
    run_and_show(capability, key, given, params)


def _first_query(capability: Capability, given: inputs.Given) -> dict[str, Any]:
    """A sample brings a query of its own, so that the first click on run finds something."""
    from core import samples

    if given.source.kind != "sample" or "query" not in capability.params.model_fields:
        return {}
    return {"query": samples.sample(given.source.name).query}


def run_and_show(capability: Capability, key: str, given: inputs.Given, params: Params, model: str = "") -> None:
    """The run button and, once pressed, the result for exactly this input and these params."""
    kept = f"{key}.kept"
    signature = (given.source.model_dump_json(), params.model_dump_json())
    long = _says(capability.is_slow, capability, given, params) or (
        given.is_long and not _says(capability.is_quick, capability, given, params)
    )
    if st.button(_("Run"), type="primary", key=f"{key}.run", icon=":material/play_arrow:"):
        if long:
            _submit(capability, given, params)
        else:
            st.session_state[kept] = (signature, attempt(lambda: call(capability, given, params)))
    known, result = st.session_state.get(kept, (None, None))
    answered = known == signature and result is not None
    if long or (not answered and _is_asked_by_job(capability, given, params)):
        _job_result(capability, key, given, params, model)
        return
    if not answered:
        st.caption(_("Press run to see the result for this input."))
        return
    _after(capability, result, key, given, params, model)


def _is_asked_by_job(capability: Capability, given: inputs.Given, params: Params) -> bool:
    """Whether a job of this session works on just this. What it leaves on disk may make the same question a quick one."""
    job = jobs_panel.current(capability.id, "run")
    return job is not None and job.source == given.source and job.params == params.model_dump(mode="json")


def _after(capability: Capability, result: Any, key: str, given: inputs.Given, params: Params, model: str) -> None:
    outcome(capability, result, key, given=given, params=params, model=model)
    if given.kind is not None:
        chain.offer(capability, result, key, given.kind, given.name)
    pass_on(capability, key, given=given, params=params)


def call(capability: Capability, given: inputs.Given, params: Params) -> Any:
    """Runs the capability on what was given, with a bar that shows how far it is."""
    with progress.bar() as context:
        return capability.run(given.whole(capability.takes), params, context)


def _says(
    question: Callable[[Any, Any], bool] | None, capability: Capability, given: inputs.Given, params: Params
) -> bool:  # fmt: skip
    """What the capability says of this input: that it is answered at once, large as it is, or takes long, small as it is."""
    if question is None:
        return False
    return bool(attempt(lambda: question(given.whole(capability.takes), params)))


def _submit(capability: Capability, given: inputs.Given, params: Params) -> None:
    from core import jobs

    job = attempt(lambda: jobs.submit(capability.id, "run", given.source, params.model_dump(mode="json")))
    if job is not None:
        jobs_panel.remember(job.id)


def _job_result(capability: Capability, key: str, given: inputs.Given, params: Params, model: str) -> None:
    from core import jobs

    job = jobs_panel.current(capability.id, "run")
    if job is None:
        st.caption(_("So much is worked on in the background; you may close this page and come back."))
        return
    state = jobs_panel.job_panel(job.id, f"{key}.job")
    if state == "done":
        result = attempt(lambda: jobs.result(job.id))
        if result is not None:
            _after(capability, result, f"{key}.done", given, params, model)
