"""Where somebody speaks: Silero VAD, in windows of up to half a minute that are cut where there is a pause."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from core import weights
from core.cache import lease
from models.speech.recognition.engines import RATE

PORTION_SECONDS = 300.0  # looked at together; memory follows it, not the length of the recording
WINDOW_SECONDS = 28.0  # of one window at most, so that its padding fits in half a minute
PAUSE_SECONDS = 2.0  # of silence that ends a window; shorter pauses stay in it, which keeps its sentences together
PAD_SECONDS = 0.3  # kept before and after speech, so that no consonant is cut off
LEAST_PAUSE_SECONDS = 0.16
LEAST_SPEECH_SECONDS = 0.1


@dataclass(frozen=True, eq=False)
class Window:
    """A stretch of the recording in which somebody speaks: float32 samples at 16 kHz, `start` in seconds."""

    start: float
    samples: np.ndarray

    @property
    def seconds(self) -> float:
        return len(self.samples) / RATE


def windows(blocks: Iterable[np.ndarray], *, detect: bool, threshold: float = 0.5) -> Iterator[Window]:
    """The windows of a recording that comes in pieces of (1, n) samples at 16 kHz.

    Without `detect`, it is cut every `WINDOW_SECONDS` at the quietest place nearby. Raises UnavailableError without the model.
    """
    held, start, total = [], 0, 0
    for block in blocks:
        held.append(block[0])
        total += block.shape[1]
        if total >= PORTION_SECONDS * RATE:
            portion = np.concatenate(held)
            found, used = _cut(portion, detect, threshold, is_last=False)
            yield from (Window((start + a) / RATE, portion[a:b]) for a, b in found)
            held, start, total = [portion[used:]], start + used, len(portion) - used
    if total:
        portion = np.concatenate(held)
        found, _used = _cut(portion, detect, threshold, is_last=True)
        yield from (Window((start + a) / RATE, portion[a:b]) for a, b in found)


def _cut(portion: np.ndarray, detect: bool, threshold: float, *, is_last: bool) -> tuple[list[tuple[int, int]], int]:
    """Ends of the windows in samples, and how many samples are done with: what touches the end is looked at again."""
    spoken = speech(portion, threshold) if detect else [(0, len(portion))]
    found = joined(split(spoken, portion))
    if is_last:
        return found, len(portion)
    if not found:
        return [], max(0, len(portion) - RATE)
    last = found[-1]
    if last[1] >= len(portion) - PAUSE_SECONDS * RATE and len(found) > 1:
        return found[:-1], last[0]
    return found, last[1]


def speech(samples: np.ndarray, threshold: float = 0.5) -> list[tuple[int, int]]:
    """Stretches of speech in samples, each with a little before and after it."""
    found: list[tuple[int, int]] = []
    probabilities = _probabilities(samples)
    hop, start, quiet = 512, -1, 0
    for place, probability in enumerate([*probabilities.tolist(), *[0.0] * (int(LEAST_PAUSE_SECONDS * RATE) // hop + 1)]):
        if probability >= threshold:
            start, quiet = (place if start < 0 else start), 0
        elif start >= 0 and probability < max(threshold - 0.15, 0.01):  # hysteresis, as Silero's own code has it
            quiet += 1
            if quiet * hop >= LEAST_PAUSE_SECONDS * RATE:
                end = place - quiet + 1
                if (end - start) * hop >= LEAST_SPEECH_SECONDS * RATE:
                    found.append((start * hop, end * hop))
                start, quiet = -1, 0
    return _padded(found, len(samples))


def _padded(found: list[tuple[int, int]], length: int) -> list[tuple[int, int]]:
    """With `PAD_SECONDS` around each, or half of the pause where that is shorter."""
    pad = int(PAD_SECONDS * RATE)
    ends = []
    for place, (start, end) in enumerate(found):
        before = start if place == 0 else (start - found[place - 1][1]) // 2
        after = length - end if place == len(found) - 1 else (found[place + 1][0] - end) // 2
        ends.append((max(0, start - min(pad, before)), min(length, end + min(pad, after))))
    return ends


def split(spoken: list[tuple[int, int]], samples: np.ndarray) -> list[tuple[int, int]]:
    """The same with what is longer than a window cut at its quietest places."""
    most, found = int(WINDOW_SECONDS * RATE), []
    for start, end in spoken:
        while end - start > most:
            middle = _quietest(samples, start + most // 2, start + most)
            found.append((start, middle))
            start = middle
        found.append((start, end))
    return found


def joined(spoken: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """Neighbours together as long as they fit a window and the pause between them is short."""
    found: list[tuple[int, int]] = []
    for start, end in spoken:
        if found and end - found[-1][0] <= WINDOW_SECONDS * RATE and start - found[-1][1] <= PAUSE_SECONDS * RATE:
            found[-1] = (found[-1][0], end)
        else:
            found.append((start, end))
    return found


def _quietest(samples: np.ndarray, start: int, end: int) -> int:
    """The middle of the quietest fiftieth of a second between two places."""
    step = RATE // 50
    part = samples[start:end]
    loud = np.add.reduceat(np.square(part, dtype=np.float64), np.arange(0, len(part), step))
    return start + int(loud.argmin()) * step + step // 2


def _probabilities(samples: np.ndarray) -> np.ndarray:
    """Probability of speech for each 32 ms, float32 (n,)."""
    padded = np.pad(samples, (0, -len(samples) % 512))
    with lease(("vad",), _load) as model:
        return np.asarray(model(padded), np.float32).reshape(-1)


def _load() -> Any:
    from faster_whisper.vad import SileroVADModel

    return SileroVADModel(str(weights.locate("silero-vad") / "silero_vad_v6.onnx"))
