"""What a portfolio would have gone through: known bad times, and years put together from bad months."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from core.language import N_
from models.finance.portfolio.measures import drawdowns, stationary
from models.finance.portfolio.prices import Market

TIMES = (  # from the height of the S&P 500 to its depth, as widely dated
    (N_("Burst of the dot-com bubble, 2000–02"), "2000-03-24", "2002-10-09"),
    (N_("Financial crisis, 2007–09"), "2007-10-09", "2009-03-09"),
    (N_("Covid, 2020"), "2020-02-19", "2020-03-23"),
    (N_("Rising interest rates, 2022"), "2022-01-03", "2022-10-12"),
)
ORDINARY, BAD = N_("A year of any months (drawn)"), N_("A year of bad months (drawn)")
DRAWS = 2_000
MONTHS = 12
_WORSE = 0.5
_BLOCK = 2.0  # months: bad ones come together


@dataclass(frozen=True)
class Stress:
    """Return over the whole time and largest fall within, as shares, of (portfolio, 1/N, index); NaN where there is none.

    `low` and `high` are the 5 % and 95 % quantiles of drawn years.
    """

    name: str
    start: str
    end: str
    total: tuple[float, ...]
    fall: tuple[float, ...]
    low: float = np.nan
    high: float = np.nan


def known_times(market: Market, weights: np.ndarray) -> list[Stress]:
    """The bad times that the data cover, with today's `weights` (assets,) held through each of them."""
    found = []
    for name, start, end in TIMES:
        rows = np.flatnonzero((market.days > np.datetime64(start)) & (market.days <= np.datetime64(end) + np.timedelta64(1, "D")))
        covered = len(rows) and market.days[0] <= np.datetime64(start) and market.days[-1] >= np.datetime64(end)
        if not covered:
            continue
        past = market.returns[rows]
        known = np.isfinite(past).all(0)
        held = np.where(known, weights, 0)
        if held.sum() < 0.5 * weights.sum() or not known.any():
            continue  # most of today's portfolio did not exist
        held *= weights.sum() / held.sum()
        even = weights.sum() * known / known.sum()  # with as much in cash
        columns = [_held(past, held), _held(past, even)]
        columns.append(np.full(len(rows), np.nan) if market.index is None else market.index[rows])
        returns = np.stack(columns, 1)
        fall = tuple(float(x) for x in drawdowns(returns).min(0))
        found.append(Stress(name, start, end, tuple(float(x) for x in np.prod(1 + returns, axis=0) - 1), fall))
    return found


def drawn_years(returns: np.ndarray, months: np.ndarray, seed: int) -> list[Stress]:
    """Years drawn from the months of `returns` (rows, 2: portfolio and 1/N), and from the worse half of them by 1/N.

    `months` (rows,) numbers the month of each row. Fewer than two years of months say nothing: then there are none.
    """
    starts = np.flatnonzero(np.diff(months, prepend=months[0] - 1))
    monthly = np.expm1(np.add.reduceat(np.log1p(returns), starts, axis=0))
    if len(monthly) < 2 * MONTHS:
        return []
    random = np.random.default_rng(seed)
    worse = monthly[monthly[:, 1] <= np.quantile(monthly[:, 1], _WORSE)]
    found = []
    for name, drawn_from in ((ORDINARY, monthly), (BAD, worse)):
        rows = stationary(len(drawn_from), _BLOCK, DRAWS, random)[:, :MONTHS]
        paths = drawn_from[rows]
        totals = np.prod(1 + paths, axis=1) - 1
        falls = np.median([drawdowns(path).min(0) for path in paths], axis=0)
        low, middle, high = np.percentile(totals, (5, 50, 95), axis=0)
        found.append(
            Stress(
                name,
                "",
                "",
                (float(middle[0]), float(middle[1]), np.nan),
                (float(falls[0]), float(falls[1]), np.nan),
                float(low[0]),
                float(high[0]),
            )
        )
    return found


def _held(past: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """Returns (rows,) of weights bought before the first row and left alone; the rest is cash."""
    value = np.cumprod(1 + np.nan_to_num(past), axis=0) @ weights + 1 - weights.sum()
    return value / np.concatenate([[1.0], value[:-1]]) - 1
