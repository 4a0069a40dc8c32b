"""What the parsers of documents say to the process that started them."""

from __future__ import annotations

from typing import Any

Row = tuple[str, str, int, int]  # text, kind, page, level: a Block as JSON


class Problem(Exception):  # noqa: N818 - it names what is wrong with the file, not with us
    """One of `password`, `large`, `entities`, `memory`, `no ocr`."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.name = name


def found(
    rows: list[Row], pages: int = 1, read: int = 1, scanned: list[int] | None = None, recognised: int = 0
) -> dict[str, Any]:
    """The answer of a parser."""
    return {"blocks": rows, "pages": pages, "read": read, "scanned": scanned or [], "recognised": recognised}
