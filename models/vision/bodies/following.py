"""Who is who from frame to frame: the box that overlaps most is the same person. Enough for a few people who do not cross."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

SAME = 0.3  # intersection over union at least
FORGOTTEN = 1.0  # seconds after which somebody who is not seen is somebody new


@dataclass
class Following:
    """Call `numbers` for one frame after the other."""

    _boxes: dict[int, np.ndarray] = field(default_factory=dict)
    _seen: dict[int, float] = field(default_factory=dict)
    _next: int = 1

    def numbers(self, boxes: np.ndarray, seconds: float) -> list[int]:
        """A number from 1 for each box, the same for the same person."""
        known = [number for number, seen in self._seen.items() if seconds - seen <= FORGOTTEN]
        pairs = sorted(
            ((overlap(self._boxes[number], box), number, place) for number in known for place, box in enumerate(boxes)),
            reverse=True,
        )
        given: dict[int, int] = {}
        for share, number, place in pairs:
            if share >= SAME and place not in given and number not in given.values():
                given[place] = number
        for place, box in enumerate(boxes):
            if place not in given:
                given[place], self._next = self._next, self._next + 1
            self._boxes[given[place]], self._seen[given[place]] = box, seconds
        return [given[place] for place in range(len(boxes))]


def overlap(one: np.ndarray, two: np.ndarray) -> float:
    """Intersection over union of two boxes."""
    inner = np.minimum(one[2:], two[2:]) - np.maximum(one[:2], two[:2])
    shared = float(inner.clip(0).prod())
    whole = float((one[2:] - one[:2]).prod() + (two[2:] - two[:2]).prod()) - shared
    return shared / whole if whole > 0 else 0.0
