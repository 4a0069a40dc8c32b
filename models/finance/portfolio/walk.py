"""A walk-forward back-test: at each rebalancing weights are learnt from the past alone, then held while prices move them.

Written here rather than taken from skfolio's `cross_val_predict`, which holds weights fixed from day to day: that trades daily,
and free of cost. Between the last return that is learnt from and the trade lies one row (`EMBARGO`): a close cannot be known and
traded at once.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from core.contracts import Context, InputError, Message
from core.language import N_
from models.finance.portfolio.methods import METHODS, Rules, weigh
from models.finance.portfolio.prices import LEAST_ASSETS, LEAST_ROWS, MOST_FILLED, Market

Every = Literal["month", "quarter", "year"]
EMBARGO = 1  # rows
LEAST_LEARNT = 24  # rows of a window
_MONTHS = {"month": 1, "quarter": 3, "year": 12}


@dataclass(frozen=True, eq=False)
class Step:
    """A rebalancing at the close of row `row`: learnt from the rows `start` to `stop` (not included), of the assets `places`."""

    row: int
    start: int
    stop: int
    places: np.ndarray


@dataclass(frozen=True, eq=False)
class Walk:
    """`returns` (rows out of sample,) after costs; `weights` (steps, assets) as traded, the rest of 1 is cash.

    `turnover` (steps,) is half of what was bought and sold, as a share of the portfolio. `fallbacks`: steps at which 1/N stood
    in.
    """

    returns: np.ndarray
    weights: np.ndarray
    turnover: np.ndarray
    fallbacks: int = 0


def steps(market: Market, years: float, every: Every) -> list[Step]:
    """Every rebalancing that the market's dates allow.

    Raises:
        InputError: there are too few dates to learn from and to test on.
    """
    months = market.days.astype("datetime64[M]").astype(int) // _MONTHS[every]
    last_rows = np.flatnonzero(months[1:] != months[:-1])  # of each month, quarter or year
    window = int(years * 365.2425) * np.timedelta64(1, "D")
    first_day = market.days[1] + window
    found = []
    for row in last_rows[last_rows < len(market.days) - 1]:
        stop = int(row) + 1 - EMBARGO
        start = int(np.searchsorted(market.days, market.days[row] - window))
        if market.days[row] < first_day or stop - start < LEAST_LEARNT:
            continue
        places = tradable(market, start, stop)
        if len(places) >= LEAST_ASSETS:
            found.append(Step(int(row), start, stop, places))
    if not found:
        raise InputError(
            N_("The dates span {span:.1f} years: too few to learn from {years:g} years and test after them. Shorten the window."),
            span=market.years(), years=years,
        )  # fmt: skip
    return found


def tradable(market: Market, start: int, stop: int) -> np.ndarray:
    """Places of the assets whose past from `start` to `stop` is known, moved, and was hardly carried over gaps."""
    past, seen = market.returns[start:stop], market.seen[start:stop]
    whole = np.isfinite(past).all(0) & (seen.mean(0) >= 1 - MOST_FILLED)
    spread = np.std(np.where(whole, past, 0.0), axis=0)
    return np.flatnonzero(whole & (spread > 1e-12))


def weights_of(
    method: str, market: Market, at: Sequence[Step], rules: Rules, context: Context, span: tuple[float, float] = (0.0, 1.0)
) -> tuple[np.ndarray, int]:
    """Weights (steps, assets) that `method` would have chosen at each step, and how often 1/N stood in for it.

    `span` is the part of the whole work that this is.
    """
    weights, fallbacks, name = np.zeros((len(at), len(market.names))), 0, Message(METHODS[method])
    for place, step in enumerate(at):
        context.check()
        done = span[0] + (span[1] - span[0]) * place / len(at)
        context.progress(done, N_("Back-test: {name}, {day}"), name=name, day=str(market.days[step.row])[:10])
        found = weigh(method, market.returns[step.start : step.stop, step.places], rules, [*step.places])
        weights[place, step.places] = found.weights
        fallbacks += found.fallback
    return weights, fallbacks


def hold(market: Market, at: Sequence[Step], weights: np.ndarray, cost: float, interest: float = 0.0, fallbacks: int = 0) -> Walk:
    """What holding `weights` (steps, assets) from step to step earned; `cost` is a share of what is bought and sold.

    Weights are bought at the close of their step and earn from the next row on; an asset that is no longer traded keeps its
    value.
    """
    stops = [step.row for step in at[1:]] + [len(market.days) - 1]
    held, parts, turnover = np.zeros(weights.shape[1]), [], np.zeros(len(at))
    for place, (step, stop) in enumerate(zip(at, stops)):
        traded = np.abs(weights[place] - held).sum()
        turnover[place] = traded / 2
        growth = np.cumprod(1 + np.nan_to_num(market.returns[step.row + 1 : stop + 1]), axis=0)
        cash = (1 - weights[place].sum()) * (1 + interest) ** np.arange(1, len(growth) + 1)
        value = growth @ weights[place] + cash
        earned = value / np.concatenate([[1.0], value[:-1]]) - 1
        earned[0] = (1 + earned[0]) * (1 - cost * traded) - 1
        held = weights[place] * growth[-1] / value[-1]
        parts.append(earned)
    return Walk(np.concatenate(parts), weights, turnover, fallbacks)


def today(market: Market, years: float) -> Step:
    """The window that ends with the last row: what is bought next.

    Raises:
        InputError: fewer than two assets are still traded and have enough of a past.
    """
    window = int(years * 365.2425) * np.timedelta64(1, "D")
    start = max(1, int(np.searchsorted(market.days, market.days[-1] - window)))
    start = min(start, max(1, len(market.days) - min(LEAST_ROWS, len(market.days))))
    places = tradable(market, start, len(market.days))
    if len(places) < LEAST_ASSETS:
        raise InputError(
            N_("Fewer than two assets have numbers for the whole of the last {years:g} years. Shorten the window."), years=years
        )
    return Step(len(market.days) - 1, start, len(market.days), places)
