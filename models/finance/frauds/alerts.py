"""Alerts: which rows to look at first and why; what looking at so many a day finds, and what it is worth in money."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from core.contracts import Context, Curves, InputError, Message, Queue, Ranking, Records, Report, Section, Series, Table
from core.language import N_
from models.finance.frauds.detector import Detector, known_frauds
from models.finance.frauds.windows import DAY, WORDS, Payments, row_keys, seconds

if TYPE_CHECKING:
    import pandas as pd

SUBJECT = "finance.fraud"
REASONS = 3  # of an alert
EXPLAINED = 2_000  # rows whose reasons are averaged
LISTED = 1_000  # rows of the table to take away
MOST_A_DAY = 100  # alerts of the curves: the handbook's number
TITLE = N_("Detect fraud")
ACCEPT, DISMISS = N_("fraud"), N_("honest")


def report(model: Detector, table: Table, context: Context, day: str = "", most: int = 0, evidence: Any = None) -> Report:
    """The alerts of a day (the last one where none is named; of rows without times, of all), and how suspicion runs over time."""
    frame = table.frame
    _need(model, frame)
    context.progress(0.1, N_("Looking at what came before"))
    whole = model.prepared(frame, _labels(model, frame))
    context.check()
    context.progress(0.4, N_("Scoring"))
    scores = model.scores(whole)
    rows, when = _of_day(model, frame, day)
    context.progress(0.7, N_("Looking for the reasons"))
    most = most or model.settings.alerts
    sections = [Section(N_("Alerts"), queue(model, whole, scores, rows, most, when)),
                Section(N_("What drives the alerts"), drivers(model, whole, _top(scores, rows, most)))]  # fmt: skip
    if model.settings.columns.time:
        sections.append(Section(N_("Suspicion over time"), _over_time(model, frame, scores)))
    sections.append(Section(N_("Rows with the highest scores"), _listed(model, frame, scores)))
    found = min(most, len(rows))
    values: dict[str, object] = {"count": found, "rows": f"{len(rows):,}", "day": when, "all": f"{len(frame):,}"}
    sentence = (N_("{count} alerts among the {rows} payments of {day}; {all} rows were scored.") if when else
                N_("{count} alerts among {rows} rows."))  # fmt: skip
    return Report(TITLE, Message(sentence, values), tuple(sections), evidence, table.notices)


def queue(model: Detector, whole: pd.DataFrame, scores: np.ndarray, rows: np.ndarray, most: int, when: str = "") -> Queue:
    """The `most` highest of `rows` with their reasons; `whole` has the windows, what is shown has not."""
    top = _top(scores, rows, most)
    source = [name for name in model.settings.source if name in whole]
    shown = whole.iloc[top]
    ranks = scores[top] if model.chances else model.ranks(scores[top])
    caption = (N_("The score is the chance of fraud. What you decide is kept by a hash of the row; the next training on a table "
                  "with such rows takes it as their label.") if model.chances else
               N_("The score is the share of the rows learnt from that are less unusual: no chance of fraud. What you decide is "
                  "kept by a hash of the row; the next training on a table with such rows takes it as their label."))  # fmt: skip
    return Queue(
        Message(N_("Alerts of {day}"), {"day": when}) if when else N_("Alerts"), SUBJECT,
        tuple(row_keys(shown, model.settings.columns, source)), shown[source].reset_index(drop=True), tuple(map(float, ranks)),
        tuple(_reasons(model, shown)), (ACCEPT, DISMISS), caption,
    )  # fmt: skip


def _top(scores: np.ndarray, rows: np.ndarray, most: int) -> np.ndarray:
    return rows[np.argsort(-scores[rows], kind="stable")[:most]]


def _reasons(model: Detector, shown: pd.DataFrame) -> list[tuple[Message, ...]]:
    """Of each row the columns that speak most for fraud, with their values."""
    if not len(shown):
        return []
    names, pushes = model.reasons(shown)
    numbers = {**model.plain.numbers, **(model.boosted.features.numbers if model.boosted else {})}
    found = []
    for place, push in enumerate(pushes):
        order = [k for k in np.argsort(-push, kind="stable")[:REASONS] if push[k] > 0]
        found.append(tuple(_reason(names[k], shown[names[k]].iloc[place], numbers.get(names[k])) for k in order))
    return found


def _reason(name: str, value: Any, known: tuple[float, float, float, bool] | None) -> Message:
    values: dict[str, object] = {"name": Message(name) if name in WORDS else name, "value": _written(value)}
    if known is None:
        return Message(N_("{name}: {value}"), values)
    return Message(N_("{name}: {value} (usually about {usual})"), {**values, "usual": _written(known[0])})


def _written(value: Any) -> str:
    if isinstance(value, float | np.floating):
        number = float(value)
        return "–" if np.isnan(number) else f"{number:,.3g}" if abs(number) < 1_000 else f"{number:,.0f}"
    return str(value)[:60]


def drivers(model: Detector, whole: pd.DataFrame, rows: np.ndarray, seed: int = 0) -> Ranking:
    """Mean of what each column adds, over at most 2,000 of the rows."""
    if len(rows) > EXPLAINED:
        rows = np.sort(np.random.default_rng(seed).choice(rows, EXPLAINED, replace=False))
    names, pushes = model.reasons(whole.iloc[rows])
    means = np.abs(pushes).mean(0) if len(rows) else np.zeros(len(names))
    order = [k for k in np.argsort(-means, kind="stable")[:15] if means[k] > 0]
    caption = (N_("Mean size of what each column adds to the log odds (TreeSHAP), over {count} rows.") if model.boosted else
               N_("Mean share of what is unusual in a row that lies in each column, over {count} rows."))  # fmt: skip
    return Ranking(N_("What drives the alerts"), tuple(names[k] for k in order), tuple(float(means[k]) for k in order), "",
                   Message(caption, {"count": len(rows)}), words=tuple(name for name in names if name in WORDS))  # fmt: skip


def _need(model: Detector, frame: pd.DataFrame) -> None:
    needed = [name for name in (model.settings.columns.time, model.settings.columns.amount, model.settings.columns.customer,
                                model.settings.columns.terminal) if name and name not in frame]  # fmt: skip
    if needed:
        raise InputError(N_("The table lacks columns that the model learnt from: {columns}. Add them, empty where unknown."),
                         columns=", ".join(needed))  # fmt: skip
    if not len(frame):
        raise InputError(N_("The table has no rows. Give some to look at."))


def _labels(model: Detector, frame: pd.DataFrame) -> np.ndarray | None:
    """What is known already, so that risks count it once the delay is over."""
    target = model.settings.columns.target
    if model.boosted is None or target not in frame:
        return None
    return known_frauds(frame, target, model.settings.positive)


def _days(model: Detector, frame: pd.DataFrame) -> np.ndarray:
    column = model.settings.columns.time
    return np.floor(seconds(frame[column], column) / DAY).astype(np.int64)


def _named(day: int) -> str:
    return str(np.datetime64(int(day), "D"))


def _of_day(model: Detector, frame: pd.DataFrame, day: str) -> tuple[np.ndarray, str]:
    """Positions of the rows of the day, and its name; without times all rows and ""."""
    if not model.settings.columns.time:
        return np.arange(len(frame)), ""
    days = _days(model, frame)
    chosen = int(days.max())
    if day:
        import pandas as pd

        chosen = int(np.floor(seconds(pd.Series([day]), model.settings.columns.time)[0] / DAY))
    rows = np.flatnonzero(days == chosen)
    if not len(rows):
        raise InputError(N_("There are no payments of {day}: the table goes from {first} to {last}."), day=_named(chosen),
                         first=_named(days.min()), last=_named(days.max()))  # fmt: skip
    return rows, _named(chosen)


def _over_time(model: Detector, frame: pd.DataFrame, scores: np.ndarray) -> Series:
    days, places = np.unique(_days(model, frame), return_inverse=True)
    counts = np.bincount(places)
    odd = scores if model.chances else (model.ranks(scores) > 0.99).astype(float)
    name, caption = N_("unusual payments"), N_("More unusual than 99 % of those learnt from; the bars count a day's payments.")
    if model.chances:
        name, caption = N_("frauds to expect"), N_("Sum of the chances of a day; the bars count its payments.")
    return Series(N_("Suspicion over time"), tuple(map(_named, days)), {name: tuple(np.bincount(places, odd).round(3).tolist())},
                  N_("Day"), N_("Payments"), caption, counts=tuple(counts.tolist()))  # fmt: skip


def _listed(model: Detector, frame: pd.DataFrame, scores: np.ndarray) -> Records:
    top = np.argsort(-scores, kind="stable")[:LISTED]
    source = [name for name in model.settings.source if name in frame]
    ours = N_("score") if "score" not in source else N_("score of the model")
    table = frame.iloc[top][source].reset_index(drop=True)
    table.insert(0, ours, scores[top].round(6))
    return Records(N_("Rows with the highest scores"), table,
                   Message(N_("The highest first; {count} of {rows} rows."), {"count": len(top), "rows": f"{len(frame):,}"}),
                   given=tuple(source))  # fmt: skip


def card_precision(payments: Payments, scores: np.ndarray, most: int = MOST_A_DAY) -> tuple[np.ndarray, np.ndarray]:
    """Of the k customers that are most suspected on a day, the share that really was defrauded that day: mean over the days.

    The card precision of the Fraud Detection Handbook, chapter 4.3: a customer counts by the highest score of the day, and once
    found to be defrauded, is blocked and not looked at on later days. Precision and recall (share of all defrauded customer-days
    that were found), float64 (most,) each, for k from 1.
    """
    days = np.floor(payments.when / DAY)
    caught, possible, counted = np.zeros(most), 0, len(np.unique(days))
    blocked: list[set[int]] = [set() for _ in range(most)]
    for day in np.unique(days):
        rows = np.flatnonzero(days == day)
        customers, places = np.unique(payments.customer[rows], return_inverse=True)
        highest = np.full(len(customers), -np.inf)
        np.maximum.at(highest, places, scores[rows])
        hit = np.zeros(len(customers), bool)
        hit[places[payments.fraud[rows] == 1]] = True
        possible += int(hit.sum())
        order = np.argsort(-highest, kind="stable")
        for k in range(most):
            looked = [c for c in order[: k + 1 + len(blocked[k])] if int(customers[c]) not in blocked[k]][: k + 1]
            found = {int(customers[c]) for c in looked if hit[c]}
            caught[k] += len(found)
            blocked[k] |= found
    return caught / (np.arange(1, most + 1) * counted), caught / max(possible, 1)


def savings(scores: np.ndarray, fraud: np.ndarray, amount: np.ndarray, cost: float, days: float) -> tuple[np.ndarray, np.ndarray]:
    """Money saved a day when the rows with the highest scores are looked at: the fraudulent amounts among them, less `cost` a
    row.

    Returns alerts a day and money a day, float64 (points,) each; from none to ten times what the frauds are, and all rows.
    """
    order = np.argsort(-scores, kind="stable")
    running = np.concatenate([[0.0], np.cumsum(np.where(fraud[order], amount[order], 0.0) - cost)])
    most = min(len(order), max(int(10 * fraud.sum()), 50))
    places = np.unique(np.linspace(0, most, 200).round().astype(int))
    return places / days, running[places] / days


def worth(
    answers: dict[str, np.ndarray], fraud: np.ndarray, amount: np.ndarray, cost: float, days: float, chosen: float
) -> Curves:
    """The curve of `savings` for each method by its name, the first one ours."""
    curves = {}
    for name, scores in answers.items():
        x, y = savings(scores, fraud, amount, cost, days)
        curves[name] = (tuple(x.round(3).tolist()), tuple(y.round(2).tolist()))
    x, y = (np.array(values) for values in next(iter(curves.values())))
    best = int(y.argmax())
    values: dict[str, object] = {
        "cost": f"{cost:g}", "alerts": f"{x[best]:.1f}", "saved": f"{y[best]:,.0f}", "lost": f"{amount[fraud].sum() / days:,.0f}",
        "chosen": f"{chosen:g}", "at": f"{np.interp(chosen, x, y):,.0f}",
    }  # fmt: skip
    caption = N_("Fraudulent amounts found less {cost} for each alert looked at, in the table's money a day; {lost} a day are "
                 "lost if nobody looks. This model saves most with {alerts} alerts a day: {saved}. With the {chosen} chosen: "
                 "{at}.")  # fmt: skip
    return Curves(
        N_("Money saved"), curves, N_("Alerts a day"), N_("Money saved a day"), Message(caption, values), words=tuple(answers)
    )
