"""What learnt masks have to beat: the commonest class everywhere, and the class whose mean colour is nearest to the pixel's."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from core.contracts import Context, UserError
from core.intake.pictures import masks, path_of, read
from core.language import N_

COMMONEST, COLOR = N_("the commonest class everywhere"), N_("the nearest mean colour")
MOST_PICTURES, SIDE = 300, 160  # that means are taken of, and pixels of their longer side
CHUNK_ROWS = 256  # of a picture that are compared with all colours at once


@dataclass(frozen=True, eq=False)
class Trivial:
    """`commonest` is the place of a class; `means` float32 (classes, 3), not a number where a class was not seen."""

    commonest: int
    means: np.ndarray

    def everywhere(self, pixels: np.ndarray) -> np.ndarray:
        """The commonest class for each pixel, uint8 (height, width)."""
        return np.full(pixels.shape[:2], self.commonest, np.uint8)

    def by_color(self, pixels: np.ndarray) -> np.ndarray:
        """For each pixel the class whose mean colour is nearest, uint8 (height, width)."""
        known = np.flatnonzero(np.isfinite(self.means[:, 0]))
        found = np.zeros(pixels.shape[:2], np.uint8)
        for start in range(0, len(pixels), CHUNK_ROWS):
            part = pixels[start : start + CHUNK_ROWS].astype(np.float32)
            away = np.stack([((part - self.means[k]) ** 2).sum(2) for k in known])
            found[start : start + CHUNK_ROWS] = known[away.argmin(0)]
        return found


def learnt(references: Sequence[str], cells: Sequence[str], classes: Sequence[str], context: Context) -> Trivial:
    """Counts and mean colours of the training pictures, at most `MOST_PICTURES` of them, scaled down."""
    counts, sums = np.zeros(len(classes)), np.zeros((len(classes), 3))
    for pixels, labels in _pictures(references, cells, classes, context):
        for place in np.unique(labels):
            if place < len(classes):
                inside = labels == place
                counts[place] += inside.sum()
                sums[place] += pixels[inside].sum(0)
    with np.errstate(invalid="ignore"):
        means = np.where(counts[:, None] > 0, sums / np.maximum(counts[:, None], 1), np.nan)
    return Trivial(int(counts.argmax()), means.astype(np.float32))


def _pictures(
    references: Sequence[str], cells: Sequence[str], classes: Sequence[str], context: Context
) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    import cv2

    for place in np.linspace(0, len(references) - 1, min(MOST_PICTURES, len(references))).astype(int):
        context.check()
        try:
            pixels = read(path_of(references[place]), references[place], SIDE)
            labels = masks.decoded(cells[place], classes)
        except UserError:  # passed over when it is learnt from, too
            continue
        scale = min(1.0, SIDE / max(pixels.shape[:2]))
        size = max(1, round(pixels.shape[1] * scale)), max(1, round(pixels.shape[0] * scale))
        yield (cv2.resize(np.ascontiguousarray(pixels), size, interpolation=cv2.INTER_AREA),
               cv2.resize(labels, size, interpolation=cv2.INTER_NEAREST))  # fmt: skip
