"""XLSX: a ZIP of XML. It is searched for bombs and for entities before any of it is parsed.

openpyxl reads row by row. Faster readers (calamine) lay out the whole rectangle of a sheet first: one cell far down on the
right in a file of 5 KB makes them ask for 500 GB and end the process.
"""

from __future__ import annotations

import datetime
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from core.contracts import InputError, LimitError, Message, UserError
from core.intake.build import Builder
from core.intake.limits import (
    CHUNK_BYTES,
    MAX_CELLS,
    MAX_EXCEL_ROWS,
    MAX_INFLATED_BYTES,
    MAX_WORKBOOK_PART_BYTES,
    MAX_WORKBOOK_PARTS,
    MAX_WORKBOOK_TAGS,
)
from core.language import N_

if TYPE_CHECKING:
    import pandas as pd

_LONG_PARTS = ("xl/worksheets/", "xl/sharedStrings")


def read_workbook(path: Path, name: str) -> tuple[pd.DataFrame, tuple[Message, ...]]:
    """The first visible sheet with anything in it as a frame, and notices. Formulas give the value that was saved with them."""
    import openpyxl

    try:
        _check_parts(path, name)
        with path.open("rb") as stream:
            book = openpyxl.load_workbook(stream, read_only=True, data_only=True, keep_links=False)
            return _read_first_sheet(book, name)
    except (UserError, MemoryError):
        raise
    except Exception as error:  # openpyxl answers damaged files with whatever happens to break
        raise InputError(
            N_("{name} is damaged or not a complete Excel workbook. Open it in Excel and save it again, or as CSV."), name=name
        ) from error


def _read_first_sheet(book: Any, name: str) -> tuple[pd.DataFrame, tuple[Message, ...]]:
    sheets = [sheet for sheet in book.worksheets if sheet.sheet_state == "visible"] or book.worksheets
    for sheet in sheets:
        rows = _rows(sheet, name)
        header = next(rows, None)
        if header is None:
            continue
        builder = Builder(header, name)
        builder.extend(rows)
        frame, notices = builder.frame()
        if len(book.worksheets) > 1:
            sentence = N_("The workbook has {count} sheets; only {sheet} was read.")
            notices += (Message(sentence, {"count": len(book.worksheets), "sheet": sheet.title}),)
        return frame, notices
    raise InputError(N_("There is nothing to read in {name}. Choose another file."), name=name)


def _rows(sheet: Any, name: str) -> Iterator[list[str | None]]:
    """The rows from the first to the last that hold something, as text, all as wide as the widest need be.

    Rows and cells that are only formatted count against the limits too: reading them takes as long.
    """
    sheet.reset_dimensions()  # what the file says of its own size is not to be relied on
    cells = blank = width = 0
    for number, row in enumerate(sheet.iter_rows(values_only=True), 1):
        cells += len(row)
        if number > MAX_EXCEL_ROWS or cells > MAX_CELLS:
            raise LimitError(
                N_("{name} has more than {limit} cells, empty ones included. Delete the empty ones, or save it as CSV."),
                name=name, limit=f"{MAX_CELLS:,}",
            )  # fmt: skip
        texts = [_text(value) for value in row]
        while texts and not texts[-1]:
            texts.pop()
        if not texts:
            blank += bool(width)
            continue
        width = width or len(texts)
        for _ in range(blank):
            yield [None] * width
        blank = 0
        yield texts + [None] * (width - len(texts))


def _text(value: Any) -> str | None:
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, datetime.datetime):
        return value.isoformat(" ") if value.time() != datetime.time() else value.date().isoformat()
    return str(value)


def _check_parts(path: Path, name: str) -> None:
    """Unpacks every part once, keeping none of it, and counts. `zipfile` never gives out more than a part declares."""
    with zipfile.ZipFile(path) as archive:
        parts = archive.infolist()
        if sum(part.file_size for part in parts) > MAX_INFLATED_BYTES or len(parts) > MAX_WORKBOOK_PARTS:
            raise LimitError(
                N_("{name} unpacks to more than {limit} MB, which is too much to read. Save the sheet as CSV."),
                name=name,
                limit=MAX_INFLATED_BYTES // 1024**2,
            )
        if any(part.file_size > MAX_WORKBOOK_PART_BYTES and not part.filename.startswith(_LONG_PARTS) for part in parts):
            raise LimitError(
                N_("{name} holds a picture or style sheet that unpacks to more than {limit} MB. Save the sheet as CSV."),
                name=name,
                limit=MAX_WORKBOOK_PART_BYTES // 1024**2,
            )
        if any(part.flag_bits & 1 for part in parts):
            raise InputError(N_("{name} is protected by a password. Save it without one."), name=name)
        tags = sum(_count_tags(archive, part, name) for part in parts)  # whatever they are called
    if tags > MAX_WORKBOOK_TAGS:
        raise LimitError(N_("{name} has too many cells to read. Save the sheet as CSV, or give a part of it."), name=name)


def _count_tags(archive: zipfile.ZipFile, part: zipfile.ZipInfo, name: str) -> int:
    """Number of tags. Raises InputError when the part declares a document type: entities could read files or swell."""
    tags, before = 0, b""
    with archive.open(part) as stream:
        while piece := stream.read(CHUNK_BYTES):
            plain = (before + piece).replace(b"\x00", b"")  # also where it is written in UTF-16
            if b"<!DOCTYPE" in plain or b"<!ENTITY" in plain:
                raise InputError(
                    N_("{name} declares XML entities, which can do harm. Open it in Excel and save it again."),
                    name=name,
                )  # fmt: skip
            tags += piece.count(b"<")
            before = piece[-32:]
    return tags
