"""Drawn pictures as results. Each file says in its metadata that a model made it, which one, and from which seed."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from core.contracts import Gallery, Image, Message
from core.language import N_
from core.visual import encode
from models.vision.generation.film import enlarged

SHOWN = 192  # pixels of a picture in a gallery


def image(pixels: np.ndarray, title: str | Message, details: dict[str, str], shown: int = SHOWN) -> Image:
    """One drawn picture, uint8 (height, width, 1 or 3), as a PNG file."""
    return encode.image(title, enlarged(pixels, shown), kind="png", generated=True, details=details)


def gallery(pictures: np.ndarray, seeds: Sequence[int], details: dict[str, str], caption: str | Message = "") -> Gallery:
    """Pictures, uint8 (n, height, width, 1 or 3), each with its seed."""
    images = tuple(
        image(one, Message(N_("Seed {seed}"), {"seed": seed}), {**details, "Seed": str(seed)})
        for one, seed in zip(pictures, seeds)
    )
    return Gallery(N_("Generated pictures"), images, caption)
