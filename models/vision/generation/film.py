"""Small pictures as films and sheets: enlarged without smoothing, so that every pixel that was drawn can be seen."""

from __future__ import annotations

import numpy as np

from core.contracts import Context, Film, Message
from core.visual.film import FilmWriter

SHOWN = 448  # pixels of the longer side at least
RATE = 12.0  # frames a second
HELD = 10  # frames for which the last picture stays


def sheet(pictures: np.ndarray, columns: int) -> np.ndarray:
    """Pictures (n, side, side, 1 or 3) side by side, uint8 (rows · side, columns · side, 3); what is left over is black."""
    count, height, width, channels = pictures.shape
    rows = -(-count // columns)
    whole = np.zeros((rows * columns, height, width, channels), np.uint8)
    whole[:count] = pictures
    joined = (
        whole.reshape(rows, columns, height, width, channels).swapaxes(1, 2).reshape(rows * height, columns * width, channels)
    )
    return np.ascontiguousarray(np.broadcast_to(joined, (*joined.shape[:2], 3)))


def enlarged(pixels: np.ndarray, shown: int = SHOWN) -> np.ndarray:
    """The picture with every pixel repeated, until the longer side has `shown` pixels or more; grey becomes RGB."""
    times = max(1, -(-shown // max(pixels.shape[:2])))
    big = pixels.repeat(times, 0).repeat(times, 1)
    return np.ascontiguousarray(np.broadcast_to(big, (*big.shape[:2], 3)))


def film(
    title: str | Message, frames: list[np.ndarray], context: Context, caption: str | Message = "", rate: float = RATE
) -> Film:
    """A film of small pictures (height, width, 1 or 3), all of one size; the last one stays for a moment."""
    first = enlarged(frames[0])
    with FilmWriter(title, first.shape[1], first.shape[0], rate) as writer:
        for frame in frames + [frames[-1]] * HELD:
            context.check()
            writer.add(enlarged(frame))
    return writer.film(caption)
