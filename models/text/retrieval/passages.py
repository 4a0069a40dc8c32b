"""Documents cut into passages along their own structure: what stands under one heading stays together as long as it fits.

A passage is a slice of `document.text`; the headings above it are carried along apart from it, so that they can be left out of
the index. What is too long is cut at the ends of sentences, and the last sentence opens the next passage too.
"""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass

from core.contracts import Context, Document, Documents
from models.text.words import sentences

# A hanzi counts as three, for it says as much. 1,800 are about 450 tokens: what the encoder reads at once (512).
PASSAGE_WIDTH = 1800
WINDOW_WIDTH = 300  # of the pieces by which a passage is looked at closely
OVERLAP_WIDTH = 250  # the longest sentence that is repeated at the start of the next passage
MOST_PASSAGES = 20_000  # of documents; more are left out, with a notice
MOST_ROWS = 200_000  # of a table, where each row is a text of its own
_HAN_START, _HAN_END = "\u3400", "\u9fff"
_CHECK_EVERY = 500

Slice = tuple[int, int]


@dataclass(frozen=True)
class Passage:
    """`documents.items[document].text[start:end]`; `heading` are the headings above it, joined by " › "."""

    document: int
    start: int
    end: int
    page: int
    heading: str = ""


def width(text: str) -> int:
    """Length in characters, a hanzi counted as three."""
    if text.isascii():
        return len(text)
    return len(text) + 2 * sum(_HAN_START <= character <= _HAN_END for character in text)


def passages(documents: Documents, context: Context, most: int = MOST_PASSAGES) -> tuple[list[Passage], int]:
    """The first `most` passages in reading order, and how many documents are not read to their end."""
    found: list[Passage] = []
    for place, document in enumerate(documents.items):
        if place % _CHECK_EVERY == 0:
            context.check()
        if len(found) >= most:
            return found[:most], len(documents) - place
        found += _of_document(place, document, most - len(found) + 1, context)
    return (found[:most], 1) if len(found) > most else (found, 0)


def _of_document(place: int, document: Document, most: int, context: Context) -> list[Passage]:
    found: list[Passage] = []
    headings: list[tuple[int, str]] = []
    group: list[int] = []  # blocks under the same heading
    bodies = any(block.kind != "heading" for block in document.blocks)

    def close() -> None:
        if group:
            title = " › ".join(text for _, text in headings)
            found.extend(
                Passage(place, start, end, document.page_at(start), title) for start, end in _slices(document, group, context)
            )
            group.clear()

    for index, block in enumerate(document.blocks):
        if len(found) >= most:
            break
        if block.kind == "heading" and bodies:
            close()
            headings = [*((level, text) for level, text in headings if level < block.level), (block.level, block.text)]
        elif block.text.strip():
            group.append(index)
    close()
    return found


def _slices(document: Document, group: list[int], context: Context) -> list[Slice]:
    """Neighbouring blocks joined up to the width of a passage; a block that is wider alone is cut at its sentences."""
    found: list[Slice] = []
    start, end, size = -1, -1, 0
    for index in group:
        block = document.blocks[index]
        at, wide = document.starts[index], width(block.text)
        if start >= 0 and size + wide > PASSAGE_WIDTH:
            found.append((start, end))
            start, size = -1, 0
        if wide > PASSAGE_WIDTH:
            context.check()
            found += [(at + a, at + b) for a, b in cut(block.text, PASSAGE_WIDTH, OVERLAP_WIDTH)]
            continue
        start = at if start < 0 else start
        end, size = at + len(block.text), size + wide
    return [*found, (start, end)] if start >= 0 else found


def cut(text: str, most: int, overlap: int = 0) -> list[Slice]:
    """Slices of whole sentences up to the width `most`, spaces between them not counted; a longer sentence is cut hard.

    A last sentence up to the width `overlap` opens the next slice too."""
    found: list[Slice] = []
    held: list[Slice] = []  # sentences of the slice that is being filled
    size = 0
    for start, end in _sentences(text, most):
        wide = width(text[start:end])
        if held and size + wide > most:
            found.append((held[0][0], held[-1][1]))
            last = held[-1]
            again = width(text[last[0] : last[1]])
            keep = len(held) > 1 and 0 < again <= overlap and again + wide <= most
            held, size = ([last], again) if keep else ([], 0)
        held.append((start, end))
        size += wide
    return [*found, (held[0][0], held[-1][1])] if held else found


def windows(text: str) -> list[Slice]:
    """The pieces of a passage by which it is looked at closely."""
    return cut(text, WINDOW_WIDTH)


def _sentences(text: str, most: int) -> list[Slice]:
    found: list[Slice] = []
    for piece, start, end in sentences(text):
        step = most if width(piece) <= most else max(1, most * len(piece) // width(piece))
        found += [(at, min(at + step, end)) for at in range(start, end, step)]
    return found


def passage_at(found: list[Passage], document: int, offset: int) -> int:
    """The index of the last passage that begins at or before `offset` of that document."""
    return max(0, bisect_right([(p.document, p.start) for p in found], (document, offset)) - 1)
