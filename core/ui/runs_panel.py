"""Trained models side by side: score with interval, time, method; naming one; choosing one to predict with."""

from __future__ import annotations

from functools import partial
from typing import Any

import streamlit as st

from core.contracts import Capability, Curves, Evidence, Ranking
from core.language import N_
from core.ui.language import _
from core.ui.numbers import duration, interval, number
from core.ui.plain import plain
from core.ui.times import ago
from core.ui.trouble import attempt
from core.ui.views import show

COMPARED = 20
NAMES = (N_("train_loss"), N_("validation_loss"), N_("validation_accuracy"))  # of points that our trainings write
CURVES_FIRST, CURVES_MOST = 3, 6  # runs whose learning curves are shown, at first and at most
Points = tuple[tuple[float, ...], tuple[float, ...]]  # steps and values


def runs_panel(capability_id: str | None, key: str) -> None:
    """Chart and table of the newest runs, of one capability or of all."""
    from core import runs

    with st.spinner(_("Reading the runs…")):
        known = attempt(partial(runs.all_runs, capability_id, COMPARED))
    if known is None:
        return
    if not known:
        st.info(_("No run yet. Every finished training is kept here with its model, to compare and to predict with."))
        return
    evidence = {run.id: evidence_of(run.id) for run in known}
    for metric in dict.fromkeys(card.metric for card in evidence.values() if card and card.score is not None):
        chosen = [run for run in known if (card := evidence[run.id]) and card.metric == metric]
        show(comparison(metric, chosen, evidence), f"{key}.{metric}")
    _curves(known, f"{key}.curves")
    _table(known, evidence, f"{key}.table")
    _register(known, f"{key}.register")


@st.cache_resource(max_entries=200, show_spinner=False)
def evidence_of(run_id: str) -> Evidence | None:
    """The evidence card of a run; a finished run never changes."""
    from core import runs

    return attempt(lambda: runs.report(run_id).evidence)


def comparison(metric: str, known: list[Any], evidence: dict[str, Evidence | None]) -> Ranking:
    """The scores of runs with their intervals, in percent where they have no unit, the best first."""
    cards = [(run, card) for run in known if (card := evidence[run.id]) and card.score is not None]
    cards.sort(key=lambda pair: -(pair[1].score or 0))
    unit = cards[0][1].unit if cards else ""
    scale = 1 if unit else 100
    scores = [scale * (card.score or 0.0) for _run, card in cards]
    bounds = [card.interval or (card.score or 0.0, card.score or 0.0) for _run, card in cards]
    return Ranking(
        metric, tuple(label(run) for run, _card in cards), tuple(scores), unit=unit or "%",
        low=tuple(scale * low for low, _high in bounds), high=tuple(scale * high for _low, high in bounds),
        caption=N_("Score on each run's own test rows with its 95 % interval. Compare runs on the same data only."),
    )  # fmt: skip


@st.cache_resource(max_entries=200, show_spinner=False)
def curve_of(run_id: str) -> dict[str, Points]:
    """The learning curve of a run; a finished run never changes."""
    from core import runs

    return attempt(lambda: runs.curve(run_id)) or {}


def _curves(known: list[Any], key: str) -> None:
    """The learning curves of the chosen runs over each other; read when somebody unfolds them."""
    fold = st.expander(_("Learning curves side by side"), key=key, on_change="rerun", icon=":material/show_chart:")
    if not fold.open:
        return
    with fold:
        curves = {run.id: curve_of(run.id) for run in known}
        learnt = {run.id: label(run) for run in known if any(len(x) > 1 for x, _y in curves[run.id].values())}
        if not learnt:
            st.caption(_("None of these runs has a learning curve: their methods learn in one step."))
            return
        chosen = st.multiselect(
            _("Runs"), list(learnt), list(learnt)[:CURVES_FIRST], format_func=learnt.__getitem__, key=f"{key}.runs",
            max_selections=CURVES_MOST,
        )  # fmt: skip
        for index, chart in enumerate(overlaid({learnt[run_id]: curves[run_id] for run_id in chosen})):
            show(chart, f"{key}.{index}")


def overlaid(learnt: dict[str, dict[str, Points]]) -> list[Curves]:
    """A chart for each thing that was measured, with a line for each run that has it: `learnt` has the points by run and name."""
    names = dict.fromkeys(name for points in learnt.values() for name in points)
    caption = N_("A step is an epoch or a stage of the method, so compare the heights, and lengths only of the same method.")
    return [
        Curves(name, {run: points[name] for run, points in learnt.items() if name in points}, N_("Step"), name, caption)
        for name in names
    ]


def label(run: Any) -> str:
    """What tells runs apart: method, data, id."""
    return " · ".join(part for part in (method(run), run.data, run.id[:6]) if part)


def method(run: Any) -> str:
    """The name that the form of its capability has for the method; empty where there is but one."""
    from core import registry
    from core.ui import forms

    given = str(run.params.get("method", ""))
    capability = registry.capabilities().get(run.capability_id)
    if capability is None or capability.learner is None:
        return given
    names = next((item.choices for item in forms.fields(capability.learner.params) if item.name == "method"), {})
    return _(names.get(given, given))


def _table(known: list[Any], evidence: dict[str, Evidence | None], key: str) -> None:
    import pandas as pd

    rows = []
    for run in known:
        card = evidence[run.id]
        rows.append(
            {
                _("Run"): run.id[:6],
                _("Method"): method(run),
                _("Data"): run.data,
                _("Rows"): run.rows,
                _("Metric"): _(card.metric) if card else "",
                _("Score"): number(card.score, card.unit) if card else "",
                _("95 % interval"): interval(card.interval, card.unit) if card else "",
                _("Time"): duration(run.seconds),
                _("When"): ago(run.created),
            }
        )
    st.dataframe(pd.DataFrame(rows), hide_index=True, key=key)


def _register(known: list[Any], key: str) -> None:
    """Gives a run a name that API and pages can use, and that can move on to a better run."""
    from core import runs

    with st.expander(_("Name a model")), st.container(horizontal=True, vertical_alignment="bottom"):
        run_id = st.selectbox(
            _("Run"), [run.id for run in known], format_func={run.id: label(run) for run in known}.__getitem__, key=f"{key}.run"
        )
        name = st.text_input(_("Name"), key=f"{key}.name", placeholder=_("e.g. reviews, production"), max_chars=80)
        if st.button(_("Give name"), key=f"{key}.go", disabled=not name.strip()):
            entry = attempt(lambda: runs.register(run_id, name.strip()))
            if entry is not None:
                st.toast(_("{name} is now version {version}.", name=plain(entry.name), version=entry.version))


def choose_model(capability: Capability, key: str) -> str | None:
    """The reference of the model to predict with, the newest run preselected; None where there is none."""
    with st.spinner(_("Reading the runs…")):
        options = attempt(lambda: references(capability))
    if not options:
        return None
    return st.selectbox(_("Model"), list(options), format_func=options.__getitem__, key=f"{key}.model", persist_state="page")


def references(capability: Capability) -> dict[str, str]:
    """Reference and label of every model of the capability: runs, named ones, shipped ones."""
    from core import runs

    known = {run.id: run for run in runs.all_runs(capability.id, limit=50)}
    found = {run_id: f"{label(run)} · {ago(run.created)}" for run_id, run in known.items()}
    for entry in runs.registered():
        if entry.run_id in known:
            found[entry.name] = _("{name}, version {version}", name=entry.name, version=entry.version)
    for bar in capability.bars:
        if bar.shipped:
            found[f"shipped:{bar.shipped}"] = _("{name}, shipped with Panorama", name=bar.shipped)
    return found
