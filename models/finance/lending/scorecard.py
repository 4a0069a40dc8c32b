"""A scorecard: columns in bins, weight of evidence of each bin, logistic regression on it, and points to add up by hand.

Bins by OptBinning (Navas-Palencia 2020): monotone in the event rate where that fits. Points as in Siddiqi 2006: so many base
points at so many good ones to a bad one, and so many points to double these odds.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np

from core.contracts import Context, InputError, Message, Records
from core.language import N_
from core.learning.features import MISSING, OTHER, Features
from core.learning.scoring import sigmoid

if TYPE_CHECKING:
    import pandas as pd

LEAST_VALUE = 0.02  # information value below which a column says too little (Siddiqi 2006)
MOST_ROWS = 100_000  # that bins are made of
SOLVER_SECONDS = 5  # for the bins of one column


@dataclass(frozen=True)
class Scaling:
    """`base` points at `odds` good rows to a bad one; `double` more points double the odds."""

    base: float = 600.0
    odds: float = 20.0
    double: float = 50.0

    @property
    def factor(self) -> float:
        return self.double / math.log(2)

    @property
    def offset(self) -> float:
        return self.base - self.factor * math.log(self.odds)


@dataclass(frozen=True)
class Bins:
    """Of one column: `splits` of a number, or groups of levels of a category; a weight of evidence a bin, then that of gaps,
    here in favour of the event (the table shows it the usual way round).

    `shares`, `rates`: of the training rows in each bin, and of events among them; `value` is the information value.
    """

    column: str
    splits: tuple[float, ...]
    groups: tuple[tuple[str, ...], ...]
    weights: tuple[float, ...]
    shares: tuple[float, ...]
    rates: tuple[float, ...]
    value: float

    def places(self, cells: Any) -> np.ndarray:
        """The bin of each cell (rows,), the last one for gaps."""
        import pandas as pd

        if self.groups:
            of = {level: place for place, group in enumerate(self.groups) for level in group}
            texts = cells.astype(object).where(cells.notna(), None)
            unseen = of.get(OTHER, len(self.groups))
            return np.array([len(self.groups) if text is None else of.get(str(text), unseen) for text in texts], np.int64)
        values = pd.to_numeric(cells).to_numpy(np.float64)
        found = np.digitize(values, self.splits, right=False)
        return np.where(np.isnan(values), len(self.splits) + 1, found)

    @property
    def names(self) -> list[str]:
        """What stands in each bin."""
        if self.groups:
            return [" | ".join(group) for group in self.groups] + [MISSING]
        edges = [f"{split:.6g}" for split in self.splits]
        if not edges:
            return ["−∞ … ∞", MISSING]
        return [f"< {edges[0]}", *(f"{low} … < {high}" for low, high in pairwise(edges)), f"≥ {edges[-1]}", MISSING]


class Scorecard:
    """A fitted scorecard."""

    def __init__(self, features: Features, bins: tuple[Bins, ...], weights: np.ndarray, bias: float, scaling: Scaling) -> None:
        self.features, self.bins, self.weights, self.bias, self.scaling = features, bins, weights, bias, scaling

    @classmethod
    def fit(
        cls, frame: pd.DataFrame, event: np.ndarray, features: Features, *, scaling: Scaling, monotone: Mapping[str, int],
        balanced: bool = False, seed: int = 0, context: Context | None = None,
    ) -> Scorecard:  # fmt: skip
        """From training rows; columns whose weight turns the wrong way round are left out, one after the other."""
        if len(frame) > MOST_ROWS:
            rows = np.sort(np.random.default_rng(seed).choice(len(frame), MOST_ROWS, replace=False))
            frame, event = frame.iloc[rows], event[rows]
        typed = features.typed(frame)
        found = []
        for name in features.names:
            if context:
                context.check()
            bins = _bins(name, typed[name], event, name in features.numbers, monotone.get(name, 0))
            if bins is not None:
                found.append(bins)
        told = [bins for bins in found if bins.value >= LEAST_VALUE] or sorted(found, key=lambda one: -one.value)[:1]
        if not told:
            raise InputError(N_("No column can be put into bins that say anything about the event. Choose another method."))
        kept, weights, bias = _weighed(told, typed, event, balanced)
        return cls(features, kept, weights, bias, scaling)

    def _evidence(self, frame: pd.DataFrame) -> np.ndarray:
        typed = self.features.typed(frame)
        return np.column_stack([np.array(bins.weights)[bins.places(typed[bins.column])] for bins in self.bins])

    def raw(self, frame: pd.DataFrame) -> np.ndarray:
        """Log odds of the event, float64 (rows,)."""
        return np.asarray(self._evidence(frame) @ self.weights + self.bias)

    def scores(self, frame: pd.DataFrame) -> np.ndarray:
        return sigmoid(self.raw(frame))

    def points(self, frame: pd.DataFrame) -> np.ndarray:
        """Points of each row, the whole ones that stand in the table added up, int64 (rows,): more is better."""
        typed = self.features.typed(frame)
        return np.sum([self.points_of(place)[bins.places(typed[bins.column])] for place, bins in enumerate(self.bins)], 0)

    def points_of(self, place: int) -> np.ndarray:
        """Points of each bin of a column."""
        count = len(self.bins)
        evidence = self.weights[place] * np.array(self.bins[place].weights) + self.bias / count
        return np.rint(self.scaling.offset / count - self.scaling.factor * evidence).astype(np.int64)

    def contributions(self, frame: pd.DataFrame) -> np.ndarray:
        """What each column adds to the log odds, beside its mean in training, float64 (rows, columns + 1), the base last."""
        names = list(self.features.names)
        found = np.zeros((len(frame), len(names) + 1))
        parts = self._evidence(frame) * self.weights
        for place, bins in enumerate(self.bins):
            mean = float(np.dot(bins.shares, bins.weights)) * self.weights[place]
            found[:, names.index(bins.column)] = parts[:, place] - mean
            found[:, -1] += mean
        found[:, -1] += self.bias
        return found

    def table(self) -> Records:
        """The scorecard to print."""
        import pandas as pd

        rows = []
        for place, bins in enumerate(self.bins):
            for name, share, rate, weight, points in zip(
                bins.names, bins.shares, bins.rates, bins.weights, self.points_of(place)
            ):
                if share or name != MISSING:
                    rows.append((bins.column, name, round(100 * share, 1), round(100 * rate, 1), round(-weight, 3), int(points)))
        columns = [N_("column"), N_("value"), N_("rows (%)"), N_("events (%)"), N_("weight of evidence"), N_("points")]
        values: dict[str, object] = {name: f"{value:g}" for name, value in vars(self.scaling).items()}
        caption = Message(N_("Add up the points of a row's values: {base} points stand for {odds} good ones to a bad one, and "
                             "{double} more double that. Weight of evidence: log of the share of good ones over the share of bad "
                             "ones with that value. All shares are of the training rows."), values)  # fmt: skip
        return Records(N_("Scorecard"), pd.DataFrame(rows, columns=columns), caption)

    def to_json(self) -> dict[str, Any]:
        return {
            "features": self.features.to_json(), "weights": self.weights.tolist(), "bias": self.bias,
            "scaling": vars(self.scaling), "bins": [vars(bins) for bins in self.bins],
        }  # fmt: skip

    @classmethod
    def from_json(cls, kept: dict[str, Any]) -> Scorecard:
        bins = tuple(
            Bins(one["column"], tuple(one["splits"]), tuple(tuple(group) for group in one["groups"]), tuple(one["weights"]),
                 tuple(one["shares"]), tuple(one["rates"]), float(one["value"])) for one in kept["bins"]
        )  # fmt: skip
        return cls(Features.from_json(kept["features"]), bins, np.array(kept["weights"]), float(kept["bias"]),
                   Scaling(**kept["scaling"]))  # fmt: skip


def _bins(name: str, cells: Any, event: np.ndarray, is_number: bool, direction: int) -> Bins | None:
    """The best bins of one column; None where it has a single one."""
    from optbinning import OptimalBinning

    trend = {1: "ascending", -1: "descending"}.get(direction, "auto") if is_number else None
    binning = OptimalBinning(name=name, dtype="numerical" if is_number else "categorical", monotonic_trend=trend, max_n_bins=8,
                             solver="cp", time_limit=SOLVER_SECONDS)  # fmt: skip
    values = cells.to_numpy(np.float64) if is_number else cells.astype(object).where(cells.notna(), None).to_numpy()
    binning.fit(values, event.astype(np.int64))
    if binning.status not in ("OPTIMAL", "FEASIBLE"):
        return None
    splits = () if not is_number else tuple(map(float, binning.splits))
    groups = () if is_number else tuple(tuple(map(str, group)) for group in binning.splits)
    probe = Bins(name, splits, groups, (), (), (), 0.0)
    return _counted(probe, cells, event) if (len(splits) + 1 if is_number else len(groups)) > 1 or cells.isna().any() else None


def _counted(probe: Bins, cells: Any, event: np.ndarray) -> Bins:
    """Weights of evidence of each bin: log of its share of events over its share of the others, half a row added to each."""
    places, count = probe.places(cells), (len(probe.groups) or len(probe.splits) + 1) + 1
    events, others = (np.bincount(places[mask], minlength=count).astype(float) for mask in (event, ~event))
    shares = [(part + 0.5) / (part.sum() + 0.5 * count) for part in (events, others)]
    empty = events + others == 0
    weights = np.where(empty, 0.0, np.log(shares[0] / shares[1]))
    value = float(np.sum(np.where(empty, 0, (shares[0] - shares[1]) * weights)))
    rows = events + others
    rates = np.where(rows > 0, events / np.maximum(rows, 1), 0)
    return Bins(probe.column, probe.splits, probe.groups, tuple(map(float, weights)), tuple(map(float, rows / len(event))),
                tuple(map(float, rates)), value)  # fmt: skip


def _weighed(found: list[Bins], typed: Any, event: np.ndarray, balanced: bool) -> tuple[tuple[Bins, ...], np.ndarray, float]:
    """Logistic regression on the weights of evidence. A negative weight says the opposite of the bin itself: the column goes."""
    from sklearn.linear_model import LogisticRegression

    kept = list(found)
    matrix = {bins.column: np.array(bins.weights)[bins.places(typed[bins.column])] for bins in kept}
    while True:
        model = LogisticRegression(C=1.0, max_iter=1_000, class_weight="balanced" if balanced else None)
        model.fit(np.column_stack([matrix[bins.column] for bins in kept]), event)
        weights = model.coef_[0]
        worst = int(weights.argmin())
        if weights[worst] >= 0 or len(kept) == 1:
            return tuple(kept), weights.astype(np.float64), float(model.intercept_[0])
        kept.pop(worst)
