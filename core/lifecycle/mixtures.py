"""Clean recordings as pieces of speech, and pieces with noise: what a network that cleans learns from and is measured on."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from core.contracts import Context, InputError, UserError
from core.intake import sound_sets
from core.intake.sound import SILENT, blocks
from core.language import N_
from core.sound import noise

RATE = 16_000
PIECE_SECONDS = 4.0  # short clips of one speaker are joined, long ones cut
CLIP_SECONDS = 60.0  # of a clip that are used
MOST_PIECES = 900  # an hour of speech
# Noises that are learnt from, and noises that the network never met: what it is measured on. A babble is made of the voices of
# its own part, so held-out babble consists of voices that were never heard.
LEARNT, HELD_OUT = ("white", "pink", "babble"), ("hum", "brown", "babble")
RATIOS = (-5.0, 10.0)  # dB, between which mixtures lie


@dataclass(frozen=True)
class Piece:
    """Float32 samples at `RATE`, of one speaker or, where speakers are not known, of one clip."""

    samples: np.ndarray
    unit: str


@dataclass(frozen=True)
class Mixture:
    """A piece with noise: float32 (n,) both. `piece` is its place among the pieces; `kind` and `ratio` in dB say which noise,
    `is_learnt` whether training had that kind.
    """

    clean: np.ndarray
    noisy: np.ndarray
    unit: str
    kind: str
    ratio: float
    is_learnt: bool
    piece: int


def pieces(references: Sequence[str], units: Sequence[str], context: Context) -> list[Piece]:
    """The clips as pieces of about `PIECE_SECONDS`, those of a unit in the order given; silent and unreadable
    ones are passed over.

    Raises InputError where nothing is left.
    """
    clips: dict[str, list[np.ndarray]] = {}
    for place, (reference, unit) in enumerate(zip(references, units)):
        context.check()
        context.progress(place / len(references), N_("{done} of {total} recordings read"), done=place, total=len(references))
        try:
            clips.setdefault(unit, []).append(_read(reference))
        except UserError as error:
            context.log(f"recording {place + 1} was passed over: {error}")
    size = round(PIECE_SECONDS * RATE)
    found = []
    for unit, parts in clips.items():
        whole = np.concatenate(parts) if parts else np.zeros(0, np.float32)
        starts = range(0, max(1, len(whole) - size // 2), size)  # an end of less than half a piece goes to the one before
        cuts = [*starts, len(whole)]
        for start, end in itertools.pairwise(cuts):
            if float(np.abs(whole[start:end]).max(initial=0.0)) >= SILENT:
                found.append(Piece(whole[start:end], unit))
    if not found:
        raise InputError(
            N_("None of the recordings can be used: they are silent, or cannot be opened. Upload the archive again.")
        )
    if len(found) > MOST_PIECES:
        kept = np.sort(np.random.default_rng(0).permutation(len(found))[:MOST_PIECES])
        found = [found[k] for k in kept]
    return found


def _read(reference: str) -> np.ndarray:
    """The first minute of a clip, mono."""
    read, length = [], 0
    for block in blocks(sound_sets.find(reference), RATE):
        read.append(block[0])
        length += block.shape[1]
        if length >= CLIP_SECONDS * RATE:
            break
    return np.concatenate(read)[: round(CLIP_SECONDS * RATE)] if read else np.zeros(0, np.float32)


def mixtures(found: Sequence[Piece], kinds: Sequence[str], seed: int) -> Iterator[Mixture]:
    """Each piece with each kind of noise, once, at a ratio drawn between `RATIOS`; the same ones for the same seed."""
    for place, piece in enumerate(found):
        for number, kind in enumerate(kinds):
            drawn = np.random.default_rng([seed, place, number])
            ratio = float(drawn.uniform(*RATIOS))
            clean, noisy = mixed(piece, kind, ratio, int(drawn.integers(2**31)), found)
            yield Mixture(clean, noisy, piece.unit, kind, ratio, kind in LEARNT and kind != "babble", place)


def mixed(piece: Piece, kind: str, ratio: float, seed: int, found: Sequence[Piece]) -> tuple[np.ndarray, np.ndarray]:
    """(clean, noisy). The voices of a babble are pieces of other units, where there are any."""
    voices: list[np.ndarray] = []
    if kind == "babble":
        others = [one for one in found if one.unit != piece.unit] or list(found)
        order = np.random.default_rng(seed).permutation(len(others))[: noise.VOICES]
        voices = [others[k].samples for k in order]
    return noise.mixed(piece.samples, noise.noise(kind, len(piece.samples), RATE, seed, voices), ratio)
