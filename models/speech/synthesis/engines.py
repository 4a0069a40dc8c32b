"""Two models that speak: Kokoro 82M (English and Chinese, StyleTTS 2) and Piper (English, VITS, several times as fast).

Kokoro: Li et al. (2023), "StyleTTS 2", and hexgrad's model card. Piper: Kim et al. (2021), "Conditional Variational Autoencoder
with Adversarial Learning for End-to-End Text-to-Speech". A model is leased for a sentence at a time, so that many can share it.
"""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np

from core import weights
from core.cache import lease
from core.contracts import Context
from models.speech.synthesis import phonemes
from models.speech.synthesis.voices import KOKORO, KOKORO_VOICES, PIPER, Language, Voice

RATE = 24_000  # samples a second of everything that is spoken
TURN_SECONDS = 120.0  # that one waits for others who use the same model
THREADS = 2  # more than two threads gain little on sentences


def fetch(voice: Voice, context: Context | None = None) -> None:
    """Brings the weights of that voice here. Raises UnavailableError where they cannot be had."""
    for name in (PIPER,) if voice.is_piper else (KOKORO, KOKORO_VOICES):
        weights.locate(name, context)


def say(text: str, language: Language, voice: Voice, speed: float = 1.0) -> np.ndarray:
    """The sentence as float32 samples at `RATE`, silence cut off at both ends; empty where nothing in it can be spoken.

    `speed` from 0.5 to 2. Piper's voice speaks English only.
    """
    if voice.is_piper:
        with lease(("piper", PIPER), lambda: Piper(weights.locate(PIPER)), timeout=TURN_SECONDS) as piper:
            return np.asarray(piper.say(text, speed), np.float32)
    key = ("kokoro", KOKORO)
    with lease(key, lambda: Kokoro(weights.locate(KOKORO), weights.locate(KOKORO_VOICES)), timeout=TURN_SECONDS) as kokoro:
        return np.asarray(kokoro.say(text, language, voice, speed), np.float32)


def resampled(samples: np.ndarray, ratio: float) -> np.ndarray:
    """Played `ratio` times as fast at the same rate, and so as much higher; band-limited, float32."""
    from scipy.signal import resample_poly

    exact = Fraction(ratio).limit_denominator(200)
    if exact == 1 or not len(samples):
        return samples
    return np.asarray(resample_poly(samples, exact.denominator, exact.numerator), np.float32)


class Kokoro:
    """Kokoro through kokoro-onnx, with as many threads as are of use."""

    def __init__(self, model: Path, voices: Path) -> None:
        from kokoro_onnx import Kokoro as Library

        path = voices / "voices.npz"
        self._library: Any = Library.from_session(_session(model / "kokoro.onnx"), str(path))
        with np.load(path, allow_pickle=False) as packed:
            self._voices = {name: packed[name] for name in packed.files}

    def say(self, text: str, language: Language, voice: Voice, speed: float) -> np.ndarray:
        tokenizer = self._library.tokenizer
        chinese = language == "zh"
        sounds = phonemes.of_chinese(text, tokenizer) if chinese else phonemes.of_english(text, voice.accent, tokenizer)
        if not any(character.isalpha() for character in tokenizer.known(sounds)):
            return np.zeros(0, np.float32)
        samples, _rate = self._library.create(sounds, self._style(voice), speed=speed, is_phonemes=True)
        return np.asarray(samples, np.float32)

    def _style(self, voice: Voice) -> np.ndarray:
        """Float32 (510, 1, 256): a vector for each number of phonemes."""
        first = self._voices[voice.name]
        return first if not voice.second else (1 - voice.share) * first + voice.share * self._voices[voice.second]


class Piper:
    """The voice Joe through piper-tts."""

    def __init__(self, folder: Path) -> None:
        import json

        from piper import PiperVoice
        from piper.config import PiperConfig

        model = folder / "en_US-joe-medium.onnx"
        config = PiperConfig.from_dict(json.loads(model.with_name(model.name + ".json").read_text("utf-8")))
        self._voice = PiperVoice(session=_session(model), config=config)

    def say(self, text: str, speed: float) -> np.ndarray:
        from kokoro_onnx.trim import trim
        from piper.config import SynthesisConfig

        spaced = text.replace("[[", "[ [")  # Piper's own mark for phonemes; here it is text
        how = SynthesisConfig(length_scale=1 / speed)
        pieces = [piece.audio_float_array for piece in self._voice.synthesize(spaced, how)]
        if not pieces:
            return np.zeros(0, np.float32)
        samples, _ends = trim(np.concatenate(pieces))
        return resampled(samples, self._voice.config.sample_rate / RATE)


def _session(path: Path) -> Any:
    import onnxruntime

    onnxruntime.set_seed(0)  # both models draw noise: the same text then sounds the same in a new process
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads, options.inter_op_num_threads = THREADS, 1
    return onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])


Say = Callable[[str, Language, Voice, float], np.ndarray]
