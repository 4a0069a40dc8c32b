"""Networks and maps as static SVG, for the report."""

from __future__ import annotations

import html
from collections import Counter

from core.contracts import Graph, Points
from core.language import translate
from core.ui import network
from core.ui.maps import MOST_GROUPS
from core.ui.theme import LIGHT

WIDTH, HEIGHT, EDGE = 720.0, 470.0, 46.0
NAMED = 40


def graph(result: Graph, language: str) -> str:
    """Nodes as circles with their names, edges as lines; the legend names the kinds."""
    places = _scaled(network.lay_out(result))
    heaviest = max((weight for *_ends, weight, _label in result.edges), default=1.0) or 1.0
    largest = max(result.sizes, default=1.0) or 1.0
    kinds = network.kinds(result)
    parts = [
        f'<line x1="{places[a][0]:.1f}" y1="{places[a][1]:.1f}" x2="{places[b][0]:.1f}" y2="{places[b][1]:.1f}" '
        f'stroke="{LIGHT.neutral}" stroke-opacity=".5" stroke-width="{0.8 + 2.6 * weight / heaviest:.1f}"/>'
        for a, b, weight, _label in result.edges
    ]
    named = set(sorted(range(len(result.nodes)), key=lambda i: -result.sizes[i])[:NAMED])
    for index, (name, kind, size) in enumerate(zip(result.nodes, result.kinds, result.sizes)):
        x, y = places[index]
        radius = 4 + 9 * (size / largest) ** 0.5
        parts.append(_circle(x, y, radius, LIGHT.categorical[kinds.index(kind) % len(LIGHT.categorical)]))
        if index in named:
            parts.append(_label(x, y - radius - 3, name[:22]))
    return _legend([translate(kind, language) for kind in kinds]) + _frame(parts)


def points(result: Points, language: str) -> str:
    """Points in the colour of their group; what is marked has a ring."""
    places = _scaled(list(zip(result.x, result.y)))
    common = [name for name, _count in Counter(result.groups).most_common(MOST_GROUPS)]
    colors = {name: LIGHT.categorical[index % len(LIGHT.categorical)] for index, name in enumerate(common)}
    parts = [_circle(*place, 2.6, colors.get(group, LIGHT.neutral), 0.7) for place, group in zip(places, result.groups)]
    for index in result.marked:
        x, y = places[index]
        parts.append(f'<circle cx="{x:.1f}" cy="{y:.1f}" r="7" fill="none" stroke="{LIGHT.text}" stroke-width="2"/>')
    ends = [*zip(result.x, result.y), *((x, y) for x, y, _text in result.labels)]
    for (x, y), (_x, _y, text) in zip(_scaled(ends)[len(result.x) :], result.labels):
        parts.append(_label(x, y, text[:32]))
    return _legend([translate(name, language) for name in common]) + _frame(parts)


def _scaled(places: list[tuple[float, float]]) -> list[tuple[float, float]]:
    """`places` stretched to the picture, y downwards."""
    if not places:
        return []
    xs, ys = [x for x, _y in places], [y for _x, y in places]
    wide, high = (max(xs) - min(xs)) or 1.0, (max(ys) - min(ys)) or 1.0
    return [
        (EDGE + (WIDTH - 2 * EDGE) * (x - min(xs)) / wide, HEIGHT - EDGE - (HEIGHT - 2 * EDGE) * (y - min(ys)) / high)
        for x, y in places
    ]


def _circle(x: float, y: float, radius: float, color: str, opacity: float = 1.0) -> str:
    return f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{radius:.1f}" fill="{color}" fill-opacity="{opacity}"/>'


def _label(x: float, y: float, text: str) -> str:
    return (
        f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="middle" font-size="11.5" fill="{LIGHT.text}" '
        f'paint-order="stroke" stroke="{LIGHT.paper}" stroke-width="3">{html.escape(text)}</text>'
    )


def _legend(names: list[str]) -> str:
    items = []
    for index, name in enumerate(names):
        color = LIGHT.categorical[index % len(LIGHT.categorical)]
        dot = f'<svg viewBox="0 0 12 12" class="key">{_circle(6, 6, 5, color)}</svg>'
        items.append(f"<span>{dot}{html.escape(name)}</span>")
    return f'<div class="legend">{"".join(items)}</div>'


def _frame(parts: list[str]) -> str:
    return f'<svg viewBox="0 0 {WIDTH:.0f} {HEIGHT:.0f}" role="img">{"".join(parts)}</svg>'
