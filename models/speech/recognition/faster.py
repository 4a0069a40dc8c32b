"""Whisper through faster-whisper: CTranslate2 in 8 bits, several windows at once, and no more silence than is needed.

Whisper was trained on half a minute, so every library pads a window to that, and most of the work on a short clip is listening to
silence. Here windows are padded to the longest of their batch and `MARGIN_FRAMES` (eight seconds) more. With less, the model
repeats itself or loses the end; with eight seconds, the texts of the clips of `cards` and `inaugural` were those of the full
padding. A window that fails by Whisper's own signs is listened to again
at full length, with Whisper's ladder of temperatures.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from core import device
from core.contracts import Word
from models.speech.recognition.engines import (
    LEAST_LOG_PROBABILITY,
    MARGIN_FRAMES,
    MOST_COMPRESSION,
    MOST_FRAMES,
    NO_SPEECH,
    RATE,
    TEMPERATURES,
    Asked,
    Heard,
    has_failed,
)

TOKENS_A_SECOND, TOKENS_AT_LEAST = 16, 32  # nobody speaks more; it ends loops early
PREPENDED, APPENDED = "\"'“¿([{-", "\"'.。,，!！?？:：”)]}、"  # punctuation that belongs to the next word, to the one before


class Faster:
    """A CTranslate2 Whisper in `folder`, in 8 bits on a processor and half precision on a GPU."""

    def __init__(self, folder: Path, threads: int) -> None:
        from faster_whisper import WhisperModel

        place = "cuda" if device.best() == "cuda" else "cpu"
        kind = "float16" if place == "cuda" else "int8"
        self.model: Any = WhisperModel(str(folder), device=place, compute_type=kind, cpu_threads=threads, local_files_only=True)

    def languages(self, window: np.ndarray) -> dict[str, float]:
        if not self.model.model.is_multilingual:
            return {"en": 1.0}
        encoded = self.model.encode(self._padded([self._features(window)], MARGIN_FRAMES))
        return {token[2:-2]: float(probability) for token, probability in self.model.model.detect_language(encoded)[0]}

    def decode(self, windows: Sequence[np.ndarray], language: str, asked: Asked) -> list[Heard]:
        tokenizer = self._tokenizer(language, asked)
        features = [self._features(window) for window in windows]
        encoded = self.model.encode(self._padded(features, MARGIN_FRAMES))
        prompt = self._prompt(tokenizer, asked)
        longest = max(len(window) for window in windows) / RATE
        results = self.model.model.generate(
            encoded, [list(prompt) for _ in windows], beam_size=asked.beam, patience=1,
            max_length=self._most_tokens(prompt, longest), return_scores=True, return_no_speech_prob=True, suppress_blank=True,
            suppress_tokens=self._suppressed(tokenizer),
        )  # fmt: skip
        tokens = [list(result.sequences_ids[0]) for result in results]
        sure = [float(r.scores[0]) * len(t) / (len(t) + 1) for r, t in zip(results, tokens)]
        silent = [r.no_speech_prob > NO_SPEECH and s < LEAST_LOG_PROBABILITY for r, s in zip(results, sure)]
        texts = [tokenizer.decode(t) for t in tokens]
        failed = [not quiet and (has_failed(text, s) or not text.strip()) for quiet, text, s in zip(silent, texts, sure)]
        timed = self._words(tokenizer, encoded, tokens, features)
        found = []
        for place, window in enumerate(windows):
            if silent[place]:
                found.append(Heard(log_probability=sure[place]))
            elif failed[place]:
                found.append(self._again(features[place], tokenizer, asked, len(window) / RATE))
            else:
                found.append(Heard(texts[place].strip(), timed[place], sure[place]))
        return found

    def _again(self, features: np.ndarray, tokenizer: Any, asked: Asked, seconds: float) -> Heard:
        """One window with the padding that the model was trained on, hotter each time that it fails."""
        from faster_whisper.transcribe import TranscriptionOptions

        prompt = self._prompt(tokenizer, asked)
        encoded = self.model.encode(self._padded([features], MOST_FRAMES))
        options = TranscriptionOptions(
            beam_size=asked.beam, best_of=5, patience=1, length_penalty=1, repetition_penalty=1, no_repeat_ngram_size=0,
            log_prob_threshold=LEAST_LOG_PROBABILITY, no_speech_threshold=NO_SPEECH,
            compression_ratio_threshold=MOST_COMPRESSION, condition_on_previous_text=False, prompt_reset_on_temperature=0.5,
            temperatures=list(TEMPERATURES), initial_prompt=None, prefix=None, suppress_blank=True,
            suppress_tokens=self._suppressed(tokenizer), without_timestamps=True, max_initial_timestamp=1.0,
            word_timestamps=True, prepend_punctuations=PREPENDED, append_punctuations=APPENDED, multilingual=False,
            max_new_tokens=self._most_tokens(prompt, seconds) - len(prompt), clip_timestamps="0",
            hallucination_silence_threshold=None, hotwords=None,
        )  # fmt: skip
        result, sure, _temperature, _ratio = self.model.generate_with_fallback(encoded, prompt, tokenizer, options)
        if result.no_speech_prob > NO_SPEECH and sure < LEAST_LOG_PROBABILITY:
            return Heard(log_probability=float(sure))
        tokens = list(result.sequences_ids[0])
        return Heard(tokenizer.decode(tokens).strip(), self._words(tokenizer, encoded, [tokens], [features])[0], float(sure))

    def _words(self, tokenizer: Any, encoded: Any, tokens: list[list[int]], features: list[np.ndarray]) -> list[list[Word]]:
        """When each word is heard, from the decoder's attention to the sound (dynamic time warping)."""
        from faster_whisper.transcribe import merge_punctuations

        texts = [[token for token in one if token < tokenizer.eot] for one in tokens]
        if not any(texts):
            return [[] for _ in texts]
        frames = [one.shape[1] for one in features]
        found = []
        for alignment in self.model.find_alignment(tokenizer, texts, encoded, frames):
            merge_punctuations(alignment, PREPENDED, APPENDED)
            found.append([
                Word(one["word"], round(float(one["start"]), 2), round(float(one["end"]), 2), round(float(one["probability"]), 3))
                for one in alignment if one["word"]
            ])  # fmt: skip
        return found

    def _features(self, window: np.ndarray) -> np.ndarray:
        return np.asarray(self.model.feature_extractor(window)[..., :-1], np.float32)[:, :MOST_FRAMES]

    def _padded(self, features: Sequence[np.ndarray], margin: int) -> np.ndarray:
        """Float32 (windows, mels, frames), as many frames as the longest window and `margin` more, at most half a minute."""
        longest = max(one.shape[1] for one in features)
        frames = min(MOST_FRAMES, longest + margin + (longest + margin) % 2)
        return np.stack([np.pad(one, ((0, 0), (0, frames - one.shape[1]))) for one in features])

    def _tokenizer(self, language: str, asked: Asked) -> Any:
        from faster_whisper.tokenizer import Tokenizer

        many = self.model.model.is_multilingual
        return Tokenizer(self.model.hf_tokenizer, many, task=asked.task, language=language if many else "en")

    def _prompt(self, tokenizer: Any, asked: Asked) -> list[int]:
        before = tokenizer.encode(" " + asked.prompt.strip()) if asked.prompt.strip() else []
        return list(self.model.get_prompt(tokenizer, before, without_timestamps=True))

    def _most_tokens(self, prompt: list[int], seconds: float) -> int:
        return min(int(self.model.max_length), len(prompt) + TOKENS_AT_LEAST + int(TOKENS_A_SECOND * seconds))

    def _suppressed(self, tokenizer: Any) -> list[int]:
        from faster_whisper.transcribe import get_suppressed_tokens

        return list(get_suppressed_tokens(tokenizer, [-1]) or ())
