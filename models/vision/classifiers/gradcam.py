"""Grad-CAM (Selvaraju et al. 2017): where in a picture a network found what it answers."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import torch
from torch import Tensor

MOST_SIDE = 256  # of a heat map: it has few details


def heat(maps: Tensor, scores_of: Callable[[Tensor], Tensor], place: int) -> np.ndarray:
    """How much each part of one picture speaks for the class with number `place`: float32 (rows, columns), 0 to 1.

    `maps` (1, channels, rows, columns) is what the last convolution saw, `scores_of(maps)` gives scores (1, classes). All zero
    where nothing speaks for the class.
    """
    with torch.enable_grad():
        watched = maps.detach().clone().requires_grad_(True)
        scores_of(watched)[0, place].backward()
    assert watched.grad is not None
    shares = watched.grad.mean((2, 3), keepdim=True)
    found = (watched.detach() * shares).sum(1)[0].clamp(min=0).float().cpu().numpy()
    return found / (float(found.max()) or 1.0)


def smooth(amount: np.ndarray, height: int, width: int) -> np.ndarray:
    """Heat drawn out smoothly over a picture of that size, at most 256 a side."""
    import cv2

    scale = min(1.0, MOST_SIDE / max(height, width))
    size = max(1, round(width * scale)), max(1, round(height * scale))
    return cv2.resize(amount.astype(np.float32), size, interpolation=cv2.INTER_CUBIC).clip(0)


def placed(amount: np.ndarray, height: int, width: int, crop: float) -> np.ndarray:
    """Heat over the square in the middle, `crop` of the shorter side long, as heat over the whole picture, at most 256 a side."""
    scale = min(1.0, MOST_SIDE / max(height, width))
    high, wide = max(1, round(height * scale)), max(1, round(width * scale))
    side = max(1, int(min(high, wide) * crop))
    whole = np.zeros((high, wide), np.float32)
    top, left = (high - side) // 2, (wide - side) // 2
    whole[top : top + side, left : left + side] = smooth(amount, side, side)
    return whole
