"""How well a meeting is told apart: the distance above which two groups are two voices is chosen on meetings of some voices, and
measured on meetings of others.

`scripts/calibrate_voices.py` writes the figures. No recording of a meeting with a licence to use it reached us, so meetings are
put together: turns of two to five seconds, never two of one voice in a row, pauses between them, nobody speaks at once. The
voices are those of spoken letters, of the synthetic voices and, for measuring only, of the recordings in the samples. A meeting
is of recorded voices or of synthetic ones, so that how it was made gives nobody away.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from core.contracts import Context, Utterance
from core.intake.sound import read_sound
from core.intake.uploads import spool
from core.lifecycle.bootstrap import LEVEL, RESAMPLES
from core.sound import encode
from models.speech.synthesis import engines, sayings
from models.speech.synthesis.voices import CHINESE, ENGLISH, FAST, Voice
from models.speech.voices import encoder, grouping, meeting, verification

RATE = encoder.RATE
RECORDED, SYNTHETIC = "recorded", "synthetic"
SENTENCES = 5  # that each synthetic voice says
MOST_VOICES, EACH = 4, 10  # in a meeting; and meetings of each number of voices and kind
TURNS = 3  # of each voice
TURN_SECONDS, PAUSE_SECONDS = (2.0, 5.0), (0.2, 0.8)
LOUD = 0.08  # root mean square of every voice
DISTANCES = np.round(np.arange(0.10, 0.501, 0.01), 2)

Voices = dict[str, np.ndarray]


@dataclass(frozen=True, eq=False)
class Meeting:
    """`turns`: beginning, end in seconds, whose; `pieces` and `vectors`: what `meeting` found in it; `voices`: who take part."""

    voices: tuple[str, ...]
    turns: tuple[tuple[float, float, int], ...]
    pieces: list[Utterance]
    vectors: list[np.ndarray | None]


def voices(context: Context) -> dict[str, tuple[Voices, Voices]]:
    """The speech of each voice, float32 at 16 kHz, by kind: those to choose on, and those to measure on.

    Every second voice each; what tests and bars listen to (`librivox`, `inaugural`, `cards`) is only measured on.
    """
    found, names = verification.voices(context)
    recorded = {name: _level(np.concatenate([found[k] for k in np.flatnonzero(names == name)])) for name in sorted(set(names))}
    kept = {name: recorded.pop(name) for name in ("librivox", "inaugural", "cards")}
    synthetic = {}
    for name in sorted((*ENGLISH, *CHINESE, *FAST)):
        context.check()
        synthetic[name] = _level(_spoken(name))
    halves = {kind: (dict(list(of.items())[::2]), dict(list(of.items())[1::2]))
              for kind, of in ((RECORDED, recorded), (SYNTHETIC, synthetic))}  # fmt: skip
    halves[RECORDED][1].update(kept)
    return halves


def _spoken(name: str) -> np.ndarray:
    language = "zh" if name in CHINESE else "en"
    said = [engines.say(text, language, Voice(name)) for text in sayings.handbook(language)[:SENTENCES]]  # type: ignore[arg-type]
    return engines.resampled(np.concatenate(said), engines.RATE / RATE)


def _level(speech: np.ndarray) -> np.ndarray:
    return np.asarray(speech * (LOUD / float(np.sqrt(np.mean(np.square(speech, dtype=np.float64))))), np.float32)


def meetings(of: Voices, seed: int, context: Context) -> list[Meeting]:
    """`EACH` meetings of one, two, three and four of the voices."""
    random = np.random.default_rng(seed)
    return [_meeting(of, count, random, context) for count in range(1, MOST_VOICES + 1) for _ in range(EACH)]


def _meeting(of: Voices, count: int, random: np.random.Generator, context: Context) -> Meeting:
    chosen = tuple(str(name) for name in random.choice(sorted(of), count, replace=False))
    order = [int(k) for _ in range(TURNS) for k in random.permutation(count)]
    order = [who for place, who in enumerate(order) if count == 1 or place == 0 or who != order[place - 1]]
    heard, turns, at = [], [], 0
    for who in order:
        speech = of[chosen[who]]
        length = min(len(speech), int(random.uniform(*TURN_SECONDS) * RATE))
        start = int(random.integers(0, len(speech) - length + 1))
        pause = int(random.uniform(*PAUSE_SECONDS) * RATE)
        heard += [speech[start : start + length], np.zeros(pause, np.float32)]
        turns.append((at / RATE, (at + length) / RATE, who))
        at += length + pause
    sound = read_sound(spool(encode.encode(np.concatenate(heard), RATE, kind="wav"), "meeting.wav"))
    return Meeting(chosen, tuple(turns), *meeting.pieces(sound, context))


def confusion(one: Meeting, distance: float, speakers: int = 0) -> tuple[float, int]:
    """The share of the speech found that goes to the wrong voice, and how many voices were found.

    Each group stands for the voice that makes this share the least, one to one; it is the part of the diarization error rate that
    is not about finding speech.
    """
    from scipy.optimize import linear_sum_assignment

    told = grouping.group(one.pieces, one.vectors, speakers, distance)
    count = 1 + max((piece.speaker for piece in told), default=-1)
    seconds = np.zeros((max(count, 1), len(one.voices)))
    for piece in told:
        for start, end, who in one.turns:
            seconds[max(piece.speaker, 0), who] += max(0.0, min(end, piece.end) - max(start, piece.start))
    rows, columns = linear_sum_assignment(seconds, maximize=True)
    return float(1 - seconds[rows, columns].sum() / max(seconds.sum(), 1e-9)), count


def measured(context: Context) -> dict[str, Any]:
    """What the calibration file holds of grouping: the distance, and how often it is wrong on the other voices."""
    halves = voices(context)
    first, second = ([one for kind, pair in halves.items() for one in meetings(pair[half], half, context)] for half in (0, 1))
    errors = np.array([np.mean([confusion(one, distance)[0] for one in first]) for distance in DISTANCES])
    best = np.flatnonzero(errors <= errors.min() + 1e-9)
    distance = float(DISTANCES[best[len(best) // 2]])
    told = [confusion(one, distance) for one in second]
    wrong = np.array([error for error, _ in told])
    right = np.array([found == len(one.voices) for (_, found), one in zip(told, second)])
    known = [confusion(one, distance, len(one.voices))[0] for one in second]
    kinds = {kind: float(wrong[k * len(wrong) // 2 : (k + 1) * len(wrong) // 2].mean()) for k, kind in enumerate(halves)}
    return {
        "distance": distance, "chosen_on": float(errors.min()), "wrong": float(wrong.mean()),
        "interval": list(_interval(second, wrong)), "baseline": float(np.mean([confusion(one, 2.0, 1)[0] for one in second])),
        "counted_right": float(right.mean()), "wrong_with_known_count": float(np.mean(known)), "by_kind": kinds,
        "meetings": len(second), "voices": sum(len(pair[1]) for pair in halves.values()),
        "curve": [[float(d), round(float(e), 4)] for d, e in zip(DISTANCES, errors)],
    }  # fmt: skip


def _interval(of: list[Meeting], wrong: np.ndarray) -> tuple[float, float]:
    """The 95 % bootstrap interval of the mean over voices: meetings that share one are no independent evidence."""
    names = sorted({name for one in of for name in one.voices})
    places = [[names.index(name) for name in one.voices] for one in of]
    random = np.random.default_rng(0)
    values = []
    for _ in range(RESAMPLES):
        drawn = np.bincount(random.integers(0, len(names), len(names)), minlength=len(names))
        weights = np.array([drawn[place].prod() for place in places], float)
        if weights.any():
            values.append(float(np.average(wrong, weights=weights)))
    low, high = np.quantile(values, [(1 - LEVEL) / 2, (1 + LEVEL) / 2])
    return float(low), float(high)
