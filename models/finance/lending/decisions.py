"""Decisions on new loans: chance, granted or refused, reasons, what would turn a refusal, and whether the rows have moved."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from core.contracts import Context, Evidence, InputError, Message, Metric, Metrics, Ranking, Records, Report, Section, Table
from core.language import N_
from models.finance.lending import history, stability
from models.finance.lending.reasons import NO_CHANGE, REASONS, cell, reasons, smallest_change

if TYPE_CHECKING:
    import pandas as pd

    from models.finance.lending.scorer import Scorer

MOST_EXPLAINED = 20_000  # rows whose reasons are given
FEW = 3  # rows whose reasons are drawn one by one
GRANTED, REFUSED = N_("granted"), N_("refused")
LEAST_STABLE = 50  # rows from which stability says something


@dataclass(frozen=True)
class Asked:
    """`cutoff` 0 is the model's own; `fixed` columns are never changed; `changes`: refused rows that a change is looked for."""

    cutoff: float = 0.0
    fixed: tuple[str, ...] = ()
    changes: int = 20


def report(model: Scorer, table: Table, asked: Asked, context: Context, evidence: Evidence | None = None) -> Report:
    """The decisions on the rows of `table`. Raises InputError where it has no rows, or lacks columns that were learnt from."""
    if not len(table):
        raise InputError(N_("The table has no rows. Give one row for each loan."))
    if model.history is not None:
        table = history.one_a_customer(table, model.history)
    frame = table.frame.reset_index(drop=True)
    context.progress(0.05, N_("Scoring"))
    chances = model.scores(frame)
    cutoff = asked.cutoff or model.cutoff
    refused = chances >= cutoff
    few = frame.iloc[:MOST_EXPLAINED]
    context.progress(0.2, N_("Looking for reasons"))
    names, found = model.contributions(few)
    told = reasons(found, names, few, model.protected)
    changes = changes_of(model, frame, refused, cutoff, asked, context)
    answers = _rows(model, frame, chances, refused, told, changes)
    sections = [Section(N_("Why loans are refused"), _drivers(names, found, refused[: len(few)], few, model))]
    sections += [Section(N_("Decisions"), _counts(chances, refused)), answers]
    sections += _one_by_one(names, found, few, chances, refused)
    if len(frame) >= LEAST_STABLE:
        index = model.profile.index(frame, model.features, chances)
        sections.append(stability.section(index, len(frame), N_("These {rows} rows against those learnt from.")))
    notices = (*table.notices, *_notices(frame, asked, refused))
    card = replace(evidence or Evidence(), seconds=None)
    return Report(N_("Score loans"), _summary(model, chances, refused, cutoff), tuple(sections), card, notices)


def _summary(model: Scorer, chances: np.ndarray, refused: np.ndarray, cutoff: float) -> Message:
    values: dict[str, object] = {"rows": len(chances), "refused": int(refused.sum()), "share": f"{100 * refused.mean():.0f}",
                                 "cutoff": f"{100 * cutoff:.1f}", "event": model.positive,
                                 "mean": f"{100 * chances.mean():.1f}"}  # fmt: skip
    return Message(N_("{refused} of {rows} loans would be refused ({share} %), for their chance of \"{event}\" is {cutoff} % "
                      "or more; "
                      "the mean chance is {mean} %."), values)  # fmt: skip


def _notices(frame: pd.DataFrame, asked: Asked, refused: np.ndarray) -> list[Message]:
    found = [Message(N_("A score helps people to decide; it is not a decision. Reasons say what moved the score, not what caused "
                        "anything."))]  # fmt: skip
    if len(frame) > MOST_EXPLAINED:
        found.append(Message(N_("Reasons are given for the first {count} rows."), {"count": MOST_EXPLAINED}))
    if refused.sum() > asked.changes:
        values: dict[str, object] = {"count": asked.changes}
        found.append(Message(N_("The smallest change that would turn a refusal was looked for in the first {count} refused "
                                "rows."), values))  # fmt: skip
    return found


def changes_of(
    model: Scorer, frame: pd.DataFrame, refused: np.ndarray, cutoff: float, asked: Asked, context: Context
) -> dict[int, Any]:
    """The smallest change of each of the first refused rows, by the row's place."""
    fixed = {*asked.fixed, *model.protected}
    if model.history is not None:  # what was paid in the past cannot be changed
        past = model.history.changing
        fixed |= {name for name in model.features.names if name == history.COUNT or name in past
                  or any(name.startswith(f"{one} (") for one in past)}  # fmt: skip
    chosen = np.flatnonzero(refused)[: asked.changes]
    found = {}
    for done, place in enumerate(chosen):
        context.progress(0.3 + 0.6 * done / len(chosen), N_("Looking for the smallest change, loan {done} of {all}"),
                         done=done + 1, all=len(chosen))  # fmt: skip
        row = frame.iloc[[place]]
        found[int(place)] = smallest_change(model, row, model.features, model.steps, cutoff, fixed, context)
    return found


