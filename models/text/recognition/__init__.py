"""Named entities of Chinese and English texts with exact offsets, and the key phrases of a collection.

English is read by spaCy's small model (OntoNotes labels), Chinese by Baidu's LAC; a layer of patterns finds the dates and
amounts that they leave out. A text that mixes languages is cut where the language of its sentences changes.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from core.contracts import Context
from core.language import N_
from models.text.words import Language

__all__ = ["KINDS", "Entity", "find", "find_all"]

# The kinds in the order in which they are shown.
KINDS = (N_("person"), N_("place"), N_("organisation"), N_("date"), N_("amount"), N_("work"))


@dataclass(frozen=True)
class Entity:
    """`text` stands at `start` to `end` (characters) of the text that was read; `kind` is one of `KINDS`."""

    start: int
    end: int
    kind: str
    text: str


def find(text: str, language: Language | None = None, context: Context | None = None) -> tuple[Entity, ...]:
    """The entities of one text in order; none overlaps another, and `text[e.start : e.end] == e.text`.

    `language` says which model reads it; without it each sentence is read by the model of its language.
    """
    return find_all([text], context, language=language)[0]


def find_all(
    texts: Sequence[str], context: Context | None = None, *, language: Language | None = None
) -> list[tuple[Entity, ...]]:
    """The entities of each text, in the order of `texts`. Nothing is kept.

    Raises `UnavailableError` when the weights of a language that occurs cannot be had, `BusyError` when the model is in use
    for too long, and `Cancelled` through `context`.
    """
    from models.text.recognition import reading

    return reading.read(texts, context or Context(), language)
