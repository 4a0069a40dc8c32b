"""Is one forecast better than another, or was it chance? Diebold and Mariano (1995), corrected for few forecasts."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

LEAST = 10  # forecasts below which nothing is said


@dataclass(frozen=True)
class Comparison:
    """`difference` of the mean losses, below 0 where the method is better; `p` of two sides, NaN where nothing can be said."""

    difference: float
    statistic: float
    p: float


def diebold_mariano(losses: np.ndarray, other: np.ndarray, horizon: int) -> Comparison:
    """Compares losses (origins,) of two methods on the same forecasts, `horizon` steps ahead at most.

    The variance takes the autocovariances of `horizon - 1` lags; where that gives nothing above 0 (it can), with Bartlett's
    weights. The statistic is corrected and compared with Student's t as by Harvey, Leybourne and Newbold (1997).
    """
    from scipy.stats import t as student

    differences = losses - other
    differences = differences[np.isfinite(differences)]
    count = len(differences)
    if count < max(LEAST, horizon + 2) or not differences.any():
        return Comparison(float(differences.mean()) if count else float("nan"), float("nan"), float("nan"))
    centred = differences - differences.mean()
    covariances = np.array([centred[lag:] @ centred[: count - lag] / count for lag in range(horizon)])
    variance = covariances[0] + 2 * covariances[1:].sum()
    if variance <= 0:
        variance = covariances[0] + 2 * ((1 - np.arange(1, horizon) / horizon) * covariances[1:]).sum()
    if variance <= 1e-12 * float(differences.mean()) ** 2:
        return Comparison(float(differences.mean()), float("nan"), float("nan"))
    correction = (count + 1 - 2 * horizon + horizon * (horizon - 1) / count) / count
    statistic = differences.mean() / np.sqrt(variance / count) * np.sqrt(correction)
    return Comparison(float(differences.mean()), float(statistic), float(2 * student.sf(abs(statistic), count - 1)))


def holm(chances: dict[str, float]) -> dict[str, float]:
    """The p values of several tests, adjusted so that one false alarm in all of them is as rare as it says (Holm 1979).

    NaN stays NaN and does not count.
    """
    known = sorted((p, name) for name, p in chances.items() if np.isfinite(p))
    found, highest = dict.fromkeys(chances, float("nan")), 0.0
    for place, (p, name) in enumerate(known):
        highest = max(highest, min(1.0, p * (len(known) - place)))
        found[name] = highest
    return found
