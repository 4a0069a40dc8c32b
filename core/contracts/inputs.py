"""Typed inputs: what `core.intake` makes of bytes, and what a capability takes."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

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
