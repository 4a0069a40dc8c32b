"""How numbers are written: with a unit, and no more digits than they deserve."""

from __future__ import annotations

import math

MISSING = "–"
SHORT_UNIT = 3  # letters of a unit that has room beside a number


def number(value: float | None, unit: str = "") -> str:
    """`0.8734` as `87.3 %` where the unit is empty (a share of 1), else the number with its unit."""
    if value is None or not math.isfinite(value):
        return MISSING
    if not unit:
        return f"{100 * value:.1f} %"
    return f"{significant(value)} {unit}"


def significant(value: float) -> str:
    """About three significant digits, thousands separated: `12,345`, `12.3`, `0.00123`."""
    if not math.isfinite(value):
        return MISSING
    if value == int(value) and abs(value) < 1e15:
        return f"{int(value):,}"
    size = abs(value)
    if size >= 100:
        return f"{value:,.0f}"
    if size >= 1:
        return f"{value:.3g}"
    return f"{value:.3g}" if size >= 1e-4 else f"{value:.1e}"


def beside_a_mark(value: float, unit: str) -> str:
    """`12 %`, `1,200`: with its unit where that is short; a longer one stands on the axis, where it reads well beside a 1."""
    return f"{significant(value)} {unit}" if 0 < len(unit) <= SHORT_UNIT else significant(value)


def interval(bounds: tuple[float, float] | None, unit: str = "") -> str:
    """`86.1–88.4 %`; empty without bounds."""
    if bounds is None or not all(math.isfinite(x) for x in bounds):
        return ""
    low, high = bounds
    mark = "–" if high >= 0 and low >= 0 else " … "  # a dash beside a minus sign reads as another one
    if not unit:
        return f"{100 * low:.1f}{mark}{100 * high:.1f} %"
    return f"{significant(low)}{mark}{significant(high)} {unit}"


def size(octets: float) -> str:
    """Bytes in the unit one would say: `118 MB`."""
    for unit in ("B", "kB", "MB"):
        if octets < 1000:
            return f"{octets:.0f} {unit}"
        octets /= 1000
    return f"{octets:.1f} GB"


def duration(seconds: float | None) -> str:
    """`42 s`, `3 min 05 s`, `2 h 10 min`."""
    if seconds is None or not math.isfinite(seconds) or seconds < 0:
        return MISSING
    if seconds < 10:
        return f"{seconds:.1f} s"
    minutes, rest = divmod(round(seconds), 60)
    if not minutes:
        return f"{rest} s"
    hours, minutes = divmod(minutes, 60)
    return f"{hours} h {minutes:02d} min" if hours else f"{minutes} min {rest:02d} s"


def log_ticks(low: float, high: float) -> list[float]:
    """1, 2 and 5 times powers of ten that cover `low` to `high`, both above 0."""
    first, last = math.floor(math.log10(low)), math.ceil(math.log10(high))
    steps = [m * 10.0**power for power in range(first, last + 1) for m in (1, 2, 5)]
    start = max((i for i, value in enumerate(steps) if value <= low * (1 + 1e-9)), default=0)
    end = next((i for i, value in enumerate(steps) if value >= high * (1 - 1e-9) and i > start), len(steps) - 1)
    return steps[start : end + 1]
