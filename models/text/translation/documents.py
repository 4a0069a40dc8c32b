"""Documents as sentences to translate, and the translations put back: paragraphs stay paragraphs, headings headings."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from core.contracts import Block, Documents
from models.text.translation.languages import SENTENCE_JOINT, detect
from models.text.words import clean, has_words, sentences

LONGEST_SENTENCE = 1_000  # characters; what has no end mark for so long is cut at a space


@dataclass(frozen=True)
class Piece:
    """One block of a document as its sentences; those without words, or already in the target language, stay as they are."""

    document: int
    block: Block
    sentences: tuple[str, ...]
    kept: tuple[bool, ...]


@dataclass(frozen=True)
class Plan:
    """`pieces` in reading order; `asked`: each sentence to translate once; `left_out`: how many there are beyond the limit."""

    pieces: tuple[Piece, ...]
    asked: tuple[str, ...]
    left_out: int
    foreign: int  # sentences that are already in the target language


def plan(given: Documents, target: str, most: int) -> Plan:
    """What is to be translated into `target`, at most `most` different sentences."""
    pieces: list[Piece] = []
    asked: dict[str, None] = {}
    left_out, foreign = 0, 0
    for number, document in enumerate(given.items):
        for block in document.blocks:
            parts, kept = [], []
            if len(asked) >= most:
                left_out += max(1, len(block.text) // 80)  # about: nobody waits for the sentences of 10 MB to be counted
                continue
            for sentence in _sentences(block.text):
                is_there = detect(sentence) == target
                stays = is_there or not has_words(sentence)
                if not stays and sentence not in asked and len(asked) >= most:
                    left_out += 1
                    continue
                foreign += is_there
                parts.append(sentence)
                kept.append(stays)
                if not stays:
                    asked[sentence] = None
            if parts:
                pieces.append(Piece(number, block, tuple(parts), tuple(kept)))
    return Plan(tuple(pieces), tuple(asked), left_out, foreign)


def _sentences(text: str) -> list[str]:
    found = []
    for sentence, _, _ in sentences(text):
        sentence = clean(sentence)
        while len(sentence) > LONGEST_SENTENCE:
            cut = sentence.rfind(" ", 1, LONGEST_SENTENCE)
            cut = cut if cut > 0 else LONGEST_SENTENCE
            found.append(sentence[:cut])
            sentence = sentence[cut:].strip()
        if sentence:
            found.append(sentence)
    return found


def whole(piece: Piece, translated: Mapping[str, str], target: str) -> str:
    """The block in the target language."""
    joint = SENTENCE_JOINT.get(target, " ")
    parts = [sentence if kept else translated.get(sentence, "") for sentence, kept in zip(piece.sentences, piece.kept)]
    return joint.join(filter(None, parts))


def text_of(pieces: Sequence[Piece], blocks: Sequence[str], names: Sequence[str]) -> str:
    """The translated document as text with its form: `#` before headings, `-` before items, a blank line between blocks.

    Several documents stand one after the other below their names.
    """
    lines, last = [], -1
    for piece, text in zip(pieces, blocks):
        if len(names) > 1 and piece.document != last:
            lines.append(f"[{names[piece.document]}]")
        last = piece.document
        mark = (
            "#" * max(1, piece.block.level) + " " if piece.block.kind == "heading" else "- " if piece.block.kind == "item" else ""
        )
        lines.append(mark + text)
    return "\n\n".join(lines)
