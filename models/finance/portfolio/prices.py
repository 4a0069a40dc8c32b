"""A table of prices or returns, wide or long, as returns in the order of time; what was wrong with it is said."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from core.contracts import InputError, LimitError, Message, Table
from core.language import N_

if TYPE_CHECKING:
    import pandas as pd

    from models.finance.advisor import AdvisorParams

MOST_ASSETS = 300
MOST_COLUMNS = 2_000  # to look for a date in
LEAST_ASSETS = 2
LEAST_ROWS = 40
MOST_FILLED = 0.1  # share of a window's prices that may be missing: a price that stands still looks safe and is not
_SPLITS = (2, 3, 4, 5, 7, 8, 10, 15, 20, 25, 50, 100)
_NEAR = 0.03  # how near to a whole ratio a jump must be to look like a split
_CALM = 0.1  # median move of all assets below which the market cannot be the reason
MOST_LISTED = 5
_WIDE, _LONG = N_("a wide table (a row a date, a column an asset)"), N_("a long table (a row for each date and asset)")
_NUMBERS = {0.0: N_("prices"), 1.0: N_("returns as shares of 1"), 0.01: N_("returns in percent")}
_YEAR = np.timedelta64(31_556_952, "s") / np.timedelta64(1, "us")


@dataclass(frozen=True, eq=False)
class Market:
    """`returns` (rows, assets) are simple returns from the row before, NaN where an asset is not traded (yet or any more).

    `seen` says which prices were given rather than carried on. `last` are the last prices (assets,), None where returns were given.
    `periods` is the number of rows a year. `index` are returns (rows,) of a benchmark, NaN where there is none.
    """

    names: tuple[str, ...]
    days: np.ndarray
    returns: np.ndarray
    seen: np.ndarray
    periods: float
    last: np.ndarray | None
    index: np.ndarray | None
    index_name: str
    notices: tuple[Message, ...]

    def years(self) -> float:
        return float((self.days[-1] - self.days[0]) / np.timedelta64(1, "us") / _YEAR)


def read(table: Table, params: AdvisorParams) -> Market:
    """The market that a table tells of.

    Raises:
        InputError: there is no date, fewer than two assets with numbers, or too few rows.
        LimitError: more columns or assets than can be weighed.
    """
    frame, date = _dated(table, params)
    notices: list[Message] = []
    values, index_name, shape = _assets(frame, date, params, notices)
    index = values.pop(index_name) if index_name else None
    values = _usable(values, notices)
    if len(values.columns) < LEAST_ASSETS:
        raise InputError(N_("A portfolio needs at least two assets with numbers; there are: {count}. Add columns, or name the right ones."),
                         count=len(values.columns))  # fmt: skip
    if len(values) < LEAST_ROWS:
        raise InputError(
            N_("There are only {count} dates with numbers; at least {least} are needed."), count=len(values), least=LEAST_ROWS
        )
    days, names = values.index.to_numpy().astype("datetime64[us]"), tuple(map(str, values.columns))
    numbers = values.to_numpy("float64", copy=True)
    scale = _scale(numbers, params.kind)
    notices.insert(
        0, Message(N_("Read as {shape} of {numbers}."), {"shape": Message(shape), "numbers": Message(_NUMBERS[scale])})
    )
    returns, seen, last = (
        _from_prices(numbers, days, names, notices) if scale == 0 else (*_from_returns(numbers, scale, notices), None)
    )
    own = None
    if index is not None:
        column = index.reindex(values.index).to_numpy("float64", copy=True)[:, None]
        own = (_from_prices(column, days, (index_name,), []) if scale == 0 else _from_returns(column, scale, []))[0][:, 0]
    moving = np.nanstd(np.where(np.isfinite(returns), returns, np.nan), axis=0) > 0
    if not moving.all():
        still = [name for name, moves in zip(names, moving) if not moves]
        notices.append(Message(N_("Left out, for their numbers never change: {names}"), {"names": _listed(still)}))
    if moving.sum() < LEAST_ASSETS:
        raise InputError(N_("Fewer than two assets have numbers that change: there is nothing to choose from."))
    late = [name for name, column, moves in zip(names, returns.T, moving) if moves and not np.isfinite(column[1])]
    if late:
        notices.append(
            Message(
                N_("Assets that start late: {names}. They are bought once there is enough of a past."), {"names": _listed(late)}
            )
        )
    ended = [name for name, column, moves in zip(names, returns.T, moving) if moves and not np.isfinite(column[-1])]
    if ended:
        notices.append(
            Message(
                N_("Assets that end early: {names}. They are sold at their last price and not proposed."),
                {"names": _listed(ended)},
            )
        )
    market = Market(
        tuple(np.array(names, dtype=object)[moving]), days, returns[:, moving], seen[:, moving], _periods(days),
        None if last is None else last[moving], own, index_name, tuple(notices),
    )  # fmt: skip
    return market


def _dated(table: Table, params: AdvisorParams) -> tuple[pd.DataFrame, str]:
    """The columns that hold anything, and the name of the date."""
    from core.intake import roles
    from core.lifecycle.columns import need_column

    for name in (params.date, params.asset, params.price, params.benchmark, *params.assets):
        need_column(table, name)
    if not len(table):
        raise InputError(N_("The table has no rows."))
    frame = table.frame.loc[:, ~table.frame.isna().all().to_numpy()]
    if len(frame.columns) > MOST_COLUMNS:
        raise LimitError(
            N_("The table has {count} columns; at most {most} can be looked at."), count=len(frame.columns), most=MOST_COLUMNS
        )
    date = params.date or roles.guess(frame, "date")
    if not date or date not in frame:
        raise InputError(N_("None of the columns looks like dates: name the date column."))
    days = roles.dates(frame[date])
    if not days.notna().any():
        raise InputError(N_("The column {column} has no date in it: name the date column."), column=date)
    return frame.assign(**{date: days}), date


def _assets(frame: pd.DataFrame, date: str, params: AdvisorParams, notices: list[Message]) -> tuple[pd.DataFrame, str, str]:
    """A column for each asset (and the benchmark, if named), a row for each date, in order; the benchmark; the table's shape."""
    import pandas as pd

    undated = int(frame[date].isna().sum())
    if undated:
        notices.append(Message(N_("Rows without a date that can be read, left out: {count}."), {"count": undated}))
        frame = frame[frame[date].notna()]
    asset, price = _long_columns(frame, date, params)
    if asset:
        values = _pivoted(frame, date, asset, price, notices)
    else:
        wanted = (
            list(dict.fromkeys([*params.assets, *([params.benchmark] if params.benchmark else [])])) if params.assets else None
        )
        values = (frame[wanted] if wanted else frame.drop(columns=date)).set_axis(pd.DatetimeIndex(frame[date]), axis=0)
        values = values.drop(columns=date, errors="ignore")
        if values.shape[1] > MOST_COLUMNS:
            raise LimitError(
                N_("The table has {count} columns; at most {most} can be looked at."), count=values.shape[1], most=MOST_COLUMNS
            )
        values = pd.DataFrame({str(name): _numbers(values[name]) for name in values.columns}, index=values.index)
    repeated = int(values.index.duplicated().sum())
    if repeated:
        notices.append(Message(N_("Dates that come more than once: {count}. The last row of each counts."), {"count": repeated}))
        values = values[~values.index.duplicated(keep="last")]
    benchmark = params.benchmark if params.benchmark in values.columns else ""
    return values.sort_index(), benchmark, _LONG if asset else _WIDE


