"""Word documents: headings by their style, list items, tables row by row."""

from __future__ import annotations

import re
import zipfile
from pathlib import Path
from typing import Any

from core.intake.documents.problem import Problem, Row, found
from core.intake.limits import CHUNK_BYTES, MAX_INFLATED_BYTES, MAX_WORKBOOK_PARTS

MAX_XML_BYTES = 64 * 1024**2  # of one part: lxml needs some ten times as much
_LEVEL = re.compile(r"(?:heading|标题)\s*(\d)", re.IGNORECASE)


def read(path: Path) -> dict[str, Any]:
    """The document as the answer of a parser. Word keeps no page numbers in the file, so all of it stands on page 1."""
    import docx
    from docx.table import Table

    _check(path)
    rows: list[Row] = []
    for item in docx.Document(str(path)).iter_inner_content():
        if isinstance(item, Table):
            for cells in item.rows:
                texts = dict.fromkeys(" ".join(cell.text.split()) for cell in cells.cells)  # merged cells repeat themselves
                if line := " | ".join(text for text in texts if text):
                    rows.append((line, "row", 1, 0))
            continue
        if text := " ".join(item.text.split()):
            rows.append((text, *_kind(item.style.name if item.style else "")))
    return found(rows)


def _kind(style: str | None) -> tuple[str, int, int]:
    """(kind, page, level) of a paragraph by the name of its style."""
    style = style or ""
    if level := _LEVEL.match(style):
        return "heading", 1, int(level[1])
    if style.lower() in ("title", "标题"):
        return "heading", 1, 1
    return "item" if style.lower().startswith("list") else "paragraph", 1, 0


def _check(path: Path) -> None:
    """Bombs, passwords and entities, before anything is parsed."""
    with zipfile.ZipFile(path) as archive:
        parts = archive.infolist()
        texts = [part for part in parts if part.filename.endswith((".xml", ".rels"))]
        if sum(part.file_size for part in parts) > MAX_INFLATED_BYTES or len(parts) > MAX_WORKBOOK_PARTS:
            raise Problem("large")
        if any(part.file_size > MAX_XML_BYTES for part in texts):
            raise Problem("large")
        if any(part.flag_bits & 1 for part in parts):
            raise Problem("password")
        for part in texts:
            with archive.open(part) as stream:
                head = stream.read(CHUNK_BYTES).replace(b"\x00", b"")
            if b"<!DOCTYPE" in head or b"<!ENTITY" in head:
                raise Problem("entities")
