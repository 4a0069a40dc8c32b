"""What stands in a box, by GrabCut (Rother, Kolmogorov and Blake 2004): colours inside against colours outside, no weights."""

from __future__ import annotations

import numpy as np

from core.contracts import Context

MOST_SIDE = 640  # pixels that the cut is made at; it takes a second there
ROUNDS = 6
SEED = 0
# Grain drives the mixtures of colours astray: without smoothing, 7 of 80 simulated shapes were lost whole, with it none.
SMOOTH = (7, 40, 2)  # bilateral filter: pixels across, grey values and pixels (standard deviations)


def mask(pixels: np.ndarray, box: tuple[float, float, float, float], context: Context) -> np.ndarray:
    """1 where the thing in `box` (x0, y0, x1, y1 as shares of width and height) is, else 0; float32 (height, width)."""
    import cv2

    height, width = pixels.shape[:2]
    scale = min(1.0, MOST_SIDE / max(height, width))
    size = max(3, round(width * scale)), max(3, round(height * scale))
    small = cv2.resize(np.ascontiguousarray(pixels), size, interpolation=cv2.INTER_AREA)
    small = cv2.bilateralFilter(small, *SMOOTH)
    x0, y0 = min(size[0] - 2, round(box[0] * size[0])), min(size[1] - 2, round(box[1] * size[1]))
    wide, high = max(1, round(box[2] * size[0]) - x0), max(1, round(box[3] * size[1]) - y0)
    # The cut needs some background: a box over all of the picture leaves it a frame of one pixel.
    x0, y0, wide, high = max(1, x0), max(1, y0), min(wide, size[0] - 2), min(high, size[1] - 2)
    found = np.zeros(small.shape[:2], np.uint8)
    inside, outside = np.zeros((1, 65)), np.zeros((1, 65))
    cv2.setRNGSeed(SEED)  # the mixtures of colours start from k-means
    for turn in range(ROUNDS):
        context.check()
        mode = cv2.GC_INIT_WITH_RECT if turn == 0 else cv2.GC_EVAL
        cv2.grabCut(small, found, (x0, y0, wide, high), inside, outside, 1, mode)
    is_inside = ((found == cv2.GC_FGD) | (found == cv2.GC_PR_FGD)).astype(np.float32)
    return cv2.resize(is_inside, (width, height), interpolation=cv2.INTER_LINEAR)
