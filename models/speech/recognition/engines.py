"""Whisper through two libraries: faster-whisper (CTranslate2) and openai-whisper (PyTorch), with the same weights.

Both take windows of speech of up to half a minute and give text with the times of its words. Method: Radford et al. (2022),
"Robust Speech Recognition via Large-Scale Weak Supervision". A model is leased for a batch at a time, so that many can share it.
"""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal, Protocol

import numpy as np

from core import device, weights
from core.cache import lease, loaded
from core.contracts import Context, Word
from core.language import N_

RATE = 16_000
FRAMES = 100  # of the spectrogram, a second
MOST_FRAMES = 3_000  # half a minute: what Whisper was trained on
MARGIN_FRAMES = 800  # of silence behind the speech; see `Faster`
BATCH = 8  # windows at once
LEAST_LOG_PROBABILITY, MOST_COMPRESSION, NO_SPEECH = -1.0, 2.4, 0.6  # Whisper's own thresholds of a failed window
TEMPERATURES = (0.0, 0.2, 0.4, 0.6, 0.8, 1.0)
TURN_SECONDS = 900.0  # that one waits for others who use the same model

Library = Literal["faster", "openai"]
Task = Literal["transcribe", "translate"]
LIBRARIES = {"faster": N_("faster-whisper"), "openai": N_("openai-whisper")}


@dataclass(frozen=True)
class Asked:
    """How to listen. `prompt` shows names and spelling to expect."""

    task: Task = "transcribe"
    beam: int = 5
    prompt: str = ""


@dataclass
class Heard:
    """The text of one window, and its words with their times in seconds from the window's beginning."""

    text: str = ""
    words: list[Word] = field(default_factory=list)
    log_probability: float = 0.0


class Engine(Protocol):
    """One of the two libraries with a model loaded."""

    def languages(self, window: np.ndarray) -> dict[str, float]:
        """Probability of each language, the likeliest first; float32 samples at 16 kHz."""
        ...

    def decode(self, windows: Sequence[np.ndarray], language: str, asked: Asked) -> list[Heard]: ...


def library_of(library: Library, name: str, context: Context | None = None) -> Recogniser:
    """The model `name` of the manifest through that library; its files are fetched now, it is loaded when it is needed.

    Raises UnavailableError where the weights cannot be had.
    """
    return Recogniser(library, name, weights.locate(name, context))


@dataclass(frozen=True)
class Recogniser:
    """A model by name: each call leases it, so nobody waits for a whole recording of somebody else."""

    library: Library
    name: str
    folder: Path

    @property
    def batch(self) -> int:
        """How many windows to give at once."""
        return BATCH if self.library == "faster" else 1

    def ready(self, context: Context | None = None) -> None:
        """Loads the model now, and says so, where it is not loaded yet."""
        if context is not None and all(one.key != self._key for one in loaded()):
            context.progress(0.0, N_("Loading the model {name}"), name=weights.entry(self.name).title)
        with self._leased():
            pass

    def languages(self, window: np.ndarray) -> dict[str, float]:
        with self._leased() as engine:
            return dict(engine.languages(window))

    def decode(self, windows: Sequence[np.ndarray], language: str, asked: Asked) -> list[Heard]:
        with self._leased() as engine:
            return list(engine.decode(windows, language, asked))

    @property
    def _key(self) -> tuple[str, str, str]:
        return ("whisper", self.library, self.name)

    def _leased(self) -> Any:
        return lease(self._key, lambda: LOADERS[self.library](self.folder), timeout=TURN_SECONDS)


def compression(text: str) -> float:
    """How much shorter zlib makes the text: a loop that repeats itself has a high ratio."""
    raw = text.encode("utf-8", "replace")
    return len(raw) / len(zlib.compress(raw)) if raw else 0.0


def has_failed(text: str, log_probability: float) -> bool:
    """Whether a window should be listened to again, by Whisper's own two signs."""
    return log_probability < LEAST_LOG_PROBABILITY or compression(text) > MOST_COMPRESSION


def _faster(folder: Path) -> Engine:
    from models.speech.recognition.faster import Faster

    return Faster(folder, threads=device.cores())


def _openai(folder: Path) -> Engine:
    from models.speech.recognition.reference import Reference

    return Reference(folder)


LOADERS: dict[str, Any] = {"faster": _faster, "openai": _openai}
