"""The panel of a capability that learns: data, leak guard, training, result, prediction."""

from __future__ import annotations

from functools import partial
from typing import Any

import streamlit as st

from core.contracts import Capability, Params
from core.language import N_
from core.ui import forms, guard_panel, inputs, jobs_panel, share, url
from core.ui.language import _
from core.ui.trouble import attempt

STEPS = {
    "data": N_("1 · Data"),
    "guard": N_("2 · Leak guard"),
    "train": N_("3 · Train"),
    "result": N_("4 · Result"),
    "predict": N_("5 · Predict"),
}


def learn_panel(capability: Capability) -> None:
    """One step at a time; what an earlier step gave is kept for the session."""
    if "next_step" in st.session_state:
        st.session_state["step"] = st.session_state.pop("next_step")
    step = url.choice(_("Step"), list(STEPS), lambda name: _(STEPS[name]), key="step", width="stretch")
    {"data": _data, "guard": _guard, "train": _train, "result": _result, "predict": _predict}[step](capability)


def _go(step: str) -> None:
    st.session_state["step"] = step


def _next(label: str, step: str, key: str, primary: bool = True) -> None:
    st.button(label, type="primary" if primary else "secondary", key=key, on_click=_go, args=(step,))


def _given(capability: Capability) -> inputs.Given | None:
    """What the data step gave; without it, the first sample."""
    given = st.session_state.get(f"{capability.id}.given")
    if given is None:
        st.info(_("Choose the data first."))
        _next(_("To the data"), "data", f"{capability.id}.back")
    return given


def _data(capability: Capability) -> None:
    assert capability.learner is not None
    key = capability.id
    given = inputs.choose(capability, key, ways=("sample", "upload"), samples=capability.training_samples)
    st.session_state[f"{key}.given"] = given
    if given is None:
        return
    st.markdown("**" + _("Columns") + "**")
    roles = forms.ask(
        capability.learner.params,
        f"{key}.train",
        table=given.table,
        start=share.shared_values(),
        only=lambda item: bool(item.column or item.values_of),
    )
    st.session_state[f"{key}.roles"] = roles
    if capability.learner.task in ("classification", "scoring"):
        _balance(given, roles.get("target", ""), f"{key}.balance")
    with st.container(horizontal=True):
        if st.button(
            _("Train now"),
            type="primary",
            key=f"{key}.now",
            help=_("With the best defaults and every mend the leak guard recommends."),
        ):
            _train_now(capability, given, roles)
        _next(_("Check for leaks"), "guard", f"{key}.check", primary=False)


def _balance(given: inputs.Given, target: str, key: str) -> None:
    """How the rows spread over the classes, where the target is a column of few values."""
    from core.contracts import Ranking
    from core.ui.views import show

    if target not in given.table.columns:
        return
    counts = given.table.frame[target].dropna().astype(str).value_counts()
    if not 1 <= len(counts) <= 200:
        return
    shown = counts.head(12)
    caption = _("Rows of each class; {count} classes in all.", count=len(counts))
    with st.expander(_("Rows per class")):
        show(Ranking("", tuple(map(str, shown.index)), tuple(float(n) for n in shown), caption=caption), key)


def _train_now(capability: Capability, given: inputs.Given, roles: dict[str, Any]) -> None:
    assert capability.learner is not None
    params = forms.build(capability.learner.params, {**_valid(capability, share.shared_values()), **roles})
    if params is None:
        return

    def mended() -> Params:
        from core.lifecycle import guard

        stop = (f"{capability.id}.now.stop", lambda: None)  # any click ends this run of the page, and nothing is started
        findings = guard_panel.inspect(given.table, params, _text_columns(params), stop)
        return params.model_copy(update={"mends": tuple(guard.recommended(findings))})

    ready = attempt(mended)
    if ready is not None:
        _submit(capability, given, ready)


def _valid(capability: Capability, values: dict[str, Any]) -> dict[str, Any]:
    assert capability.learner is not None
    return {name: value for name, value in values.items() if name in capability.learner.params.model_fields and name != "mends"}


def _text_columns(params: Params) -> tuple[str, ...]:
    """The columns of kind text that the params name."""
    return tuple(
        str(getattr(params, item.name))
        for item in forms.fields(type(params))
        if item.column == "text" and getattr(params, item.name)
    )


