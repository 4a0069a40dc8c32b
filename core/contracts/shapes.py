"""Shapes that a user drew on a picture, as text and as numbers."""

from __future__ import annotations

import math
from dataclasses import dataclass

from core.contracts.errors import InputError
from core.language import N_

LEAST_POINTS = {"line": 2, "zone": 3, "box": 2}
MOST_POINTS = {"line": 2, "zone": 64, "box": 2}
MOST_SHAPES = 32


@dataclass(frozen=True)
class Shape:
    """A line, zone or box; `points` are shares of width and height, (x, y) each, from the upper left corner."""

    kind: str
    points: tuple[tuple[float, float], ...]

    def pixels(self, width: int, height: int) -> tuple[tuple[float, float], ...]:
        """The points in pixels of a picture of that size."""
        return tuple((x * width, y * height) for x, y in self.points)


def parse_shapes(text: str, kinds: tuple[str, ...] = tuple(LEAST_POINTS)) -> tuple[Shape, ...]:
    """The shapes that `text` lists, one a line. Raises InputError, which names the line, for what is none of `kinds`."""
    rows = [(number, row.strip()) for number, row in enumerate(text.splitlines(), 1) if row.strip()]
    if len(rows) > MOST_SHAPES:
        raise InputError(N_("{count} shapes are too many: draw at most {limit}."), count=len(rows), limit=MOST_SHAPES)
    return tuple(_shape(number, row, kinds) for number, row in rows)


def _shape(number: int, row: str, kinds: tuple[str, ...]) -> Shape:
    kind, _, rest = row.partition(":")
    kind = kind.strip().lower()
    try:
        points = tuple((float(x), float(y)) for x, y in (pair.split(",") for pair in rest.split()))
    except ValueError:
        points = ()
    whole = all(math.isfinite(v) and 0 <= v <= 1 for point in points for v in point)
    if kind not in kinds or not LEAST_POINTS.get(kind, 0) <= len(points) <= MOST_POINTS.get(kind, 0) or not whole:
        raise InputError(
            N_("Line {number} of the shapes is not understood. Write for example: {example}"),
            number=number, example=f"{kinds[0]}: 0.1,0.5 0.9,0.5" + (" 0.5,0.9" if kinds[0] == "zone" else ""),
        )  # fmt: skip
    return Shape(kind, points)
