"""Results as static SVG, for the report: no script, sharp in print, a few kilobytes each.

The same palette, order and labels as the charts on the page; every text is escaped.
"""

from __future__ import annotations

import html
import math
from collections.abc import Callable
from typing import Any

import numpy as np

from core.contracts import Curves, Evidence, Graph, Matrix, Points, Ranking, Series, Terms
from core.language import translate
from core.ui import cloud, map_drawing
from core.ui.charts import evidence_marks
from core.ui.line_names import line_name
from core.ui.numbers import beside_a_mark, log_ticks, number, significant
from core.ui.theme import LIGHT
from core.ui.words import word_by_word

WIDTH = 720
_DASHES = ("", "7 4", "2 3", "8 3 2 3", "12 4", "12 4 2 4")
LAST_NARROW = 0x2E7F  # beyond it characters are as wide as high
LEFT, RIGHT, TOP, BOTTOM = 64, 16, 12, 46


def svg(result: Any, language: str) -> str:
    """The picture of a result that has one; `KeyError` for one that has none."""
    return DRAWINGS[type(result)](word_by_word(result, language), language)


def _text(
    x: float, y: float, content: object, anchor: str = "start", size: float = 12, color: str = LIGHT.muted, more: str = ""
) -> str:
    return (
        f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" font-size="{size:.1f}" fill="{color}" {more}>'
        f"{html.escape(str(content))}</text>"
    )


def _line(x1: float, y1: float, x2: float, y2: float, color: str = LIGHT.grid, width: float = 1, dash: str = "") -> str:
    return (
        f'<line x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}" stroke="{color}" stroke-width="{width}" '
        f'stroke-dasharray="{dash}"/>'
    )


def _rect(x: float, y: float, width: float, height: float, color: str, more: str = "") -> str:
    return f'<rect x="{x:.1f}" y="{y:.1f}" width="{max(0, width):.1f}" height="{max(0, height):.1f}" fill="{color}" {more}/>'


def _frame(parts: list[str], height: float, width: float = WIDTH) -> str:
    return f'<svg viewBox="0 0 {width} {height:.0f}" role="img">{"".join(parts)}</svg>'


def ticks(low: float, high: float, count: int = 5) -> list[float]:
    """Round numbers that cover `low` to `high` (Heckbert, Graphics Gems, 1990)."""
    if not math.isfinite(low) or not math.isfinite(high) or low == high:
        low, high = (low - 0.5, low + 0.5) if math.isfinite(low) else (0.0, 1.0)
    raw = (high - low) / count
    power = 10.0 ** math.floor(math.log10(raw))
    step = next(m * power for m in (1, 2, 2.5, 5, 10) if m * power >= raw * 0.999)
    first = math.floor(low / step)
    return [round((first + i) * step, 12) for i in range(math.ceil(high / step - 1e-9) - first + 1)]


class _Plot:
    """A pair of axes in an SVG: maps values to pixels and draws grid and labels. Upwards it may be logarithmic."""

    def __init__(self, x: tuple[float, float], y: list[float], height: float, log: bool = False) -> None:
        self.x, self.log, self.height = x, log, height
        self.y = (self._scaled(y[0]), self._scaled(y[-1]))
        self.parts = [p for value in y for p in (
            _line(LEFT, self.at_y(value), WIDTH - RIGHT, self.at_y(value)),
            _text(LEFT - 8, self.at_y(value) + 4, significant(value), "end"))]  # fmt: skip

    def at_x(self, value: float) -> float:
        low, high = self.x
        return LEFT + (WIDTH - LEFT - RIGHT) * ((value - low) / (high - low) if high > low else 0.5)

    def at_y(self, value: float) -> float:
        low, high = self.y
        return TOP + (self.height - TOP - BOTTOM) * (1 - (self._scaled(value) - low) / (high - low))

    def _scaled(self, value: float) -> float:
        return math.log10(value) if self.log else value

    def path(self, x: list[float], y: list[float], index: int) -> None:
        color, dash = LIGHT.categorical[index % len(LIGHT.categorical)], _DASHES[index % len(_DASHES)]
        for run in _runs(x, y):
            points = " ".join(f"{self.at_x(a):.1f},{self.at_y(b):.1f}" for a, b in run)
            self.parts.append(
                f'<polyline points="{points}" fill="none" stroke="{color}" stroke-width="2.2" stroke-dasharray="{dash}"/>'
            )
            if len(run) == 1:
                self.parts.append(
                    f'<circle cx="{self.at_x(run[0][0]):.1f}" cy="{self.at_y(run[0][1]):.1f}" r="3.5" fill="{color}"/>'
                )

    def labels(self, x: str, y: str) -> None:
        middle = (self.height - BOTTOM + TOP) / 2
        self.parts.append(_text((LEFT + WIDTH - RIGHT) / 2, self.height - 6, x, "middle"))
        self.parts.append(_text(14, middle, y, "middle", more=f'transform="rotate(-90 14 {middle:.0f})"'))


