"""Typed results that are pictures. Coordinates are pixels of the original, x to the right, y down, from the upper left."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from core.contracts.inputs import Message

Sentence = str | Message


@dataclass(frozen=True, eq=False)
class Image:
    """A picture to show: `data` holds a PNG, JPEG or WebP file (`core.visual.encode` makes it).

    `width` and `height` are those of the original, to which coordinates refer; `data` may hold it smaller. `generated`: a model
    made it, and the page says so.
    """

    title: Sentence
    data: bytes
    width: int
    height: int
    caption: Sentence = ""
    generated: bool = False


@dataclass(frozen=True, eq=False)
class Boxes:
    """Rectangles on a picture: `boxes` float32 (n, 4) as x0, y0, x1, y1; a label and a score (0–1) each, an id where tracked.

    Labels are class names: ours are marked with `N_` and shown translated, a user's own stand as they are.
    """

    title: Sentence
    image: Image
    boxes: np.ndarray
    labels: tuple[str, ...]
    scores: tuple[float, ...] = ()
    ids: tuple[int, ...] = ()
    caption: Sentence = ""


@dataclass(frozen=True, eq=False)
class Regions:
    """Areas of a picture: `mask` uint8 (rows, columns) of any size is stretched over it; 0 nothing, k is `names[k - 1]`."""

    title: Sentence
    image: Image
    mask: np.ndarray
    names: tuple[str, ...]
    caption: Sentence = ""


@dataclass(frozen=True, eq=False)
class Keypoints:
    """Named points, float32 (n, points, 3) as x, y, confidence; `bones` join pairs; those below `threshold` are not drawn."""

    title: Sentence
    image: Image
    points: np.ndarray
    names: tuple[str, ...]
    bones: tuple[tuple[int, int], ...] = ()
    threshold: float = 0.3
    boxes: np.ndarray = field(default_factory=lambda: np.zeros((0, 4), np.float32))
    caption: Sentence = ""


@dataclass(frozen=True, eq=False)
class Gallery:
    """Pictures side by side, each with its own title and caption.

    Where there are more than these, `rest` names a ZIP file with all of them below `home("films")` (`core.visual.pack`).
    """

    title: Sentence
    images: tuple[Image, ...]
    caption: Sentence = ""
    rest: str = ""


@dataclass(frozen=True, eq=False)
class Film:
    """A video to play: `file` names an H.264 file below `home("films")` (`core.visual.film` writes it); `poster` is one frame."""

    title: Sentence
    file: str
    width: int
    height: int
    rate: float
    seconds: float
    poster: Image
    caption: Sentence = ""
