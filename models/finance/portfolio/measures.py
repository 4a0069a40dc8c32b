"""What a portfolio did, with intervals.

Intervals come from the stationary bootstrap (Politis and Romano, "The stationary bootstrap", JASA 89, 1994): days are drawn in
blocks of random length, so that calm and stormy times stay together, and all portfolios get the same days, so that differences
are paired. For Sharpe ratios Ledoit and Wolf (Journal of Empirical Finance 15, 2008) argue for such a bootstrap; they
studentise, here percentiles do.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from core.contracts import Context

DRAWS = 1_000
TAIL = 0.05  # of the rows, whose mean is the conditional value at risk
NAMES = ("sharpe", "volatility", "growth", "drawdown", "tail")
_CHUNK = 25
_CERTAINTY = (2.5, 97.5)


@dataclass(frozen=True, eq=False)
class Measured:
    """Values (measures, portfolios) in the order of `NAMES`, with 95 % intervals; `ahead*` are differences to the portfolio
    `beside`.
    """

    values: np.ndarray
    low: np.ndarray
    high: np.ndarray
    ahead: np.ndarray
    ahead_low: np.ndarray
    ahead_high: np.ndarray

    def of(self, name: str, portfolio: int) -> tuple[float, tuple[float, float]]:
        """A measure of a portfolio and its interval."""
        row = NAMES.index(name)
        return float(self.values[row, portfolio]), (float(self.low[row, portfolio]), float(self.high[row, portfolio]))

    def ahead_of(self, name: str, portfolio: int) -> tuple[float, tuple[float, float]]:
        """Its difference to the one it stands beside, and the interval."""
        row = NAMES.index(name)
        return float(self.ahead[row, portfolio]), (float(self.ahead_low[row, portfolio]), float(self.ahead_high[row, portfolio]))


def measure(
    returns: np.ndarray,
    periods: float,
    beside: int,
    context: Context,
    *,
    interest: float = 0.0,
    seed: int = 0,
    draws: int = DRAWS,
) -> Measured:
    """Measures of portfolios from `returns` (rows, portfolios), all finite; `periods` rows are a year, `interest` is of one
    period.

    Sharpe ratio, volatility and growth (CAGR) are a year's; draw-down is the largest fall from a height, as a negative share;
    tail is the mean return of the worst 5 % of rows.
    """
    values = _measures(returns[None], periods, interest)[:, 0]
    random, found = np.random.default_rng(seed), []
    rows = stationary(len(returns), max(2.0, periods / 12), draws, random)
    for start in range(0, draws, _CHUNK):
        context.check()
        found.append(_measures(returns[rows[start : start + _CHUNK]], periods, interest))
    drawn = np.concatenate(found, axis=1)  # measures, draws, portfolios
    ahead = drawn - drawn[:, :, [beside]]
    low, high = np.percentile(drawn, _CERTAINTY, axis=1)
    ahead_low, ahead_high = np.percentile(ahead, _CERTAINTY, axis=1)
    return Measured(values, low, high, values - values[:, [beside]], ahead_low, ahead_high)


def stationary(rows: int, block: float, draws: int, random: np.random.Generator) -> np.ndarray:
    """Rows of `draws` resamples, int32 (draws, rows): blocks of geometric length with mean `block`, around the end to the
    start.
    """
    begins = random.random((draws, rows)) < 1 / block
    begins[:, 0] = True
    place = np.arange(rows)
    last = np.maximum.accumulate(np.where(begins, place, 0), axis=1)
    first = random.integers(0, rows, (draws, rows))
    return ((np.take_along_axis(first, last, 1) + place - last) % rows).astype(np.int32)


def _measures(returns: np.ndarray, periods: float, interest: float) -> np.ndarray:
    """(measures, draws, portfolios) of returns (draws, rows, portfolios)."""
    spread = returns.std(1, ddof=1) if returns.shape[1] > 1 else np.zeros(returns.shape[::2])
    ratio = np.divide(returns.mean(1) - interest, spread, out=np.zeros_like(spread), where=spread > 1e-12) * np.sqrt(periods)
    path = np.cumsum(np.log1p(returns), axis=1)
    height = np.maximum(np.maximum.accumulate(path, axis=1), 0)
    worst = np.expm1((path - height).min(1))
    growth = np.expm1(path[:, -1] * periods / returns.shape[1])
    least = max(1, int(np.ceil(TAIL * returns.shape[1])))
    tail = np.partition(returns, least - 1, axis=1)[:, :least].mean(1)
    return np.stack([ratio, spread * np.sqrt(periods), growth, worst, tail])


def drawdowns(returns: np.ndarray) -> np.ndarray:
    """How far below its highest value so far (the start counts) each row stands: 0 or negative, same shape as `returns`."""
    value = np.cumprod(1 + returns, axis=0)
    return value / np.maximum(np.maximum.accumulate(value, axis=0), 1.0) - 1


def rolling_sharpe(returns: np.ndarray, window: int, periods: float, interest: float = 0.0) -> np.ndarray:
    """The Sharpe ratio a year of each `window` rows, NaN before the first; same shape as `returns`."""
    import pandas as pd

    rolled = pd.DataFrame(returns).rolling(window)
    spread = rolled.std().to_numpy()
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(spread > 1e-12, (rolled.mean().to_numpy() - interest) / spread * np.sqrt(periods), np.nan)


def mean_interval(values: Sequence[float] | np.ndarray, factor: float, seed: int = 0) -> tuple[float, tuple[float, float]]:
    """The mean of a few values times `factor`, with a percentile interval of the plain bootstrap."""
    known = np.asarray(values, dtype=float)
    if not len(known):
        return 0.0, (0.0, 0.0)
    drawn = np.random.default_rng(seed).choice(known, (DRAWS, len(known))).mean(1) * factor
    low, high = np.percentile(drawn, _CERTAINTY)
    return float(known.mean() * factor), (float(low), float(high))
