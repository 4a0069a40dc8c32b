"""Typed results that are heard, and what was said in them. Times are seconds from the beginning of the recording."""

from __future__ import annotations

from dataclasses import dataclass

from core.contracts.inputs import Message
from core.contracts.visual import Image

Sentence = str | Message


@dataclass(frozen=True, eq=False)
class Audio:
    """A sound to play: `file` names a FLAC or WAV file below `home("sounds")` (`core.sound.keep` writes it).

    `pictures` show it (waveform, spectrogram); `generated`: a model made it, which the file's metadata and the page say.
    """

    title: Sentence
    file: str
    rate: int
    channels: int
    seconds: float
    pictures: tuple[Image, ...] = ()
    caption: Sentence = ""
    generated: bool = False


@dataclass(frozen=True)
class Word:
    """A word as it is written (with its punctuation), when it is heard, and how sure the model is of it, 0 to 1."""

    text: str
    start: float
    end: float
    probability: float = 1.0


@dataclass(frozen=True)
class Utterance:
    """A sentence or a part of one; `speaker` is an index into the transcript's speakers, -1 where nobody was told apart."""

    text: str
    start: float
    end: float
    speaker: int = -1
    words: tuple[Word, ...] = ()


@dataclass(frozen=True, eq=False)
class Transcript:
    """What was said, in order. `language` is an ISO 639-1 code; `audio` is what is played when a sentence is clicked."""

    title: Sentence
    utterances: tuple[Utterance, ...]
    language: str = ""
    speakers: tuple[Sentence, ...] = ()
    audio: Audio | None = None
    caption: Sentence = ""

    @property
    def is_spaced(self) -> bool:
        """Whether words are written with spaces between them."""
        return self.language not in UNSPACED

    @property
    def text(self) -> str:
        """All of it as running text."""
        return (" " if self.is_spaced else "").join(utterance.text for utterance in self.utterances)


UNSPACED = ("zh", "ja", "yue", "th", "lo", "my", "km", "bo")  # languages written without spaces between words
