"""Percentile bootstrap (Efron & Tibshirani 1993): what the scores would be on other test rows of the same kind."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np

RESAMPLES = 1_000
LEVEL = 0.95
AT_ONCE = 2_000_000  # weights held at a time
MOST_WORK = 400_000_000  # rows × resamples × rankings; above it fewer resamples are drawn


def draws(rows: int, resamples: int, seed: int, groups: np.ndarray | None = None) -> Iterator[np.ndarray]:
    """How often each row is drawn, float32 (rows, b), in pieces that add up to `resamples`.

    With `groups` (a number for each row), whole groups are drawn: rows of one group are no independent evidence.
    """
    generator = np.random.default_rng(seed)
    units = rows if groups is None else int(groups.max()) + 1
    step = max(1, AT_ONCE // max(rows, 1))
    for start in range(0, resamples, step):
        count = min(step, resamples - start)
        drawn = generator.integers(0, units, (count, units)) + np.arange(count)[:, None] * units
        times = np.bincount(drawn.ravel(), minlength=count * units).reshape(count, units)
        piece = np.ascontiguousarray(times.T.astype(np.float32))
        yield piece if groups is None else piece[groups]


def intervals(
    compute: Callable[[np.ndarray], dict[str, np.ndarray]],
    rows: int,
    *,
    seed: int = 0,
    groups: np.ndarray | None = None,
    resamples: int = RESAMPLES,
) -> dict[str, tuple[float, float]]:
    """The 95 % interval of each score that `compute(weights)` gives, where it is finite in nearly every resample."""
    parts = [compute(weights) for weights in draws(rows, resamples, seed, groups)]
    found = {}
    for name in parts[0]:
        values = np.concatenate([part[name] for part in parts])
        values = values[np.isfinite(values)]
        if len(values) >= 0.9 * resamples:
            low, high = np.quantile(values, [(1 - LEVEL) / 2, (1 + LEVEL) / 2])
            found[name] = (float(low), float(high))
    return found


def affordable(rows: int, rankings: int) -> int:
    """How many resamples of scores that need rankings can be drawn in a few seconds: 1,000 up to 20,000 rows × 20 classes."""
    return int(np.clip(MOST_WORK // max(rows * rankings, 1), 100, RESAMPLES))
