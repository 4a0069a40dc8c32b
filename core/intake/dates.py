"""Dates as people write them, in English and Chinese."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

_CLOCK = (
    r"(?:[T\s]*(?P<half>上午|下午|AM|PM)?\s*(?P<hour>\d{1,2})[:时点](?P<minute>\d{1,2})?[:分]?(?P<second>\d{1,2}(?:\.\d+)?)?秒?"
    r"\s*(?P<half2>AM|PM)?\s*(?P<zone>Z|UTC|[+-]\d{2}:?\d{2})?)?"
)
_YEAR_FIRST = r"(?P<year>\d{4})\s*(?:[-/.]|年)\s*(?P<month>\d{1,2})(?:\s*(?:[-/.]|月)\s*(?P<day>\d{1,2})?\s*[日号]?)?" + _CLOCK
_YEAR_LAST = r"(?P<first>\d{1,2})(?P<mark>[-/.])(?P<other>\d{1,2})(?P=mark)(?P<year>\d{4})" + _CLOCK
_MONTH_NAMED = r"(?i)(?=.*\d{4})(?=.*\b(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec))[\w ,:.+-]{8,40}"
_FULL_WIDTH = str.maketrans("０１２３４５６７８９／－：．", "0123456789/-:.")


def dates(series: pd.Series) -> pd.Series:
    """The values as datetime64[us] without zone, same index; NaT for what is no date.

    Reads datetimes, ISO 8601, 2024/3/5, 2024年3月5日 14时05分, 5.3.2024, Mar 5 2024, 20240305, a year alone, and Unix time in
    seconds or milliseconds. Times with a zone become UTC. Whether 3/5/2024 is in March or in May is decided for the column as a
    whole: the day stands first where some first number is over 12 or dots separate, else the month does.
    """
    import pandas as pd

    if pd.api.types.is_datetime64_any_dtype(series):
        naive = series.dt.tz_convert("UTC").dt.tz_localize(None) if series.dt.tz is not None else series
        return naive.astype("datetime64[us]")
    if pd.api.types.is_bool_dtype(series):
        return pd.Series(pd.NaT, index=series.index, dtype="datetime64[us]")
    codes, distinct = pd.factorize(series.astype("float64" if pd.api.types.is_numeric_dtype(series) else "str"))
    values = pd.Series(distinct)
    parsed = _of_numbers(values) if pd.api.types.is_numeric_dtype(values) else _of_texts(values.astype("str"))
    taken = parsed.reindex(codes).array  # code -1 stands for missing and finds nothing
    return pd.Series(taken, index=series.index, name=series.name).astype("datetime64[us]")


def _of_texts(texts: pd.Series) -> pd.Series:
    import pandas as pd

    clean = texts.map(lambda text: text[:64].translate(_FULL_WIDTH).strip())
    found = pd.Series(pd.NaT, index=clean.index, dtype="datetime64[us]")
    numeric = clean.str.fullmatch(r"\d{4}|\d{8,13}(?:\.\d+)?")
    found[numeric] = _of_numbers(clean[numeric].astype("float64"))
    found = found.fillna(_of_groups([re.fullmatch(_YEAR_FIRST, text, re.IGNORECASE) for text in clean]))
    last = [re.fullmatch(_YEAR_LAST, text, re.IGNORECASE) for text in clean]
    day_first = any(match and (int(match["first"]) > 12 or match["mark"] == ".") for match in last)
    found = found.fillna(_of_groups(last, day_first))
    named = found.isna() & clean.str.fullmatch(_MONTH_NAMED)
    if named.any():
        parsed = pd.to_datetime(clean[named], format="mixed", errors="coerce", utc=True)
        found[named] = parsed.dt.tz_localize(None).astype("datetime64[us]")
    return found


def _of_groups(matches: list[re.Match[str] | None], day_first: bool = False) -> pd.Series:
    """Matches of `_YEAR_FIRST` or `_YEAR_LAST` as dates, spelled out in ISO for pandas to check that there is such a day."""
    import pandas as pd

    spelled = pd.Series([_iso(match.groupdict(), day_first) if match else None for match in matches], dtype="str")
    parsed = pd.to_datetime(spelled, format="ISO8601", errors="coerce", utc=True)
    return parsed.dt.tz_localize(None).astype("datetime64[us]")


def _iso(part: dict[str, str | None], day_first: bool) -> str:
    month, day = part.get("month"), part.get("day")
    if "first" in part:
        day, month = (part["first"], part["other"]) if day_first else (part["other"], part["first"])
    hour = int(part["hour"] or 0)
    half = (part["half"] or part["half2"] or "").upper()
    if half in ("PM", "下午") and hour < 12:
        hour += 12
    elif half in ("AM", "上午") and hour == 12:
        hour = 0
    seconds, _, fraction = (part["second"] or "0").partition(".")
    zone = {"Z": "+00:00", "UTC": "+00:00"}.get((part["zone"] or "").upper(), part["zone"] or "")
    date = f"{part['year']}-{int(month or 1):02}-{int(day or 1):02}"
    return f"{date}T{hour:02}:{int(part['minute'] or 0):02}:{int(seconds):02}.{fraction[:6] or '0'}{zone}"


def _of_numbers(numbers: pd.Series) -> pd.Series:
    """Years from 1900 to 2100, days as 20240305, Unix time in seconds (from 1973) and in milliseconds."""
    import numpy as np
    import pandas as pd

    values = numbers.to_numpy("float64", copy=True)
    values[~np.isfinite(values)] = 0
    found = np.full(len(values), np.datetime64("NaT"), dtype="datetime64[us]")
    for low, high, factor in ((1e8, 1e10, 1e6), (1e11, 1e13, 1e3)):
        inside = (values >= low) & (values < high)
        found[inside] = (values[inside] * factor).astype("int64").astype("datetime64[us]")
    whole = values == np.floor(values)
    years = whole & (values >= 1900) & (values <= 2100)
    found[years] = _spelled(values[years] * 10_000 + 101)
    days = whole & (values >= 19_000_101) & (values <= 21_001_231)
    found[days] = _spelled(values[days])
    return pd.Series(found, index=numbers.index)


def _spelled(days: np.ndarray) -> np.ndarray:
    """Numbers such as 20240305 as datetime64[us]."""
    import pandas as pd

    texts = pd.Series(days.astype("int64").astype(str), dtype="str")
    return pd.to_datetime(texts, format="%Y%m%d", errors="coerce").astype("datetime64[us]").to_numpy()
