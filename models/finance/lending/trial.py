"""The bars of `finance.credit`: AUC over five times five folds, beside a logistic regression on the same folds.

The interval is that of Nadeau & Bengio 2003 for repeated folds, whose training rows overlap: the variance of the 25 differences
is raised by n_test / n_train. Settings are chosen on inner folds of each training part alone.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from core import samples
from core.contracts import Context, Evidence, Message, Table
from core.language import N_

REPEATS, FOLDS = 5, 5


@dataclass(frozen=True)
class Repeated:
    """AUC of each of 25 test folds, by method."""

    scores: dict[str, np.ndarray]
    ratio: float  # test rows over training rows

    def interval(self, values: np.ndarray) -> tuple[float, float]:
        """The 95 % interval of their mean, corrected for overlapping training rows."""
        from scipy.stats import t

        count = len(values)
        half = float(t.ppf(0.975, count - 1) * np.sqrt((1 / count + self.ratio) * values.var(ddof=1)))
        return float(values.mean()) - half, float(values.mean()) + half


def repeated(table: Table, context: Context, repeats: int = REPEATS, **given: Any) -> Repeated:
    """Our score as `TrainCredit` has it by default but with all columns, and the plain logistic regression."""
    from sklearn.model_selection import StratifiedKFold

    from core.learning.scoring import LogisticRegression, is_event, resolved, without
    from core.lifecycle.evaluate_scoring import auc
    from models.finance.credit import TrainCredit
    from models.finance.lending import fitting

    params: Any = resolved(table, TrainCredit(use_protected=True, compare=False, **given))
    event = is_event(table.frame, params)
    ours, plain = [], []
    for repeat in range(repeats):
        way = StratifiedKFold(FOLDS, shuffle=True, random_state=repeat)
        for place, (learnt, measured) in enumerate(way.split(event, event)):
            context.check()
            context.progress((repeat + place / FOLDS) / repeats)
            train, test = (table.frame.iloc[rows].reset_index(drop=True) for rows in (learnt, measured))
            model = fitting.fit(Table(train), Table(train.iloc[:0]), params, None, Context())
            baseline = LogisticRegression.fit(train, event[learnt], without(params))
            ours.append(auc(model.scores(test), event[measured]))
            plain.append(auc(baseline.scores(test), event[measured]))
    return Repeated({"ours": np.array(ours), "logistic regression": np.array(plain)}, 1 / (FOLDS - 1))


def _measured(name: str, context: Context) -> Evidence:
    from models.finance.lending.fitting import NAMES

    table = samples.load(name)
    found = repeated(table, context)
    ours, plain = found.scores["ours"], found.scores["logistic regression"]
    low, high = found.interval(ours - plain)
    values: dict[str, object] = {"gain": f"{(ours - plain).mean():+.4f}", "low": f"{low:+.4f}", "high": f"{high:+.4f}"}
    return Evidence(
        metric=N_("ROC AUC, mean of 5 × 5 folds"), score=float(ours.mean()), interval=found.interval(ours),
        baseline=float(plain.mean()), baseline_name=N_("logistic regression"), data=name, rows=len(table),
        answered_by=NAMES["blend"],
        caveats=(Message(N_("Above the logistic regression by {gain} (95 % interval {low} to {high}, Nadeau and Bengio "
                            "2003)."), values),),
    )  # fmt: skip


def german(context: Context) -> Evidence:
    return _measured("credit_german", context)


def data(context: Context) -> Evidence:
    return _measured("credit_data", context)


def club(context: Context) -> Evidence:
    return _measured("lending_club", context)
