"""Faces made unrecognisable: under a box, in coarse squares, or blurred."""

from __future__ import annotations

from contextlib import closing
from typing import TYPE_CHECKING, Literal

import numpy as np

from core.contracts import Context, Film, Video
from core.language import N_
from models.vision.recognition import blazeface

if TYPE_CHECKING:
    from models.vision.faces import FacesParams

MARGIN = 0.25  # of the box on each side: hair and chin tell a face as well
CELLS = 6  # squares across a face: fewer than anybody is recognised by
BLUR = 0.3  # standard deviation, as a share of the face's width
KEPT_SECONDS = 0.6  # that a place stays hidden in a video after the face was last seen there: a lost frame must not show it
HINT = 0.3  # confidence that is enough to hide a face
Way = Literal["box", "pixelate", "blur"]


def hide(pixels: np.ndarray, boxes: np.ndarray, way: Way) -> np.ndarray:
    """A copy of `pixels` in which nothing of the faces in `boxes` (n, 4) can be told."""
    import cv2

    hidden = pixels.copy()
    height, width = pixels.shape[:2]
    for x0, y0, x1, y1 in np.asarray(boxes, float):
        aside, above = MARGIN * (x1 - x0), MARGIN * (y1 - y0)
        left, top = max(0, int(x0 - aside)), max(0, int(y0 - 2 * above))
        right, bottom = min(width, int(np.ceil(x1 + aside))), min(height, int(np.ceil(y1 + above)))
        if right <= left or bottom <= top:
            continue
        part = hidden[top:bottom, left:right]
        if way == "box":
            part[:] = 0
            continue
        # Squares first, also before a blur: a blur alone could be undone in part.
        small = cv2.resize(part, (CELLS, CELLS), interpolation=cv2.INTER_AREA)
        coarse = cv2.resize(small, part.shape[1::-1], interpolation=cv2.INTER_NEAREST)
        part[:] = coarse if way == "pixelate" else cv2.GaussianBlur(coarse, (0, 0), max(1.0, BLUR * (x1 - x0)))
    return hidden


class Hiding:
    """Hides faces, frame by frame; where one was seen a moment ago, the place stays hidden."""

    def __init__(self, params: FacesParams) -> None:
        self._params = params
        self._kept: list[tuple[float, np.ndarray]] = []

    def __call__(self, pixels: np.ndarray, seconds: float) -> tuple[np.ndarray, int]:
        """The frame with its faces hidden, and how many were found in it."""
        found = blazeface.find(pixels, min(self._params.least, HINT), fine=self._params.detail == "fine").boxes
        self._kept = [(seen, boxes) for seen, boxes in self._kept if seconds - seen <= KEPT_SECONDS]
        if len(found):
            self._kept.append((seconds, found))
        places = np.concatenate([boxes for _seen, boxes in self._kept]) if self._kept else found
        return hide(pixels, places, self._params.way), len(found)


def film(video: Video, params: FacesParams, context: Context) -> tuple[Film, int, int]:
    """The video with its faces hidden, how many frames it has, and in how many of them a face was found."""
    from core.intake.video import frames
    from core.visual.film import FilmWriter

    running = frames(video, context)
    writer = FilmWriter(N_("Faces hidden"), video.width, video.height, video.rate)
    hiding = Hiding(params)
    count = with_faces = 0
    with closing(running), writer:
        for _number, seconds, pixels in running:
            context.progress(min(0.99, seconds / max(video.seconds, 1e-6)))
            hidden, found = hiding(pixels, seconds)
            writer.add(hidden)
            count, with_faces = count + 1, with_faces + bool(found)
    return writer.film(), count, with_faces
