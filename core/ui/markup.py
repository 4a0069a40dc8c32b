"""Marked-up text as escaped HTML, for the page and for the report."""

from __future__ import annotations

import html
from collections.abc import Callable

from core.contracts import Highlights, Spans
from core.ui.theme import Palette

PARAGRAPH = '<p style="line-height:1.9;white-space:pre-wrap;overflow-wrap:anywhere;margin:0">'


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
    return f"{PARAGRAPH}{''.join(pieces)}</p>"


def _mark(text: str, weight: float, strongest: float, palette: Palette) -> str:
    color, line = (palette.positive, "solid") if weight > 0 else (palette.negative, "dashed")
    share = abs(weight) / strongest
    tint = f"{color}{round(25 + 95 * share):02x}"
    style = f"background-color:{tint};border-bottom:2px {line} {color};border-radius:3px;padding:1px 2px"
    return f'<span style="{style}" title="{weight:+.2f}">{html.escape(text)}</span>'


def paragraphs(text: str) -> str:
    """A text as it stands, escaped."""
    return f'<p dir="auto" style="line-height:1.65;white-space:pre-wrap;overflow-wrap:anywhere;margin:0">{html.escape(text)}</p>'


def named(result: Spans, palette: Palette, say: Callable[[str], str]) -> str:
    """The text with its spans in the colour of their kind, the kind written behind each; one kind alone is not written."""
    kinds = list(dict.fromkeys(kind for *_ends, kind in sorted(result.spans)))
    pieces: list[str] = []
    position = 0
    for start, end, kind in sorted(result.spans):
        start, end = max(start, position), min(end, len(result.text))
        if start >= end:
            continue
        color = palette.categorical[kinds.index(kind) % len(palette.categorical)]
        pieces.append(html.escape(result.text[position:start]))
        pieces.append(_named(result.text[start:end], say(kind), color, len(kinds) > 1))
        position = end
    pieces.append(html.escape(result.text[position:]))
    return f"{PARAGRAPH.replace('<p ', '<p dir=auto ')}{''.join(pieces)}</p>"


def _named(text: str, kind: str, color: str, written: bool) -> str:
    style = f"background-color:{color}33;border-bottom:2px solid {color};border-radius:3px;padding:1px 2px"
    small = f'<span style="font-size:.68em;opacity:.75;padding-left:.35em">{html.escape(kind)}</span>' if written else ""
    return f'<span style="{style}" title="{html.escape(kind, quote=True)}">{html.escape(text)}{small}</span>'
