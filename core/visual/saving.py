"""Results as files to take away: the picture with the result on it, films as they are, several of them in one ZIP."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from core.contracts import Boxes, Film, Gallery, Image, Keypoints, Regions, Report
from core.language import translate
from core.visual import draw, encode
from core.visual.film import path_of

MOST_NAME_CHARACTERS = 60
ENDINGS = {"image/png": "png", "image/jpeg": "jpg", "image/webp": "webp"}
_UNFIT = re.compile(r'[\x00-\x1f\x7f-\x9f<>:"/\\|?*\ud800-\udfff\u200b-\u200f\u2028-\u202e]+')  # in file names, anywhere


@dataclass(frozen=True, eq=False)
class File:
    """A file that is made when `content()` is called; `name` is fit for any file system."""

    name: str
    kind: str
    content: Callable[[], bytes]


def files(result: Any, language: str = "en") -> list[File]:
    """One file for each picture or film in `result`, labels in `language`; none for a result without any."""
    found = list(_visual(result))
    many = len(found) > 1
    return [_file(one, _name(one, place, many, language), language) for place, one in enumerate(found, 1)]


def packed(given: list[File]) -> bytes:
    """A ZIP of the files, not compressed again."""
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", zipfile.ZIP_STORED) as archive:
        for file in given:
            archive.writestr(file.name, file.content())
    return written.getvalue()


def _visual(result: Any) -> Iterator[Any]:
    """All that is a picture or film in `result`, in the order of the page."""
    if isinstance(result, Report):
        for section in result.sections:
            yield from _visual(section.result)
    elif isinstance(result, Gallery):
        yield from result.images
    elif isinstance(result, Image | Boxes | Regions | Keypoints | Film):
        yield result


def _name(result: Any, place: int, many: bool, language: str) -> str:
    title = _UNFIT.sub(" ", translate(result.title, language)).strip(" .")[:MOST_NAME_CHARACTERS].strip(" .")
    return " ".join(part for part in (f"{place:03d}" if many else "", title) if part) or "result"


def _file(result: Any, name: str, language: str) -> File:
    if isinstance(result, Film):
        return File(f"{name}.mp4", "video/mp4", lambda: path_of(result).read_bytes())
    if isinstance(result, Image):
        kind = encode.media_type(result.data)
        return File(f"{name}.{ENDINGS[kind]}", kind, lambda: result.data)

    def draw_it() -> bytes:
        pixels = draw.drawn(result, lambda label: translate(label, language))
        return encode.encode(pixels, kind="png", generated=result.image.generated)

    return File(f"{name}.png", "image/png", draw_it)
