"""A table of prices or returns as returns in the order of time; what was wrong with it is said."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from core.contracts import InputError, Message, Table
from core.language import N_
from models.finance.portfolio.cleaning import PRICES, kind_of, listed, returns_of
from models.finance.portfolio.tabular import values_of

if TYPE_CHECKING:
    import pandas as pd

    from models.finance.advisor import AdvisorParams

LEAST_ASSETS = 2
LEAST_ROWS = 40
MOST_FILLED = 0.1  # share of a window's prices that may be missing: a price that stands still looks safe and is not
LEAST_MATCHED = 0.5  # share of the days that an index must know
YEAR = np.timedelta64(31_556_952, "s")


@dataclass(frozen=True, eq=False)
class Market:
    """`returns` (rows, assets) are simple returns from the row before, NaN where an asset is not traded (yet or any more).

    `seen` says which prices were given rather than carried on. `last` are the last prices (assets,), None where returns were
    given. `periods` is the number of rows a year. `index` are returns (rows,) of a benchmark, NaN where there is none.
    """

    names: tuple[str, ...]
    days: np.ndarray
    returns: np.ndarray
    seen: np.ndarray
    periods: float
    last: np.ndarray | None
    index: np.ndarray | None = None
    index_name: str = ""
    notices: tuple[Message, ...] = ()

    def years(self) -> float:
        """From the first day to the last."""
        return float((self.days[-1] - self.days[0]) / YEAR)


def read(table: Table, params: AdvisorParams) -> Market:
    """The market that a table tells of.

    Raises:
        InputError: there is no date, there are fewer than two assets with numbers that change, or too few rows.
        LimitError: there are more columns or assets than can be weighed.
    """
    notices: list[Message] = []
    values, index, shape = values_of(table, params, notices)
    _need_enough(values)
    days, names = values.index.to_numpy().astype("datetime64[us]"), tuple(map(str, values.columns))
    kind = kind_of(values.to_numpy(), params.kind)
    notices.insert(0, Message(N_("Read as {shape} of {numbers}."), {"shape": Message(shape), "numbers": Message(kind)}))
    returns, seen, last = returns_of(values.to_numpy("float64", copy=True), kind, days, names, notices)
    moving = np.array(
        [bool(np.ptp(column[np.isfinite(column)]) > 0) if np.isfinite(column).any() else False for column in returns.T]
    )
    if moving.sum() < LEAST_ASSETS:
        raise InputError(N_("Fewer than two assets have numbers that change: there is nothing to choose from."))
    _say_absent(names, returns, moving, notices)
    market = Market(
        tuple(name for name, moves in zip(names, moving) if moves), days, returns[:, moving], seen[:, moving], _periods(days),
        None if last is None else last[moving], notices=tuple(notices),
    )  # fmt: skip
    if index is None:
        return market
    own, _, _ = returns_of(
        index.reindex(values.index).to_numpy("float64", copy=True)[:, None], kind, days, (params.benchmark,), []
    )
    return replace(market, index=own[:, 0], index_name=params.benchmark)


def with_index(market: Market, name: str, days: Any, prices: Any) -> Market:
    """The market beside an index given by dates and prices; itself where hardly any of its days are among them."""
    import pandas as pd

    known = pd.Series(np.asarray(prices, "float64"), index=pd.DatetimeIndex(days)).sort_index()
    matched = known.reindex(pd.DatetimeIndex(market.days)).to_numpy(copy=True)
    if np.isfinite(matched).mean() < LEAST_MATCHED:
        return market
    own, _, _ = returns_of(matched[:, None], PRICES, market.days, (name,), [])
    return replace(market, index=own[:, 0], index_name=name)


def _need_enough(values: pd.DataFrame) -> None:
    if len(values.columns) < LEAST_ASSETS:
        raise InputError(
            N_("A portfolio needs at least two assets with numbers; there are: {count}. Add columns, or name the right ones."),
            count=len(values.columns),
        )  # fmt: skip
    if len(values) < LEAST_ROWS:
        raise InputError(
            N_("There are only {count} dates with numbers; at least {least} are needed."), count=len(values), least=LEAST_ROWS
        )  # fmt: skip


def _say_absent(names: tuple[str, ...], returns: np.ndarray, moving: np.ndarray, notices: list[Message]) -> None:
    """Assets without change, and those that are not there from the first row to the last."""
    known = np.isfinite(returns)
    for chosen, sentence in (
        (~moving, N_("Left out, for their numbers never change: {names}")),
        (moving & ~known[1], N_("Assets that start late: {names}. They are bought once there is enough of a past.")),
        (moving & ~known[-1], N_("Assets that end early: {names}. They are sold at their last price and not proposed.")),
    ):
        if chosen.any():
            notices.append(Message(sentence, {"names": listed([name for name, is_so in zip(names, chosen) if is_so])}))


def _periods(days: np.ndarray) -> float:
    """Rows a year, from the middle half of them: a stray date at either end must not count."""
    low, high = len(days) // 4, (3 * len(days)) // 4
    span = float((days[high] - days[low]) / YEAR)
    return float(np.clip((high - low) / max(span, 1e-9), 1, 100_000))
