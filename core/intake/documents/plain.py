"""Plain text and Markdown: paragraphs where blank lines stand, headings where Markdown marks them."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Literal

from core.contracts import Block, Message
from core.intake import encodings
from core.intake.delimited import notice_of_encoding
from core.intake.limits import MAX_DOCUMENT_CHARACTERS
from core.language import N_

_HEADING = re.compile(r"(#{1,6})\s+(.+?)\s*#*$")
_ITEM = re.compile(r"(?:[-*+•]|\d{1,3}[.)])\s+")
_LONG_LINE = 200  # characters; a text of longer lines has a paragraph on each
_HAN = re.compile("[\u2e80-\u9fff\uf900-\ufaff\uff00-\uffef]")
_NOT_TEXT = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff]")


def read(path: Path, name: str) -> tuple[tuple[Block, ...], tuple[Message, ...]]:
    """The blocks of a text file, and notices. Bytes that are no text are replaced, and counted in a notice."""
    encoding = encodings.of_file(path)
    with path.open(encoding=encoding, errors=encodings.MARKING) as stream:
        text = stream.read(MAX_DOCUMENT_CHARACTERS + 1)
    broken = len(_NOT_TEXT.findall(text))
    notices = notice_of_encoding(encoding)
    if broken:
        sentence = N_("{name}: characters that are no text and were left out: {count}.")
        notices += (Message(sentence, {"name": name, "count": broken}),)
    return blocks_of(_NOT_TEXT.sub("", text.lstrip("\ufeff"))), notices


def blocks_of(text: str) -> tuple[Block, ...]:
    """The text as headings, list items and paragraphs; lines of one paragraph are joined."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n").replace("\f", "\n\n").split("\n")
    filled = [len(line) for line in lines if line.strip()]
    a_line_each = bool(filled) and (len(filled) == 1 or sum(filled) / len(filled) > _LONG_LINE)
    blocks: list[Block] = []
    gathered: list[str] = []

    def close(kind: Literal["paragraph", "item"] = "paragraph") -> None:
        if gathered:
            blocks.append(Block(join(gathered), kind))
            gathered.clear()

    kind: Literal["paragraph", "item"] = "paragraph"
    for line in map(str.strip, lines):
        heading = _HEADING.fullmatch(line)
        if not line or heading or _ITEM.match(line) or a_line_each:
            close(kind)
            kind = "paragraph"
        if heading:
            blocks.append(Block(heading[2], "heading", level=len(heading[1])))
        elif line:
            kind = "item" if _ITEM.match(line) else kind
            gathered.append(line)
    close(kind)
    return tuple(blocks)


def join(lines: list[str]) -> str:
    """Lines of one paragraph as one: words cut by a hyphen are mended, Chinese lines meet without a space."""
    whole = lines[0]
    for line in lines[1:]:
        if whole.endswith("-") and len(whole) > 1 and whole[-2].isalpha() and line[:1].islower():
            whole = whole[:-1] + line
        elif whole and line and _HAN.match(whole[-1]) and _HAN.match(line[0]):
            whole += line
        else:
            whole += " " + line
    return whole
