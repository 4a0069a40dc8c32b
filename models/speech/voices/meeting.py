"""Who speaks when in a recording, without a word being understood: stretches of speech, cut small, grouped by voice."""

from __future__ import annotations

import itertools

import numpy as np

from core.contracts import Context, Sound, Utterance
from core.intake.sound import blocks
from core.language import N_
from models.speech.recognition import activity
from models.speech.voices import encoder, grouping

PIECE = 2.0  # seconds that are told apart: shorter ones say too little of a voice
JOINED = 0.6  # seconds of pause up to which two stretches of one voice are one


def stretches(sound: Sound, speakers: int, context: Context) -> list[Utterance]:
    """Stretches of speech, one after the other, with `speaker` filled in; empty where nobody speaks.

    `speakers` 0 finds out how many there are. Where two speak at once, one of them is named.
    """
    found, vectors = pieces(sound, context)
    return joined(grouping.group(found, vectors, speakers)) if found else []


def pieces(sound: Sound, context: Context) -> tuple[list[Utterance], list[np.ndarray | None]]:
    """Pieces of speech of about `PIECE` seconds with the voice of each, before they are grouped."""
    found: list[Utterance] = []
    vectors: list[np.ndarray | None] = []
    for window in activity.windows(blocks(sound, context=context), detect=True):
        context.check()
        for start, end in activity.speech(window.samples):
            for first, last in _equal(start, end):
                found.append(Utterance("", window.start + first / encoder.RATE, window.start + last / encoder.RATE))
                vectors.append(encoder.embed(window.samples[first:last]))
        done = window.start + window.seconds
        context.progress(min(1.0, done / sound.seconds), N_("Telling voices apart"))
    return found, vectors


def _equal(start: int, end: int) -> list[tuple[int, int]]:
    """Equal pieces of about `PIECE` seconds."""
    count = max(1, round((end - start) / (PIECE * encoder.RATE)))
    ends = np.linspace(start, end, count + 1).astype(int).tolist()
    return list(itertools.pairwise(ends))


def joined(pieces: list[Utterance]) -> list[Utterance]:
    """Neighbours of one voice as one."""
    found: list[Utterance] = []
    for piece in pieces:
        if found and piece.speaker == found[-1].speaker and piece.start - found[-1].end <= JOINED:
            found[-1] = Utterance("", found[-1].start, piece.end, piece.speaker)
        else:
            found.append(piece)
    return found


def voice(sound: Sound, most: float = 120.0) -> tuple[np.ndarray, float] | None:
    """The voice of a recording in which one person speaks, as a unit vector, and the seconds of speech it is from.

    At most the first `most` seconds are listened to; None where less than `encoder.LEAST_SECONDS` of speech is in it.
    """
    held, total = [], 0
    for block in blocks(sound):
        held.append(block[0])
        total += block.shape[1]
        if total >= most * encoder.RATE:
            break
    heard = np.concatenate(held) if held else np.zeros(0, np.float32)
    if not len(heard):
        return None
    spoken = [heard[start:end] for start, end in activity.speech(heard)]
    speech = np.concatenate(spoken) if spoken else np.zeros(0, np.float32)
    vector = encoder.embed(speech)
    return None if vector is None else (vector, len(speech) / encoder.RATE)
