"""Many texts through the models of their languages, a turn at a time, and the patterns beside them."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager
from typing import Any

from core.contracts import Context
from core.language import N_
from models.text.recognition import Entity, chinese, english, patterns
from models.text.recognition.pieces import Piece, cut
from models.text.words import Language

AT_ONCE = 64  # pieces between two looks at the clock
TURN_SECONDS = 2.0  # then others get their turn at the model

Spans = list[tuple[int, int, str]]
Reader = tuple[Callable[[Context], AbstractContextManager[Any]], Callable[[Sequence[str], Any], Iterator[Spans]]]


def read(texts: Sequence[str], context: Context, language: Language | None = None) -> list[tuple[Entity, ...]]:
    """See `models.text.recognition.find_all`. Languages other than Chinese are read by the English model."""
    pieces: list[Piece] = []
    for place, text in enumerate(texts):
        context.check()
        pieces += cut(text, place, language)
    found: list[list[tuple[int, int, str]]] = [[] for _ in texts]
    done = 0
    for reader, mine in (
        ((chinese.leased, chinese.entities), [p for p in pieces if p.language == "zh"]),
        ((english.leased, english.entities), [p for p in pieces if p.language != "zh"]),
    ):
        for piece, spans in _through(reader, mine, context, done, len(pieces)):
            merged = _together(spans, patterns.found(piece.text, piece.language))
            found[piece.place] += [(piece.start + start, piece.start + end, kind) for start, end, kind in merged]
        done += len(mine)
    return [
        tuple(Entity(start, end, kind, text[start:end]) for start, end, kind in sorted(spans))
        for text, spans in zip(texts, found, strict=True)
    ]


def languages(texts: Sequence[str], fixed: Language | None = None) -> set[Language]:
    """The languages of the pieces, and so which models read them."""
    return {piece.language for place, text in enumerate(texts) for piece in cut(text, place, fixed)}


def _through(reader: Reader, pieces: list[Piece], context: Context, done: int, total: int) -> Iterator[tuple[Piece, Spans]]:
    leased, entities = reader
    waiting = deque(pieces)
    while waiting:
        with leased(context) as model:
            end = time.monotonic() + TURN_SECONDS
            while waiting and time.monotonic() < end:
                context.check()
                now = [waiting.popleft() for _ in range(min(AT_ONCE, len(waiting)))]
                yield from zip(now, entities([piece.text for piece in now], model), strict=True)
                done += len(now)
        context.progress(done / total, N_("Read {done} of {total} pieces of text"), done=done, total=total)


def _together(model: Spans, pattern: Spans) -> Spans:
    """The model's spans and the patterns' without overlap: a pattern's stays where it covers the model's or is longer than its
    date or amount; else the model's."""
    kept: Spans = []
    for start, end, kind in sorted(pattern, key=lambda span: span[0] - span[1]):
        rivals = [other for other in model if other[0] < end and start < other[1]]
        is_better = all(
            (start <= low and high <= end) or (of in ("date", "amount") and high - low < end - start) for low, high, of in rivals
        )
        if is_better and not any(low < end and start < high for low, high, _ in kept):
            kept.append((start, end, kind))
            model = [other for other in model if other not in rivals]
    return sorted([*model, *kept])
