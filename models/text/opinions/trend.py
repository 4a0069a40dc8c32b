"""How the share of positive comments differs between days, weeks or months, and between products."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from core.contracts import Message, Ranking, Records, Series
from core.language import N_

if TYPE_CHECKING:
    import pandas as pd

_PERIODS = (  # the longest span in days that is shown in that period, its pandas name, its name for the reader
    (3, "h", N_("Hour")),
    (62, "D", N_("Day")),
    (430, "W-SUN", N_("Week")),
    (2_200, "M", N_("Month")),
    (6_600, "Q", N_("Quarter")),
    (float("inf"), "Y", N_("Year")),
)
_LEAST_A_POINT = 10  # comments, on average, below which a longer period is taken
_LEAST_POINTS = 6  # of a line: no period so long that fewer remain
PRODUCTS_SHOWN = 30
PRODUCT_LINES = 5
_CERTAINTY = 0.95


def share_with_interval(positive: int, clear: int) -> tuple[float, float, float]:
    """Share of positive ones, and the 95 % interval of Wilson (1927) around it."""
    from scipy.stats import binomtest

    interval = binomtest(positive, clear).proportion_ci(_CERTAINTY, method="wilson")
    return positive / clear, float(interval.low), float(interval.high)


def trend(judged: pd.DataFrame) -> Series | None:
    """The share of positive comments in each period. `judged` has columns `date` and `polarity`; None without any dated one."""
    dated = _with_period(judged)
    if dated is None:
        return None
    counted, period = dated
    table = _counts(counted, "period")
    values = [share_with_interval(row.positive, row.clear) for row in table.itertuples()]
    shares, lows, highs = zip(*values, strict=True)
    name = "positive"
    return Series(
        title=N_("Share of positive comments over time"),
        x=tuple(table.index),
        lines={name: shares},
        bands={name: (lows, highs)},
        counts=tuple(int(n) for n in table["clear"]),
        x_label=period,
        y_label=N_("Share positive"),
        caption=N_("Positive ÷ (positive + negative); the band is a 95 % Wilson interval, the bars count the comments in it."),
    )


def trend_by_product(judged: pd.DataFrame) -> Series | None:
    """One line for each of the products with the most comments; None where there are fewer than two."""
    named = judged.dropna(subset="product")
    names = list(named["product"].value_counts().index[:PRODUCT_LINES])
    dated = _with_period(named[named["product"].isin(names)], len(names))
    if dated is None or len(names) < 2:
        return None
    counted, period = dated
    table = counted.assign(positive=counted["polarity"] == "positive").pivot_table(
        index="period", columns="product", values="positive", aggfunc="mean"
    )
    return Series(
        title=N_("Share of positive comments over time, by product"),
        x=tuple(table.index),
        lines={str(name): tuple(float(x) for x in table[name]) for name in names if name in table},
        x_label=period,
        y_label=N_("Share positive"),
        caption=Message(N_("The {count} products with the most comments; gaps are periods without any."), {"count": len(names)}),
    )


def changes(judged: pd.DataFrame, min_count: int) -> Records | None:
    """Products whose share of positive comments changed for good on one day, surest first; None where none did.

    For each product the day that parts its comments best is sought by the two-proportion z statistic, with at least `min_count`
    comments on either side. A change is listed when its p value, times the number of days tried in all (Bonferroni), is below
    .05.
    """
    import pandas as pd

    clear = judged[judged["polarity"].isin(("positive", "negative"))].dropna(subset=["date", "product"])
    groups = [(name, group.sort_values("date")) for name, group in clear.groupby("product")]
    found = [change for name, group in groups if (change := _sharpest_change(str(name), group, min_count))]
    tried = sum(change.pop("tried") for change in found)
    rows = sorted((c for c in found if c["p"] * tried < 0.05), key=lambda c: c["p"])
    if not rows:
        return None
    return Records(
        title=N_("What changed"),
        frame=pd.DataFrame(rows).drop(columns="p"),
        caption=N_(
            "The day that parts a product's comments best into before and after, where chance would hardly give as large a "
            "difference (two-proportion z test, Bonferroni over all days tried, below .05). It says when, not why."
        ),
    )


def by_product(judged: pd.DataFrame, min_count: int) -> Ranking | None:
    """Products by share of positive comments; None where no product has `min_count` clear comments."""
    table = _counts(judged.dropna(subset="product"), "product")
    table = table[table["clear"] >= min_count].nlargest(PRODUCTS_SHOWN, "clear")
    if table.empty:
        return None
    caption = Message(
        N_(
            "95 % Wilson intervals: where two overlap widely, the order may be chance. Products with fewer than {count} "
            "clear comments are left out; at most {most} are shown."
        ),
        {"count": min_count, "most": PRODUCTS_SHOWN},
    )
    counts = [(str(row.Index), row.positive, row.clear) for row in table.itertuples()]
    return by_share(N_("Products by share of positive comments"), counts, caption)


def by_share(title: str, counts: Sequence[tuple[str, int, int]], caption: Message) -> Ranking:
    """Names by their share of positive comments, the largest first, with Wilson intervals; `counts`: name, positive, clear."""
    rows = [(name, *share_with_interval(positive, clear)) for name, positive, clear in counts]
    names, shares, lows, highs = zip(*sorted(rows, key=lambda row: -row[1]), strict=True)
    return Ranking(title, names=names, values=shares, low=lows, high=highs, caption=caption)


def _counts(judged: pd.DataFrame, by: str) -> pd.DataFrame:
    """`positive` and `clear` (positive or negative) comments in each group that has a clear one."""
    clear = judged[judged["polarity"].isin(("positive", "negative"))]
    table = clear.assign(positive=clear["polarity"] == "positive").groupby(by)["positive"].agg(["sum", "count"])
    return table.set_axis(["positive", "clear"], axis=1).astype(int)


def _with_period(judged: pd.DataFrame, lines: int = 1) -> tuple[pd.DataFrame, str] | None:
    """The clear, dated comments with a column `period` (ISO text), and what one period is called.

    The period follows the span; it is a longer one where a point of one of `lines` lines would stand on too few comments.
    """
    dated = judged[judged["polarity"].isin(("positive", "negative"))].dropna(subset="date")
    if dated.empty:
        return None
    dates = dated["date"]
    span = (dates.max() - dates.min()).total_seconds() / 86_400
    by_the_hour = bool((dates != dates.dt.normalize()).any())
    usual, *longer = [p for p in _PERIODS if span <= p[0] and (by_the_hour or p[1] != "h")]
    code, name, starts = usual[1], usual[2], _starts(dates, usual[1])
    for _, next_code, next_name in longer:
        next_starts = _starts(dates, next_code)
        if len(dated) >= _LEAST_A_POINT * lines * starts.nunique() or next_starts.nunique() < _LEAST_POINTS:
            break
        code, name, starts = next_code, next_name, next_starts
    return dated.assign(period=starts.dt.strftime("%Y-%m-%dT%H:%M" if code == "h" else "%Y-%m-%d")), name


def _starts(dates: pd.Series, code: str) -> pd.Series:
    return dates.dt.to_period(code).dt.start_time


def _sharpest_change(name: str, group: pd.DataFrame, min_count: int) -> dict[str, Any] | None:
    from scipy.stats import norm

    positive = (group["polarity"] == "positive").to_numpy()
    days = group["date"].dt.normalize().to_numpy()
    first = np.flatnonzero(days[1:] != days[:-1]) + 1  # rows at which a new day begins
    first = first[(first >= min_count) & (len(days) - first >= min_count)]
    if not len(first):
        return None
    total, n = positive.sum(), len(positive)
    before = np.cumsum(positive)[first - 1] / first
    after = (total - np.cumsum(positive)[first - 1]) / (n - first)
    spread = np.sqrt(max(total / n * (1 - total / n), 1e-12) * (1 / first + 1 / (n - first)))
    z = np.abs(after - before) / spread
    best = int(z.argmax())
    return {
        N_("product"): name,
        N_("since"): str(days[first[best]])[:10],
        N_("share positive before"): round(float(before[best]), 3),
        N_("share positive after"): round(float(after[best]), 3),
        N_("comments before"): int(first[best]),
        N_("comments after"): int(n - first[best]),
        "p": float(2 * norm.sf(z[best])),
        "tried": len(first),
    }
