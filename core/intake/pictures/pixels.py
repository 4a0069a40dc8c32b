"""Files to pixels: upright, RGB, eight bits, whatever the file holds."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from core.contracts import Context, InputError, LimitError, Message, Picture, Pictures, UserError
from core.intake.limits import MAX_PICTURE_PIXELS, MAX_PICTURE_RATIO
from core.language import N_

if TYPE_CHECKING:
    from PIL import Image

FORMATS = ("PNG", "JPEG", "WEBP", "BMP", "TIFF", "GIF", "PPM")
ORIENTATION = 0x0112  # EXIF 2.3, 4.6.4: how the camera was held
ON_ITS_SIDE = (5, 6, 7, 8)
WHITE = (255, 255, 255)


def pixels(picture: Picture) -> np.ndarray:
    """The picture as uint8 (height, width, 3) RGB, upright; what is transparent shows white; of an animation the first frame.

    Raises InputError where the file is damaged, LimitError where it is too large.
    """
    if picture.array is not None:
        return picture.array
    assert picture.path is not None
    return read(picture.path, picture.name)


def read(path: Path, name: str, least: int = 0) -> np.ndarray:
    """As `pixels`, from a file; `name` is what the error calls it.

    With `least`, a large JPEG may come at a half, quarter or eighth of its size, but no side below `least` pixels: several times
    as fast.
    """
    with _opened(path, name) as image:
        _measured(image, name)
        try:
            if least:
                image.draft(None, (least, least))
            image.load()
            return np.asarray(_eight_bits(_turned(image)))
        except (OSError, ValueError, SyntaxError, MemoryError, IndexError, TypeError) as error:
            raise InputError(
                N_("{name} is damaged: it ends too early or holds nonsense. Save it anew and upload that."), name=name
            ) from error


def as_stored(path: Path, name: str) -> np.ndarray:
    """What the file says of each pixel, for masks: places in its palette or grey values, integers (height, width), or colours,
    uint8 (height, width, 3), where they differ from grey. Upright; transparency is passed over.

    Raises InputError where the file is damaged or holds numbers with a fraction, LimitError where it is too large.
    """
    with _opened(path, name) as image:
        _measured(image, name)
        try:
            image.load()
            turned = _turned(image)
            if turned.mode == "P" or turned.mode.startswith("I"):
                return np.asarray(turned)
            if turned.mode in ("1", "L", "LA"):
                return np.asarray(turned.convert("L"))
            if turned.mode == "F":
                raise ValueError("fractions")
            colors = np.asarray(turned.convert("RGB"))
        except (OSError, ValueError, SyntaxError, MemoryError, IndexError, TypeError) as error:
            raise InputError(
                N_("The mask {name} is damaged or holds no whole numbers. Save it anew as PNG."), name=name
            ) from error
    is_grey = (colors[..., 0] == colors[..., 1]).all() and (colors[..., 1] == colors[..., 2]).all()
    return colors[..., 0] if is_grey else colors


def palette(path: Path, name: str) -> list[str]:
    """The colours (`#RRGGBB`) of the file's palette, in order; empty where it has none."""
    with _opened(path, name) as image:
        if image.mode != "P":
            return []
        values = image.getpalette("RGB") or []
    return [f"#{r:02X}{g:02X}{b:02X}" for r, g, b in zip(values[::3], values[1::3], values[2::3])]


def header(path: Path, name: str) -> tuple[int, int, bool]:
    """Width and height of the upright picture, and whether it is animated, without decoding it."""
    with _opened(path, name) as image:
        _measured(image, name)
        try:
            turned = image.getexif().get(ORIENTATION) in ON_ITS_SIDE
            animated = bool(getattr(image, "is_animated", False))
        except (OSError, ValueError, SyntaxError, EOFError, TypeError, KeyError):
            turned = animated = False
        width, height = image.size
        return (height, width, animated) if turned else (width, height, animated)


def decoded(given: Pictures, context: Context, left_out: list[Message]) -> Iterator[tuple[Picture, np.ndarray]]:
    """Each picture with its pixels; of several, a damaged one is passed over and named in `left_out`. Reports progress."""
    for place, picture in enumerate(given.items):
        context.check()
        context.progress(place / len(given), N_("Picture {place} of {count}"), place=place + 1, count=len(given))
        try:
            found = pixels(picture)
        except UserError as error:
            if len(given) == 1:
                raise
            left_out.append(Message(N_("Left out: {reason}"), {"reason": Message(error.message_id, error.values)}))
            continue
        yield picture, found


def _opened(path: Path, name: str) -> Any:
    from PIL import Image, UnidentifiedImageError

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # our own limit is lower and has a sentence
            return Image.open(path, formats=FORMATS)
    except Image.DecompressionBombError as error:
        raise _too_large(name) from error
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError, TypeError, EOFError, IndexError, OverflowError) as error:
        raise InputError(
            N_("{name} cannot be opened as a picture. Give a PNG, JPEG, WebP, BMP, TIFF or GIF file."), name=name
        ) from error


def _measured(image: Image.Image, name: str) -> None:
    width, height = image.size
    if width * height > MAX_PICTURE_PIXELS:
        raise _too_large(name)
    if width < 1 or height < 1 or max(width, height) > MAX_PICTURE_RATIO * min(width, height):
        raise InputError(
            N_("{name} is {width} × {height} pixels, too narrow to see anything. Choose another picture."),
            name=name, width=width, height=height,
        )  # fmt: skip


def _too_large(name: str) -> LimitError:
    limit = MAX_PICTURE_PIXELS // 1_000_000
    return LimitError(N_("{name} has more than {limit} million pixels. Give it smaller."), name=name, limit=limit)


def _turned(image: Image.Image) -> Image.Image:
    from PIL import ImageOps

    return ImageOps.exif_transpose(image)


def _eight_bits(image: Image.Image) -> Image.Image:
    """The image as RGB. Sixteen bits and floating point are scaled; transparency is laid on white."""
    from PIL import Image

    if image.mode.startswith(("I", "F")):
        values = np.asarray(image).astype(np.float64)
        low, high = (0.0, 65535.0) if image.mode.startswith("I;16") else (float(np.nanmin(values)), float(np.nanmax(values)))
        scaled = (np.nan_to_num(values) - low) / max(high - low, 1e-12) * 255
        return Image.fromarray(scaled.clip(0, 255).astype(np.uint8)).convert("RGB")
    if "A" in image.getbands() or "transparency" in image.info:
        over = image.convert("RGBA")
        ground = Image.new("RGBA", over.size, (*WHITE, 255))
        return Image.alpha_composite(ground, over).convert("RGB")
    return image.convert("RGB")