def _runs(x: list[float], y: list[float]) -> list[list[tuple[float, float]]]:
    """The points in unbroken runs: a gap where a value is missing."""
    runs: list[list[tuple[float, float]]] = [[]]
    for a, b in zip(x, y):
        if b is not None and math.isfinite(b) and a is not None and math.isfinite(a):
            runs[-1].append((a, b))
        elif runs[-1]:
            runs.append([])
    return [run for run in runs if run]


def _legend(names: list[str]) -> str:
    items = []
    for index, name in enumerate(names):
        color, dash = LIGHT.categorical[index % len(LIGHT.categorical)], _DASHES[index % len(_DASHES)]
        line = f'<svg viewBox="0 0 26 8" class="key">{_line(0, 4, 26, 4, color, 3, dash)}</svg>'
        items.append(f"<span>{line}{html.escape(name)}</span>")
    return f'<div class="legend">{"".join(items)}</div>'


def _series(result: Series, language: str) -> str:
    """Lines over positions 0…n-1 where x is text, over x itself where it is numbers."""
    written = any(isinstance(value, str) for value in result.x)
    x = [float(i) for i in range(len(result.x))] if written else [float(value) for value in result.x]
    values = [v for line in result.lines.values() for v in line] + [
        v for low, high in result.bands.values() for v in (*low, *high)
    ]
    known = [v for v in values if v is not None and math.isfinite(v)] or [0.0, 1.0]
    upwards = log_ticks(min(known), max(known)) if result.log else ticks(min(known), max(known))
    plot = _Plot((min(x, default=0), max(x, default=1)), upwards, 320, result.log)
    names = list(result.lines)
    _counts(plot, x, result.counts)
    for name, (low, high) in result.bands.items():
        color = LIGHT.categorical[names.index(name) % len(LIGHT.categorical)]
        both = [(a, b) for a, b in (*zip(x, high), *reversed(list(zip(x, low)))) if b is not None and math.isfinite(b)]
        outline = " ".join(f"{plot.at_x(a):.1f},{plot.at_y(b):.1f}" for a, b in both)
        plot.parts.append(f'<polygon points="{outline}" fill="{color}" opacity=".18"/>')
    for index, line in enumerate(result.lines.values()):
        plot.path(x, list(line), index)
    _x_ticks(plot, x, [str(v) if written else significant(float(v)) for v in result.x])
    plot.labels(translate(result.x_label, language), translate(result.y_label, language))
    return _legend([line_name(name, language) for name in result.lines]) + _frame(plot.parts, 320)


def _counts(plot: _Plot, x: list[float], counts: tuple[int, ...]) -> None:
    """Grey bars at the foot: how many items stand behind each point; the highest is written at its side."""
    if not counts:
        return
    bottom, room = plot.height - BOTTOM, 0.2 * (plot.height - TOP - BOTTOM)
    width = 0.6 * (WIDTH - LEFT - RIGHT) / len(counts)
    for place, count in zip(x, counts):
        height = room * count / max(max(counts), 1)
        plot.parts.append(
            _rect(plot.at_x(place) - width / 2, bottom - height, width, height, LIGHT.neutral, 'fill-opacity=".28"')
        )
    plot.parts.append(_text(LEFT + 4, bottom - room - 4, f"n ≤ {max(counts):,}", size=11))


