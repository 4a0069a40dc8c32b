"""Small objects in large pictures: cut into overlapping tiles, looked at one by one, merged by non-maximum suppression.

Akyon et al. 2022, Slicing Aided Hyper Inference: the whole picture is looked at too, for what is larger than a tile.
"""

from __future__ import annotations

import numpy as np

OVERLAP = 0.2  # of a tile's side
SLIVER = 4  # pixels: a box that touches an inner edge of its tile is a part of something that another tile or the whole shows


def cut(width: int, height: int, tiles: int) -> list[tuple[int, int, int, int]]:
    """Corners x0, y0, x1, y1 of `tiles` × `tiles` tiles of one size that overlap and cover the picture; none for 1."""
    if tiles < 2:
        return []
    across, down = _starts(width, tiles), _starts(height, tiles)
    wide, high = _side(width, tiles), _side(height, tiles)
    return [(x, y, x + wide, y + high) for y in down for x in across]


def by_size(width: int, height: int, side: int, overlap: float = OVERLAP) -> list[tuple[int, int, int, int]]:
    """Corners of tiles of `side` × `side` pixels (smaller where the picture is) that overlap and cover the picture."""

    def starts(length: int) -> list[int]:
        if length <= side:
            return [0]
        count = int(np.ceil((length - side) / (side * (1 - overlap)))) + 1
        return [round(place) for place in np.linspace(0, length - side, count)]

    return [(x, y, min(width, x + side), min(height, y + side)) for y in starts(height) for x in starts(width)]


def inside(boxes: np.ndarray, tile: tuple[int, int, int, int], width: int, height: int) -> np.ndarray:
    """Which boxes (n, 4) in pixels of the picture do not touch an edge of the tile that lies inside the picture."""
    x0, y0, x1, y1 = tile
    kept = np.ones(len(boxes), bool)
    for edge, is_inner, place in ((0, x0 > 0, x0), (1, y0 > 0, y0)):
        if is_inner:
            kept &= boxes[:, edge] > place + SLIVER
    for edge, is_inner, place in ((2, x1 < width, x1), (3, y1 < height, y1)):
        if is_inner:
            kept &= boxes[:, edge] < place - SLIVER
    return kept


def merge(boxes: np.ndarray, classes: np.ndarray, scores: np.ndarray, iou: float, most: int) -> np.ndarray:
    """Indices of the boxes that stay, the best first: of those of one class that overlap by more than `iou`, the surest."""
    import torch
    from torchvision.ops import batched_nms

    if not len(boxes):
        return np.zeros(0, np.int64)
    kept = batched_nms(torch.from_numpy(boxes), torch.from_numpy(scores), torch.from_numpy(classes), iou)
    return kept.numpy()[:most]


def _side(length: int, tiles: int) -> int:
    """Of `tiles` tiles that overlap by `OVERLAP` of their side and cover `length` together."""
    return min(length, max(1, int(np.ceil(length / (tiles - (tiles - 1) * OVERLAP)))))


def _starts(length: int, tiles: int) -> list[int]:
    return sorted({round(place) for place in np.linspace(0, length - _side(length, tiles), tiles)})
