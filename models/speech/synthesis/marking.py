"""A text as sentences to say, each with its language and the silence behind it.

Of SSML one mark is understood, `<break time="500ms"/>` (also in seconds, or without a time), and the frame `<speak>…</speak>` is
left out. Everything else in angle brackets is text like any other: nothing is parsed as XML, so nothing can be hidden in it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Literal

from core.contracts import Block, Documents
from models.speech.synthesis.voices import Language
from models.text.words import clean, has_words, language_of, sentences

BREAK = re.compile(r"""<break(?:\s+time\s*=\s*["']?(\d{1,6}(?:\.\d{1,3})?)\s*(ms|s)["']?)?\s*/?\s*>""", re.IGNORECASE)
FRAME = re.compile(r"</?speak\b[^<>]{0,300}>", re.IGNORECASE)
BREAK_SECONDS, MOST_BREAK_SECONDS = 0.5, 10.0  # without a time; at most
PARAGRAPH_PAUSES = 2.5  # times the pause between sentences
LONGEST = 360  # characters said in one go: longer ones are cut at a comma or a space
HAN_WORTH = 3  # a Chinese character takes as long as three Latin letters
MOST_CHARACTERS = 30_000  # read aloud of one input, about half an hour; the rest is left out, with a notice
_PICTURES = re.compile("[\u2190-\u2bff\ufe0f\u200d\U0001f000-\U0001faff\U000e0000-\U000e007f]+")  # emoji, arrows: no words
_COMMA = re.compile(r"[,，、;；:：]\s*|\s+")
_HAN = re.compile("[\u3400-\u9fff]")

Choice = Literal["auto", "en", "zh"]


@dataclass(frozen=True)
class Saying:
    """One sentence: what is said, in which language, and how long it is silent afterwards."""

    text: str
    language: Language
    pause: float


@dataclass(frozen=True)
class Script:
    """All that is to be said; `left_out` characters were too many, `foreign` sentences are in languages without a voice."""

    sayings: tuple[Saying, ...]
    left_out: int
    foreign: int


def script(given: Documents, language: Choice, pause: float, most: int = MOST_CHARACTERS) -> Script:
    """The sentences of the documents, at most `most` characters of them, cut behind a sentence. `pause` is in seconds."""
    found: list[Saying] = []
    room, foreign, whole = most, 0, sum(len(item.text) for item in given.items)
    for block in (block for item in given.items for block in item.blocks):
        if room <= 0:
            break
        for saying, is_foreign in _of_block(block, language, pause):
            if found and len(saying.text) > room:
                room = 0
                break
            room -= len(saying.text)
            foreign += is_foreign
            found.append(saying)
        if found:
            found[-1] = replace(found[-1], pause=max(found[-1].pause, PARAGRAPH_PAUSES * pause))
    if found:
        found[-1] = replace(found[-1], pause=0.0)
    return Script(tuple(found), max(0, whole - most) if room <= 0 else 0, foreign)


def _of_block(block: Block, language: Choice, pause: float) -> Iterator[tuple[Saying, bool]]:
    waiting: tuple[Saying, bool] | None = None
    parts = BREAK.split(FRAME.sub(" ", block.text))  # text, time, unit, text, time, unit, … text
    for place in range(0, len(parts), 3):
        for sentence, _, _ in sentences(parts[place]):
            spoken = clean(_PICTURES.sub(" ", sentence))
            if not has_words(spoken):
                continue
            for piece in _cut(spoken):
                if waiting:
                    yield waiting
                found = language_of(piece) if language == "auto" else language
                waiting = Saying(piece, "zh" if found == "zh" else "en", pause), found == "other"
        if waiting and place + 1 < len(parts):
            said, is_foreign = waiting
            waiting = replace(said, pause=min(60.0, said.pause + _seconds(parts[place + 1], parts[place + 2]))), is_foreign
    if waiting:
        yield waiting


def _seconds(number: str | None, unit: str | None) -> float:
    if number is None:
        return BREAK_SECONDS
    return min(MOST_BREAK_SECONDS, float(number) / (1000 if (unit or "").lower() == "ms" else 1))


def weight(text: str) -> int:
    """How long it takes to say, in Latin letters."""
    return len(text) + (HAN_WORTH - 1) * len(_HAN.findall(text))


def _cut(sentence: str) -> list[str]:
    """The sentence in parts of at most `LONGEST`, at commas and spaces where there are any."""
    if weight(sentence) <= LONGEST:
        return [sentence]
    found, part = [], ""
    start = 0
    for end in [*(match.end() for match in _COMMA.finditer(sentence)), len(sentence)]:
        piece = sentence[start:end]
        if part and weight(part + piece) > LONGEST:
            found.append(part.strip())
            part = ""
        while weight(piece) > LONGEST:  # no comma and no space for so long
            found.append(piece[: LONGEST // HAN_WORTH])
            piece = piece[LONGEST // HAN_WORTH :]
        part, start = part + piece, end
    return [part for part in [*found, part.strip()] if has_words(part)]
