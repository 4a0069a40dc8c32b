"""Results as Plotly figures. Plotly is imported when a chart is drawn, not before.

Every label that a user may have named goes through `chart_text`; none ever enters a template string.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np

from core.contracts import Curves, Evidence, Graph, Labels, Matrix, Points, Ranking, Series, Terms
from core.language import N_
from core.ui import cloud, maps
from core.ui.language import _, language
from core.ui.line_names import line_name
from core.ui.numbers import beside_a_mark, number, significant
from core.ui.plain import chart_text
from core.ui.theme import DASHES, FONT, SYMBOLS, Palette, current, template
from core.ui.words import word_by_word

if TYPE_CHECKING:
    import plotly.graph_objects as go

CONFIG = {"displaylogo": False, "modeBarButtonsToRemove": ["select2d", "lasso2d", "autoScale2d"], "displayModeBar": "hover"}
MOST_BARS = 30
MOST_CELLS_WITH_NUMBERS = 400
THIS_RESULT = N_("This result")
_DAY = re.compile(r"^\d{4}-\d{2}(-\d{2})?")


def figure(result: Any, palette: Palette | None = None) -> go.Figure:
    """The figure of a result that has one; `KeyError` for one that has none."""
    return FIGURES[type(result)](word_by_word(result, language()), palette or current())


def _empty(palette: Palette, height: int, **layout: Any) -> go.Figure:
    import plotly.graph_objects as go

    return go.Figure(layout={"template": template(palette), "height": height, **layout})


def series(result: Series, palette: Palette) -> go.Figure:
    """Lines over one x axis, with bands and, below them, how many items stand behind each point."""
    drawn = _empty(palette, 400 if result.counts else 340, hovermode="x unified", showlegend=len(result.lines) > 1)
    x = [chart_text(value) if isinstance(value, str) else value for value in result.x]
    for index, (name, values) in enumerate(result.lines.items()):
        style = _style(index, palette)
        if name in result.bands:
            _band(drawn, x, *result.bands[name], color=style["color"])
        drawn.add_scatter(
            x=x, y=values, name=chart_text(line_name(name, language())), mode="lines+markers" if len(x) <= 60 else "lines",
            line={"color": style["color"], "dash": style["dash"], "width": 2.5},
            marker={"symbol": style["symbol"], "size": 7, "color": style["color"]}, connectgaps=False,
        )  # fmt: skip
    drawn.update_xaxes(title_text=_(result.x_label), type=_axis_type(result.x), tickformatstops=_date_labels())
    drawn.update_yaxes(title_text=line_name(result.y_label, language()), **({"type": "log", "dtick": "D2"} if result.log else {}))
    if result.counts:
        drawn.add_bar(x=x, y=result.counts, yaxis="y2", name=_("Items"), marker_color=palette.neutral, opacity=0.55)
        drawn.update_layout(
            yaxis={"domain": [0.28, 1]}, yaxis2={"domain": [0, 0.18], "title": {"text": _("Items")}, "nticks": 3},
            xaxis={"anchor": "y2"},
        )  # fmt: skip
    return drawn


def _band(drawn: go.Figure, x: list[Any], low: tuple[float, ...], high: tuple[float, ...], color: str) -> None:
    common = {"x": x, "mode": "lines", "line": {"width": 0}, "hoverinfo": "skip", "showlegend": False}
    drawn.add_scatter(y=low, **common)
    drawn.add_scatter(y=high, fill="tonexty", fillcolor=transparent(color, 0.18), **common)


def curves(result: Curves, palette: Palette) -> go.Figure:
    """Curves that each have their own x, such as ROC, and single points with their names."""
    drawn = _empty(palette, 400, showlegend=True)
    if result.diagonal:
        line = {"color": palette.neutral, "dash": "dot", "width": 1.5}
        drawn.add_scatter(x=[0, 1], y=[0, 1], mode="lines", line=line, name=_("Guessing"), hoverinfo="skip")
    for index, (name, (x, y)) in enumerate(result.curves.items()):
        style = _style(index, palette)
        drawn.add_scatter(x=x, y=y, mode="lines", name=chart_text(name), line={"width": 2.5, **_line(style)})
    for index, (name, (across, up)) in enumerate(result.marks.items(), len(result.curves)):
        style = _style(index, palette)
        drawn.add_scatter(
            x=[across], y=[up], mode="markers", name=chart_text(name), cliponaxis=False,
            marker={"size": 13, "color": style["color"], "symbol": style["symbol"], "line": {"width": 1, "color": palette.paper}},
        )  # fmt: skip
    drawn.update_xaxes(title_text=_(result.x_label))
    drawn.update_yaxes(title_text=_(result.y_label))
    return drawn


def matrix(result: Matrix, palette: Palette) -> go.Figure:
    """A heat map; colour is the share of its row where the numbers are counts, the number stands in the cell."""
    values = np.asarray(result.values, dtype=float)
    counts = bool(values.size and np.all(values == np.round(values)) and values.min() >= 0)
    shares = values / np.maximum(values.sum(1, keepdims=True), 1) if counts else values
    written = [[significant(float(v)) if counts else f"{v:.2f}" for v in row] for row in values]
    drawn = _empty(palette, int(min(760, max(280, 120 + 34 * len(result.rows)))))
    low, middle, high = palette.sequential
    drawn.add_heatmap(
        z=shares, x=_numbered(result.columns), y=_numbered(result.rows), text=written, customdata=written,
        texttemplate="%{text}" if values.size <= MOST_CELLS_WITH_NUMBERS else None,
        colorscale=[[0, low], [0.5, middle], [1, high]], zmin=0 if counts else None, zmax=1 if counts else None,
        xgap=2, ygap=2, showscale=False, hovertemplate="%{y} → %{x}: %{customdata}<extra></extra>",
    )  # fmt: skip
    drawn.update_xaxes(title_text=_(result.x_label), type="category", showgrid=False, side="bottom")
    drawn.update_yaxes(title_text=_(result.y_label), type="category", showgrid=False, autorange="reversed")
    return drawn


def ranking(result: Ranking, palette: Palette) -> go.Figure:
    """Horizontal bars, the first name on top; negative values point to the left and have a colour of their own."""
    shown = slice(0, MOST_BARS)
    values = [float(value) for value in result.values[shown]]
    drawn = _empty(palette, 72 + 28 * max(3, len(values)), showlegend=False)
    bounds = None
    if result.low and result.high:
        bounds = {
            "type": "data", "symmetric": False, "color": palette.text, "thickness": 1.5, "width": 4,
            "array": [high - value for high, value in zip(result.high[shown], values)],
            "arrayminus": [value - low for low, value in zip(result.low[shown], values)],
        }  # fmt: skip
    drawn.add_bar(
        x=values, y=_numbered(result.names[shown]), orientation="h", error_x=bounds,
        marker_color=[palette.negative if value < 0 else palette.positive for value in values],
        text=[beside_a_mark(value, _(result.unit)) for value in values], textposition="none" if bounds else "outside",
        textangle=0, hovertemplate="%{y}: %{text}<extra></extra>", cliponaxis=False,
    )  # fmt: skip
    drawn.update_xaxes(title_text=_(result.unit), zeroline=True, range=_room(values, bool(bounds)))
    drawn.update_yaxes(type="category", autorange="reversed", showgrid=False, tickfont={"color": palette.text})
    return drawn


def _room(values: list[float], has_bounds: bool) -> list[float] | None:
    """A range of x that leaves room for the numbers outside the bars; with intervals Plotly finds its own."""
    if has_bounds or not values:
        return None
    low, high = min(0.0, *values), max(0.0, *values)
    edge = 0.12 * ((high - low) or 1.0)
    return [low - edge if low < 0 else 0.0, high + edge if high > 0 else 0.0]


def terms(result: Terms, palette: Palette) -> go.Figure:
    """A word cloud: size is weight; colour and a small plus or minus are the sign."""
    drawn = _empty(palette, cloud.HEIGHT, showlegend=False, margin={"l": 0, "r": 0, "t": 0, "b": 0})
    placed = cloud.lay_out(result.words, result.weights, result.signs)
    drawn.add_scatter(
        x=[word.x for word in placed], y=[word.y for word in placed], mode="text",
        text=[chart_text(word.label) for word in placed],
        textfont={"size": [word.size for word in placed], "family": FONT,
                  "color": [sign_color(word.sign, palette) for word in placed]},
        customdata=[significant(word.weight) for word in placed], hovertemplate="%{text}: %{customdata}<extra></extra>",
    )  # fmt: skip
    drawn.update_xaxes(visible=False, range=[0, cloud.WIDTH], fixedrange=True)
    drawn.update_yaxes(visible=False, range=[cloud.HEIGHT, 0], fixedrange=True)
    return drawn


def labels(result: Labels, palette: Palette) -> go.Figure:
    """For one item its probabilities, the likeliest first; for many, how often each class was the answer."""
    if len(result.items) == 1:
        row = result.probabilities[0]
        order = np.argsort(-row, kind="stable")[:MOST_BARS]
        likeliest = Ranking("", tuple(result.classes[i] for i in order), tuple(100 * float(row[i]) for i in order), unit="%")
        drawn = ranking(likeliest, palette)
        drawn.update_xaxes(range=[0, 112], tickvals=[0, 20, 40, 60, 80, 100], title_text=_("Probability, %"))
        return drawn
    names, counts = answers(result)
    drawn = ranking(Ranking("", names, counts), palette)
    whole = {"dtick": 1} if max(counts, default=0) <= 5 else {}
    drawn.update_xaxes(title_text=_("Items"), **whole)
    return drawn


def answers(result: Labels) -> tuple[tuple[str, ...], tuple[float, ...]]:
    """The classes that were answers and of how many items each, the commonest first."""
    chosen = result.probabilities >= result.threshold if result.multilabel else None
    if chosen is not None:
        counts = chosen.sum(0)
    else:
        counts = np.bincount(result.probabilities.argmax(1), minlength=len(result.classes)) if len(result.items) else np.zeros(0)
    order = [i for i in np.argsort(-counts, kind="stable") if counts[i]]
    return tuple(result.classes[i] for i in order), tuple(float(counts[i]) for i in order)


def evidence_marks(result: Evidence, palette: Palette) -> list[tuple[str, float, str, str]]:
    """Name, value, symbol and colour of what stands on the card's line; what is not known is left out."""
    marks = [
        (N_("Reference"), result.reference, "diamond", palette.categorical[2]),
        (N_("Bar"), result.bar, "line-ns-open", palette.text),
        (N_("Baseline"), result.baseline, "square", palette.neutral),
        (THIS_RESULT, result.score, "circle", palette.categorical[0]),
    ]
    return [(name, value, symbol, color) for name, value, symbol, color in marks if value is not None]


