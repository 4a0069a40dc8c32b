"""Key points of one body by MoveNet SinglePose Lightning: 17 points in COCO's order."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from core.language import N_
from models.vision.runtime import session

WEIGHTS = "movenet"
SIDE = 192  # pixels; the model's input is a square of it
MARGIN = 0.25  # that is added to a person's box: the model expects some room around a body
NAMES = (
    N_("nose"), N_("left eye"), N_("right eye"), N_("left ear"), N_("right ear"), N_("left shoulder"), N_("right shoulder"),
    N_("left elbow"), N_("right elbow"), N_("left wrist"), N_("right wrist"), N_("left hip"), N_("right hip"), N_("left knee"),
    N_("right knee"), N_("left ankle"), N_("right ankle"),
)  # fmt: skip
BONES = ((0, 1), (0, 2), (1, 3), (2, 4), (5, 6), (5, 7), (7, 9), (6, 8), (8, 10), (5, 11), (6, 12), (11, 12), (11, 13), (13, 15),
         (12, 14), (14, 16))  # fmt: skip
MIRRORED = (0, 2, 1, 4, 3, 6, 5, 8, 7, 10, 9, 12, 11, 14, 13, 16, 15)  # where each point is in a mirrored picture


def points(pixels: np.ndarray, boxes: np.ndarray) -> np.ndarray:
    """The points of the body in each box (x0, y0, x1, y1): float32 (n, 17, 3) as x, y in pixels of `pixels`, confidence 0–1."""
    if not len(boxes):
        return np.zeros((0, len(NAMES), 3), np.float32)
    with session(WEIGHTS, "movenet-lightning.onnx") as model:
        return np.stack([_body(model, pixels, box) for box in boxes])


def _body(model: object, pixels: np.ndarray, box: Sequence[float]) -> np.ndarray:
    import cv2

    x0, y0, x1, y1 = (float(v) for v in box)
    side = max(x1 - x0, y1 - y0, 1.0) * (1 + MARGIN)
    scale, middle = SIDE / side, ((x0 + x1) / 2, (y0 + y1) / 2)
    move = np.array([[scale, 0, SIDE / 2 - middle[0] * scale], [0, scale, SIDE / 2 - middle[1] * scale]], np.float32)
    kind = cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR
    square = cv2.warpAffine(np.ascontiguousarray(pixels), move, (SIDE, SIDE), flags=kind)
    found = model.run(None, {"input": square[None].astype(np.int32)})[0][0, 0]  # type: ignore[attr-defined]  # rows: y, x, confidence
    places = [middle[0] + (found[:, 1] - 0.5) * side, middle[1] + (found[:, 0] - 0.5) * side]
    return np.stack([*places, found[:, 2]], 1).astype(np.float32)
