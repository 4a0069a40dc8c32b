"""One job on the page: how far it is, what it says, its learning curve, and the buttons that act on it.

The job's id stands in the URL (`?job=`), so the panel is there again after F5 or in another browser.
"""

from __future__ import annotations

from typing import Any

import streamlit as st

from core import registry
from core.contracts import NotFoundError, Series
from core.language import N_
from core.ui.language import _, say
from core.ui.numbers import duration
from core.ui.plain import plain
from core.ui.trouble import attempt

WAITING = ("queued", "running")
RESUMABLE = ("cancelled", "interrupted", "failed")
STATES = {
    "queued": (N_("Waiting"), "gray"),
    "running": (N_("Running"), "blue"),
    "done": (N_("Done"), "green"),
    "failed": (N_("Failed"), "red"),
    "cancelled": (N_("Cancelled"), "orange"),
    "interrupted": (N_("Interrupted"), "orange"),
}
LOG_LINES = 200


def remember(job_id: str) -> None:
    """Puts the job into the URL."""
    st.query_params["job"] = job_id


def current(capability_id: str, action: str) -> Any | None:
    """The job that the URL names, if it is one of this capability and action."""
    from core import jobs

    job_id = st.query_params.get("job", "")
    if not job_id:
        return None
    try:
        job = jobs.get(job_id)
    except NotFoundError:  # an old link: the panel then simply has no job to show
        return None
    return job if job.capability_id == capability_id and job.action == action else None


def job_panel(job_id: str, key: str) -> str:
    """Shows the job, refreshed each second while it runs; returns its state as of this run of the page."""
    from core import jobs

    job = attempt(lambda: jobs.get(job_id))
    if job is None:
        return "missing"
    live = job.state in WAITING

    @st.fragment(run_every=1.0 if live else None)
    def draw() -> None:
        now = attempt(lambda: jobs.get(job_id))
        if now is None:
            return
        if live and now.state not in WAITING:
            st.rerun()  # the whole page: its result is there
        _panel(now, key)

    draw()
    return str(job.state)


def _panel(job: Any, key: str) -> None:
    with st.container(border=True, key=f"{key}.panel"):
        with st.container(horizontal=True, vertical_alignment="center"):
            state_badge(job.state)
            st.markdown(f"**{title_of(job)}**", width="stretch")
            actions(job, key)
        if job.state in WAITING:
            share = min(1.0, max(0.0, job.progress or 0.0))
            left = _("about {time} left", time=duration(job.seconds_left)) if job.seconds_left is not None else ""
            st.progress(share, text=" · ".join(part for part in (f"{share:.0%}", say(job.message or ""), left) if part))
            _text(job.id)
            _parts(job.id, key)
        elif job.error:
            st.error(say(job.error))
        if job.state == "interrupted":
            st.caption(_("The work was cut off. Nothing is lost: resume it from its last checkpoint."))
        if job.state != "done":  # the report of a finished training has the curve
            _curve(job.id, key)
        _log(job.id, key)


def _text(job_id: str) -> None:
    """What stands of the answer already, to be read along."""
    from core import jobs
    from core.ui.markup import paragraphs

    pieces = attempt(lambda: jobs.text(job_id)) or []
    if pieces:
        with st.container(border=True):
            st.html(paragraphs("\n".join(pieces) + " ▍"))


def _parts(job_id: str, key: str) -> None:
    """What stands of the result already, to be seen or heard."""
    from core import jobs
    from core.ui.views import show

    found = attempt(lambda: jobs.parts(job_id)) or []
    for name, one in {getattr(one, "file", str(place)): one for place, one in enumerate(found)}.items():
        show(one, f"{key}.part.{name}")  # the same key each second: what plays goes on playing


def state_badge(state: str) -> None:
    name, color = STATES.get(state, (state, "gray"))
    st.badge(_(name), color=color)  # type: ignore[arg-type]


def title_of(job: Any) -> str:
    """What the job is about, safe for markdown."""
    if job.title and job.title != job.source.name:
        return plain(job.title)
    try:
        name = _(registry.get(job.capability_id).title)
    except NotFoundError:  # of a package that is no longer installed
        name = plain(job.capability_id)
    return name + " · " + plain(job.source.name)


def actions(job: Any, key: str) -> None:
    """Cancel while it runs; resume or remove afterwards."""
    from core import jobs

    if job.state in WAITING:
        if st.button(_("Cancel"), key=f"{key}.cancel.{job.id}"):
            attempt(lambda: jobs.cancel(job.id))
            st.rerun()
        return
    if job.state in RESUMABLE and st.button(_("Resume"), key=f"{key}.resume.{job.id}", type="primary"):
        attempt(lambda: jobs.resume(job.id))
        st.rerun()


def _curve(job_id: str, key: str) -> None:
    """The learning curves so far: losses in one chart, everything else in another."""
    from core import jobs
    from core.ui.views import show

    points = attempt(lambda: jobs.curve(job_id)) or []
    charts = curve_series(points)
    if not charts:
        return
    for column, (name, series) in zip(st.columns(len(charts), gap="medium"), charts.items()):
        with column:
            show(series, f"{key}.curve.{name}")


def curve_series(points: list[dict[str, Any]]) -> dict[str, Series]:
    """Points as `Context.metric` wrote them, as up to two series over the step: `loss` and `score`.

    What has "loss" in its name is better when lower; of several methods, `loss: <method>`, the method is the line's name.
    """
    steps = sorted({point["step"] for point in points if point.get("step") is not None})
    if len(steps) < 2:
        return {}
    at = {step: index for index, step in enumerate(steps)}
    lines: dict[str, list[float]] = {}
    for point in points:
        for name, value in (point.get("values") or {k: v for k, v in point.items() if k not in ("step", "time")}).items():
            if isinstance(value, int | float) and point.get("step") is not None:
                lines.setdefault(name, [float("nan")] * len(steps))[at[point["step"]]] = float(value)
    titles = {"loss": (N_("Loss"), N_("Lower is better.")), "score": (N_("Score"), N_("Higher is better."))}
    found = {}
    for kind, (title, caption) in titles.items():
        chosen = {
            name.removeprefix("loss: "): tuple(values) for name, values in lines.items() if ("loss" in name) == (kind == "loss")
        }
        if chosen:
            y_label = next(iter(chosen)) if len(chosen) == 1 else title
            found[kind] = Series(title, tuple(steps), chosen, x_label=N_("Step"), y_label=y_label, caption=caption)
    return found


def _log(job_id: str, key: str) -> None:
    from core import jobs

    fold = st.expander(_("Log"), on_change="rerun", key=f"{key}.log")
    if fold.open:
        with fold:
            text = attempt(lambda: jobs.log(job_id, LOG_LINES)) or ""
            st.code(text if isinstance(text, str) else "\n".join(text), language=None, height=220)
