"""The colours of classes and people: those of the charts, which the colour-blind tell apart."""

from __future__ import annotations

from collections.abc import Iterable

# Okabe and Ito (2008), with three of their own kind; the charts take them from here.
CATEGORICAL = ("#0072B2", "#D55E00", "#009E73", "#AA4499", "#E69F00", "#56B4E9", "#88622A", "#6B7280")
DARK_TEXT, LIGHT_TEXT = "#1B2430", "#FFFFFF"


def color(index: int) -> str:
    """The colour of the class, person or track with that number; they come round again after eight."""
    return CATEGORICAL[index % len(CATEGORICAL)]


def by_name(names: Iterable[str]) -> dict[str, str]:
    """A colour for each different name, in the order in which the names come."""
    return {name: color(index) for index, name in enumerate(dict.fromkeys(names))}


def rgb(hexadecimal: str) -> tuple[int, int, int]:
    """`#0072B2` as (0, 114, 178)."""
    return int(hexadecimal[1:3], 16), int(hexadecimal[3:5], 16), int(hexadecimal[5:7], 16)


def text_on(ground: str) -> str:
    """Black or white, whichever is read better on `ground` (WCAG 2.2, contrast ratio)."""
    light = luminance(ground)
    on_white = (luminance(LIGHT_TEXT) + 0.05) / (light + 0.05)
    on_black = (light + 0.05) / (luminance(DARK_TEXT) + 0.05)
    return LIGHT_TEXT if on_white >= on_black else DARK_TEXT


def luminance(hexadecimal: str) -> float:
    """Relative luminance, 0 to 1 (WCAG 2.2)."""
    linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in (v / 255 for v in rgb(hexadecimal))]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
