"""Networks and maps as Plotly figures."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

from core.contracts import Graph, Points
from core.ui import network
from core.ui.language import _
from core.ui.plain import chart_text
from core.ui.theme import SYMBOLS, Palette, template

if TYPE_CHECKING:
    import plotly.graph_objects as go

MOST_LABELS = 60  # nodes that bear their name; the others show it on hover
MOST_EDGE_LABELS = 40  # edges with their words written on them; of more, they show on hover
MOST_GROUPS = 8  # groups with a colour of their own, the largest ones
HOVER_CHARACTERS = 160


def graph(result: Graph, palette: Palette) -> go.Figure:
    """Nodes in the colour and symbol of their kind, named where there is room; wider lines are heavier edges."""
    drawn = _empty(palette, 560)
    places = network.lay_out(result)
    heaviest = max((weight for *_ends, weight, _label in result.edges), default=1.0) or 1.0
    for low, width in ((0.0, 1.0), (0.34, 2.0), (0.67, 3.5)):
        lines: list[tuple[Any, Any]] = []
        for a, b, weight, _label in result.edges:
            if low < weight / heaviest <= low + 0.34:
                lines += [places[a], places[b], (None, None)]
        drawn.add_scatter(
            x=[x for x, _y in lines], y=[y for _x, y in lines], mode="lines", hoverinfo="skip", showlegend=False,
            line={"width": width, "color": palette.neutral}, opacity=0.45,
        )  # fmt: skip
    _edge_labels(drawn, result, places, palette)
    largest = max(result.sizes, default=1.0) or 1.0
    named = set(sorted(range(len(result.nodes)), key=lambda i: -result.sizes[i])[:MOST_LABELS])
    for index, kind in enumerate(network.kinds(result)):
        members = [i for i, own in enumerate(result.kinds) if own == kind]
        drawn.add_scatter(
            x=[places[i][0] for i in members], y=[places[i][1] for i in members], mode="markers+text", name=chart_text(_(kind)),
            text=[chart_text(result.nodes[i], 22) if i in named else "" for i in members], textposition="top center",
            textfont={"size": 12, "color": palette.text}, cliponaxis=False,
            customdata=[f"{chart_text(result.nodes[i], HOVER_CHARACTERS)} · {result.sizes[i]:g}" for i in members],
            hovertemplate="%{customdata}<extra></extra>",
            marker={"size": [10 + 22 * (result.sizes[i] / largest) ** 0.5 for i in members],
                    "color": palette.categorical[index % len(palette.categorical)],
                    "symbol": SYMBOLS[index % len(SYMBOLS)], "line": {"width": 1, "color": palette.paper}},
        )  # fmt: skip
    _no_axes(drawn)
    return drawn


def _edge_labels(drawn: go.Figure, result: Graph, places: list[tuple[float, float]], palette: Palette) -> None:
    """A point in the middle of each edge that says what the edge means, in writing where there is room for words."""
    middles = [((places[a][0] + places[b][0]) / 2, (places[a][1] + places[b][1]) / 2) for a, b, _weight, _label in result.edges]
    texts = [
        f"{chart_text(result.nodes[a])} – {chart_text(result.nodes[b])}: {chart_text(_(label)) or f'{weight:g}'}"
        for a, b, weight, label in result.edges
    ]
    is_roomy = len(result.edges) <= MOST_EDGE_LABELS
    drawn.add_scatter(
        x=[x for x, _y in middles], y=[y for _x, y in middles], mode="markers+text", customdata=texts, showlegend=False,
        text=[chart_text(_(label), 24) if is_roomy and not label.isdigit() else "" for *_ends, label in result.edges],
        textfont={"size": 11, "color": palette.text}, textposition="middle center",
        hovertemplate="%{customdata}<extra></extra>", marker={"size": 9, "color": "rgba(0,0,0,0)"},
    )  # fmt: skip


def points(result: Points, palette: Palette) -> go.Figure:
    """A map: the largest groups in colour, the rest in grey, what is marked with a ring around it."""
    drawn = _empty(palette, 520)
    common = [name for name, _count in Counter(result.groups).most_common(MOST_GROUPS)]
    rest = [i for i, group in enumerate(result.groups) if group not in common]
    members = [(group, [i for i, own in enumerate(result.groups) if own == group]) for group in common]
    for index, (name, rows) in enumerate([*members, (_("Others"), rest)]):
        if not rows:
            continue
        is_rest = rows is rest
        color = palette.neutral if is_rest else palette.categorical[index % len(palette.categorical)]
        symbol = "circle" if is_rest else SYMBOLS[index % len(SYMBOLS)]
        drawn.add_scattergl(
            x=[result.x[i] for i in rows], y=[result.y[i] for i in rows], mode="markers", name=chart_text(_(name)),
            customdata=[chart_text(result.names[i], HOVER_CHARACTERS) for i in rows],
            hovertemplate="%{customdata}<extra></extra>", marker={"size": 7, "opacity": 0.75, "color": color, "symbol": symbol},
        )  # fmt: skip
    if result.marked:
        drawn.add_scattergl(
            x=[result.x[i] for i in result.marked], y=[result.y[i] for i in result.marked], mode="markers",
            name=_(result.marked_name) or _("Found"),
            customdata=[chart_text(result.names[i], HOVER_CHARACTERS) for i in result.marked],
            hovertemplate="%{customdata}<extra></extra>",
            marker={"size": 16, "color": "rgba(0,0,0,0)", "line": {"width": 2.5, "color": palette.text}},
        )  # fmt: skip
    for x, y, text in result.labels:
        drawn.add_annotation(
            x=x, y=y, text=chart_text(text, 32), showarrow=False, font={"size": 13, "color": palette.text},
            bgcolor=palette.paper, opacity=0.85, borderpad=3,
        )  # fmt: skip
    _no_axes(drawn)
    return drawn


def _empty(palette: Palette, height: int) -> go.Figure:
    import plotly.graph_objects as go

    return go.Figure(layout={"template": template(palette), "height": height, "showlegend": True, "hovermode": "closest"})


def _no_axes(drawn: go.Figure) -> None:
    drawn.update_xaxes(visible=False)
    drawn.update_yaxes(visible=False)
