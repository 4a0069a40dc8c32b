"""Angles of joints in the plane of the picture."""

from __future__ import annotations

import numpy as np

from core.language import N_

# Name of the joint, and the points before, at and after it (as in `movenet.NAMES`).
JOINTS = (
    (N_("left elbow"), 5, 7, 9), (N_("right elbow"), 6, 8, 10), (N_("left shoulder"), 11, 5, 7),
    (N_("right shoulder"), 12, 6, 8), (N_("left hip"), 5, 11, 13), (N_("right hip"), 6, 12, 14),
    (N_("left knee"), 11, 13, 15), (N_("right knee"), 12, 14, 16),
)  # fmt: skip


def angles(body: np.ndarray, threshold: float) -> np.ndarray:
    """The angle at each of `JOINTS` in degrees, 0 (folded) to 180 (straight), float64 (8,); not a number where a point that it
    needs is less sure than `threshold`. `body` is (17, 3) as x, y, confidence.
    """
    found = np.full(len(JOINTS), np.nan)
    for place, (_name, before, at, after) in enumerate(JOINTS):
        if body[[before, at, after], 2].min() < threshold:
            continue
        one, two = body[before, :2] - body[at, :2], body[after, :2] - body[at, :2]
        lengths = float(np.linalg.norm(one) * np.linalg.norm(two))
        if lengths > 0:
            found[place] = np.degrees(np.arccos(np.clip(float(one @ two) / lengths, -1, 1)))
    return found
