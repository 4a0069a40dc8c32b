"""Scoring rows of a table: how likely is an event (a default, a fraud) that comes or does not? Params, columns, baseline."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np

from core.contracts import Context, InputError, Table, TrainingParams
from core.contracts.params import column, columns, parameter
from core.language import N_
from core.learning.features import Features
from core.lifecycle.columns import HIDDEN_GROUP, SPLIT_COLUMN, need_column, target_of
from core.lifecycle.findings import listed
from core.lifecycle.targets import class_names

if TYPE_CHECKING:
    import pandas as pd

# Values that name the event rather than its absence; English ones as whole cells, Chinese ones as whole cells too.
_EVENTS = (
    "bad", "default", "defaulted", "charged off", "charged_off", "delinquent", "late", "fraud", "fraudulent", "phishing",
    "anomaly", "churn", "churned", "yes", "y", "true", "t", "positive",
    "违约", "坏", "坏客户", "逾期", "欺诈", "异常", "流失", "是", "有", "真",
)  # fmt: skip
_NONE = ("0", "-1")  # beside one of these, 1 is the event
MOST_ROWS = 200_000  # that the logistic regression learns from


class ScoringParams(TrainingParams):
    """What every training on rows with an event has in common; the panel of learning asks for the columns in its first step."""

    task: ClassVar[str] = "scoring"
    # An AUC from which a leak is suspected where no published figure is known; 1 never.
    suspicious: ClassVar[float] = 1.0

    target: str = column("label", title=N_("Target column"), help=N_("The column that says whether the event came: two values."))
    positive: str = parameter(
        "", title=N_("Event"), values_of="target", guessed=True, max_length=200,
        help=N_("The value of the target whose chance is scored, e.g. bad; left empty, it is guessed and shown."),
    )  # fmt: skip
    protected: tuple[str, ...] = columns(
        "protected", title=N_("Protected columns"), help=N_("Sex, age and the like: rates are compared between their groups."),
    )  # fmt: skip
    use_protected: bool = parameter(
        False, title=N_("Learn from protected columns"),
        help=N_("Off: they are used to check fairness and for nothing else. In many countries the law asks for that."),
    )  # fmt: skip
    leave_out: tuple[str, ...] = columns(
        "any", title=N_("Columns to leave out"), advanced=True, help=N_("Not learnt from, e.g. what is only known afterwards."),
    )  # fmt: skip
    delay: float = parameter(
        0.0, ge=0, le=3_650, unit=N_("days"), advanced=True, title=N_("Label delay"),
        help=N_("How long it takes until the event is known. Split by time, the rows so shortly before the test are not learnt."),
    )  # fmt: skip
    budget: float = parameter(
        0.1, ge=0.001, le=0.5, advanced=True, title=N_("Share looked at"),
        help=N_("Share of the rows, those with the highest scores, that can be looked into: precision and lift are for it."),
    )  # fmt: skip

    @property
    def labelled(self) -> bool:
        """Whether there is a target at all; without one, what is unlike the rest is looked for (`train_unlabelled`)."""
        return True

    def prepared(self, table: Table, context: Context) -> tuple[Table, ScoringParams]:
        """`table` with what is computed for a row from earlier ones, before it is split, and the params that go with it.

        Must not look ahead. Target and event are filled in when it is asked.
        """
        return table, self


def resolved(table: Table, params: Any) -> Any:
    """`params` with target and event filled in; all columns that they name are there.

    Raises InputError where the target has not two values, or the event is not one of them.
    """
    target = target_of(table, params)
    for name in (params.group, params.time, *params.protected, *params.leave_out):
        need_column(table, name)
    values = [name for name in dict.fromkeys(class_names(table.frame[target])) if name]
    if len(values) != 2:
        raise InputError(
            N_("The target column {column} holds {count} different values ({values}); a score needs exactly two, e.g. good and "
               "bad. Choose another target."), column=target, count=len(values), values=listed(values),
        )  # fmt: skip
    positive = str(params.positive).strip() or guess_event(class_names(table.frame[target]))
    if positive not in values:
        raise InputError(N_("The event {name} is none of the two values of {column}: {values}. Choose one of them."),
                         name=positive, column=target, values=listed(values))  # fmt: skip
    return params.model_copy(update={"target": target, "positive": positive})


def guess_event(names: np.ndarray) -> str:
    """The value that stands for the event: by its name, else the rarer of the two."""
    return event_among(_ordered(names))


def counted_classes(cells: pd.Series) -> list[str]:
    """The classes in a column, the commonest first."""
    return _ordered(class_names(cells))


def _ordered(names: np.ndarray) -> list[str]:
    counts = Counter(name for name in names if name)
    return sorted(counts, key=lambda name: (counts[name], name), reverse=True)


def event_among(values: Sequence[str]) -> str:
    """The same of the different values, the commonest first."""
    known = [name for name in values if name.casefold() in _EVENTS]
    if len(known) == 1:
        return str(known[0])
    if "1" in values and any(name in values for name in _NONE):
        return "1"
    return str(values[-1]) if values else ""


def is_event(frame: pd.DataFrame, params: Any) -> np.ndarray:
    """Whether the event came, bool (rows,); `params` as `resolved` gives them."""
    return np.asarray(class_names(frame[params.target]) == params.positive, bool)


def without(params: Any) -> set[str]:
    """Columns that are no features: the target, what only serves the split, those named, and the protected ones if unused."""
    named = {params.target, params.group, params.time, SPLIT_COLUMN, HIDDEN_GROUP, *params.leave_out}
    return (named | (set() if params.use_protected else set(params.protected))) - {""}


class LogisticRegression:
    """scikit-learn's logistic regression on `Features.design`, C 1: the baseline that every score has to beat."""

    def __init__(self, features: Features, weights: np.ndarray, bias: float) -> None:
        self.features, self.weights, self.bias = features, weights, bias

    @classmethod
    def fit(
        cls, frame: pd.DataFrame, event: np.ndarray, excluded: set[str], *, strength: float = 1.0, balanced: bool = False,
        seed: int = 0, sample_weight: np.ndarray | None = None, features: Features | None = None,
    ) -> LogisticRegression:  # fmt: skip
        """From the training rows and bool (rows,) whether the event came; at most 200,000 rows, drawn by `seed`."""
        from sklearn.linear_model import LogisticRegression as Regression
        from threadpoolctl import threadpool_limits  # comes with scikit-learn

        if len(frame) > MOST_ROWS:
            rows = np.sort(np.random.default_rng(seed).choice(len(frame), MOST_ROWS, replace=False))
            frame, event = frame.iloc[rows], event[rows]
            sample_weight = None if sample_weight is None else sample_weight[rows]
        features = features or Features.learn(frame, excluded)
        model = Regression(C=strength, max_iter=1_000, class_weight="balanced" if balanced else None)
        with threadpool_limits(1):
            model.fit(features.design(frame), event, sample_weight)
        return cls(features, model.coef_[0].astype(np.float64), float(model.intercept_[0]))

    def raw(self, frame: pd.DataFrame) -> np.ndarray:
        """Log odds, float64 (rows,)."""
        return np.asarray(self.features.design(frame) @ self.weights + self.bias, np.float64)

    def scores(self, frame: pd.DataFrame) -> np.ndarray:
        """Chances of the event, float64 (rows,)."""
        return sigmoid(self.raw(frame))


def sigmoid(values: np.ndarray) -> np.ndarray:
    from scipy.special import expit

    return np.asarray(expit(values))


def logit(chances: np.ndarray) -> np.ndarray:
    clipped = np.clip(chances, 1e-9, 1 - 1e-9)
    return np.asarray(np.log(clipped / (1 - clipped)))


def shares(event: np.ndarray, rows: Sequence[int] | np.ndarray) -> float:
    """Share of the rows with the event; 0 where there is none."""
    found = event[np.asarray(rows, np.int64)]
    return float(found.mean()) if len(found) else 0.0
