"""Same person or not: error rates of a threshold, and how sure a similarity makes one.

Thresholds and probabilities come from some persons, error rates from others, who had no part in them. Error rates are over all
pairs; intervals draw whole persons, because pairs of one person hang together.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from core.lifecycle.bootstrap import LEVEL

FALSE_ACCEPTS = (0.1, 0.01, 0.001)
RESAMPLES = 1_000
ROC_POINTS = 200
TAIL = 0.1  # share of the pairs of two persons whose similarities are kept, the highest


@dataclass(frozen=True, eq=False)
class Pairs:
    """Similarities of pairs of faces or voices: `same` whether both are of one person; `one`, `two` the persons, from 0."""

    scores: np.ndarray
    same: np.ndarray
    one: np.ndarray
    two: np.ndarray
    persons: int

    @classmethod
    def of(cls, vectors: np.ndarray, persons: np.ndarray) -> Pairs:
        """All pairs of `vectors` (n, dimensions, length 1) of `persons` (n,)."""
        _names, numbers = np.unique(persons, return_inverse=True)
        one, two = np.triu_indices(len(vectors), 1)
        scores = (vectors @ vectors.T)[one, two].astype(np.float64)
        return cls(scores, numbers[one] == numbers[two], numbers[one], numbers[two], int(numbers.max()) + 1)


def error_rates(pairs: Pairs, weights: np.ndarray | None = None) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Thresholds, ascending, with the share of pairs of two persons accepted and of pairs of one person refused at each."""
    order = np.argsort(pairs.scores, kind="stable")
    weight = np.ones(len(order)) if weights is None else weights[order]
    same = pairs.same[order]
    refused = np.cumsum(weight * same) - weight * same
    accepted = (weight * ~same).sum() - (np.cumsum(weight * ~same) - weight * ~same)
    return pairs.scores[order], accepted / max((weight * ~same).sum(), 1e-9), refused / max((weight * same).sum(), 1e-9)


def equal_error_rate(pairs: Pairs, weights: np.ndarray | None = None) -> tuple[float, float]:
    """The error rate where both kinds are alike, and the threshold there."""
    thresholds, accepted, refused = error_rates(pairs, weights)
    place = int(np.argmin(np.abs(accepted - refused)))
    return float((accepted[place] + refused[place]) / 2), float(thresholds[place])


def half_total_error_rate(pairs: Pairs, threshold: float, weights: np.ndarray | None = None) -> float:
    """The mean of both error rates at a threshold that was chosen elsewhere."""
    weight = np.ones(len(pairs.scores)) if weights is None else weights
    over = pairs.scores >= threshold
    accepted = (weight * (over & ~pairs.same)).sum() / max((weight * ~pairs.same).sum(), 1e-9)
    refused = (weight * (~over & pairs.same)).sum() / max((weight * pairs.same).sum(), 1e-9)
    return float((accepted + refused) / 2)


def threshold_at(pairs: Pairs, false_accepts: float) -> float:
    """The lowest threshold at which no more than that share of pairs of two persons is accepted."""
    others = np.sort(pairs.scores[~pairs.same])
    allowed = int(np.floor(false_accepts * len(others)))
    return float(np.nextafter(others[len(others) - allowed - 1], np.inf))


def interval(pairs: Pairs, measure: Any, seed: int = 0) -> tuple[float, float]:
    """The 95 % bootstrap interval of `measure(pairs, weights)` over persons. A person drawn twice makes no pair with itself."""
    random = np.random.default_rng(seed)
    values = []
    for _ in range(RESAMPLES):
        drawn = np.bincount(random.integers(0, pairs.persons, pairs.persons), minlength=pairs.persons)
        values.append(measure(pairs, np.where(pairs.same, drawn[pairs.one], drawn[pairs.one] * drawn[pairs.two])))
    low, high = np.quantile(values, [(1 - LEVEL) / 2, (1 + LEVEL) / 2])
    return float(low), float(high)


def equal_interval(pairs: Pairs) -> tuple[float, float]:
    """The 95 % interval of the equal error rate over persons. Where no pair is wrong, all resamples are alike and say nothing:
    then the exact one of no error in as many draws as there are persons (Clopper & Pearson 1934).
    """
    if equal_error_rate(pairs)[0] > 0:
        return interval(pairs, lambda drawn, weights: equal_error_rate(drawn, weights)[0])
    from scipy.stats import binomtest

    exact = binomtest(0, pairs.persons).proportion_ci(LEVEL, "exact")
    return float(exact.low), float(exact.high)


def logistic(pairs: Pairs) -> tuple[float, float]:
    """Slope and offset that turn a similarity into a probability (Platt 1999), with equal odds beforehand."""
    from sklearn.linear_model import LogisticRegression

    fitted = LogisticRegression(class_weight="balanced", C=1e4).fit(pairs.scores[:, None], pairs.same)
    return float(fitted.coef_[0, 0]), float(fitted.intercept_[0])


@dataclass(frozen=True)
class Calibration:
    """What was measured of one embedder, by `facts`. `others`: the highest similarities of two persons."""

    facts: dict[str, Any]

    def probability(self, similarity: float) -> float:
        """That two vectors are of one person, if that was as likely as not beforehand."""
        return float(1 / (1 + np.exp(-np.clip(self.facts["slope"] * similarity + self.facts["offset"], -30, 30))))

    def threshold(self, false_accepts: float, comparisons: int = 1) -> tuple[float, bool]:
        """The threshold at which, of that many comparisons with others, at most that share of faces is accepted wrongly, and
        whether so low a rate could be measured: otherwise it is the highest similarity of two persons that was seen.
        """
        tail = np.array(self.facts["others"])  # descending
        allowed = int(np.floor(false_accepts / max(1, comparisons) * self.facts["pairs_of_two"]))
        place = min(allowed, len(tail) - 1)
        return float(np.nextafter(tail[place], np.inf)), allowed >= 1


def facts(first: Pairs, second: Pairs) -> dict[str, Any]:
    """What a `Calibration` holds: chosen on the first pairs, measured on the second, which are of other persons."""
    slope, offset = logistic(first)
    low, high = equal_interval(second)
    others = np.sort(first.scores[~first.same])[::-1]
    return {
        "slope": slope, "offset": offset, "pairs_of_two": len(others),
        "others": [round(float(value), 5) for value in others[: int(TAIL * len(others)) + 1]],
        "equal_error_rate": equal_error_rate(second)[0], "interval": [low, high],
        "half_total_error_rate": half_total_error_rate(second, equal_error_rate(first)[1]),
        "at": [at(second, rate, threshold_at(first, rate)) for rate in FALSE_ACCEPTS], "roc": roc(second),
    }  # fmt: skip


def at(pairs: Pairs, rate: float, threshold: float) -> dict[str, float]:
    """What became of a threshold among people whom it was not chosen on."""
    over = pairs.scores >= threshold
    return {"wanted": rate, "threshold": threshold, "accepted_wrongly": float(over[~pairs.same].mean()),
            "refused_wrongly": float((~over)[pairs.same].mean())}  # fmt: skip


def roc(pairs: Pairs) -> list[list[float]]:
    """The curve as [false accepts, right accepts], thinned out."""
    _thresholds, accepted, refused = error_rates(pairs)
    wanted = np.unique(np.concatenate([np.linspace(0, 1, ROC_POINTS // 2), np.geomspace(1e-4, 1, ROC_POINTS // 2)]))
    places = np.unique([int(np.argmin(np.abs(accepted - value))) for value in wanted])
    return [[round(float(accepted[k]), 6), round(float(1 - refused[k]), 6)] for k in places[::-1]]
