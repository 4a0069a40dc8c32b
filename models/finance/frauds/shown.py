"""What a training shows of its test rows besides scores: alerts of the last day, money, cards found a day, what drives them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from core.contracts import Context, Curves, Metric, Metrics, Section, Table
from core.language import N_
from core.lifecycle import bootstrap
from core.lifecycle.answers import THIS
from core.lifecycle.train_scoring import REGRESSION
from models.finance.frauds import alerts
from models.finance.frauds.detector import Detector, known_frauds
from models.finance.frauds.fitting import columns_of
from models.finance.frauds.windows import DAY, Payments


def sections(model: Detector, parts: Sequence[Table], scores: np.ndarray, params: Any, context: Context) -> tuple[Section, ...]:
    """Of the third of `parts`, whose scores are given."""
    frame = parts[2].frame
    when = ""
    rows = np.arange(len(frame))
    if params.time:
        rows, when = alerts._of_day(model, frame, "")
    found = [Section(N_("Alerts of the last day measured"), alerts.queue(model, frame, scores, rows, params.alerts, when),
                     N_("Rows that were never learnt from.")),
             Section(N_("What drives the alerts"), alerts.drivers(model, frame, np.arange(len(frame)), params.seed))]  # fmt: skip
    context.check()
    if params.labelled:
        found += _measured(model, frame, scores, params, context)
    return tuple(found)


def _measured(model: Detector, frame: Any, scores: np.ndarray, params: Any, context: Context) -> list[Section]:
    found: list[Section] = []
    fraud = known_frauds(frame, params.target, params.positive) == 1
    regression = model.rivals.get(REGRESSION)
    answers = {THIS: scores} | ({REGRESSION: regression.scores(frame)} if regression is not None else {})
    if not params.time:
        return found
    payments = Payments.of(frame, columns_of(params), fraud.astype(np.float64))
    days = float(len(np.unique(np.floor(payments.when / DAY))))
    if params.amount:
        curve = alerts.worth(answers, fraud, payments.amount, params.alert_cost, days, params.alerts)
        found.append(Section(N_("Money saved"), curve))
    context.check()
    if params.customer:
        found.append(Section(N_("Cards found a day"), _cards(answers, payments)))
        found.append(Section(N_("Card precision"), _card_metrics(payments, scores, params)))
    return found


def _cards(answers: dict[str, np.ndarray], payments: Payments) -> Curves:
    places = np.arange(1, alerts.MOST_A_DAY + 1)
    lines = {name: (tuple(map(float, places)), tuple(alerts.card_precision(payments, one)[0].round(5).tolist()))
             for name, one in answers.items()}  # fmt: skip
    return Curves(
        N_("Card precision"), lines, N_("Customers looked at a day"), N_("Share that was defrauded"),
        N_("Card precision (Fraud Detection Handbook): of the customers most suspected on a day, the share really defrauded, "
           "mean over the days. At most as many as are defrauded can be found, so it must fall."), words=tuple(answers),
    )  # fmt: skip


def _card_metrics(payments: Payments, scores: np.ndarray, params: Any) -> Metrics:
    """At the number of alerts chosen and at the handbook's 100; intervals draw whole days."""
    precision, recall = alerts.card_precision(payments, scores)
    days = np.floor(payments.when / DAY)
    names = np.unique(days)
    apart = [alerts.card_precision(payments.rows(days == day), scores[days == day]) for day in names]
    chosen = min(params.alerts, alerts.MOST_A_DAY)
    items = []
    for most in dict.fromkeys((chosen, alerts.MOST_A_DAY)):
        daily = np.array([one[0][most - 1] for one in apart])
        spread = bootstrap.intervals(lambda weights, own=daily: {"p": own @ weights / weights.sum(0)}, len(names),  # type: ignore[misc]
                                     seed=params.seed).get("p")  # fmt: skip
        low, high = spread or (0.0, 0.0)
        moved = precision[most - 1] - daily.mean()  # days taken apart block nobody
        items.append(Metric(_PRECISION[most == chosen], float(precision[most - 1]), "",
                            (max(0.0, low + moved), min(1.0, high + moved)) if spread else None, _HELP))  # fmt: skip
    items.append(Metric(N_("Defrauded customers found at the alerts chosen"), float(recall[chosen - 1]), "", None, _HELP))
    return Metrics(tuple(items))


_PRECISION = {True: N_("Card precision at the alerts chosen"), False: N_("Card precision@100")}
_HELP = N_("A customer counts once a day, by the highest score, and is not looked at again once found to be defrauded.")
