"""Films: frames written as H.264, which every browser plays, and kept by content below `home("films")`."""

from __future__ import annotations

import hashlib
import os
import re
import time
from fractions import Fraction
from pathlib import Path
from types import TracebackType
from typing import Any

import numpy as np

from core.contracts import Film, InputError, Message, NotFoundError
from core.home import home
from core.language import N_
from core.visual import encode

MOST_WIDTH = 1280  # pixels; larger frames are scaled down
MOST_RATE = 120.0  # frames a second
MOST_BYTES = 4 * 1024**3  # of all films together; the ones not looked at for longest go
LEFTOVER_SECONDS = 86_400  # after which an unfinished film is nobody's any more
POSTER_PIXELS = 1280
CHUNK_BYTES = 1024**2
_OPTIONS = {"crf": "23", "preset": "veryfast"}  # x264's own default quality
_NAME = re.compile(r"[0-9a-f]{64}\.(mp4|zip)")


class FilmWriter:
    """Writes frames to a film: `with FilmWriter(title, width, height, rate) as writer: writer.add(pixels)`, then `film()`.

    `width` and `height` are those of the frames that come in, uint8 (height, width, 3) RGB; `rate` is frames a second. Frames
    wider than `MOST_WIDTH` are scaled down, odd sides lose nothing (a row or column is repeated, H.264 wants even ones). What
    is not finished, because of an error or a cancelled job, leaves no file.
    """

    def __init__(self, title: str | Message, width: int, height: int, rate: float) -> None:
        self.title, self.width, self.height = title, width, height
        scale = min(1.0, MOST_WIDTH / width)
        self._size = max(1, round(width * scale)), max(1, round(height * scale))
        self._rate = Fraction(min(MOST_RATE, max(0.1, rate))).limit_denominator(30_000)
        self._temporary = home("films") / f".{os.getpid()}.{os.urandom(6).hex()}.part"
        self._container: Any = None
        self._stream: Any = None
        self._poster = np.zeros((1, 1, 3), np.uint8)
        self._name = ""
        self.frames = 0

    def __enter__(self) -> FilmWriter:
        import av

        self._container = av.open(str(self._temporary), "w", format="mp4", options={"movflags": "+faststart"})
        self._stream = self._container.add_stream("libx264", rate=self._rate, options=_OPTIONS)
        self._stream.width, self._stream.height = (side + side % 2 for side in self._size)
        self._stream.pix_fmt = "yuv420p"
        return self

    def add(self, pixels: np.ndarray) -> None:
        """One more frame."""
        import av
        import cv2

        if pixels.dtype != np.uint8 or pixels.shape != (self.height, self.width, 3):
            raise ValueError(f"a frame is uint8 {(self.height, self.width, 3)}, not {pixels.dtype} {pixels.shape}")
        self.frames += 1
        if self.frames & (self.frames - 1) == 0:  # a power of two: the last one lies in the second half, whatever the length
            self._poster = pixels.copy()
        width, height = self._size
        frame = (
            pixels
            if (width, height) == (self.width, self.height)
            else cv2.resize(pixels, self._size, interpolation=cv2.INTER_AREA)
        )
        if width % 2 or height % 2:
            frame = cv2.copyMakeBorder(frame, 0, height % 2, 0, width % 2, cv2.BORDER_REPLICATE)
        for packet in self._stream.encode(av.VideoFrame.from_ndarray(np.ascontiguousarray(frame), format="rgb24")):
            self._container.mux(packet)

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:  # fmt: skip
        try:
            if kind is None and self.frames:
                for packet in self._stream.encode():
                    self._container.mux(packet)
            self._container.close()
            if kind is None and self.frames:
                self._name = keep(self._temporary, "mp4")
        finally:
            self._temporary.unlink(missing_ok=True)

    def film(self, caption: str | Message = "") -> Film:
        """The finished film; call it after the `with` block. Raises InputError where no frame came."""
        if not self._name:
            raise InputError(N_("There is not one frame in this video. Choose another one."))
        width, height = self._stream.width, self._stream.height
        poster = encode.image(self.title, self._poster, most=POSTER_PIXELS)
        rate = float(self._rate)
        return Film(self.title, self._name, width, height, rate, self.frames / rate, poster, caption)


def path_of(film: Film | str) -> Path:
    """Where the film, or the one of that file name, lies. Raises NotFoundError for what is no film's name or is not kept."""
    name = film if isinstance(film, str) else film.file
    if not _NAME.fullmatch(name):
        raise NotFoundError(N_("This is not the name of a film."))
    path = home("films") / name
    try:
        os.utime(path)  # looked at: it stays longer
    except OSError as error:
        raise NotFoundError(N_("This film is not kept any more. Run the video again.")) from error
    return path


def is_kept(film: Film) -> bool:
    """Whether the film can still be played."""
    try:
        return path_of(film).is_file()
    except NotFoundError:
        return False


def keep(temporary: Path, ending: str) -> str:
    """Renames a finished film or pack (`core.visual.pack`) to the SHA-256 of its content and makes room; the name."""
    whole = hashlib.sha256()
    with temporary.open("rb+") as stream:
        while piece := stream.read(CHUNK_BYTES):
            whole.update(piece)
        os.fsync(stream.fileno())
    name = f"{whole.hexdigest()}.{ending}"
    temporary.replace(temporary.with_name(name))
    _sweep(temporary.parent, name)
    return name


def _sweep(folder: Path, keep: str) -> None:
    """Removes the films not looked at for longest beyond `MOST_BYTES`, and what a dead process left unfinished."""
    found = []
    for path in folder.iterdir():
        try:
            facts = path.stat()
        except FileNotFoundError:  # another process swept it
            continue
        if path.suffix == ".part" and facts.st_mtime < time.time() - LEFTOVER_SECONDS:
            path.unlink(missing_ok=True)
        elif path.suffix in (".mp4", ".zip"):
            found.append((facts.st_mtime, facts.st_size, path))
    room = MOST_BYTES
    for _seen, size, path in sorted(found, key=lambda item: (item[2].name != keep, -item[0])):
        room -= size
        if room < 0 and path.name != keep:
            path.unlink(missing_ok=True)
