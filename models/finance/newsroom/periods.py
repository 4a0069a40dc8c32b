"""The risk index over time: periods, the index with its interval, peaks, and whether prices move with it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from core.language import N_

if TYPE_CHECKING:
    import pandas as pd

PERIODS = {"D": N_("Day"), "W-SUN": N_("Week"), "M": N_("Month"), "Y": N_("Year")}
CHOICES = {"day": "D", "week": "W-SUN", "month": "M"}
RESAMPLES = 500
MOST_PEAKS = 3
LAGS = 4
LEAST_PAIRS = 10


@dataclass(frozen=True, eq=False)
class Index:
    """`starts` are ISO days; `index`, `low`, `high` are 0 to 100 over the window that ends with each period; `counts` the
    headlines of
    the period itself, `own` its index without the periods before; not-a-number where there is no headline.
    """

    starts: tuple[str, ...]
    index: np.ndarray
    low: np.ndarray
    high: np.ndarray
    counts: np.ndarray
    own: np.ndarray
    mean: float

    @property
    def peaks(self) -> list[int]:
        """Periods whose interval lies above the mean of all, the highest of each hill, the highest first."""
        above = [k for k in range(len(self.starts)) if self.low[k] > self.mean]
        found: list[int] = []
        for k in sorted(above, key=lambda k: -self.index[k]):
            hill = any(all(between in above for between in range(min(k, other), max(k, other) + 1)) for other in found)
            if not hill:
                found.append(k)
        return found[:MOST_PEAKS]


def period_of(dates: pd.Series, chosen: str) -> str:
    """pandas' name of the period: the one chosen, else so long that at least about five headlines stand in it."""
    if chosen != "auto":
        return CHOICES[chosen]
    for code in ("D", "W-SUN", "M"):
        if len(dates) >= 5 * dates.dt.to_period(code).nunique() and dates.dt.to_period(code).nunique() >= 6:
            return code
    return "M" if (dates.max() - dates.min()).days > 180 else "W-SUN"


def numbered(dates: pd.Series, code: str) -> tuple[np.ndarray, tuple[str, ...]]:
    """The number of each headline's period, and the first days of all periods from the first to the last, empty ones too."""
    import pandas as pd

    periods = dates.dt.to_period(code)
    every = pd.period_range(periods.min(), periods.max(), freq=periods.dt.freq)
    return np.asarray(every.get_indexer(pd.PeriodIndex(periods))), tuple(str(start)[:10] for start in every.start_time)


def index(risk: np.ndarray, place: np.ndarray, starts: tuple[str, ...], window: int, seed: int) -> Index:
    """100 × the mean risk of the headlines of `window` periods up to each one, with a bootstrap interval over the headlines."""
    random = np.random.default_rng(seed)
    count = len(starts)
    values, low, high, own = (np.full(count, np.nan) for _ in range(4))
    order = np.argsort(place, kind="stable")
    ends = np.searchsorted(place[order], np.arange(count + 1))
    for k in range(count):
        inside = risk[order[ends[max(0, k - window + 1)] : ends[k + 1]]]
        if len(inside):
            drawn = inside[random.integers(0, len(inside), (RESAMPLES, len(inside)))].mean(1) if len(inside) <= 5_000 else None
            values[k] = 100 * inside.mean()
            spread = 1.96 * inside.std() / np.sqrt(len(inside))
            low[k], high[k] = 100 * (
                np.quantile(drawn, (0.025, 0.975)) if drawn is not None else inside.mean() + np.array((-spread, spread))
            )
        now = risk[order[ends[k] : ends[k + 1]]]
        own[k] = 100 * now.mean() if len(now) else np.nan
    return Index(starts, values, low, high, np.diff(ends), own, float(100 * risk.mean()))


def lags(own: np.ndarray, prices: np.ndarray) -> list[tuple[int, float, float, float, int]]:
    """(lag, correlation, low, high, pairs) of the index of one period and the change of the price `lag` periods later.

    Pearson's correlation with Fisher's interval, which takes the periods for independent. None where there are too few pairs.
    """
    found = []
    with np.errstate(invalid="ignore", divide="ignore"):
        change = np.concatenate([[np.nan], np.diff(np.log(prices))])
    for lag in range(-LAGS, LAGS + 1):
        first = own[: len(own) - lag] if lag >= 0 else own[-lag:]
        second = change[lag:] if lag >= 0 else change[:lag]
        good = np.isfinite(first) & np.isfinite(second)
        if good.sum() >= LEAST_PAIRS and first[good].std() > 0 and second[good].std() > 0:
            r = float(np.corrcoef(first[good], second[good])[0, 1])
            middle, spread = np.arctanh(np.clip(r, -0.999999, 0.999999)), 1.96 / np.sqrt(good.sum() - 3)
            found.append((lag, r, float(np.tanh(middle - spread)), float(np.tanh(middle + spread)), int(good.sum())))
    return found
