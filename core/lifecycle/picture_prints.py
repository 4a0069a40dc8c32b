"""What a picture looks like at the size of a stamp: to find copies of it, and for the pixel baseline.

A print is a 32 × 32 grey thumbnail with 8 × 8 of its colour, and a hash of all pixels. Prints are kept on disk, a file for
each archive, so that every check and every mend after the first is quick.

Two different pictures count as copies when their thumbnails agree: grey values (correlation ≥ .98), the steps between
neighbouring pixels (≥ .97: two faces, or two upright strokes, agree in grey but not in that), and colour. Measured when the
thresholds were set: scaled, recompressed or brightened copies of the 5,000 digits and 400 faces of the samples agree by .971
and more in their steps, unless a digit is shrunk to 14 pixels; the two most alike of those that are no copies by .962. A mirrored
picture is no copy.
"""

from __future__ import annotations

import hashlib
import io
import logging
import zipfile
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np

from core.contracts import Context, UserError
from core.device import cores
from core.home import home, write_bytes
from core.language import N_

SIDE, COLOR_SIDE = 32, 8
GREY_ALIKE, STEPS_ALIKE = 0.98, 0.97
COARSE_ALIKE = 0.96  # of 16 × 16 thumbnails: which pairs are looked at more closely
COLOR_APART = 10.0  # mean distance of colour, of 255, up to which pictures are alike
FLAT = 2.0  # deviation of grey values below which there is nothing to compare by
BLOCK, PAIRS_AT_ONCE = 1_024, 50_000
CHUNK = 64  # pictures between two looks whether to stop

_logger = logging.getLogger(__name__)


@dataclass(frozen=True, eq=False)
class Prints:
    """Of n pictures: `keys`, equal where all pixels are; `grey` uint8 (n, 32, 32); `color` uint8 (n, 8, 8, 2), Cb and Cr;
    `readable` masks those that could be opened.
    """

    keys: tuple[str, ...]
    grey: np.ndarray
    color: np.ndarray
    readable: np.ndarray

    def __len__(self) -> int:
        return len(self.keys)


def prints(references: Sequence[object], context: Context | None = None) -> Prints:
    """The prints of the pictures that a table names; those that cannot be opened are black and have keys of their own."""
    context = context or Context()
    by_archive: dict[str, list[str]] = {}
    for cell in references:
        archive, _, name = str(cell).partition("/")
        by_archive.setdefault(archive, []).append(name)
    known = {archive: _of_archive(archive, names, context) for archive, names in by_archive.items()}
    keys, grey, color, readable = [], [], [], []
    for row, cell in enumerate(references):
        archive, _, name = str(cell).partition("/")
        key, stamp, shades = known[archive].get(name, _NOTHING)
        keys.append(key or f"unreadable {row}")
        readable.append(bool(key))
        grey.append(stamp)
        color.append(shades)
    empty = np.zeros((0, SIDE, SIDE), np.uint8), np.zeros((0, COLOR_SIDE, COLOR_SIDE, 2), np.uint8)
    stamps, hues = (np.stack(grey), np.stack(color)) if keys else empty
    return Prints(tuple(keys), stamps, hues, np.array(readable, bool))


