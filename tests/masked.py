"""Small sets of pictures with masks, as archives: for tests of intake, training and answering."""

from __future__ import annotations

import io

import numpy as np
from PIL import Image

from core.contracts import Table
from core.intake import spool
from core.intake.pictures import read_pictures, table_of
from tests.hostile.bad_pictures import archive


def png(values: np.ndarray, kind: str = "PNG", palette: list[int] | None = None) -> bytes:
    image = Image.fromarray(values)
    if palette is not None:
        image = Image.fromarray(values, "P")
        image.putpalette(palette)
    stream = io.BytesIO()
    image.save(stream, kind)
    return stream.getvalue()


def table(files: dict[str, bytes]) -> Table:
    """The table of an upload with these files."""
    return table_of(read_pictures(spool(archive(files), "set.zip")))


def squares(count: int = 12, side: int = 32) -> dict[str, bytes]:
    """Dark grainy pictures, each with a bright square somewhere, and masks of 0 and 255: anything that learns finds them."""
    files = {}
    for number in range(count):
        dice = np.random.default_rng(number)
        x, y = dice.integers(2, side - 14, 2)
        seen, mask = dice.integers(20, 70, (side, side, 3), dtype=np.uint8), np.zeros((side, side), np.uint8)
        seen[y : y + 12, x : x + 12] = dice.integers(190, 250, (12, 12, 3), dtype=np.uint8)
        mask[y : y + 12, x : x + 12] = 255
        files[f"images/{number}.png"], files[f"masks/{number}.png"] = png(seen), png(mask)
    return files
