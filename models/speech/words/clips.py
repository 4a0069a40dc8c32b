"""From a table or a recording to short clips of equal length, and from those to cepstral coefficients."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from core.contracts import Context, InputError, Sound, Table
from core.intake import sound_sets
from core.intake.sound import SILENT, samples
from core.language import N_
from core.sound import features

RATE = features.RATE
LENGTH = 20_480  # samples of a clip: 1.28 s, 129 frames
MOST_SECONDS = 60.0  # of a recording in which words are looked for
PAUSE = 18  # frames (180 ms) of quiet that part two words
LEAST = 8  # frames of a word
NORMAL = 0.1  # root mean square that each clip is brought to


def open_clip(reference: str) -> np.ndarray:
    """The word in the clip that a table names: float32 of up to `LENGTH` samples, silence around it cut off.

    Raises what `core.intake.sound_sets.find` raises, and InputError for a clip in which there is nothing to hear.
    """
    sound = sound_sets.find(reference)
    return cut(samples(sound)[: int(MOST_SECONDS * RATE)], sound.name)


def cut(heard: np.ndarray, name: str) -> np.ndarray:
    """The samples (n,) at 16 kHz without the silence at both ends; of more than 1.28 s the middle."""
    if not len(heard) or float(np.abs(heard).max()) < SILENT:
        raise InputError(N_("There is nothing to hear in {name}. Record it again, louder."), name=name)
    levels = features.log_mel(heard)
    start, end = features.heard_frames(levels)
    word = heard[start * features.HOP : end * features.HOP]
    over = len(word) - LENGTH
    word = word[over // 2 : over // 2 + LENGTH] if over > 0 else word
    return np.asarray(word * (NORMAL / max(float(np.sqrt(np.mean(word**2))), 1e-6)), np.float32)


def open_clips(references: Sequence[str], context: Context) -> list[np.ndarray]:
    """The words of all clips, in the order given."""
    found = []
    for place, reference in enumerate(references):
        context.check()
        context.progress(place / len(references), N_("{done} of {total} recordings read"), done=place, total=len(references))
        found.append(open_clip(reference))
    return found


def words_in(sound: Sound) -> list[tuple[float, float, np.ndarray]]:
    """The words of a recording, parted by pauses: start and end in seconds, and the clip of each.

    Raises InputError where there is nothing to hear.
    """
    heard = samples(sound)[: int(MOST_SECONDS * RATE)]
    if not len(heard) or float(np.abs(heard).max()) < SILENT:
        raise InputError(N_("There is nothing to hear in {name}. Record it again, louder."), name=sound.name)
    loud = features.log_mel(heard).max(1)
    frames = np.flatnonzero(loud >= features.audible(loud))
    ends = np.flatnonzero(np.diff(frames) > PAUSE)
    stretches = zip(np.concatenate([[frames[0]], frames[ends + 1]]), np.concatenate([frames[ends], [frames[-1]]]))
    found = []
    for first, last in stretches:
        if last - first + 1 >= LEAST:
            start, end = max(0, first - features.KEPT), last + features.KEPT + 1
            piece = heard[start * features.HOP : end * features.HOP]
            found.append((start * features.HOP / RATE, min(len(heard), end * features.HOP) / RATE, cut(piece, sound.name)))
    if not found:
        raise InputError(N_("There is no word in {name}, only something very short. Record it again."), name=sound.name)
    return found


def placed(word: np.ndarray, at: float = 0.5) -> np.ndarray:
    """The word in a clip of `LENGTH` samples, silence around it; `at` 0 at the beginning, 1 at the end."""
    whole = np.zeros(LENGTH, np.float32)
    word = word[:LENGTH]
    start = int(at * (LENGTH - len(word)))
    whole[start : start + len(word)] = word
    return whole


def inputs(clips: Sequence[np.ndarray]) -> np.ndarray:
    """What the networks see of clips of `LENGTH` samples: float32 (n, 129, 39), coefficients with their first and second
    differences (Furui 1986), each coefficient less its mean over the clip, which takes most of the microphone out.
    """
    found = []
    for clip in clips:
        own = features.mfcc(features.log_mel(clip)) / 20
        own = own - own.mean(0)
        first = np.gradient(own, axis=0)
        found.append(np.concatenate([own, 4 * first, 8 * np.gradient(first, axis=0)], 1))
    return np.asarray(np.stack(found), np.float32)


def references_of(given: Table, column: str = "") -> tuple[tuple[str, ...], list[str]]:
    """Names and references of the clips that a table names."""
    from core.intake.roles import guess

    found = column or guess(given.frame, "sound")
    if not found:
        raise InputError(N_("There are no recordings in this table. To learn from recordings, give one ZIP archive: a folder for "
                            "each word."))  # fmt: skip
    references = given.frame[found].astype(str).tolist()
    names = given.frame[sound_sets.NAME].astype(str).tolist() if sound_sets.NAME in given.frame else references
    return tuple(names), references