def _x_ticks(plot: _Plot, x: list[float], written: list[str]) -> None:
    """Labels at up to six of the points."""
    step = max(1, math.ceil(len(x) / 6))
    for i in range(0, len(x), step):
        anchor = "start" if i == 0 and len(x) > 1 else "end" if i == len(x) - 1 and len(x) > 1 else "middle"
        plot.parts.append(_text(plot.at_x(x[i]), plot.height - BOTTOM + 18, written[i][:16], anchor))


def _curves(result: Curves, language: str) -> str:
    points = list(result.marks.values())
    known = [v for xs, ys in result.curves.values() for v in ys if math.isfinite(v)] + [y for _x, y in points] or [0.0, 1.0]
    across = [v for xs, _ys in result.curves.values() for v in xs if math.isfinite(v)] + [x for x, _y in points] or [0.0, 1.0]
    x_ticks = ticks(min(across), max(across))
    plot = _Plot((x_ticks[0], x_ticks[-1]), ticks(min(0.0, *known), max(known)), 360)
    if result.diagonal:
        plot.parts.append(_line(plot.at_x(0), plot.at_y(0), plot.at_x(1), plot.at_y(1), LIGHT.neutral, 1.2, "2 4"))
    for index, (xs, ys) in enumerate(result.curves.values()):
        plot.path(list(xs), list(ys), index)
    for index, (x, y) in enumerate(points, len(result.curves)):
        color = LIGHT.categorical[index % len(LIGHT.categorical)]
        plot.parts.append(f'<circle cx="{plot.at_x(x):.1f}" cy="{plot.at_y(y):.1f}" r="6" fill="{color}"/>')
    for value in x_ticks:
        plot.parts.append(_text(plot.at_x(value), plot.height - BOTTOM + 18, significant(value), "middle"))
    plot.labels(translate(result.x_label, language), translate(result.y_label, language))
    return _legend([*result.curves, *result.marks]) + _frame(plot.parts, 360)


def _matrix(result: Matrix, language: str) -> str:
    values = np.asarray(result.values, dtype=float)
    counts = bool(values.size and np.all(values == np.round(values)) and values.min() >= 0)
    shades = values / np.maximum(values.sum(1, keepdims=True), 1) if counts else _unit(values)
    left, top = 150.0, 40.0
    cell_width = (WIDTH - left - 8) / max(1, len(result.columns))
    cell_height = min(44.0, max(20.0, cell_width))
    parts = [_text(left + (WIDTH - left) / 2, 14, translate(result.x_label, language), "middle")]
    parts += [_text(left + (j + 0.5) * cell_width, 33, name[: max(3, int(cell_width / 7))], "middle", 11)
              for j, name in enumerate(result.columns)]  # fmt: skip
    for i, name in enumerate(result.rows):
        y = top + i * cell_height
        parts.append(_text(left - 8, y + cell_height / 2 + 4, name[:20], "end"))
        for j in range(len(result.columns)):
            shade = float(shades[i, j])
            parts.append(_rect(left + j * cell_width, y, cell_width - 2, cell_height - 2, LIGHT.categorical[0],
                               f'fill-opacity="{0.05 + 0.9 * shade:.2f}" rx="2"'))  # fmt: skip
            if cell_width >= 26:
                shown = significant(values[i, j]) if counts else f"{values[i, j]:.2f}"
                color = "#FFFFFF" if shade > 0.55 else LIGHT.text
                parts.append(_text(left + (j + 0.5) * cell_width - 1, y + cell_height / 2 + 4, shown, "middle", 11.5, color))
    height = top + len(result.rows) * cell_height + 6
    parts.append(_text(14, top + (height - top) / 2, translate(result.y_label, language), "middle",
                       more=f'transform="rotate(-90 14 {top + (height - top) / 2:.0f})"'))  # fmt: skip
    return _frame(parts, height)


def _unit(values: np.ndarray) -> np.ndarray:
    spread = np.nanmax(values) - np.nanmin(values) if values.size else 0
    return (values - np.nanmin(values)) / spread if spread else np.zeros_like(values)