def near_pairs(found: Prints, rows: np.ndarray, context: Context | None = None) -> np.ndarray:
    """Pairs, int64 (n, 2), of places in `rows` (numbers of pictures) whose pictures are copies of each other but not pixel by
    pixel. All pairs are compared, in blocks, so none is missed.
    """
    grey = found.grey[rows].astype(np.float32)
    seen = np.flatnonzero(found.readable[rows] & (grey.std((1, 2)) > FLAT))
    if len(seen) < 2:
        return np.zeros((0, 2), np.int64)
    grey, color = grey[seen], found.color[rows][seen].astype(np.float32)
    coarse = _unit(grey.reshape(-1, SIDE // 2, 2, SIDE // 2, 2).mean((2, 4)))
    fine, steps = _unit(grey), _unit(_steps(grey))
    pairs = [
        part[(np.einsum("ij,ij->i", fine[part[:, 0]], fine[part[:, 1]]) >= GREY_ALIKE)
             & (np.einsum("ij,ij->i", steps[part[:, 0]], steps[part[:, 1]]) >= STEPS_ALIKE)
             & (np.abs(color[part[:, 0]] - color[part[:, 1]]).mean((1, 2, 3)) <= COLOR_APART)]
        for part in _candidates(coarse, context or Context())
    ]  # fmt: skip
    return seen[np.concatenate([np.zeros((0, 2), np.int64), *pairs])]


def _candidates(coarse: np.ndarray, context: Context) -> Iterator[np.ndarray]:
    """Pairs (n, 2) of rows that agree roughly, a bounded number at a time."""
    for start in range(0, len(coarse), BLOCK):
        context.check()
        left = 1 - start / len(coarse)  # each block is compared with itself and those after it
        context.progress(1 - left * left, N_("Comparing pictures with each other"))
        for other in range(start, len(coarse), BLOCK):
            alike = coarse[start : start + BLOCK] @ coarse[other : other + BLOCK].T >= COARSE_ALIKE
            first, second = np.nonzero(np.triu(alike, 1) if other == start else alike)
            block = np.stack([first + start, second + other], 1)
            for place in range(0, len(block), PAIRS_AT_ONCE):
                yield block[place : place + PAIRS_AT_ONCE]


def _unit(values: np.ndarray) -> np.ndarray:
    """Rows less their mean, of length 1: their products are correlations."""
    flat = values.reshape(len(values), -1)
    flat = flat - flat.mean(1, keepdims=True)
    return flat / np.maximum(np.linalg.norm(flat, axis=1, keepdims=True), 1e-6)


def _steps(grey: np.ndarray) -> np.ndarray:
    """From each pixel to its right and its lower neighbour."""
    across = np.diff(grey, axis=2, append=grey[:, :, -1:])
    return np.stack([across, np.diff(grey, axis=1, append=grey[:, -1:])], 1)


_Print = tuple[str, np.ndarray, np.ndarray]
_NOTHING: _Print = ("", np.zeros((SIDE, SIDE), np.uint8), np.full((COLOR_SIDE, COLOR_SIDE, 2), 128, np.uint8))


def _of_archive(archive: str, names: list[str], context: Context) -> dict[str, _Print]:
    """Prints by file name. What is not on disk yet is computed, and kept."""
    from core.intake.pictures import is_reference

    wanted = [name for name in dict.fromkeys(names) if is_reference(f"{archive}/{name}")]
    if not wanted:
        return {}
    path = home("prints") / f"{archive}.npz"
    known = _kept(path, path.stat().st_mtime_ns if path.exists() else 0)
    missing = [name for name in wanted if name not in known]
    if not missing:
        return known
    known = dict(known)
    try:
        _compute(archive, missing, context, known)
    finally:  # what was read before somebody stopped it need not be read again
        if known:
            _keep(path, known)
    return known


def _keep(path: Path, known: dict[str, _Print]) -> None:
    content = io.BytesIO()
    keys, grey, color = zip(*known.values())
    np.savez(content, names=np.array(list(known)), keys=np.array(keys), grey=np.stack(grey), color=np.stack(color))
    write_bytes(path, content.getvalue())


@lru_cache(maxsize=4)
def _kept(path: Path, written: int) -> dict[str, _Print]:
    """What stands in the file as it was at that moment."""
    if not written:
        return {}
    try:
        with np.load(path, allow_pickle=False) as file:
            rows = zip(file["names"].tolist(), file["keys"].tolist(), file["grey"], file["color"], strict=True)
            return {name: (key, grey, color) for name, key, grey, color in rows}
    except (OSError, ValueError, KeyError, zipfile.BadZipFile) as error:
        _logger.warning("the prints in %s are made anew: %s", path.name, error)
        return {}


def _compute(archive: str, names: list[str], context: Context, found: dict[str, _Print]) -> None:
    """Adds the prints of the pictures to `found`."""
    with ThreadPoolExecutor(cores()) as pool:  # decoding lets other threads run
        for start in range(0, len(names), CHUNK):
            context.check()
            part = names[start : start + CHUNK]
            found.update(zip(part, pool.map(lambda name: _print(f"{archive}/{name}"), part)))
            done = start + len(part)
            context.progress(done / len(names), N_("{done} of {total} pictures read"), done=done, total=len(names))


def _print(reference: str) -> _Print:
    from PIL import Image

    from core.intake.pictures import path_of, read

    try:
        pixels = read(path_of(reference), reference, least=2 * SIDE)
    except UserError:
        return _NOTHING
    key = hashlib.sha256(repr(pixels.shape).encode() + np.ascontiguousarray(pixels).tobytes()).hexdigest()
    # Bilinear as Pillow does it: its filter widens with the scale, so a copy of another size gives the same thumbnail.
    small = Image.fromarray(pixels).resize((SIDE, SIDE), Image.Resampling.BILINEAR).convert("YCbCr")
    shades = np.asarray(small.resize((COLOR_SIDE, COLOR_SIDE), Image.Resampling.BOX))[..., 1:]
    return key, np.asarray(small)[..., 0].copy(), shades.copy()
