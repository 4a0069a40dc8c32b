"""Same voice or not: what was measured of the speaker encoder on the voices of the samples.

`scripts/calibrate_voices.py` writes the figures. Thresholds and probabilities come from every second voice, error rates from the
others. Every voice was recorded in one go by one person at home, so voice and microphone cannot be told apart here.
"""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np

from core import samples, weights
from core.contracts import Context, Evidence, Message, Reference
from core.home import read_json
from core.intake import sound_sets
from core.intake.sound import samples as decoded
from core.language import N_
from core.lifecycle.verification import Calibration, Pairs, equal_error_rate, equal_interval, facts
from core.sound import features
from models.speech.voices import encoder

CALIBRATION = Path(__file__).with_name("calibration.json")
EQUAL = N_("equal error rate")
BASELINE = N_("cosine of mean MFCC")
DATA = "letters_all, librivox, cards, inaugural"
SECONDS = 4.0  # of a recording that is compared
FEW = N_("Few voices, each recorded in one go with one microphone: with other rooms and microphones there are more mistakes.")
WAN = Reference(
    0.0355, "Wan, Wang, Papir & Lopez Moreno 2018, Generalized end-to-end loss for speaker verification, arXiv:1710.10467",
    N_("Text-independent: 1,000 speakers, about six recordings of each to know the voice by and seven to test with; a larger "
       "network of Google's on recordings that are not public."),
)  # fmt: skip


@lru_cache(maxsize=1)
def calibration() -> Calibration:
    """The thresholds, probabilities and error rates that were measured."""
    return Calibration(read_json(CALIBRATION))


def voices(context: Context) -> tuple[list[np.ndarray], np.ndarray]:
    """Recordings of about four seconds, float32 at 16 kHz, and whose voice each is: of spoken letters, several joined."""
    found: list[np.ndarray] = []
    names: list[str] = []
    pieces: dict[str, list[np.ndarray]] = {}
    frame = samples.load("letters_all").frame
    for reference, speaker in zip(frame[sound_sets.SOUND], frame[sound_sets.SPEAKER]):
        context.check()
        pieces.setdefault(str(speaker), []).append(_spoken(decoded(sound_sets.find(reference))))
    for name in ("librivox", "cards", "inaugural"):
        pieces[name] = [piece for sound, _ in samples.clips(name) for piece in _split(decoded(sound))]
    for name, parts in sorted(pieces.items()):
        order = np.random.default_rng(0).permutation(len(parts))  # the alphabet is the same in all languages
        for recording in _joined([parts[k] for k in order]):
            found.append(recording)
            names.append(name)
    return found, np.array(names)


def _spoken(heard: np.ndarray) -> np.ndarray:
    start, end = features.heard_frames(features.log_mel(heard))
    return heard[start * features.HOP : end * features.HOP]


def _split(heard: np.ndarray) -> list[np.ndarray]:
    size = int(SECONDS * features.RATE)
    return [heard[start : start + size] for start in range(0, max(1, len(heard) - size // 2), size)]


def _joined(parts: list[np.ndarray]) -> list[np.ndarray]:
    """The parts one after the other, as many as make `SECONDS` in each; what is left over at the end is too short."""
    found, held = [], np.zeros(0, np.float32)
    for part in parts:
        held = np.concatenate([held, part])
        if len(held) >= SECONDS * features.RATE:
            found.append(held)
            held = np.zeros(0, np.float32)
    return found


def halves(context: Context) -> dict[str, tuple[Pairs, Pairs]]:
    """The pairs of every second voice, and those of the others, by encoder and by the baseline."""
    found, names = voices(context)
    vectors = np.stack([vector for vector in (encoder.embed(one) for one in found) if vector is not None])
    people = sorted(set(names.tolist()))
    first = np.isin(names, people[::2])
    plain = np.stack([features.mfcc(features.log_mel(one))[:, 1:].mean(0) for one in found])
    plain = (plain - plain[first].mean(0)) / plain[first].std(0)
    plain /= np.linalg.norm(plain, axis=1, keepdims=True)
    return {name: (Pairs.of(rows[first], names[first]), Pairs.of(rows[~first], names[~first]))
            for name, rows in ((encoder.NAME, vectors), (BASELINE, plain))}  # fmt: skip


def measured(context: Context) -> dict[str, Any]:
    """What the calibration file holds."""
    both = halves(context)
    first, second = both[encoder.NAME]
    return {
        **facts(first, second), "baseline": equal_error_rate(both[BASELINE][1])[0], "voices": first.persons + second.persons,
        "voices_measured": second.persons, "pairs": len(second.scores), "pairs_of_one": int(second.same.sum()),
    }  # fmt: skip


def equal(context: Context) -> Evidence:
    """The equal error rate on the voices that no threshold was chosen on; the interval draws whole voices."""
    both = halves(context)
    second = both[encoder.NAME][1]
    context.progress(1.0)
    entry = weights.entry(encoder.NAME)
    return Evidence(
        metric=EQUAL, score=equal_error_rate(second)[0],
        interval=equal_interval(second),
        baseline=equal_error_rate(both[BASELINE][1])[0], baseline_name=BASELINE, data=DATA, rows=len(second.scores),
        lower_is_better=True, answered_by=entry.title, license=entry.licence, caveats=(count(second.persons), FEW),
    )  # fmt: skip


def count(persons: int) -> Message:
    """How many voices a figure stands on."""
    told = N_("Measured on {count} voices, on none of which a threshold was chosen; too few for a claim beyond them.")
    return Message(told, {"count": persons})
