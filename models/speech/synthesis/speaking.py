"""Sentence by sentence into one sound: what stands already is handed out, kept in the job's folder, and not made twice."""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from core.contracts import Audio, Context, Message, Utterance
from core.home import write_bytes
from core.language import N_
from models.speech.synthesis import engines
from models.speech.synthesis.engines import RATE
from models.speech.synthesis.marking import Saying
from models.speech.synthesis.voices import Voice

LOUDNESS, MOST_GAIN = 0.09, 4.0  # root mean square of a sentence, so that two voices are equally loud; how far one is turned up
LOUDEST = 0.95  # of full scale: no sample is above
EDGE_SECONDS = 0.004  # over which a sentence fades in and out, so that no cut is heard
DRAWN_SECONDS = 600  # of sound whose waveform is drawn


@dataclass(frozen=True)
class Reader:
    """Who reads and how: a voice for each language, `speed` (1 is the voice's own), `pitch` in semitones up."""

    english: Voice
    chinese: Voice
    speed: float = 1.0
    pitch: float = 0.0

    def voice_for(self, saying: Saying) -> Voice:
        return self.chinese if saying.language == "zh" else self.english

    def say(self, saying: Saying) -> np.ndarray:
        """Float32 samples at `RATE`. Pitch is raised by playing faster what was spoken as much slower."""
        ratio = 2 ** (self.pitch / 12)
        spoken = engines.say(saying.text, saying.language, self.voice_for(saying), min(2.0, max(0.5, self.speed / ratio)))
        return _rounded(engines.resampled(spoken, ratio))


@dataclass(frozen=True)
class Spoken:
    """A sentence with its sound; `start` in seconds from the beginning of all."""

    saying: Saying
    samples: np.ndarray
    start: float

    @property
    def end(self) -> float:
        return self.start + len(self.samples) / RATE

    @property
    def utterance(self) -> Utterance:
        return Utterance(self.saying.text, round(self.start, 2), round(self.end, 2))


def speak(sayings: Sequence[Saying], reader: Reader, context: Context) -> Iterator[Spoken]:
    """Each sentence as soon as it is spoken; those without a sound of their own are passed over."""
    start = 0.0
    for place, saying in enumerate(sayings):
        context.check()
        context.progress(
            place / len(sayings), N_("Speaking: sentence {done} of {total}"), done=place + 1, total=len(sayings)
        )  # fmt: skip
        samples = once(place, saying, reader, context)
        if not len(samples):
            continue
        spoken = Spoken(saying, samples, start)
        start = spoken.end + saying.pause
        yield spoken


def pieces(spoken: Sequence[Spoken]) -> Iterator[np.ndarray]:
    """The sound of all sentences with their pauses, piece by piece."""
    end = 0
    for one in spoken:
        start = round(one.start * RATE)
        if start > end:
            yield np.zeros(start - end, np.float32)
        yield one.samples
        end = max(start, end) + len(one.samples)


def kept(
    title: str | Message, spoken: Sequence[Spoken], reader: Reader, kind: str = "flac", *, draw: bool = True
) -> Audio:  # fmt: skip
    """All of it as one file that says in its metadata that a model made it, and with which voices."""
    from core.sound import keeping, pictures

    details = details_of(spoken, reader)
    whole = np.concatenate(list(pieces(spoken)))
    drawn = (pictures.waveform(whole, RATE),) if draw and len(whole) <= RATE * DRAWN_SECONDS else ()
    return keeping.keep(
        title, whole, RATE, kind="wav" if kind == "wav" else "flac", generated=True, details=details, pictures=drawn,
    )  # fmt: skip


def part(one: Spoken, reader: Reader) -> Audio:
    """One sentence as a sound of its own, to be heard while the rest is worked on."""
    from core.sound import keeping

    return keeping.keep(one.saying.text, one.samples, RATE, generated=True, details=details_of([one], reader))


def details_of(spoken: Sequence[Spoken], reader: Reader) -> dict[str, str]:
    """What stands in the file's metadata besides the word that it is synthetic."""
    used = dict.fromkeys(reader.voice_for(one.saying).label for one in spoken)
    return {"voice": "; ".join(used), "speed": f"{reader.speed:g}", "pitch": f"{reader.pitch:+g} semitones"}


def once(place: int, saying: Saying, reader: Reader, context: Context) -> np.ndarray:
    """The sentence's samples, from the job's folder where an attempt before has left them."""
    if context.folder is None:
        return reader.say(saying)
    path = context.folder / f"sentence-{place:05d}.npy"
    if path.exists():
        return np.asarray(np.load(path, allow_pickle=False), np.float32)
    samples = reader.say(saying)
    packed = io.BytesIO()
    np.save(packed, samples.astype(np.float16), allow_pickle=False)
    write_bytes(path, packed.getvalue())
    return samples


def _rounded(samples: np.ndarray) -> np.ndarray:
    """As loud as the others, with soft edges."""
    if not len(samples):
        return samples
    mean = max(float(np.sqrt(np.mean(np.square(samples)))), 1e-9)
    gain = min(MOST_GAIN, LOUDNESS / mean, LOUDEST / max(float(np.abs(samples).max()), 1e-9))
    samples = np.asarray(samples * gain, np.float32)
    edge = min(len(samples) // 2, round(EDGE_SECONDS * RATE))
    slope = np.linspace(0, 1, edge, dtype=np.float32)
    samples[:edge] *= slope
    samples[len(samples) - edge :] *= slope[::-1]
    return samples
