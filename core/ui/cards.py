"""Cards as escaped HTML, for the page and for the report: covers made of words, with why each is there below.

The colour of a cover follows its first tag, so that what is of one kind looks alike; the tags stand there in writing too.
"""

from __future__ import annotations

import html
from collections.abc import Callable
from typing import Any

from core.contracts import Card, Cards
from core.ui.theme import Palette

NAME_CHARACTERS = 90
TAG_CHARACTERS = 24
MOST_TAGS = 4
MOST_CARDS = 60  # more are for the table


def drawn(result: Cards, palette: Palette, say: Callable[[Any], str]) -> str:
    """All cards as a grid that follows the width of the page; `say` translates titles and notes."""
    shown = result.items[:MOST_CARDS]
    tags = list(dict.fromkeys(card.tags[0] for card in shown if card.tags))
    pieces = [_card(place, card, _color(card, tags, palette), palette, say) for place, card in enumerate(shown, 1)]
    return (
        '<div style="display:grid;grid-template-columns:repeat(auto-fill,minmax(176px,1fr));gap:14px;margin:4px 0 8px">'
        f"{''.join(pieces)}</div>"
    )


def _color(card: Card, tags: list[str], palette: Palette) -> str:
    return palette.categorical[tags.index(card.tags[0]) % len(palette.categorical)] if card.tags else palette.categorical[0]


def _card(place: int, card: Card, color: str, palette: Palette, say: Callable[[Any], str]) -> str:
    name = card.name if len(card.name) <= NAME_CHARACTERS else card.name[: NAME_CHARACTERS - 1].rstrip() + "…"
    tags = " · ".join(tag[:TAG_CHARACTERS] for tag in card.tags[:MOST_TAGS])
    facts = f'<div style="font-size:13px;color:{palette.muted}">{html.escape(card.facts)}</div>' if card.facts else ""
    badge = (
        f'<span style="font-size:11px;border:1px solid {color};border-radius:9px;padding:0 8px;white-space:nowrap">'
        f"{html.escape(say(card.badge))}</span>"
        if card.badge
        else ""
    )
    notes = "".join(
        f'<div style="font-size:13px;line-height:1.45;margin-top:5px">{html.escape(say(note))}</div>' for note in card.notes
    )
    return (
        f'<div style="border:1px solid {palette.grid};border-radius:10px;overflow:hidden;break-inside:avoid;display:flex;'
        f'flex-direction:column;color:{palette.text}">'
        f'<div style="background:linear-gradient(140deg,{color}59,{color}1f);border-bottom:3px solid {color};'
        'padding:11px 13px 10px;min-height:112px;display:flex;flex-direction:column;gap:5px">'
        f'<div style="display:flex;justify-content:space-between;gap:8px;font-size:12px;color:{palette.muted}">'
        f"<span>{place}</span>{badge}</div>"
        '<div dir="auto" style="font-size:16px;font-weight:650;line-height:1.25;overflow-wrap:anywhere">'
        f"{html.escape(name)}</div>"
        f'{facts}<div style="font-size:12px;margin-top:auto">{html.escape(tags)}</div></div>'
        f"{_bar(card.share, color, palette)}"
        f'<div style="padding:4px 13px 11px;overflow-wrap:anywhere">{notes}</div></div>'
    )


def _bar(share: float | None, color: str, palette: Palette) -> str:
    if share is None or share != share:
        return ""
    width = round(100 * min(max(share, 0.0), 1.0))
    return (
        f'<div title="{width} %" style="height:5px;background:{palette.grid}">'
        f'<div style="height:5px;width:{width}%;background:{color}"></div></div>'
    )