def _rows(
    model: Scorer, frame: pd.DataFrame, chances: np.ndarray, refused: np.ndarray, told: list[list[str]], changes: dict[int, Any]
) -> Section:
    """Every row with its decision, to download."""

    def free(name: str) -> str:
        return f"{name} " if name in frame.columns else name

    added: dict[str, Any] = {free(N_("chance (%)")): (100 * chances).round(2),
                             free(N_("decision")): np.where(refused, REFUSED, GRANTED).tolist()}  # fmt: skip
    if model.card is not None:
        added[free(N_("points"))] = model.card.points(frame)
    raising = [told[row] if row < len(told) else [] for row in range(len(frame))]
    added[free(N_("raised by"))] = ["; ".join(one) for one in raising]
    if changes:
        said = [("" if row not in changes else str(changes[row]) if changes[row] else NO_CHANGE) for row in range(len(frame))]
        added[free(N_("granted if"))] = said
    shown = [name for name in frame.columns if model.history is None or name not in model.history.stepped]
    title = N_("Every row with its decision")
    caption = N_("Chance: of the event. Raised by: what moved the chance up most, the strongest first, with the row's own "
                 "values. "
                 "Granted if: the smallest change that would turn the refusal.")  # fmt: skip
    whole = frame[shown].assign(**added)
    ordered = whole[[*added, *shown]]
    words = tuple(name for name in added if name.strip() in ("decision", "granted if"))
    return Section(title, Records(title, ordered, caption, words=words, given=tuple(shown)))


def _drivers(names: tuple[str, ...], found: np.ndarray, refused: np.ndarray, frame: pd.DataFrame, model: Scorer) -> Ranking:
    """How often each column is among the reasons of a refusal."""
    rows = found[refused] if refused.any() else found
    allowed = np.array([name not in model.protected for name in names])
    rows = np.where(allowed, rows, -np.inf)
    first = np.argsort(-rows, axis=1)[:, :REASONS]
    is_reason = np.take_along_axis(rows, first, 1) > 0
    counts = np.bincount(first[is_reason], minlength=len(names))
    order = [place for place in np.argsort(-counts, kind="stable")[:12] if counts[place]]
    values: dict[str, object] = {"rows": int(refused.sum()), "most": REASONS}
    sentence = N_("Of {rows} refused rows, the share in which a column is among the {most} strongest reasons.")
    if not refused.any():
        values, sentence = {"most": REASONS}, N_("No row is refused: the share of rows in which a column is among the {most} "
                                                 "strongest reasons.")  # fmt: skip
    share = counts / max(len(rows), 1)
    return Ranking(N_("Why loans are refused"), tuple(names[place] for place in order),
                   tuple(round(float(100 * share[place]), 1) for place in order), "%", Message(sentence, values))  # fmt: skip


def _counts(chances: np.ndarray, refused: np.ndarray) -> Metrics:
    return Metrics((
        Metric(N_("Loans"), float(len(chances)), N_("rows")), Metric(N_("Share refused"), float(refused.mean())),
        Metric(N_("Mean chance"), float(chances.mean())),
        Metric(N_("Mean chance of the granted"), float(chances[~refused].mean()) if (~refused).any() else float("nan")),
    ))  # fmt: skip


def _one_by_one(
    names: tuple[str, ...], found: np.ndarray, frame: pd.DataFrame, chances: np.ndarray, refused: np.ndarray
) -> list[Section]:
    """What drove the first refused rows (without any: the first rows)."""
    places = np.flatnonzero(refused[: len(frame)])[:FEW] if refused[: len(frame)].any() else np.arange(min(FEW, len(frame)))
    sections = []
    for place in places:
        order = np.argsort(-np.abs(found[place]), kind="stable")[:10]
        values: dict[str, object] = {"row": int(place) + 1, "chance": f"{100 * chances[place]:.1f}",
                                     "decision": Message(REFUSED if refused[place] else GRANTED)}  # fmt: skip
        bars = tuple(f"{names[k]} = {cell(frame[names[k]].iloc[place])}" for k in order)
        told = Message(N_("Row {row}: chance {chance} %, {decision}. Bars to the right raise the chance, to the left lower "
                          "it, in log "
                          "odds."), values)  # fmt: skip
        title = Message(N_("What drove row {row}"), {"row": int(place) + 1})
        sections.append(Section(title, Ranking(title, bars, tuple(float(found[place, k]) for k in order), N_("log odds"), told)))
    return sections