def _cut(name: str, most: int) -> str:
    """`name` in the room of so many Latin letters; a hanzi takes that of two."""
    widths = np.array([2 if ord(character) > LAST_NARROW else 1 for character in name])
    if widths.sum() <= most:
        return name
    return name[: int(np.searchsorted(widths.cumsum(), most - 1, side="right"))] + "…"


def _ranking(result: Ranking, language: str) -> str:
    names, values = result.names[:30], [float(v) for v in result.values[:30]]
    ends = [*values, *result.low[:30], *result.high[:30], 0.0]
    low, high = min(ends), max(ends)
    left, right, step = 170.0, 84.0, 25.0

    def at(value: float) -> float:
        return left + (WIDTH - left - right) * ((value - low) / (high - low) if high > low else 0)

    parts = []
    for i, (name, value) in enumerate(zip(names, values)):
        y, color = 6 + i * step, LIGHT.negative if value < 0 else LIGHT.positive
        parts.append(_text(left - 10, y + 14, _cut(name, 22), "end", color=LIGHT.text))
        parts.append(_rect(min(at(0), at(value)), y, abs(at(value) - at(0)), step - 8, color, 'rx="2"'))
        end = at(value)
        if i < len(result.low) and i < len(result.high):
            parts.append(_line(at(result.low[i]), y + 8.5, at(result.high[i]), y + 8.5, LIGHT.text, 1.6))
            end = max(end, at(result.high[i]))
        parts.append(_text(max(end, at(0)) + 7, y + 13, beside_a_mark(value, translate(result.unit, language)), size=11.5))
    parts.append(_line(at(0), 0, at(0), 6 + len(names) * step, LIGHT.neutral))
    return _frame(parts, 10 + len(names) * step)


def _terms(result: Terms, language: str) -> str:
    parts = []
    for word in cloud.lay_out(result.words, result.weights, result.signs):
        tone = LIGHT.positive if word.sign > cloud.SIGNED else LIGHT.negative if word.sign < -cloud.SIGNED else LIGHT.text
        parts.append(_text(word.x, word.y + word.size * 0.35, word.label, "middle", word.size, tone))
    return _frame(parts, cloud.HEIGHT, cloud.WIDTH)


def _evidence(result: Evidence, language: str) -> str:
    """Dots on one line, of percent where there is no other unit, the score with its interval."""
    known = [(translate(name, language), value, color) for name, value, _symbol, color in reversed(evidence_marks(result, LIGHT))]
    ends = [v for _n, v, _c in known] + list(result.interval or () if result.unit else ())
    low, high = min(ends), max(ends)
    room = min(0.5, max(0.01, 0.1 * max(abs(low), abs(high))))
    scale = ticks(low - room, high + room) if result.unit else ticks(low - 0.02, min(1.0, high + 0.02))
    unit = translate(result.unit, language) if result.unit else ""
    left, right, step = 130.0, 70.0, 30.0

    def at(value: float) -> float:
        return left + (WIDTH - left - right) * (value - scale[0]) / (scale[-1] - scale[0])

    bottom = 8 + step * len(known)
    parts = [p for v in scale for p in (_line(at(v), 4, at(v), bottom), _text(at(v), bottom + 16, number(v, unit), "middle", 11))]
    for i, (name, value, color) in enumerate(known):
        y = 8 + step * (i + 0.5)
        parts.append(_text(left - 12, y + 4, name, "end", color=LIGHT.text))
        if i == 0 and result.interval:
            parts.append(_line(at(max(scale[0], result.interval[0])), y, at(min(scale[-1], result.interval[1])), y, color, 3))
        parts.append(f'<circle cx="{at(value):.1f}" cy="{y:.1f}" r="6" fill="{color}"/>')
        parts.append(_text(at(value) + 12, y - 6, number(value, unit), size=11.5, color=LIGHT.text))
    return _frame(parts, bottom + 24)


DRAWINGS: dict[type, Callable[[Any, str], str]] = {
    Series: _series, Curves: _curves, Matrix: _matrix, Ranking: _ranking, Terms: _terms, Evidence: _evidence,
    Graph: map_drawing.graph, Points: map_drawing.points,
}  # fmt: skip
