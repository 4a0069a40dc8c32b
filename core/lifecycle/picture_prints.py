"""What a picture looks like at the size of a stamp: to find copies of it, and for the pixel baseline.

A print is a 32 × 32 grey thumbnail with 8 × 8 of its colour, and a hash of all pixels. Prints are kept on disk
(`kept_prints`).

Two different pictures count as copies when their thumbnails agree: grey values (correlation ≥ .98), the steps between
neighbouring pixels (≥ .97: two faces, or two upright strokes, agree in grey but not in that), and colour. Measured when the
thresholds were set: scaled, recompressed or brightened copies of the 5,000 digits and 400 faces of the samples agree by .971
and more in their steps, unless a digit is shrunk to 14 pixels; the two most alike of those that are no copies by .962. A mirrored
picture is no copy.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np

from core.contracts import Context, UserError
from core.device import cores
from core.language import N_
from core.lifecycle.kept_prints import Form, Print, prints_of

SIDE, COLOR_SIDE = 32, 8
GREY_ALIKE, STEPS_ALIKE = 0.98, 0.97
COARSE_ALIKE = 0.96  # of 16 × 16 thumbnails: which pairs are looked at more closely
COLOR_APART = 10.0  # mean distance of colour, of 255, up to which pictures are alike
FLAT = 2.0  # deviation of grey values below which there is nothing to compare by
BLOCK, PAIRS_AT_ONCE = 1_024, 50_000
CHUNK = 64  # pictures between two looks whether to stop


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
    found = prints_of(references, _form(), context or Context())
    keys = tuple(key or f"unreadable {row}" for row, (key, _grey, _color) in enumerate(found))
    readable = np.array([bool(key) for key, _grey, _color in found], bool)
    empty = np.zeros((0, SIDE, SIDE), np.uint8), np.zeros((0, COLOR_SIDE, COLOR_SIDE, 2), np.uint8)
    grey, color = (np.stack(part) for part in tuple(zip(*found))[1:]) if found else empty
    return Prints(keys, grey, color, readable)


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


_NOTHING: Print = ("", np.zeros((SIDE, SIDE), np.uint8), np.full((COLOR_SIDE, COLOR_SIDE, 2), 128, np.uint8))


def _form() -> Form:
    from core.intake.pictures import is_reference

    return Form(".npz", ("keys", "grey", "color"), _NOTHING, is_reference, _compute)


def _compute(archive: str, names: list[str], context: Context, found: dict[str, Print]) -> None:
    """Adds the prints of the pictures to `found`."""
    with ThreadPoolExecutor(cores()) as pool:  # decoding lets other threads run
        for start in range(0, len(names), CHUNK):
            context.check()
            part = names[start : start + CHUNK]
            found.update(zip(part, pool.map(lambda name: _print(f"{archive}/{name}"), part)))
            done = start + len(part)
            context.progress(done / len(names), N_("{done} of {total} pictures read"), done=done, total=len(names))


def _print(reference: str) -> Print:
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
