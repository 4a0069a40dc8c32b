"""Shapes on a picture, drawn or written, as text: `line door: 0.1,0.5 0.9,0.5; zone yard: 0.2,0.2 0.8,0.2 0.5,0.9`, or as JSON.

Coordinates are shares of the picture's width and height, 0 to 1, from the upper left. JSON is a list of objects with `kind`
("line", "zone" or "box"), `points` (pairs) and, if wanted, `name`. A semicolon or a new line parts two shapes.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass

import numpy as np

from core.contracts.errors import InputError
from core.language import N_

MOST = 20
MOST_POINTS = 50
NAME_CHARACTERS = 40
_SHAPE = re.compile(r"^\s*(line|zone|box)\b([^:]*):(.*)$", re.IGNORECASE | re.DOTALL)


@dataclass(frozen=True, eq=False)
class Shape:
    """A line (two points), a box (two opposite corners) or a zone (three and more): `points` float64 (n, 2), in shares."""

    kind: str
    name: str
    points: np.ndarray

    def on(self, width: int, height: int) -> np.ndarray:
        """The points in pixels of a picture of that size."""
        return self.points * (width, height)


def parse_shapes(text: str, kinds: tuple[str, ...] = ("line", "zone", "box")) -> tuple[Shape, ...]:
    """The shapes that the text describes. Raises InputError that quotes the part that cannot be read or is none of `kinds`."""
    text = text.strip()
    if not text:
        return ()
    given = _from_json(text) if text.startswith("[") else _from_lines(text)
    if len(given) > MOST:
        raise InputError(N_("{count} shapes are too many: draw at most {most}."), count=len(given), most=MOST)
    found: list[Shape] = []
    for place, (kind, name, points) in enumerate(given, 1):
        shown = name.strip()[:NAME_CHARACTERS] or f"{kind} {place}"
        if shown in {other.name for other in found}:
            raise InputError(N_("Two shapes are called {name}. Give each a name of its own."), name=shown)
        if kind not in kinds:
            raise InputError(N_("{name} is none of these: {kinds}."), name=shown, kinds=", ".join(kinds))
        found.append(_checked(kind, shown, points))
    return tuple(found)


def _from_lines(text: str) -> list[tuple[str, str, list[tuple[float, float]]]]:
    found = []
    for part in re.split(r"[;；\n]", text):
        if not part.strip():
            continue
        match = _SHAPE.match(part.replace("：", ":"))
        if not match:
            raise _unread(part)
        try:
            pairs = [point.split(",") for point in match[3].split()]
            points = [(float(x), float(y)) for x, y in pairs]
        except ValueError:
            raise _unread(part) from None
        found.append((match[1].lower(), match[2], points))
    return found


def _from_json(text: str) -> list[tuple[str, str, list[tuple[float, float]]]]:
    try:
        return [(str(one["kind"]), str(one.get("name", "")), [(float(x), float(y)) for x, y in one["points"]])
                for one in json.loads(text)]  # fmt: skip
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        raise _unread(text) from None


def _checked(kind: str, name: str, points: list[tuple[float, float]]) -> Shape:
    placed = np.array(points, float).reshape(-1, 2)
    least, most = (3, MOST_POINTS) if kind == "zone" else (2, 2)
    if not least <= len(placed) <= most:
        raise InputError(N_("{name} needs two points if it is a line or a box, and three to {most} if it is a zone."), name=name,
                         most=MOST_POINTS)  # fmt: skip
    if not ((placed >= 0) & (placed <= 1)).all():  # which is false of what is no number, too
        raise InputError(N_("The points of {name} must be shares of the picture, from 0 to 1."), name=name)
    ahead = np.roll(placed, -1, 0)
    area = abs((placed[:, 0] * ahead[:, 1] - placed[:, 1] * ahead[:, 0]).sum()) / 2
    if kind == "box":
        area = float(np.prod(np.abs(placed[1] - placed[0])))
    if (kind == "line" and np.allclose(placed[0], placed[1])) or (kind != "line" and area < 1e-5):
        raise InputError(N_("{name} has no length or area. Move its points apart."), name=name)
    return Shape(kind, name, placed)


def _unread(part: str) -> InputError:
    return InputError(
        N_('"{part}" cannot be read. Write shapes like this: line door: 0.1,0.5 0.9,0.5; zone yard: 0.2,0.2 0.8,0.2 0.5,0.9.'),
        part=part.strip()[:60],
    )
