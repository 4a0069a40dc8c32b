"""The parts of the home page. Nothing here imports pandas, Plotly, torch or MLflow: the page must be there at once."""

from __future__ import annotations

from functools import partial
from typing import Any, Literal

import streamlit as st

from core import registry
from core.contracts import Capability, UserError
from core.language import N_
from core.ui import brand, jobs_panel, tour, url
from core.ui.language import _, say
from core.ui.numbers import number, size
from core.ui.plain import plain
from core.ui.times import ago
from core.ui.trouble import attempt

RECENT = 6
CARD_WIDTH = 320  # pixels: below two of them, cards stand in one column
QUICK_STARTS = 3
WEIGHT_STATES = {
    "present": (N_("Ready"), "green"),
    "fetchable": (N_("On first use"), "blue"),
    "needs acceptance": (N_("Needs your consent"), "orange"),
    "missing": (N_("Not available here"), "gray"),
}


def hero() -> None:
    """Name, promise, and three ways to begin."""
    st.title(_("Large AI models, on your own data"), anchor=False)
    st.markdown(
        _("Train, measure, explain and hand over: the same way in every field, in Chinese and English, on this very machine.")
    )
    with st.container(horizontal=True):
        shown = [capability for capability in registry.capabilities().values() if url.page_of(capability.field)]
        for index, capability in enumerate(shown[:QUICK_STARTS]):
            kind: Literal["primary", "secondary"] = "secondary" if index else "primary"
            if st.button(_(capability.title), key=f"home.start.{capability.id}", type=kind, help=_(capability.summary)):
                st.switch_page(url.page_of(capability.field), query_params={"capability": capability.id})
        tour.offer(_("Guided tour"))
    st.space("small")
    _promises()


def _promises() -> None:
    promises = (
        (
            ":material/bar_chart:",
            N_("Evidence on every result"),
            N_("Score with interval, baseline and published reference, side by side."),
        ),
        (":material/shield:", N_("A leak guard"), N_("Finds what makes a score look too good, and mends it in one click.")),
        (":material/sync:", N_("Work that survives"), N_("Cancel, resume, close the tab: long work goes on and loses nothing.")),
        (
            ":material/wifi_off:",
            N_("Offline, on a CPU"),
            N_("Real weights and real data from the first start; faster with a GPU."),
        ),
    )
    for column, (icon, title, text) in zip(st.columns(len(promises), gap="medium"), promises):
        column.markdown(f"**{icon} {_(title)}**  \n:gray[{_(text)}]")


def fields() -> None:
    """What Panorama can do: a field at a time, a card for each of its capabilities that the registry finds.

    All fields at once would make the first page wait for cards that nobody has asked for.
    """
    st.header(_("What it can do"), anchor=False)
    by_field: dict[str, list[Capability]] = {}
    for capability in registry.capabilities().values():
        by_field.setdefault(capability.field, []).append(capability)
    if not by_field:
        st.info(_("No capability is installed yet."))
        return

    def title(field: str) -> str:
        icon, name, _text = brand.FIELDS.get(field, (":material/extension:", field.capitalize(), ""))
        return f"{icon} {_(name)}"

    field = url.choice(_("Field"), list(by_field), title, key="field")
    if text := brand.FIELDS.get(field, ("", "", ""))[2]:
        st.caption(_(text))
    with st.grid(2, min_column_width=CARD_WIDTH, gap="medium"):
        for capability in by_field[field]:
            _card(capability)


def _card(capability: Capability) -> None:
    with st.container(border=True, height="stretch"):
        with st.container(horizontal=True, vertical_alignment="center"):
            st.markdown(f"**{_(capability.title)}**", width="stretch")
            ready, text = _readiness(capability)
            st.badge(text, color="green" if ready else "blue")
        st.markdown(_(capability.summary))
        facts = []
        if capability.learner is not None:
            facts.append(_("learns from your data"))
        if capability.samples:
            facts.append(_("sample data sets: {count}", count=len(capability.samples)))
        for bar in capability.bars[:1]:
            sentence = (
                N_("promised: {metric} at most {value}") if bar.lower_is_better else N_("promised: {metric} at least {value}")
            )
            facts.append(_(sentence, metric=_(bar.metric), value=number(bar.value, _(bar.unit))))
        st.caption(" · ".join(facts))
        if page := url.page_of(capability.field):
            st.page_link(page, label=_("Open"), icon=":material/arrow_forward:", query_params={"capability": capability.id})


def _readiness(capability: Capability) -> tuple[bool, str]:
    """Whether all weights that it names are on this machine."""
    states = [_status(name) for name in capability.weights]
    missing = sum(1 for status in states if status is None or status.state != "present")
    if not missing:
        return True, _("Ready")
    return False, _("Ready; more models on request: {count}", count=missing)


def _status(name: str) -> Any | None:
    """The state of weights; None for a name that the manifest does not have: no reason to spoil the page."""
    from core import weights

    try:
        return weights.status(name)
    except UserError:
        return None


def recent_work() -> None:
    """The newest jobs with their scores."""
    from core import jobs

    st.header(_("Recent work"), anchor=False)
    known = attempt(partial(jobs.all_jobs, RECENT)) or []
    if not known:
        st.caption(_("Nothing yet. What you train or run in the background will be listed here, with its score."))
        return
    with st.container(border=True):
        for job in known:
            with st.container(horizontal=True, vertical_alignment="center"):
                jobs_panel.state_badge(job.state)
                st.markdown(jobs_panel.title_of(job), width="stretch")
                if job.score is not None:
                    st.markdown(f"**{number(job.score, plain(_(job.unit)))}** :gray[{plain(_(job.metric))}]", width="content")
                st.caption(ago(job.created), width="content")
        st.page_link("pages/workbench/jobs.py", label=_("All jobs and runs"), icon=":material/list_alt:")


def machine() -> None:
    """Device, memory and weights of this machine."""
    from core import device, weights

    st.header(_("This machine"), anchor=False)
    facts = device.machine()
    states = {name: _status(name) for name in weights.catalogue()}
    present = sum(1 for status in states.values() if status is not None and status.state == "present")
    for column, (label, value, text) in zip(
        st.columns(4),
        (
            (_("Computes on"), _("GPU") if facts.gpu else _("Processor"), plain(facts.gpu or facts.processor)),
            (_("Processor cores"), str(facts.cores), plain(facts.system)),
            (_("Memory"), size(facts.memory), _("{size} free", size=size(facts.memory_available))),
            (_("Models here"), f"{present} / {len(states)}", _("more on first use")),
        ),
    ):
        column.metric(label, value, delta=text or None, delta_color="off", delta_arrow="off", border=True, height="stretch")
    detail = st.expander(_("Models in detail"), key="home.models", on_change="rerun")
    if detail.open:  # dozens of rows that most visitors never unfold
        with detail:
            _weights(states)


def _weights(states: dict[str, Any]) -> None:
    from core import weights

    catalogue = weights.catalogue()
    for name, status in states.items():
        item = catalogue[name]
        with st.container(horizontal=True, vertical_alignment="center"):
            title, color = WEIGHT_STATES.get(status.state if status else "missing", WEIGHT_STATES["missing"])
            st.badge(_(title), color=color)  # type: ignore[arg-type]
            st.markdown(f"{plain(item.title)} :gray[{plain(item.licence)}]", width="stretch")
            st.caption(say(status.sentence) if status else "", width="content")
