"""Recognised lines in the order in which one reads them, and as a table where they stand in rows and columns.

Columns of a page are parted by a recursive XY cut (Nagy and Seth 1984): a block is cut at white space that runs through it, from
side to side or from top to bottom. Cells of a table are no columns of text: what is cut apart must be as wide as a text is.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from statistics import median

import numpy as np

from core.intake.ocr import Line
from models.vision.reading.wording import joined

SAME_ROW = 0.5  # of the lower one's height: lines that overlap so much stand side by side
COLUMN_GAP = 1.0  # heights of a line: white space between two columns of text
COLUMN_WIDTH = 7.0  # heights of a line: narrower things are cells
COLUMN_LINES = 3  # on either side
PARAGRAPH_GAP = 0.9  # heights of a line: more white space above begins a paragraph
CELL_GAP = 1.2  # heights of a line between the cells of a row
DEEPEST = 12  # cuts into each other: a page has fewer


@dataclass(frozen=True, eq=False)
class Placed:
    """A line with its box in pixels."""

    line: Line

    @cached_property
    def box(self) -> tuple[float, float, float, float]:
        low, high = self.line.corners.min(0), self.line.corners.max(0)
        return float(low[0]), float(low[1]), float(high[0]), float(high[1])

    @cached_property
    def height(self) -> float:
        """Of the type: the shorter side where a line is slanted."""
        first, second, third, fourth = self.line.corners
        return float((np.linalg.norm(fourth - first) + np.linalg.norm(third - second)) / 2) or 1.0

    @cached_property
    def middle(self) -> float:
        return (self.box[1] + self.box[3]) / 2


Row = list[Placed]


def ordered(lines: list[Line]) -> list[Row]:
    """Rows in reading order, the lines of each from left to right."""
    return _cut([Placed(line) for line in lines])[0]


def text_of(rows: list[Row], language: str = "auto") -> str:
    """The rows as a text: a tab between cells that stand apart, a blank line before a paragraph."""
    parts: list[str] = []
    above: Row = []
    for row in rows:
        if above:
            height = median(item.height for item in row)
            gap = min(i.box[1] for i in row) - max(i.box[3] for i in above)
            parts.append("\n\n" if gap > PARAGRAPH_GAP * height or gap < -2 * height else "\n")
        parts.append(_row_text(row, language))
        above = row
    return "".join(parts)


def grid(rows: list[Row], language: str = "auto") -> list[list[str]]:
    """The longest run of rows with several cells, as a table of texts; empty where there is none of two rows and columns."""
    runs: list[list[Row]] = [[]]
    for row in rows:
        if len(_cells(row)) > 1:
            runs[-1].append(row)
        elif runs[-1]:
            runs.append([])
    best = max(runs, key=len)
    if len(best) < 2:
        return []
    cells = [_cells(row) for row in best]
    edges = _columns([_span(cell) for row in cells for cell in row])
    if len(edges) < 2:
        return []
    table = []
    for row_cells in cells:
        texts = [""] * len(edges)
        for cell in row_cells:
            left, right = _span(cell)
            place = next(k for k, (low, high) in enumerate(edges) if low <= left and right <= high)
            texts[place] = joined([texts[place], *(item.line.text for item in cell)], language)
        table.append(texts)
    return table


def _row_text(row: Row, language: str) -> str:
    return "\t".join(joined([item.line.text for item in cell], language) for cell in _cells(row))


def _cells(row: Row) -> list[Row]:
    """A row cut where its pieces stand apart."""
    found = [[row[0]]]
    for item in row[1:]:
        gap = item.box[0] - max(other.box[2] for other in found[-1])
        if gap > CELL_GAP * max(item.height, 1):
            found.append([item])
        else:
            found[-1].append(item)
    return found


def _span(cell: Row) -> tuple[float, float]:
    return min(item.box[0] for item in cell), max(item.box[2] for item in cell)


def _columns(spans: list[tuple[float, float]]) -> list[tuple[float, float]]:
    """Stretches of the width that no white space parts, from left to right."""
    found: list[tuple[float, float]] = []
    for low, high in sorted(spans):
        if found and low <= found[-1][1]:
            found[-1] = found[-1][0], max(found[-1][1], high)
        else:
            found.append((low, high))
    return found


def _cut(block: list[Placed], depth: int = 0) -> tuple[list[Row], bool]:
    """The rows of a block in reading order, and whether there are columns in it."""
    if len(block) < 2:
        return ([block] if block else []), False
    if sides := _side_by_side(block):
        return [row for side in sides for row in _cut(side, depth + 1)[0]], True
    halves = _one_above_the_other(block) if depth < DEEPEST else []
    cut = [_cut(half, depth + 1) for half in halves]
    if any(has_columns for _rows_of, has_columns in cut):
        return [row for rows, _has_columns in cut for row in rows], True
    return _rows(block), False


def _side_by_side(block: list[Placed]) -> list[list[Placed]]:
    """The block as two columns of text, cut at the widest white space; empty where it is none."""
    height = median(item.height for item in block)
    stretches = _columns([(item.box[0], item.box[2]) for item in block])
    gaps = sorted(((b[0] - a[1], (a[1] + b[0]) / 2) for a, b in pairwise(stretches)), reverse=True)
    for gap, place in gaps:
        left = [item for item in block if item.box[2] <= place]
        right = [item for item in block if item.box[0] >= place]
        wide = all(median(i.box[2] - i.box[0] for i in side) >= COLUMN_WIDTH * height for side in (left, right))
        if gap >= COLUMN_GAP * height and wide and min(len(left), len(right)) >= COLUMN_LINES:
            return [left, right]
    return []


def _one_above_the_other(block: list[Placed]) -> list[list[Placed]]:
    """The block as two, cut at the highest white space that runs through it."""
    stretches = _columns([(item.box[1], item.box[3]) for item in block])
    gaps = [(b[0] - a[1], (a[1] + b[0]) / 2) for a, b in pairwise(stretches)]
    if not gaps:
        return []
    _gap, place = max(gaps)
    return [[item for item in block if item.middle <= place], [item for item in block if item.middle > place]]


def _rows(block: list[Placed]) -> list[Row]:
    """Lines side by side in one row; rows from top to bottom."""
    rows: list[Row] = []
    for item in sorted(block, key=lambda item: item.middle):
        last = rows[-1] if rows else []
        overlaps = [min(item.box[3], other.box[3]) - max(item.box[1], other.box[1]) for other in last]
        heights = [min(item.box[3] - item.box[1], other.box[3] - other.box[1]) for other in last]
        if last and all(over > SAME_ROW * height for over, height in zip(overlaps, heights)):
            last.append(item)
        else:
            rows.append([item])
    return [sorted(row, key=lambda item: item.box[0]) for row in rows]