def _long_columns(frame: pd.DataFrame, date: str, params: AdvisorParams) -> tuple[str, str]:
    """The columns of asset and price of a long table; two empty names for a wide one."""
    from core.intake import roles

    asset, rest = params.asset, frame.drop(columns=date)
    if not asset and not params.assets and frame[date].duplicated().any():
        asset = roles.guess(rest, "asset")
    if not asset:
        return "", ""
    rest = rest.drop(columns=asset, errors="ignore")
    price = params.price or roles.guess(rest, "price") or next((str(n) for n in rest.columns if rest[n].dtype.kind in "if"), "")
    if not price or price == asset:
        raise InputError(N_("A table with a column of assets needs a column of prices too: name it."))
    return asset, price


def _pivoted(frame: pd.DataFrame, date: str, asset: str, price: str, notices: list[Message]) -> pd.DataFrame:
    import pandas as pd

    rows = pd.DataFrame({"date": frame[date], "asset": frame[asset].astype("str"), "price": _numbers(frame[price])})
    rows = rows[frame[asset].notna()]
    count = rows["asset"].nunique()
    if count > MOST_ASSETS:
        raise LimitError(
            N_("There are {count} assets; at most {most} can be weighed. Choose some of them."), count=count, most=MOST_ASSETS
        )
    twice = int(rows.duplicated(["date", "asset"]).sum())
    if twice:
        notices.append(
            Message(N_("Dates that come more than once for an asset: {count}. The last row of each counts."), {"count": twice})
        )
        rows = rows.drop_duplicates(["date", "asset"], keep="last")
    wide = rows.pivot(index="date", columns="asset", values="price")
    return wide.set_axis(list(map(str, wide.columns)), axis=1)


