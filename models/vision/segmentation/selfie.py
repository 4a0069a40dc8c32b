"""Masks of people by MediaPipe's selfie segmentation, which was made for one near person.

So each person is looked at by itself: found by NanoDet, cut out with some margin, masked, and put back. Where nobody is found the
whole picture is looked at.
"""

from __future__ import annotations

import numpy as np

from core.contracts import Context
from models.vision import people
from models.vision.runtime import session

WEIGHTS = "selfie"
SIDE = 256  # pixels; the model's input is a square of it
MARGIN = 0.15  # of a person's box on each side
FAR = 0.08  # of the picture's height: a smaller person gives no mask worth having


def masks(pixels: np.ndarray, context: Context, most: int) -> tuple[np.ndarray, np.ndarray]:
    """How sure it is that a pixel belongs to a person, float32 (height, width), 0–1; and whose it is, uint8, 0 nobody's."""
    height, width = pixels.shape[:2]
    boxes, _scores = people.find(pixels, most=most)
    tall = boxes[:, 3] - boxes[:, 1] >= FAR * height
    boxes = boxes[tall] if tall.any() else np.array([[0, 0, width, height]], np.float32)
    sure, whose = np.zeros((height, width), np.float32), np.zeros((height, width), np.uint8)
    nearest = np.full((height, width), np.inf, np.float32)
    for number, box in enumerate(boxes, 1):
        context.check()
        x0, y0, x1, y1 = _with_margin(box, width, height)
        place = slice(y0, y1), slice(x0, x1)
        found = _mask(pixels[place])
        # The mask shows everybody in the cut: a pixel belongs to whoever's box it is deepest in.
        away = _away(box, x0, y0, x1, y1)
        own = (found >= 0.5) & (away < nearest[place])
        whose[place][own], nearest[place][own] = number, away[own]
        np.maximum(sure[place], found, out=sure[place])
    return sure, whose


def _away(box: np.ndarray, x0: int, y0: int, x1: int, y1: int) -> np.ndarray:
    """How far each pixel of that part of the picture is from the middle of a box: 0 there, 1 at its edge."""
    across = np.abs(np.arange(x0, x1) + 0.5 - (box[0] + box[2]) / 2) / max(1.0, (box[2] - box[0]) / 2)
    down = np.abs(np.arange(y0, y1) + 0.5 - (box[1] + box[3]) / 2) / max(1.0, (box[3] - box[1]) / 2)
    return np.maximum(across[None], down[:, None]).astype(np.float32)


def _with_margin(box: np.ndarray, width: int, height: int) -> tuple[int, int, int, int]:
    x0, y0, x1, y1 = (float(v) for v in box)
    aside, above = MARGIN * (x1 - x0), MARGIN * (y1 - y0)
    return (
        max(0, int(x0 - aside)), max(0, int(y0 - above)), min(width, int(x1 + aside) + 1), min(height, int(y1 + above) + 1),
    )  # fmt: skip


def _mask(pixels: np.ndarray) -> np.ndarray:
    import cv2

    small = cv2.resize(np.ascontiguousarray(pixels), (SIDE, SIDE), interpolation=cv2.INTER_AREA).astype(np.float32) / 255
    with session(WEIGHTS, "selfie.onnx") as model:
        found = model.run(None, {"input_1": small[None]})[0][0, :, :, 0]
    return cv2.resize(found, pixels.shape[1::-1], interpolation=cv2.INTER_LINEAR).clip(0, 1)