def evidence(result: Evidence, palette: Palette) -> go.Figure:
    """The score with its interval beside baseline, bar and reference, on one line, of percent where there is no other unit."""
    marks, scale = evidence_marks(result, palette), 1 if result.unit else 100
    drawn = _empty(palette, 62 + 42 * len(marks), showlegend=False, margin={"l": 8, "r": 16, "t": 22, "b": 4})
    for name, value, symbol, color in marks:
        bounds = None
        if name == THIS_RESULT and result.interval:
            low, high = result.interval
            bounds = {"type": "data", "symmetric": False, "array": [scale * (high - value)],
                      "arrayminus": [scale * (value - low)], "thickness": 3, "width": 6}  # fmt: skip
        drawn.add_scatter(
            x=[scale * value], y=[_(name)], mode="markers+text", text=[number(value, _(result.unit))],
            textposition="top center", error_x=bounds,
            marker={"symbol": symbol, "size": 13, "color": color,
                    "line": {"width": 3 if "open" in symbol else 0, "color": color}},
            textfont={"color": palette.text}, cliponaxis=False, hoverinfo="skip",
        )  # fmt: skip
    ends = [scale * value for _name, value, _symbol, _color in marks] + [scale * value for value in result.interval or ()]
    least = min(1.0, max(0.01, 0.05 * max(map(abs, ends)))) if result.unit else 1.0  # .1 of a unit is lost in a range of 2
    edge = max(least, 0.08 * (max(ends) - min(ends)))
    drawn.update_xaxes(ticksuffix=f" {_(result.unit) or '%'}", nticks=6, range=[min(ends) - edge, max(ends) + edge])
    drawn.update_yaxes(type="category", showgrid=False, tickfont={"color": palette.text})
    return drawn


