"""Marked-up text as escaped HTML, for the page and for the report."""

from __future__ import annotations

import html

from core.contracts import Highlights
from core.ui.theme import Palette


def highlighted(result: Highlights, palette: Palette) -> str:
    """The text with its spans tinted by weight: solid line below for positive, dashed for negative. All of it escaped."""
    pieces: list[str] = []
    position = 0
    strongest = max((abs(weight) for *_, weight in result.spans), default=0.0) or 1.0
    for start, end, weight in sorted(result.spans):
        start, end = max(start, position), min(end, len(result.text))
        if start >= end:
            continue
        pieces.append(html.escape(result.text[position:start]))
        pieces.append(_mark(result.text[start:end], weight, strongest, palette))
        position = end
    pieces.append(html.escape(result.text[position:]))
    return f'<p style="line-height:1.9;white-space:pre-wrap;overflow-wrap:anywhere;margin:0">{"".join(pieces)}</p>'


def _mark(text: str, weight: float, strongest: float, palette: Palette) -> str:
    color, line = (palette.positive, "solid") if weight > 0 else (palette.negative, "dashed")
    share = abs(weight) / strongest
    tint = f"{color}{round(25 + 95 * share):02x}"
    style = f"background-color:{tint};border-bottom:2px {line} {color};border-radius:3px;padding:1px 2px"
    return f'<span style="{style}" title="{weight:+.2f}">{html.escape(text)}</span>'
