"""Pictures of a table at the small size that a generator draws: cut square, scaled, grey where all of them are."""

from __future__ import annotations

from typing import Any

import numpy as np

from core.contracts import Context, InputError, Table, UserError
from core.language import N_

PICTURE = "picture"
COLORLESS = 6  # of 255: channels that differ by less, as JPEG makes them, count as grey
LEAST = 20  # pictures to learn from


def read(table: Table, size: int, context: Context, channels: int = 0) -> np.ndarray:
    """The pictures, uint8 (n, size, size, channels), the largest square in the middle of each; damaged ones are passed over.

    `channels` 0 finds out whether 1 is enough. Raises InputError for a table without pictures.
    """
    import cv2

    from core.intake.pictures import find, pixels

    references = references_of(table)
    found = []
    for place, reference in enumerate(references):
        context.check()
        if place % 100 == 0:
            context.progress(place / len(references), N_("Picture {place} of {count}"), place=place + 1, count=len(references))
        try:
            seen = pixels(find(reference))
        except UserError as error:
            context.log(f"left out row {place + 1}: {error}")
            continue
        side = min(seen.shape[:2])
        top, left = (seen.shape[0] - side) // 2, (seen.shape[1] - side) // 2
        square = np.ascontiguousarray(seen[top : top + side, left : left + side])
        how = cv2.INTER_AREA if side > size else cv2.INTER_CUBIC
        found.append(square if side == size else cv2.resize(square, (size, size), interpolation=how))
    if not found:
        raise InputError(N_("None of the pictures can be opened. Upload the archive again, with PNG or JPEG files."))
    whole = np.stack(found)
    channels = channels or (1 if _is_grey(whole) else 3)
    return np.ascontiguousarray(_grey(whole)) if channels == 1 else whole


def references_of(table: Table) -> list[Any]:
    """The references of the column `picture`. Raises InputError where there is none."""
    if PICTURE not in table.frame:
        raise InputError(N_("There are no pictures in this table. Give a ZIP archive of pictures to learn from."))
    return list(table.frame[PICTURE])


def _is_grey(pictures: np.ndarray) -> bool:
    return all(int(np.ptp(one.astype(np.int16), axis=2).max()) <= COLORLESS for one in pictures)


def _grey(pictures: np.ndarray) -> np.ndarray:
    """Luma by ITU-R BT.601, with the axis of channels kept; pixels without colour stay what they are."""
    return np.rint(pictures @ np.array([0.299, 0.587, 0.114], np.float32))[..., None].astype(np.uint8)
