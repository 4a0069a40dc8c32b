"""Typed inputs: what `core.intake` makes of bytes, and what a capability takes."""

from __future__ import annotations

import hashlib
from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True)
class Message:
    """A sentence for the user that is translated where it is shown: `id` is English with `{placeholders}`."""

    id: str
    values: dict[str, object] = field(default_factory=dict)

    def __str__(self) -> str:
        return self.id.format(**self.values)


@dataclass(frozen=True)
class Texts:
    """One or more texts, in the order given; `digest` is derived from the content."""

    items: tuple[str, ...]
    name: str = "text"
    notices: tuple[Message, ...] = ()

    @classmethod
    def of(cls, items: Iterable[str] | str, name: str = "text") -> Texts:
        return cls((items,) if isinstance(items, str) else tuple(items), name)

    @property
    def digest(self) -> str:
        whole = hashlib.sha256()
        for item in self.items:
            encoded = item.encode("utf-8", "surrogatepass")
            whole.update(len(encoded).to_bytes(8, "little") + encoded)
        return whole.hexdigest()

    def __len__(self) -> int:
        return len(self.items)


@dataclass(frozen=True, eq=False)
class Table:
    """A table with unique column names.

    `digest` is the SHA-256 of the bytes it was read from (or of the sample it is), so results can be cached by content.
    `notices` say what intake did to it (encoding guessed, columns renamed, rows cut): shown, never silent.
    """

    frame: pd.DataFrame
    name: str = "table"
    digest: str = ""
    notices: tuple[Message, ...] = ()

    def __len__(self) -> int:
        return len(self.frame)

    @property
    def columns(self) -> list[str]:
        return list(self.frame.columns)


@dataclass(frozen=True)
class Block:
    """A piece that a document's author set apart; `page` counts from 1, `level` is a heading's depth (1 is the title)."""

    text: str
    kind: Literal["heading", "paragraph", "item", "row"] = "paragraph"
    page: int = 1
    level: int = 0


@dataclass(frozen=True)
class Document:
    """A document as blocks in reading order. Offsets into it are characters of `text`, in which a blank line parts the blocks."""

    name: str
    blocks: tuple[Block, ...]
    pages: int = 1
    scanned: tuple[int, ...] = ()  # pages that are pictures without text

    @cached_property
    def text(self) -> str:
        return "\n\n".join(block.text for block in self.blocks)

    @cached_property
    def starts(self) -> tuple[int, ...]:
        """Where each block begins in `text`."""
        starts, position = [], 0
        for block in self.blocks:
            starts.append(position)
            position += len(block.text) + 2
        return tuple(starts)

    def block_at(self, offset: int) -> int:
        """The index of the block that holds the character `offset`."""
        return max(0, bisect_right(self.starts, offset) - 1)

    def page_at(self, offset: int) -> int:
        return self.blocks[self.block_at(offset)].page if self.blocks else 1

    @classmethod
    def of(cls, text: str, name: str = "text") -> Document:
        """A plain text: blank lines part its paragraphs."""
        pieces = [piece.strip() for piece in text.replace("\r\n", "\n").split("\n\n")]
        return cls(name, tuple(Block(piece) for piece in pieces if piece))


@dataclass(frozen=True)
class Documents:
    """One or more documents, in the order given; `digest` is derived from the content."""

    items: tuple[Document, ...]
    name: str = "documents"
    notices: tuple[Message, ...] = ()

    @classmethod
    def of(cls, texts: Iterable[str] | str, name: str = "text") -> Documents:
        given = (texts,) if isinstance(texts, str) else tuple(texts)
        if len(given) == 1:
            return cls((Document.of(given[0], name),), name)
        return cls(tuple(Document.of(text, f"{name} {place}") for place, text in enumerate(given, 1)), name)

    @cached_property
    def digest(self) -> str:
        return Texts.of([part for item in self.items for part in (item.name, item.text)]).digest

    @property
    def characters(self) -> int:
        return sum(len(item.text) for item in self.items)

    def __len__(self) -> int:
        return len(self.items)