def transparent(color: str, opacity: float) -> str:
    """`#0072B2` as an `rgba(…)` of that opacity."""
    red, green, blue = (int(color[i : i + 2], 16) for i in (1, 3, 5))
    return f"rgba({red},{green},{blue},{opacity:.2f})"


def sign_color(sign: float, palette: Palette) -> str:
    return palette.positive if sign > cloud.SIGNED else palette.negative if sign < -cloud.SIGNED else palette.text


def _style(index: int, palette: Palette) -> dict[str, str]:
    return {
        "color": palette.categorical[index % len(palette.categorical)],
        "dash": DASHES[index % len(DASHES)],
        "symbol": SYMBOLS[index % len(SYMBOLS)],
    }


def _line(style: dict[str, str]) -> dict[str, str]:
    return {"color": style["color"], "dash": style["dash"]}


def _numbered(names: tuple[str, ...]) -> list[str]:
    """Names as labels; two that look the same once cut stay two categories."""
    seen: dict[str, int] = {}
    labels_: list[str] = []
    for name in names:
        label = chart_text(name) or "–"
        seen[label] = seen.get(label, 0) + 1
        labels_.append(label if seen[label] == 1 else f"{label} ({seen[label]})")
    return labels_


def _date_labels() -> list[dict[str, Any]]:
    """Dates in figures where months have no English names: Plotly's own names of months are English."""
    if language() == "en":
        return []
    return [{"dtickrange": [None, "M1"], "value": "%Y-%m-%d"}, {"dtickrange": ["M1", "M12"], "value": "%Y-%m"},
            {"dtickrange": ["M12", None], "value": "%Y"}]  # fmt: skip


def _axis_type(x: tuple[Any, ...]) -> str:
    if x and all(isinstance(value, str) and _DAY.match(value) for value in x):
        return "date"
    return "category" if any(isinstance(value, str) for value in x) else "linear"


FIGURES: dict[type, Callable[..., Any]] = {
    Series: series, Curves: curves, Matrix: matrix, Ranking: ranking, Terms: terms, Labels: labels, Evidence: evidence,
    Graph: maps.graph, Points: maps.points,
}  # fmt: skip
