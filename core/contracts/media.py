"""Typed inputs that are seen or heard: pictures, videos, sounds. What is read stays on disk and is decoded when asked for."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

import numpy as np

from core.contracts.inputs import Message


@dataclass(frozen=True, eq=False)
class Picture:
    """One picture. `core.intake.pictures.pixels(picture)` decodes it: uint8 (height, width, 3), RGB, upright.

    `name` is how the user calls it, with its folders inside an archive ("cats/1.png"); `width` and `height` are those of the
    upright picture; `digest` is the SHA-256 of the file, or of the pixels where it was made from an array.
    """

    name: str
    width: int
    height: int
    digest: str
    path: Path | None = None
    array: np.ndarray | None = None

    @classmethod
    def of(cls, array: np.ndarray, name: str = "picture") -> Picture:
        """A picture from uint8 pixels, (height, width, 3) RGB."""
        if array.dtype != np.uint8 or array.ndim != 3 or array.shape[2] != 3:
            raise ValueError(f"a picture is uint8 (height, width, 3), not {array.dtype} {array.shape}")
        whole = hashlib.sha256(repr(array.shape).encode() + np.ascontiguousarray(array).tobytes())
        return cls(name, array.shape[1], array.shape[0], whole.hexdigest(), array=array)


@dataclass(frozen=True, eq=False)
class Pictures:
    """One or more pictures, in the order given.

    `files` are the other files of the archive they came in, by their names in it: annotations, tables of labels.
    """

    items: tuple[Picture, ...]
    name: str = "pictures"
    notices: tuple[Message, ...] = ()
    files: Mapping[str, Path] = field(default_factory=dict)

    @classmethod
    def of(cls, arrays: Iterable[np.ndarray] | np.ndarray, name: str = "picture") -> Pictures:
        given = (arrays,) if isinstance(arrays, np.ndarray) else tuple(arrays)
        names = [name] if len(given) == 1 else [f"{name} {place}" for place in range(1, len(given) + 1)]
        return cls(tuple(Picture.of(array, own) for array, own in zip(given, names)), name)

    @cached_property
    def digest(self) -> str:
        parts = [f"{item.name}\0{item.digest}" for item in self.items] + [f"{k}\0{v.name}" for k, v in sorted(self.files.items())]
        return hashlib.sha256("\0\0".join(parts).encode("utf-8", "surrogatepass")).hexdigest()

    def __len__(self) -> int:
        return len(self.items)


@dataclass(frozen=True, eq=False)
class Video:
    """One video; `core.intake.video.frames` decodes it frame by frame.

    `width` and `height` in pixels, upright, as frames are given (large ones are scaled down); `rate` in frames a second (the
    mean where it varies); `frames` and `seconds` as the file says, counted where it does not. `files` are the other files of the
    archive it came in, by their names in it: a truth to measure against, for example.
    """

    name: str
    path: Path
    width: int
    height: int
    rate: float
    frames: int
    seconds: float
    digest: str
    notices: tuple[Message, ...] = ()
    files: Mapping[str, Path] = field(default_factory=dict)


@dataclass(frozen=True, eq=False)
class Sound:
    """One recording, or the sound of a video; `core.intake.sound.samples` decodes it.

    `rate` in samples a second and `channels` as the file has them; `seconds` are those that can be decoded and are used;
    `offset` is the mean of the samples, which decoding takes out; `said` is the text that is spoken, where it is known.
    """

    name: str
    path: Path
    rate: int
    channels: int
    seconds: float
    digest: str
    offset: float = 0.0
    said: str = ""
    notices: tuple[Message, ...] = ()
