"""Sounds that are results: files under the SHA-256 of their content below `home("sounds")`, streamed by name."""

from __future__ import annotations

import hashlib
import os
import re
import time
from collections.abc import Iterable
from pathlib import Path

import numpy as np

from core.contracts import Audio, Image, Message, NotFoundError, Sound
from core.home import home
from core.language import N_
from core.sound import encode

MOST_BYTES = 4 * 1024**3  # of all sounds together; the ones not heard for longest go
LEFTOVER_SECONDS = 86_400  # after which an unfinished sound is nobody's any more
CHUNK_BYTES = 1024**2
_NAME = re.compile(r"[0-9a-f]{64}\.(flac|wav)")


def keep(
    title: str | Message, samples: np.ndarray | Iterable[np.ndarray], rate: int, *, channels: int = 1,
    kind: encode.Kind = "flac", generated: bool = False, details: dict[str, str] | None = None,
    pictures: tuple[Image, ...] = (), caption: str | Message = "",
) -> Audio:  # fmt: skip
    """An `Audio` of float32 samples in -1..1: (n,), (channels, n), or pieces of it one after the other.

    What is not finished, because of an error or a cancelled job, leaves no file.
    """
    if isinstance(samples, np.ndarray):
        channels, samples = 1 if samples.ndim == 1 else len(samples), [samples]
    temporary = home("sounds") / f".{os.getpid()}.{os.urandom(6).hex()}.part"
    try:
        with encode.Writer(str(temporary), rate, channels, kind, generated=generated, details=details) as out:
            for piece in samples:
                out.add(piece)
        name = _keep(temporary, kind)
    finally:
        temporary.unlink(missing_ok=True)
    return Audio(title, name, rate, channels, out.samples / rate, pictures, caption, generated)


def keep_sound(title: str | Message, sound: Sound, rate: int = 16_000) -> Audio:
    """A recording as mono at `rate`, to be played beside what was found in it, however it was coded."""
    from core.intake.sound import blocks

    return keep(title, (block[0] for block in blocks(sound, rate)), rate)


def path_of(audio: Audio | str) -> Path:
    """Where the sound, or the one of that file name, lies. Raises NotFoundError for what is no sound's name or is not kept."""
    name = audio if isinstance(audio, str) else audio.file
    if not _NAME.fullmatch(name):
        raise NotFoundError(N_("This is not the name of a sound."))
    path = home("sounds") / name
    try:
        os.utime(path)  # listened to: it stays longer
    except OSError as error:
        raise NotFoundError(N_("This sound is not kept any more. Run it again.")) from error
    return path


def is_kept(audio: Audio) -> bool:
    """Whether the sound can still be played."""
    try:
        return path_of(audio).is_file()
    except NotFoundError:
        return False


def _keep(temporary: Path, kind: str) -> str:
    """Renames a finished sound to the SHA-256 of its content and makes room; the name."""
    whole = hashlib.sha256()
    with temporary.open("rb+") as stream:
        while piece := stream.read(CHUNK_BYTES):
            whole.update(piece)
        os.fsync(stream.fileno())
    name = f"{whole.hexdigest()}.{kind}"
    temporary.replace(temporary.with_name(name))
    _sweep(temporary.parent, name)
    return name


def _sweep(folder: Path, keep: str) -> None:
    """Removes the sounds not heard for longest beyond `MOST_BYTES`, and what a dead process left unfinished."""
    found = []
    for path in folder.iterdir():
        try:
            facts = path.stat()
        except FileNotFoundError:  # another process swept it
            continue
        if path.suffix == ".part" and facts.st_mtime < time.time() - LEFTOVER_SECONDS:
            path.unlink(missing_ok=True)
        elif _NAME.fullmatch(path.name):
            found.append((facts.st_mtime, facts.st_size, path))
    room = MOST_BYTES
    for _heard, size, path in sorted(found, key=lambda item: (item[2].name != keep, -item[0])):
        room -= size
        if room < 0 and path.name != keep:
            path.unlink(missing_ok=True)
