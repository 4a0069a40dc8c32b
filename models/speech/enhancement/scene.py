"""What is to be cleaned: the recording as it is, or with noise mixed in here; and the clean one, where it is known."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from core import samples
from core.contracts import Context, InputError, Message, Sound
from core.intake.sound import blocks
from core.intake.sound import samples as decoded
from core.language import N_
from core.sound import noise
from core.sound.measures import is_silent

MOST_RATE = 48_000  # the most that the methods hear
MOST_SECONDS = 900.0  # of a recording that are cleaned
SPEAKERS = ("librivox", "inaugural", "cards")  # samples of which a babble is made, the recording itself aside
CLEAN = ("librivox", "inaugural", "cards", "mandarin")  # samples without noise
IN_SAMPLES = "sample"
_CUT = N_("{name}: the first {minutes} minutes are used, the rest is left out.")


@dataclass(frozen=True)
class Scene:
    """Float32 samples at `rate`: `heard` (channels, n) is to be cleaned, `clean` (n,) is what is to come out, where it is known.

    `mixed`: the noise that was mixed in here, "" for none.
    """

    heard: np.ndarray
    rate: int
    clean: np.ndarray | None = None
    mixed: str = ""
    notices: tuple[Message, ...] = ()


def scene(given: Sound, kind: str, ratio: float, seed: int, context: Context, *, channels: bool = False) -> Scene:
    """The recording, with noise of `kind` at `ratio` dB unless that is "none"; with `channels`, each channel stays by itself.

    Raises InputError where noise is to be mixed into silence.
    """
    rate = min(given.rate, MOST_RATE)
    whole, notices = read(given, rate, context, channels)
    if kind == IN_SAMPLES:
        kind = "pink" if given.digest in _clean() else "none"
    if kind == "none":
        return Scene(whole, rate, notices=notices)
    voice = whole.mean(0)
    if is_silent(voice):
        raise InputError(
            N_("{name} is silent, so no noise can be mixed in at a ratio to it. Choose another recording, or no noise."),
            name=given.name,
        )  # fmt: skip
    added = noise.noise(kind, len(voice), rate, seed, voices(rate, given.digest) if kind == "babble" else ())
    clean, heard = noise.mixed(voice, added, ratio)
    return Scene(heard[None], rate, clean, kind, notices)


def read(given: Sound, rate: int, context: Context, channels: bool = False) -> tuple[np.ndarray, tuple[Message, ...]]:
    """Float32 (channels, n), one channel unless `channels`, and a notice where the end is left out."""
    found, length, most = [], 0, round(MOST_SECONDS * rate)
    for block in blocks(given, rate, mono=not channels, context=context):
        found.append(block[:, : most - length])
        length += found[-1].shape[1]
        if length >= most:
            break
    whole = np.concatenate(found, axis=1) if found else np.zeros((1, 0), np.float32)
    if given.seconds <= MOST_SECONDS:
        return whole, ()
    return whole, (Message(_CUT, {"name": given.name, "minutes": f"{MOST_SECONDS / 60:g}"}),)


def voices(rate: int, without: str = "") -> list[np.ndarray]:
    """Speech of the samples at `rate`, but of the recording of the digest `without`."""
    found = [samples.sound(name) for name in SPEAKERS]
    return [decoded(one, rate) for one in found if one.digest != without]


@lru_cache(maxsize=1)
def _clean() -> frozenset[str]:
    return frozenset(samples.sound(name).digest for name in CLEAN)
