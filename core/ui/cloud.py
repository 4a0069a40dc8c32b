"""Where the words of a word cloud stand: the same words always give the same picture, and none overlaps another."""

from __future__ import annotations

import math
from dataclasses import dataclass

WIDTH, HEIGHT = 640, 340
SMALLEST, LARGEST = 13, 46
MOST_WORDS = 60
SIGNED = 0.1  # below this share a word counts as neither


@dataclass(frozen=True)
class Placed:
    word: str
    weight: float
    sign: float
    x: float  # of its middle, in a picture of WIDTH by HEIGHT
    y: float
    size: float  # height of the type in pixels

    @property
    def label(self) -> str:
        """The word with its sign, so that colour alone does not carry the meaning."""
        return self.word + ("⁺" if self.sign > SIGNED else "⁻" if self.sign < -SIGNED else "")


def width_of(text: str, size: float) -> float:
    """Pixels that `text` takes at most in a proportional face: Chinese letters are square, Latin ones narrower."""
    return size * sum(1.0 if ord(letter) > 0x2E7F else 0.72 if letter.isupper() else 0.58 for letter in text)


def lay_out(words: tuple[str, ...], weights: tuple[float, ...], signs: tuple[float, ...] = ()) -> list[Placed]:
    """Places the heaviest words first, each on an Archimedean spiral from the middle at the first free spot.

    Words for which no room is left are dropped, lightest first.
    """
    signs = signs or (0.0,) * len(words)
    order = sorted(range(len(words)), key=lambda i: (-abs(weights[i]), words[i]))[:MOST_WORDS]
    heaviest = abs(weights[order[0]]) if order else 1.0
    placed: list[Placed] = []
    boxes: list[tuple[float, float, float, float]] = []
    for i in order:
        size = SMALLEST + (LARGEST - SMALLEST) * math.sqrt(abs(weights[i]) / (heaviest or 1.0))
        half_width, half_height = width_of(words[i] + "⁺", size) / 2 + 4, size * 0.62 + 1
        spot = _free_spot(half_width, half_height, boxes)
        if spot:
            placed.append(Placed(words[i], weights[i], signs[i], *spot, size))
            boxes.append((spot[0] - half_width, spot[1] - half_height, spot[0] + half_width, spot[1] + half_height))
    return placed


def _free_spot(
    half_width: float, half_height: float, boxes: list[tuple[float, float, float, float]]
) -> tuple[float, float] | None:
    for step in range(2400):
        angle = 0.16 * step
        radius = 1.05 * angle
        x, y = WIDTH / 2 + 1.75 * radius * math.cos(angle), HEIGHT / 2 + radius * math.sin(angle)
        if not (half_width <= x <= WIDTH - half_width and half_height <= y <= HEIGHT - half_height):
            continue
        box = (x - half_width, y - half_height, x + half_width, y + half_height)
        if not any(box[0] < b[2] and box[2] > b[0] and box[1] < b[3] and box[3] > b[1] for b in boxes):
            return x, y
    return None
