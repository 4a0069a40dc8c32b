"""Results as files to take away: the picture with the result on it, films, sounds, transcripts, several in one ZIP."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from core.contracts import Audio, Boxes, Film, Gallery, Image, InputError, Keypoints, Message, Regions, Report
from core.home import write_bytes
from core.language import N_, translate
from core.sound import encode as sounds
from core.sound import keeping, transcripts
from core.visual import draw, encode
from core.visual.film import path_of

MOST_NAME_CHARACTERS = 60
KINDS: dict[str, encode.Kind] = {"png": "png", "jpg": "jpeg", "jpeg": "jpeg", "webp": "webp"}
ENDINGS = {"image/png": "png", "image/jpeg": "jpg", "image/webp": "webp"}
_UNFIT = re.compile(r'[\x00-\x1f\x7f-\x9f<>:"/\\|?*\ud800-\udfff\u200b-\u200f\u2028-\u202e]+')  # in file names, anywhere


@dataclass(frozen=True, eq=False)
class File:
    """A file that is made when `content()` is called; `name` is fit for any file system."""

    name: str
    kind: str
    content: Callable[[], bytes]
    generated: bool = False


def files(result: Any, language: str = "en") -> list[File]:
    """One file for each picture or film in `result`, labels in `language`; none for a result without any.

    Of a gallery that shows only the first pictures, the ZIP with all of them.
    """
    if packed_already := next((one.rest for one in _galleries(result) if one.rest), ""):
        return [File("all.zip", "application/zip", lambda: path_of(packed_already).read_bytes())]
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


def write(result: Any, path: Path, language: str = "en") -> list[Path]:
    """Writes what `result` shows under `path`, by its ending: PNG, JPEG or WebP pictures, MP4 films, or all of them in a ZIP; a
    transcript as SRT, VTT, TXT, DOCX or JSON, a sound that was made as FLAC or WAV.

    Of several pictures, the second becomes `name-2.png` and so on. Raises InputError where the result has nothing of that kind,
    or the folder is not there.
    """
    found, wanted = files(result, language), path.suffix.lower().lstrip(".")
    if not path.absolute().parent.is_dir():
        raise InputError(N_("The folder for {name} is not there. Make it first."), name=path.name)
    if wanted in transcripts.FORMS or wanted in sounds.MEDIA_TYPES:
        contents = _heard(result, wanted, language)
    elif wanted == "zip":
        is_packed = [file.kind for file in found] == ["application/zip"]
        contents = [found[0].content() if is_packed else packed(found)] if found else []
    elif wanted == "mp4":
        contents = [file.content() for file in found if file.kind == "video/mp4"]
    elif wanted in KINDS:
        contents = [_converted(file, KINDS[wanted]) for file in found if file.kind.startswith("image/")]
    else:
        raise InputError(
            N_("{name} must end in .png, .jpg, .webp, .mp4, .zip, .srt, .vtt, .txt, .docx, .json, .flac or .wav."), name=path.name
        )
    if not contents:
        raise InputError(N_("The result has nothing that could be written as {name}."), name=path.name)
    paths = [path, *(path.with_stem(f"{path.stem}-{place}") for place in range(2, len(contents) + 1))]
    for one, content in zip(paths, contents):
        write_bytes(one, content)
    return paths


def _heard(result: Any, wanted: str, language: str) -> list[bytes]:
    """The transcript in that form, or the sounds of that kind."""
    if wanted in transcripts.FORMS:
        found = transcripts.as_any(result)
        return [transcripts.FORMS[wanted][2](found, language)] if found is not None else []
    parts = [section.result for section in result.sections] if isinstance(result, Report) else [result]
    made = [part for part in parts if isinstance(part, Audio) and part.file.endswith("." + wanted)]
    return [keeping.path_of(audio).read_bytes() for audio in made]


def _converted(file: File, kind: encode.Kind) -> bytes:
    """A picture in another format, what is transparent on white; the same bytes where it has that format."""
    if file.kind == f"image/{kind}":
        return file.content()
    return encode.encode(encode.decode(Image("", file.content(), 0, 0)), kind=kind, generated=file.generated)


def ending(data: bytes) -> str:
    """The ending of a file's name by what `core.visual.encode` made of it."""
    return ENDINGS[encode.media_type(data)]


def _galleries(result: Any) -> Iterator[Gallery]:
    sections = result.sections if isinstance(result, Report) else ()
    yield from (one for one in (result, *(section.result for section in sections)) if isinstance(one, Gallery))


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
    return file_name(result.title, place if many else 0, language)


def file_name(title: str | Message, place: int = 0, language: str = "en") -> str:
    """A name fit for any file system, without its ending; the place first where there are several."""
    fit = _UNFIT.sub(" ", translate(title, language)).strip(" .")[:MOST_NAME_CHARACTERS].strip(" .")
    return " ".join(part for part in (f"{place:03d}" if place else "", fit) if part) or "result"


def _file(result: Any, name: str, language: str) -> File:
    if isinstance(result, Film):
        return File(f"{name}.mp4", "video/mp4", lambda: path_of(result).read_bytes())
    if isinstance(result, Image):
        return File(f"{name}.{ending(result.data)}", encode.media_type(result.data), lambda: result.data, result.generated)

    def draw_it() -> bytes:
        pixels = draw.drawn(result, lambda label: translate(label, language))
        return encode.encode(pixels, kind="png", generated=result.image.generated)

    return File(f"{name}.png", "image/png", draw_it, result.image.generated)
