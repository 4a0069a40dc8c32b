"""A text cut into pieces that one model can read: whole sentences of one language, next to each other."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from models.text.words import Language, Span, language_of, sentences

# Characters that a model reads at once. LAC was trained on sentences; spaCy reads paragraphs at a steady speed for each word.
LONGEST: dict[Language, int] = {"zh": 200, "en": 1_500, "other": 1_500}

_LETTER = re.compile(r"[^\W\d_]")
_INTO_CHINESE = re.compile(r"(?<=[.!?])\s+(?=[\u3400-\u9fff])")  # "in 2024. 他…": a figure before the full stop
_SURROGATE = re.compile("[\ud800-\udfff]")


@dataclass(frozen=True)
class Piece:
    """`text` stands at `start` of the text with the number `place`; lone surrogates in it are replaced one for one."""

    place: int
    start: int
    text: str
    language: Language


def cut(text: str, place: int, fixed: Language | None = None) -> list[Piece]:
    """Pieces of `text` in order. Sentences without letters (figures, marks) go with the language before them.

    A sentence that is longer than a model reads at once is cut at a space, else where it has to be.
    """
    text = _SURROGATE.sub("\ufffd", text)
    found: list[Piece] = []
    language: Language = fixed or "other"
    start = end = -1

    def close() -> None:
        if start >= 0:
            found.append(Piece(place, start, text[start:end], language))

    for sentence, at, stop in _one_language_each(text):
        of = fixed or (language_of(sentence) if _LETTER.search(sentence) or start < 0 else language)
        for low, high in _parts(sentence, at, stop, LONGEST[of]):
            joins = start >= 0 and of == language and high - start <= LONGEST[of] and "\n\n" not in text[end:low]
            if not joins:
                close()
                start, language = low, of
            end = high
    close()
    return found


def _one_language_each(text: str) -> Iterator[Span]:
    for sentence, start, end in sentences(text):
        at = 0
        for gap in _INTO_CHINESE.finditer(sentence):
            yield sentence[at : gap.start()], start + at, start + gap.start()
            at = gap.end()
        yield sentence[at:], start + at, end


def _parts(sentence: str, start: int, end: int, longest: int) -> list[tuple[int, int]]:
    parts = []
    while end - start > longest:
        space = sentence.rfind(" ", longest // 2, longest)
        length = space + 1 if space > 0 else longest
        parts.append((start, start + length))
        sentence, start = sentence[length:], start + length
    return [*parts, (start, end)] if end > start else parts
