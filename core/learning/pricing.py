"""How good prices of risk are: deviances, the Gini index of the ordered Lorenz curve, lift, double lift.

Everywhere `expected` and `observed` are a unit of exposure (claims a year, money a year), float64 (rows,), and `exposure` is
their
weight. `times` says how often each row counts, (rows, b) as `core.lifecycle.bootstrap.draws` gives it; answers are then (b,).
"""

from __future__ import annotations

import numpy as np

SMALLEST = 1e-12


def unit_deviance(observed: np.ndarray, expected: np.ndarray, power: float) -> np.ndarray:
    """Deviance of each row for the variance function mean ** power (Jørgensen 1987): 1 Poisson, 2 gamma, between them Tweedie."""
    expected = np.maximum(expected, SMALLEST)
    if power == 1:
        ratio = np.maximum(observed, SMALLEST) / expected
        return 2 * (np.where(observed > 0, observed * np.log(ratio), 0.0) - observed + expected)
    if power == 2:
        ratio = np.maximum(observed, SMALLEST) / expected
        return 2 * (ratio - 1 - np.log(ratio))
    own = np.maximum(observed, 0.0) ** (2 - power) / ((1 - power) * (2 - power))
    return 2 * (own - observed * expected ** (1 - power) / (1 - power) + expected ** (2 - power) / (2 - power))


def mean_deviance(
    observed: np.ndarray, expected: np.ndarray, exposure: np.ndarray, power: float, times: np.ndarray | None = None
) -> np.ndarray:
    """Mean deviance a unit of exposure; less is better."""
    weights = _weighted(exposure, times)
    return np.asarray((unit_deviance(observed, expected, power)[:, None] * weights).sum(0) / weights.sum(0))


def gini(expected: np.ndarray, observed: np.ndarray, exposure: np.ndarray, times: np.ndarray | None = None) -> np.ndarray:
    """Twice the area between the ordered Lorenz curve and the diagonal (Frees, Meyers and Cummings 2011), the mean premium being
    the base: 0 for an order by chance. Rows of equal price are one step of the curve.
    """
    shares, losses = lorenz(expected, observed, exposure, times)
    steps = np.diff(shares, axis=0)
    return np.asarray(1 - (steps * (losses[1:] + losses[:-1])).sum(0))


def lorenz(
    expected: np.ndarray, observed: np.ndarray, exposure: np.ndarray, times: np.ndarray | None = None
) -> tuple[np.ndarray, np.ndarray]:
    """The ordered Lorenz curve: share of the exposure, cheapest first, and share of the claims or losses; (steps + 1, b) each."""
    order = np.argsort(expected, kind="stable")
    ordered = expected[order]
    starts = np.flatnonzero(np.concatenate([[True], ordered[1:] != ordered[:-1]]))
    weights = _weighted(exposure, times)[order]
    shares = np.cumsum(np.add.reduceat(weights, starts, axis=0), axis=0)
    losses = np.cumsum(np.add.reduceat(weights * observed[order, None], starts, axis=0), axis=0)
    zero = np.zeros((1, weights.shape[1]))
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.vstack([zero, shares / shares[-1]]), np.vstack([zero, losses / losses[-1]])


def tenths(order: np.ndarray, exposure: np.ndarray, parts: int = 10) -> np.ndarray:
    """The number of the part of about equal exposure that each row falls into when ordered by `order`, 0 the lowest."""
    rows = np.argsort(order, kind="stable")
    reached = np.cumsum(exposure[rows]) - exposure[rows] / 2
    found = np.empty(len(order), int)
    found[rows] = np.minimum((reached / exposure.sum() * parts).astype(int), parts - 1)
    return found


def means(values: np.ndarray, exposure: np.ndarray, groups: np.ndarray, times: np.ndarray | None = None) -> np.ndarray:
    """Mean of `values` a unit of exposure in each group, (groups, b); not-a-number where a group is empty."""
    weights, count = _weighted(exposure, times), int(groups.max()) + 1
    inside = np.eye(count)[groups]
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.asarray(inside.T @ (weights * values[:, None]) / (inside.T @ weights))


def _weighted(exposure: np.ndarray, times: np.ndarray | None) -> np.ndarray:
    return exposure[:, None].astype(np.float64) * (1.0 if times is None else times)
