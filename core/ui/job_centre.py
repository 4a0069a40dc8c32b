"""The job centre: every job with what can be done to it, and the runs that came of them side by side."""

from __future__ import annotations

from functools import partial
from typing import Any

import streamlit as st

from core.language import N_
from core.ui import jobs_panel, url
from core.ui.language import _
from core.ui.numbers import duration, number
from core.ui.plain import plain
from core.ui.times import ago, seconds_between
from core.ui.trouble import attempt

VIEWS = {"jobs": N_("Jobs"), "runs": N_("Runs and models")}
SHOWN = 100


def show() -> None:
    """The whole page. MLflow is imported only once the runs are asked for."""
    st.title(_("Jobs and runs"), anchor=False)
    st.markdown(_("Long work goes on here whether or not anybody looks. Every finished training leaves a run with its model."))
    view = url.choice(_("View"), list(VIEWS), lambda name: _(VIEWS[name]), key="view")
    if view == "runs":
        from core.ui.runs_panel import runs_panel

        runs_panel(None, "centre.runs")
        return
    _jobs()


def _jobs() -> None:
    from core import jobs

    known = attempt(partial(jobs.all_jobs, SHOWN))
    if known is None:
        return
    if not known:
        st.info(_("No job yet. Train on a sample and it will be listed here while it runs and afterwards."))
        st.page_link(
            "pages/text.py",
            label=_("Train on a sample"),
            icon=":material/arrow_forward:",
            query_params={"capability": "text.classify"},
        )
        return
    active = [job.id for job in known if job.is_active]

    @st.fragment(run_every=2.0 if active else None)
    def listing() -> None:
        now = attempt(partial(jobs.all_jobs, SHOWN)) or []
        if active != [job.id for job in now if job.is_active]:
            st.rerun()
        for job in now:
            _row(job)

    _summary(known)
    listing()
    if (job_id := st.query_params.get("job", "")) and job_id in {job.id for job in known}:
        st.subheader(_("Details"), anchor=False)
        jobs_panel.job_panel(job_id, "centre.job")


def _summary(known: list[Any]) -> None:
    """How many jobs there are in each state."""
    counts = {state: sum(1 for job in known if job.state == state) for state in jobs_panel.STATES}
    with st.container(horizontal=True):
        for state, count in counts.items():
            if count:
                name, color = jobs_panel.STATES[state]
                st.badge(f"{_(name)}: {count}", color=color)  # type: ignore[arg-type]


def _row(job: Any) -> None:
    with st.container(border=True, key=f"centre.{job.id}"):
        with st.container(horizontal=True, vertical_alignment="center"):
            jobs_panel.state_badge(job.state)
            st.markdown(f"**{jobs_panel.title_of(job)}**", width="stretch")
            if job.score is not None:
                st.markdown(f"**{number(job.score, plain(_(job.unit)))}** :gray[{plain(_(job.metric))}]", width="content")
            st.caption(" · ".join(part for part in (ago(job.created), _spent(job)) if part), width="content")
            _buttons(job)
        if job.is_active:
            text = _(job.message.id, **job.message.values) if job.message else ""
            st.progress(min(1.0, max(0.0, job.progress)), text=f"{job.progress:.0%} {plain(text)}")
        elif job.error:
            st.caption(":material/warning: " + plain(_(job.error)))


def _spent(job: Any) -> str:
    seconds = seconds_between(job.started, job.ended)
    return duration(seconds) if seconds is not None else ""


def _buttons(job: Any) -> None:
    from core import jobs

    if page := url.page_of(job.capability_id.partition(".")[0]):
        query = {"capability": job.capability_id, "job": job.id}
        if job.action == "train":
            query["step"] = "result"
        st.page_link(page, label=_("Open"), query_params=query, width="content")
    st.button(_("Details"), key=f"centre.look.{job.id}", type="tertiary", on_click=jobs_panel.remember, args=(job.id,))
    jobs_panel.actions(job, "centre")
    if not job.is_active:
        with st.popover(_("Remove"), type="tertiary", key=f"centre.ask.{job.id}"):
            st.markdown(_("Remove this job and its log? The model of a finished training stays."))
            if st.button(_("Remove"), key=f"centre.remove.{job.id}", type="primary"):
                attempt(partial(jobs.remove, job.id))
                st.rerun()