def _numbers(column: pd.Series) -> pd.Series:
    """Numbers, NaN for what is none; `1,234.5` counts."""
    import pandas as pd

    if column.dtype.kind in "iufb":
        return column.astype("float64")
    if column.dtype.kind == "M":
        return pd.Series(np.nan, index=column.index)
    return pd.to_numeric(
        column.astype("str").str.replace(r"(?<=\d),(?=\d{3})", "", regex=True).str.strip(), errors="coerce"
    ).astype("float64")


def _usable(values: pd.DataFrame, notices: list[Message]) -> pd.DataFrame:
    """Without columns that hold no numbers and rows that hold none."""
    values = values.replace([np.inf, -np.inf], np.nan)
    empty = [str(name) for name in values.columns if not values[name].notna().any()]
    if empty:
        notices.append(Message(N_("Columns without numbers, left out: {names}"), {"names": _listed(empty)}))
    values = values.drop(columns=empty).dropna(how="all")
    if len(values.columns) > MOST_ASSETS:
        raise LimitError(
            N_("There are {count} assets; at most {most} can be weighed. Choose some of them."),
            count=len(values.columns),
            most=MOST_ASSETS,
        )
    return values


def _scale(numbers: np.ndarray, kind: str) -> float:
    """0 for prices, else what a return of 1 in the table means: 1, or .01 where it is in percent."""
    known = numbers[np.isfinite(numbers)]
    negative, size = float((known <= 0).mean()), float(np.quantile(np.abs(known), 0.99))
    if kind == "prices" or (kind == "auto" and (negative < 0.1 or size > 50)):
        return 0.0
    return 0.01 if size > 1 else 1.0


