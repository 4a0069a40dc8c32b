"""Speaking: how fast, beside the libraries as they are; what a person's reading costs the same recogniser; translating in steps.

Ours and the peer say the same sentences by turns in one run. `python -m benchmarks synthesis`.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import numpy as np

from core import weights
from core.contracts import Context
from models.speech.interpretation import trial as interpretation
from models.speech.interpretation.meeting import PAIRS
from models.speech.synthesis import engines, sayings, trial
from models.speech.synthesis.voices import KOKORO, KOKORO_VOICES, PIPER, Language, Voice

SENTENCES = 6  # of each handbook
VOICES: dict[str, Language] = {"af_heart": "en", PIPER: "en", "zf_xiaoxiao": "zh"}


def measure() -> list[dict[str, Any]]:
    """Rows of `{"what", "value", "unit", "peer", "ratio", "bar", "met"}`; a ratio above 1 is in our favour."""
    return [*(_speed(voice, language) for voice, language in VOICES.items()), _person(), _in_steps()]


def _speed(voice: str, language: Language) -> dict[str, Any]:
    """Seconds of speech made in a second, loading left out."""
    texts = sayings.handbook(language)[:SENTENCES]
    peer = {"af_heart": _kokoro, PIPER: _piper}.get(voice, lambda: None)()
    engines.say(texts[0], language, Voice(voice))
    ours, theirs = [0.0, 0.0], [0.0, 0.0]
    for text in texts:
        _timed(ours, lambda text=text: len(engines.say(text, language, Voice(voice))) / engines.RATE)
        if peer is not None:
            _timed(theirs, lambda text=text: peer(text))
    value = ours[0] / ours[1]
    other = theirs[0] / theirs[1] if peer is not None else None
    return {"what": f"speech by {voice}, {len(texts)} sentences", "value": value, "unit": "times real time", "peer": other,
            "ratio": value / other if other else None, "bar": None, "met": None}  # fmt: skip


def _timed(total: list[float], say: Callable[[], float]) -> None:
    started = time.perf_counter()
    total[0] += say()
    total[1] += time.perf_counter() - started


def _kokoro() -> Callable[[str], float]:
    """kokoro-onnx as its README has it."""
    from kokoro_onnx import Kokoro

    library = Kokoro(str(weights.locate(KOKORO) / "kokoro.onnx"), str(weights.locate(KOKORO_VOICES) / "voices.npz"))

    def say(text: str) -> float:
        samples, rate = library.create(text, voice="af_heart", speed=1.0, lang="en-us")
        return len(samples) / rate

    say("Hello.")
    return say


def _piper() -> Callable[[str], float]:
    """piper-tts as its README has it."""
    from piper import PiperVoice

    voice = PiperVoice.load(weights.locate(PIPER) / "en_US-joe-medium.onnx")

    def say(text: str) -> float:
        return sum(len(piece.audio_float_array) / piece.sample_rate for piece in voice.synthesize(text))

    say("Hello.")
    return say


def _person() -> dict[str, Any]:
    """What the recogniser of the bars makes of a person's reading of the novel, beside our reading of the same sentences."""
    texts = sayings.novel()
    spoken = [np.asarray(engines.say(text, "en", Voice("af_heart"))) for text in texts]
    from models.speech.recognition import scoring

    ours = scoring.score(list(zip(texts, trial.understood(spoken, "en", Context()))), "en").rate
    return {"what": "word error rate of the novel's five sentences: Heart, beside the person of the recordings", "value": ours,
            "unit": "", "peer": trial.person().rate, "ratio": None, "bar": None, "met": None}  # fmt: skip


def _in_steps() -> dict[str, Any]:
    """The Chinese talk through the small translator that comes with Panorama, beside Whisper's own English."""
    references = [english for _, english in PAIRS]
    found = [
        interpretation.measured(interpretation.translated(way, "own", Context())[0], references)[0]["chrf"]
        for way in ("steps", "direct")
    ]  # fmt: skip
    return {"what": "chrF of the Chinese talk in English, in steps, beside directly by Whisper", "value": found[0], "unit": "",
            "peer": found[1], "ratio": found[0] / found[1], "bar": None, "met": None}  # fmt: skip
