"""How far forecasts are off: scores with intervals, for one step ahead or all of them.

Arrays are float64 (origins, horizon); an outcome that is NaN (it was not observed) is not scored.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from core.lifecycle.bootstrap import intervals

LEAST_BLOCKS = 5  # blocks below which an interval would say nothing


def absolute(actual: np.ndarray, forecast: np.ndarray) -> np.ndarray:
    return np.abs(actual - forecast)


def squared(actual: np.ndarray, forecast: np.ndarray) -> np.ndarray:
    return (actual - forecast) ** 2


def qlike(actual: np.ndarray, forecast: np.ndarray) -> np.ndarray:
    """log f + y / f for variances: it ranks forecasts rightly where y is but a noisy measure of the variance (Patton 2011)."""
    return np.log(forecast) + actual / forecast


def symmetric(actual: np.ndarray, forecast: np.ndarray) -> np.ndarray:
    """Terms of sMAPE, 0 to 2: 2 |y - f| / (|y| + |f|); 0 where both are 0."""
    size = np.abs(actual) + np.abs(forecast)
    return np.divide(2 * np.abs(actual - forecast), size, out=np.zeros_like(size), where=size > 0)


def scale(values: np.ndarray, season: int) -> float:
    """What MASE divides by: the mean absolute error of the (seasonal) naive forecast, one season ahead, on the steps fitted on
    (Hyndman and Koehler 2006). NaN where it is 0.
    """
    found = float(np.abs(values[season:] - values[:-season]).mean()) if len(values) > season else 0.0
    return found if found > 0 else float("nan")


def mean(losses: np.ndarray) -> float:
    """The mean of what was observed; NaN of nothing."""
    return float(np.nanmean(losses)) if np.isfinite(losses).any() else float("nan")


def means(
    losses: dict[str, np.ndarray], block: int, transform: Callable[[np.ndarray], np.ndarray] = lambda mean: mean, seed: int = 0
) -> dict[str, tuple[float, tuple[float, float] | None]]:
    """The mean of each method's losses (origins, or origins and horizon) with its 95 % interval.

    The interval is a bootstrap of blocks of `block` consecutive origins, for neighbours err together. `transform` makes another
    score of the mean, such as a root or a ratio. None in place of an interval where there are too few blocks.
    """
    flat = {name: (of if of.ndim > 1 else of[:, None]) for name, of in losses.items()}
    origins = len(next(iter(flat.values())))
    groups = np.arange(origins) // max(1, block)
    sums = {name: np.nansum(of, 1) for name, of in flat.items()}
    counts = {name: np.isfinite(of).sum(1) for name, of in flat.items()}

    def compute(weights: np.ndarray) -> dict[str, np.ndarray]:
        return {name: transform((sums[name] @ weights) / np.maximum(counts[name] @ weights, 1e-9)) for name in flat}

    found = intervals(compute, origins, seed=seed, groups=groups) if groups[-1] + 1 >= LEAST_BLOCKS else {}
    return {name: (float(transform(np.array(mean(of)))), found.get(name)) for name, of in flat.items()}


def block_length(origins: int, horizon: int) -> int:
    """Of the bootstrap: no shorter than the horizon, for errors overlap so far, and than the cube root of the origins."""
    return max(horizon, round(origins ** (1 / 3)))
