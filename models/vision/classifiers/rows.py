"""From a table to pictures and targets, and from pictures to small squares of pixels."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np

from core.contracts import Context, Picture, Pictures, Table
from core.device import cores
from core.intake.pictures import header, path_of, pixels, read
from core.language import N_
from core.learning.labelling import Labelling
from core.learning.targets import Rows, labelled_rows
from core.lifecycle.columns import PICTURE_NAME, resolve
from models.vision.classifiers.backbones import whole

MOST_IN_MEMORY = 512 * 1024**2  # bytes of squares; more are kept in a file
CHUNK = 64  # pictures between two looks whether to stop
SIZED = 200  # pictures that are looked at to choose a size


def read_rows(train: Table, validation: Table, params: Any, context: Context) -> tuple[Rows, Rows, Labelling]:
    """References of pictures with their targets, to learn from and to choose by, and the classes.

    Raises `InputError` when there is nothing to learn: no pictures, no target, one class, a class with a single row.
    """
    roles = resolve(train, params)
    items = [tuple(map(str, table.frame[roles.pictures])) for table in (train, validation)]
    learnt, kept, classes, several = labelled_rows(items, (train, validation), roles.target, params, context)
    return learnt, kept, Labelling(classes, several, params.threshold)


def seen(given: Pictures | Table, column: str = "") -> tuple[tuple[str, ...], list[Picture | str]]:
    """Names and pictures (or references of them) of what is asked about."""
    if isinstance(given, Pictures):
        return tuple(item.name for item in given.items), list(given.items)
    from core.intake.roles import guess

    references = given.frame[column or guess(given.frame, "picture")].tolist()
    names = given.frame[PICTURE_NAME].astype(str).tolist() if PICTURE_NAME in given.frame else [str(r) for r in references]
    return tuple(names), references


def opened(item: Picture | str, least: int = 0) -> np.ndarray:
    """The pixels of a picture or of what a reference names; a large JPEG comes smaller, but no side below `least`."""
    if isinstance(item, str):
        return read(path_of(item), item.rpartition("/")[2], least)
    return read(item.path, item.name, least) if item.path is not None else pixels(item)


def squares(items: Sequence[Picture | str], size: int, context: Context) -> np.ndarray:
    """The whole pictures scaled to uint8 (n, size, size, 3). Where they are many, they are kept in a file that goes with them."""
    shape = (len(items), size, size, 3)
    if np.prod(shape) <= MOST_IN_MEMORY:
        found: np.ndarray = np.empty(shape, np.uint8)
    else:
        found = np.memmap(tempfile.TemporaryFile(dir=context.folder), np.uint8, "w+", shape=shape)  # noqa: SIM115
    with ThreadPoolExecutor(cores()) as pool:  # decoding lets other threads run
        for start in range(0, len(items), CHUNK):
            context.check()
            part = items[start : start + CHUNK]
            for row, square in enumerate(pool.map(lambda item: whole(opened(item, 2 * size), size), part), start):
                found[row] = square
            done = start + len(part)
            context.progress(done / len(items), N_("{done} of {total} pictures read"), done=done, total=len(items))
    return found


def usual_side(references: Sequence[str]) -> int:
    """The median of the shorter sides of the pictures, in pixels."""
    chosen = [references[int(k)] for k in np.linspace(0, len(references) - 1, min(SIZED, len(references)))]
    return int(np.median([min(header(path_of(name), name)[:2]) for name in chosen]))