def _from_prices(
    prices: np.ndarray, days: np.ndarray, names: tuple[str, ...], notices: list[Message]
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Returns, which prices were given, and the last ones. A gap is carried over: the move comes with the next price."""
    wrong = int((prices <= 0).sum())
    if wrong:
        notices.append(Message(N_("Prices of zero or below, taken for missing: {count}."), {"count": wrong}))
        prices = np.where(prices > 0, prices, np.nan)
    seen, inside = np.isfinite(prices), _inside(prices)
    _say_gaps(int((inside & ~seen).sum()), notices)
    carried = _carried(prices, inside)
    with np.errstate(over="ignore"):
        returns = np.vstack([np.full(prices.shape[1], np.nan), carried[1:] / carried[:-1] - 1])
    returns[~np.isfinite(returns)] = np.nan
    _say_jumps(returns, days, names, notices)
    place = np.maximum.accumulate(np.where(seen, np.arange(len(prices))[:, None], 0))[-1]
    return returns, seen, prices[place, np.arange(prices.shape[1])]


def _from_returns(numbers: np.ndarray, scale: float, notices: list[Message]) -> tuple[np.ndarray, np.ndarray]:
    returns = numbers * scale
    wrong = int((returns <= -1).sum())
    if wrong:
        notices.append(Message(N_("Returns of −100 % or less, taken for missing: {count}."), {"count": wrong}))
        returns = np.where(returns > -1, returns, np.nan)
    seen, inside = np.isfinite(returns), _inside(returns)
    _say_gaps(int((inside & ~seen).sum()), notices)
    return np.where(inside & ~seen, 0.0, returns), seen


def _inside(numbers: np.ndarray) -> np.ndarray:
    """Which cells lie between the first and the last number of their column."""
    known = np.isfinite(numbers)
    return np.logical_or.accumulate(known) & np.logical_or.accumulate(known[::-1])[::-1]


def _carried(prices: np.ndarray, inside: np.ndarray) -> np.ndarray:
    place = np.maximum.accumulate(np.where(np.isfinite(prices), np.arange(len(prices))[:, None], 0))
    return np.where(inside, np.take_along_axis(prices, place, 0), np.nan)


def _say_gaps(count: int, notices: list[Message]) -> None:
    if count:
        notices.append(Message(N_("Gaps between numbers, over which the last one was carried: {count} cells."), {"count": count}))


def _say_jumps(returns: np.ndarray, days: np.ndarray, names: tuple[str, ...], notices: list[Message]) -> None:
    """Names jumps that look like splits: by a whole ratio, on a day on which the others hardly moved."""
    ratio = 1 + np.nan_to_num(returns)
    with np.errstate(divide="ignore"):
        size = np.maximum(ratio, 1 / np.maximum(ratio, 1e-12))
    whole = np.array(_SPLITS)[np.abs(size[..., None] / np.array(_SPLITS) - 1).argmin(-1)]
    others = np.abs(np.nanmedian(np.where(np.isfinite(returns), returns, 0), axis=1)) < _CALM
    found = np.argwhere((np.abs(size / whole - 1) < _NEAR) & (others[:, None] | (len(names) < 3)))
    if len(found):
        listed = _listed([f"{names[column]} {str(days[row])[:10]}" for row, column in found])
        sentence = N_(
            "Jumps that look like splits of shares and were left as they are: {names}. Give adjusted prices where that is so."
        )
        notices.append(Message(sentence, {"names": listed}))


def _listed(names: list[str]) -> str:
    return ", ".join(names[:MOST_LISTED]) + (f" … ({len(names)})" if len(names) > MOST_LISTED else "")


def _periods(days: np.ndarray) -> float:
    """Rows a year, from the middle half of them: a stray date at either end must not count."""
    low, high = len(days) // 4, (3 * len(days)) // 4
    span = (days[high] - days[low]) / np.timedelta64(1, "us") / _YEAR
    return float(np.clip((high - low) / max(span, 1e-9), 1, 100_000))


def with_index(market: Market, name: str, days: Any, prices: Any) -> Market:
    """The market beside an index given by dates and prices; itself where hardly any of its days are among them."""
    import pandas as pd

    known = pd.Series(np.asarray(prices, "float64"), index=pd.DatetimeIndex(days)).sort_index()
    matched = known.reindex(pd.DatetimeIndex(market.days))
    if matched.notna().mean() < 0.5:
        return market
    carried = _carried(matched.to_numpy()[:, None], _inside(matched.to_numpy()[:, None]))[:, 0]
    returns = np.concatenate([[np.nan], carried[1:] / carried[:-1] - 1])
    return Market(
        market.names, market.days, market.returns, market.seen, market.periods, market.last, returns, name, market.notices
    )
