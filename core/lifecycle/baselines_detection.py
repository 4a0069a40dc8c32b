"""What a detector has to beat: boxes of the usual size on a regular grid, of the commonest class."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import numpy as np

from core.language import N_
from core.lifecycle.evaluate_detection import MOST, Detection, Marked, Scene, evaluate

GRID = N_("boxes of the usual size on a grid")


def grid(scenes: Sequence[Scene], learnt: Sequence[Marked]) -> Detection:
    """The score of a grid of boxes over each scene, as large as the median of those learnt from and as many as fit."""
    boxes = np.concatenate([marked.boxes for marked in learnt]) if learnt else np.zeros((0, 4), np.float32)
    names = Counter(name for marked in learnt for name in marked.classes)
    if not len(boxes):
        return evaluate([_with(scene, np.zeros((0, 4), np.float32), "") for scene in scenes], 0.5)
    wide, high = np.median(boxes[:, 2:] - boxes[:, :2], 0)
    return evaluate([_with(scene, _cover(scene, wide, high), names.most_common(1)[0][0]) for scene in scenes], 0.5)


def _cover(scene: Scene, wide: float, high: float) -> np.ndarray:
    """Boxes side by side; fewer and further apart where more than `MOST` would fit."""
    across, down = max(1, int(scene.width // wide)), max(1, int(scene.height // high))
    thin = max(1.0, (across * down / MOST) ** 0.5)
    xs = np.linspace(0, max(0.0, scene.width - wide), max(1, int(across / thin)))
    ys = np.linspace(0, max(0.0, scene.height - high), max(1, int(down / thin)))
    corners = np.array([(x, y, x + wide, y + high) for y in ys for x in xs], np.float32)
    return corners.clip(0, (scene.width, scene.height) * 2)


def _with(scene: Scene, boxes: np.ndarray, name: str) -> Scene:
    return Scene(scene.name, scene.width, scene.height, scene.truth,
                 Marked(boxes, (name,) * len(boxes), np.ones(len(boxes), np.float32)))  # fmt: skip
