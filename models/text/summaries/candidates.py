"""The sentences that a summary can be made of, with their places in the documents."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from core.contracts import Context, Document
from models.text.words import Language, Span, clean, has_words, language_of, sentences

# A sentence is eligible from this many words (Chinese: characters) on; shorter ones are headings, labels, exclamations.
LEAST = {"zh": 8, "en": 5, "other": 5}
MOST_CHARACTERS_OF_ONE = 1_200  # a longer "sentence" is a table or program text, and no part of a summary

_SPEECH = re.compile(r"[“”\"‘「」『』]|[!?！？]|\b(?:I|you|me|my|your|thee|thou)\b|[我你您]们?")
_SURROGATE = re.compile("[\ud800-\udfff]")


@dataclass(frozen=True)
class Sentence:
    """One sentence at `start` to `end` of the document with the number `document`.

    `section` counts the headings before it in that document, `order` the sentences of all documents.
    """

    text: str
    document: int
    start: int
    end: int
    section: int
    order: int
    language: Language


def candidates(documents: Sequence[Document], context: Context) -> list[Sentence]:
    """The eligible sentences of all documents in order. Headings are none; repeated sentences count once."""
    found: list[Sentence] = []
    seen: set[str] = set()
    for number, document in enumerate(documents):
        section, language = 0, language_of([block.text for block in document.blocks])
        for at, block in zip(document.starts, document.blocks, strict=True):
            context.check()
            if block.kind == "heading":
                section += 1
                continue
            for piece, start, end in whole_sentences(_SURROGATE.sub("\ufffd", block.text)):
                if (key := piece.casefold()) in seen or not _is_eligible(piece, language):
                    continue
                seen.add(key)
                found.append(Sentence(clean(piece), number, at + start, at + end, section, len(found), language))
    return found


def whole_sentences(text: str) -> list[Span]:
    """Sentences, joined again where only a semicolon parts them: what follows it cannot stand alone."""
    found: list[Span] = []
    for piece, start, end in sentences(text):
        if found and found[-1][0].endswith((";", "；")) and "\n" not in text[found[-1][2] : start]:
            first = found.pop()[1]
            found.append((text[first:end], first, end))
        else:
            found.append((piece, start, end))
    return found


def _is_eligible(piece: str, language: Language) -> bool:
    if len(piece) > MOST_CHARACTERS_OF_ONE or not has_words(piece) or piece.rstrip().endswith((":", "：")):
        return False
    return size(piece, language) >= LEAST[language]


def size(text: str, language: Language) -> int:
    """How long a text is: in words, in Chinese in characters without spaces."""
    return len("".join(text.split())) if language == "zh" else len(text.split())


def is_spoken(sentence: Sentence) -> bool:
    """Whether somebody speaks: quotation marks, questions, calls, I and you."""
    return _SPEECH.search(sentence.text) is not None
