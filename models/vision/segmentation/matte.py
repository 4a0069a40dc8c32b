"""From a rough mask to a soft edge, and with it to a cut-out or another background."""

from __future__ import annotations

import numpy as np

RADIUS = 0.008  # of the longer side: how far the mask's edge is moved to the picture's at most
EVEN = 1e-4  # variance of grey (0–1) below which an area counts as even
STEEP = 2.2  # how much the edge is sharpened after it was fitted to the picture


def fitted(pixels: np.ndarray, mask: np.ndarray) -> np.ndarray:
    """The mask with its edge moved to that of the picture by a guided filter (He, Sun and Tang 2013); float32, 0–1."""
    import cv2

    grey = cv2.cvtColor(np.ascontiguousarray(pixels), cv2.COLOR_RGB2GRAY).astype(np.float32) / 255
    size = (2 * max(2, round(RADIUS * max(mask.shape))) + 1,) * 2

    def mean(values: np.ndarray) -> np.ndarray:
        return cv2.blur(values, size)

    grey_mean, mask_mean = mean(grey), mean(mask)
    slope = (mean(grey * mask) - grey_mean * mask_mean) / (mean(grey * grey) - grey_mean * grey_mean + EVEN)
    level = mask_mean - slope * grey_mean
    edge = mean(slope) * grey + mean(level)
    return ((edge - 0.5) * STEEP + 0.5).clip(0, 1)


def feathered(alpha: np.ndarray, width: float) -> np.ndarray:
    """The edge made softer over about `width` pixels."""
    import cv2

    return cv2.GaussianBlur(alpha, (0, 0), width / 2) if width > 0 else alpha


def blurred(pixels: np.ndarray, alpha: np.ndarray, strength: float) -> np.ndarray:
    """The background out of focus; `strength` is a share of the longer side. The thing itself does not bleed into it."""
    import cv2

    sigma = max(0.5, strength * max(pixels.shape[:2]))
    weight = (1 - alpha)[..., None].astype(np.float32)
    spread = cv2.GaussianBlur(pixels * weight, (0, 0), sigma)
    share = cv2.GaussianBlur(weight, (0, 0), sigma)[..., None]
    return over(pixels, alpha, spread / np.maximum(share, 1e-3))


def over(pixels: np.ndarray, alpha: np.ndarray, ground: np.ndarray) -> np.ndarray:
    """`pixels` where `alpha` is 1, `ground` (same shape, or one colour) where it is 0; uint8."""
    weight = alpha[..., None]
    return (pixels * weight + np.asarray(ground, np.float32) * (1 - weight)).clip(0, 255).round().astype(np.uint8)


def covering(pixels: np.ndarray, width: int, height: int) -> np.ndarray:
    """`pixels` scaled and cut in the middle to cover `width` × `height`."""
    import cv2

    scale = max(width / pixels.shape[1], height / pixels.shape[0])
    size = max(width, round(pixels.shape[1] * scale)), max(height, round(pixels.shape[0] * scale))
    kind = cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR
    large = cv2.resize(np.ascontiguousarray(pixels), size, interpolation=kind)
    left, top = (size[0] - width) // 2, (size[1] - height) // 2
    return large[top : top + height, left : left + width]


def shrunk(pixels: np.ndarray, most: int) -> np.ndarray:
    """`pixels` with at most `most` pixels on the longer side."""
    import cv2

    scale = most / max(pixels.shape[:2])
    if scale >= 1:
        return pixels
    size = tuple(max(1, round(side * scale)) for side in pixels.shape[1::-1])
    return cv2.resize(np.ascontiguousarray(pixels), size, interpolation=cv2.INTER_AREA)
