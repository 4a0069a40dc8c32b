"""Which cells of a table are numbers of which asset on which date: wide tables and long ones."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from core.contracts import InputError, LimitError, Message, Table
from core.language import N_
from models.finance.portfolio.cleaning import listed

if TYPE_CHECKING:
    import pandas as pd

    from models.finance.advisor import AdvisorParams

MOST_ASSETS = 300
MOST_COLUMNS = 2_000  # to look for a date in
WIDE, LONG = N_("a wide table (a row a date, a column an asset)"), N_("a long table (a row for each date and asset)")


def values_of(table: Table, params: AdvisorParams, notices: list[Message]) -> tuple[pd.DataFrame, pd.Series | None, str]:
    """A column of numbers for each asset and a row for each date, in order; the benchmark where one is named; the table's shape.

    Raises:
        InputError: there is no date, or a long table has no prices.
        LimitError: there are more columns or assets than can be weighed.
    """
    frame, date = _dated(table, params)
    values, shape = _assets(frame, date, params, notices)
    index = values.pop(params.benchmark) if params.benchmark in values.columns else None
    return _usable(values, notices), index, shape


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


def _assets(frame: pd.DataFrame, date: str, params: AdvisorParams, notices: list[Message]) -> tuple[pd.DataFrame, str]:
    """A column for each asset (and for the benchmark, if it is named), a row for each date, in order; the table's shape."""
    undated = int(frame[date].isna().sum())
    if undated:
        notices.append(Message(N_("Rows without a date that can be read, left out: {count}."), {"count": undated}))
        frame = frame[frame[date].notna()]
    asset, price = _long_columns(frame, date, params)
    if asset:
        values = _pivoted(frame, date, asset, price, notices)
    else:
        values = _wide(frame, date, params)
    repeated = int(values.index.duplicated().sum())
    if repeated:
        notices.append(Message(N_("Dates that come more than once: {count}. The last row of each counts."), {"count": repeated}))
        values = values[~values.index.duplicated(keep="last")]
    return values.sort_index(), LONG if asset else WIDE


def _wide(frame: pd.DataFrame, date: str, params: AdvisorParams) -> pd.DataFrame:
    import pandas as pd

    wanted = dict.fromkeys((*params.assets, params.benchmark) if params.assets else frame.columns)
    names = [name for name in wanted if name and name != date]
    return pd.DataFrame({str(name): _numbers(frame[name]).to_numpy() for name in names}, index=pd.DatetimeIndex(frame[date]))


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
        notices.append(Message(N_("Columns without numbers, left out: {names}"), {"names": listed(empty)}))
    values = values.drop(columns=empty).dropna(how="all")
    if len(values.columns) > MOST_ASSETS:
        raise LimitError(
            N_("There are {count} assets; at most {most} can be weighed. Choose some of them."),
            count=len(values.columns),
            most=MOST_ASSETS,
        )
    return values