def _roles(capability: Capability) -> dict[str, Any]:
    return dict(st.session_state.get(f"{capability.id}.roles", {}))


def _guard(capability: Capability) -> None:
    assert capability.learner is not None
    given = _given(capability)
    params = forms.build(capability.learner.params, _roles(capability)) if given else None
    if given is None or params is None:
        return
    st.caption(_("What would make the score look better than it is, found before training."))
    chosen = guard_panel.guard_panel(given.table, params, _text_columns(params), f"{capability.id}.guard")
    st.session_state[f"{capability.id}.mends"] = chosen
    _next(_("Go on to training"), "train", f"{capability.id}.go")


def _train(capability: Capability) -> None:
    assert capability.learner is not None
    given = _given(capability)
    if given is None:
        return
    key, model = capability.id, capability.learner.params
    values = forms.ask(
        model,
        f"{key}.train",
        table=given.table,
        start=share.shared_values(),
        only=lambda item: not (item.column or item.values_of),
    )
    mends = tuple(st.session_state.get(f"{key}.mends", ()))
    params = forms.build(model, {**_roles(capability), **values, "mends": mends})
    if params is None:
        return
    st.caption(
        _(
            "{rows} rows of {name}; {count} mends applied first.",
            rows=f"{len(given.table):,}",
            name=_plain(given),
            count=len(mends),
        )
    )
    if st.button(_("Train"), type="primary", key=f"{key}.start", icon=":material/play_arrow:"):
        _submit(capability, given, params)
    job = jobs_panel.current(capability.id, "train")
    if job is not None and job.state != "done":
        jobs_panel.job_panel(job.id, f"{key}.job")


def _plain(given: inputs.Given) -> str:
    from core.ui.plain import plain

    return plain(given.table.name)


def _submit(capability: Capability, given: inputs.Given, params: Params) -> None:
    """Starts the job and goes to where its progress and then its result are shown."""
    from core import jobs

    job = attempt(lambda: jobs.submit(capability.id, "train", given.source, params.model_dump(mode="json")))
    if job is not None:
        jobs_panel.remember(job.id)
        st.session_state["next_step"] = "result"
        st.rerun()


def _result(capability: Capability) -> None:
    from core import jobs
    from core.ui.outcome import outcome, pass_on

    assert capability.learner is not None
    key = capability.id
    job = jobs_panel.current(key, "train") or _newest(key)
    if job is None:
        st.info(_("Nothing has been trained yet. Train on the sample to see a result here."))
        _next(_("To the data"), "data", f"{key}.empty")
        return
    state = jobs_panel.job_panel(job.id, f"{key}.job")
    if state == "done":
        result = attempt(lambda: jobs.result(job.id))
        if result is not None:
            params = forms.build(capability.learner.params, job.params)
            data = job.source.name
            outcome(
                capability, result, f"{key}.trained", given=None, params=params or capability.params(), data=data, card=job.params
            )
            with st.container(horizontal=True):
                _next(_("Predict with it"), "predict", f"{key}.use")
            if params is not None:
                pass_on(capability, f"{key}.trained", given=None, params=params)
    _compare(capability)


def _newest(capability_id: str) -> Any | None:
    from core import jobs

    known = attempt(partial(jobs.all_jobs, 50)) or ()
    return next(
        (job for job in known if job.capability_id == capability_id and job.action == "train" and job.state == "done"), None
    )


def _compare(capability: Capability) -> None:
    from core.ui.runs_panel import runs_panel

    fold = st.expander(_("Compare with earlier runs"), on_change="rerun", key=f"{capability.id}.compare")
    if fold.open:
        with fold:
            runs_panel(capability.id, f"{capability.id}.runs")


def _predict(capability: Capability) -> None:
    from core.ui.panel import run_and_show
    from core.ui.runs_panel import choose_model

    key = f"{capability.id}.predict"
    model = choose_model(capability, key)
    if model is None:
        st.info(_("There is no model yet. Train one first: it takes a minute on the sample."))
        _next(_("To the data"), "data", f"{key}.empty")
        return
    given = inputs.choose(capability, key, ways=("paste", "upload", "sample"))
    if given is None:
        return
    table = given.columns
    values = forms.ask(capability.params, f"{key}.params", table=table, only=lambda item: item.name != "model")
    params = forms.build(capability.params, {**values, "model": model})
    if params is not None:
        run_and_show(capability, key, given, params, model=model)
