"""Sounds that are results: files under the SHA-256 of their content below `home("sounds")`, streamed by name."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import numpy as np

from core.contracts import Audio, Image, Message, Sound
from core.kept import Kept
from core.language import N_
from core.sound import encode

MOST_BYTES = 4 * 1024**3  # of all sounds together; the ones not heard for longest go
SOUNDS = Kept(
    "sounds", ("flac", "wav"), N_("This is not the name of a sound."), N_("This sound is not kept any more. Run it again."),
)  # fmt: skip


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
    temporary = SOUNDS.temporary()
    try:
        with encode.Writer(str(temporary), rate, channels, kind, generated=generated, details=details) as out:
            for piece in samples:
                out.add(piece)
        name = SOUNDS.keep(temporary, kind, MOST_BYTES)
    finally:
        temporary.unlink(missing_ok=True)
    return Audio(title, name, rate, channels, out.samples / rate, pictures, caption, generated)


def keep_sound(title: str | Message, sound: Sound, rate: int = 16_000) -> Audio:
    """A recording as mono at `rate`, to be played beside what was found in it, however it was coded."""
    from core.intake.sound import blocks

    return keep(title, (block[0] for block in blocks(sound, rate)), rate)


def path_of(audio: Audio | str) -> Path:
    """Where the sound, or the one of that file name, lies. Raises NotFoundError for what is no sound's name or is not kept."""
    return SOUNDS.path_of(audio if isinstance(audio, str) else audio.file)


def is_kept(audio: Audio) -> bool:
    """Whether the sound can still be played."""
    return SOUNDS.has(audio.file)
