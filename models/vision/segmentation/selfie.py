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
    boxes = boxes[np.argsort(-boxes[:, 3], kind="stable")]  # whoever stands lower in the picture is nearer
    for number, box in enumerate(boxes, 1):
        context.check()
        x0, y0, x1, y1 = _with_margin(box, width, height)
        found = _mask(pixels[y0:y1, x0:x1])
        part = sure[y0:y1, x0:x1]
        stronger = found > part
        whose[y0:y1, x0:x1][stronger & (found >= 0.5)] = number
        part[stronger] = found[stronger]
    return sure, whose


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
