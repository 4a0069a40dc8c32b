"""Entities of English by spaCy's small model: `en_core_web_sm`, labels of OntoNotes 5.

Only what is asked for runs: the entity recogniser has word vectors of its own, so tagger and parser stay out of it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager
from pathlib import Path
from typing import TYPE_CHECKING

from core import weights
from core.cache import lease
from core.contracts import Context
from models.text.recognition import patterns

if TYPE_CHECKING:
    from spacy.language import Language as Pipeline

WEIGHTS = "en-core-web-sm"
LOAD_SECONDS = 300.0
TITLE_LENGTH = 12  # characters before a name in which its title stands
KIND_OF = {
    "PERSON": "person", "GPE": "place", "LOC": "place", "FAC": "place", "ORG": "organisation", "DATE": "date", "TIME": "date",
    "MONEY": "amount", "PERCENT": "amount", "QUANTITY": "amount", "WORK_OF_ART": "work",
}  # fmt: skip
NOT_FOR_ENTITIES = ["tok2vec", "tagger", "parser", "attribute_ruler"]

_EDGE = re.compile(r"^[\s\"'“”‘’(\[*_`#|-]+|[\s\"'“”‘’)\],;:*_`#|-]+$")
# Paths, options, file names and variables are what a technical text is full of, and nobody's name.
_CODE = re.compile(r"[/\\_=<>{}$@#|*]|^--?\w|\w\.[a-z]{1,4}$|::|\(\)")
_TITLE_BEFORE = re.compile(r"\b(?:Mr|Mrs|Ms|Miss|Dr|Prof|Professor|Sir|Lady)\.?\s$")
_LETTER_OR_DIGIT = re.compile(r"\w")


def leased(context: Context) -> AbstractContextManager[Pipeline]:
    """The pipeline for the time of a `with` block."""
    folder = weights.locate(WEIGHTS, context)
    return lease(("spacy", WEIGHTS), lambda: _load(folder), timeout=LOAD_SECONDS)


def _load(folder: Path) -> Pipeline:
    import spacy

    return spacy.load(folder, exclude=["lemmatizer", "senter"])


def entities(texts: Sequence[str], pipeline: Pipeline) -> Iterator[list[tuple[int, int, str]]]:
    """`(start, end, kind)` in each text, in order. What the pipeline learns of new words is let go again."""
    with pipeline.memory_zone():
        for document in pipeline.pipe(texts, batch_size=32, disable=NOT_FOR_ENTITIES):
            yield [
                span
                for entity in document.ents
                for span in _span(entity.start_char, entity.end_char, entity.label_, document.text)
            ]


def _span(start: int, end: int, label: str, text: str) -> list[tuple[int, int, str]]:
    """The span without quotes and mark-up at its edges; none where its kind is not ours, or a line break goes through it."""
    kind = KIND_OF.get(label, "")
    piece = text[start:end]
    inner = _EDGE.sub("", piece)
    if not kind or not inner or not _LETTER_OR_DIGIT.search(inner) or "\n" in inner:
        return []
    if kind == "date" and not patterns.is_point_in_time(inner, "en"):
        return []
    if kind not in ("date", "amount") and (_CODE.search(inner) or not any(c.isalpha() for c in inner)):
        return []
    start += piece.index(inner)
    if kind in ("organisation", "place") and _TITLE_BEFORE.search(text[max(0, start - TITLE_LENGTH) : start]):
        kind = "person"
    return [(start, start + len(inner), kind)]
