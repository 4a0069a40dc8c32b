"""CSV and TSV, whatever their separator and encoding, and texts of one per line."""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from core.contracts import Message
from core.intake import encodings
from core.intake.build import Builder
from core.intake.limits import CHUNK_BYTES, MAX_UPLOAD_BYTES, SNIFF_BYTES, SNIFF_ROWS
from core.language import N_

if TYPE_CHECKING:
    import pandas as pd

Quoting = Literal[0, 3]  # csv.QUOTE_MINIMAL, csv.QUOTE_NONE
SEPARATORS = (",", "\t", ";", "|")
_NO_SEPARATOR = "\x1f"  # splits nothing: a table of one column
_NAMES = {"gb18030": "GB18030", "cp1252": "Latin-1", "latin-1": "Latin-1", "utf-16": "UTF-16", "utf-16-le": "UTF-16",
          "utf-16-be": "UTF-16", "utf-32": "UTF-32"}  # fmt: skip


def read_separated(path: Path, name: str, kind: str) -> tuple[pd.DataFrame, tuple[Message, ...]]:
    """A CSV or TSV file as a frame, and notices. The first row that is not blank names the columns."""
    csv.field_size_limit(
        MAX_UPLOAD_BYTES
    )  # the module's own; set anew, for it holds for the process and other libraries set it too
    encoding = encodings.of_file(path)
    separator, skip = _separator_of(path, encoding, kind)
    builder, last = _gather(_rows(path, encoding, separator, skip, csv.QUOTE_MINIMAL), name)
    notices = notice_of_encoding(encoding)
    if _is_open_quote(last, path):
        builder, _ = _gather(_rows(path, encoding, separator, skip, csv.QUOTE_NONE), name)
        notices += (Message(N_('A quotation mark " is never closed, so all of them were read as plain characters.')),)
    frame, more = builder.frame()
    return frame, notices + more


def read_lines(path: Path, name: str) -> tuple[pd.DataFrame, tuple[Message, ...]]:
    """A frame with the one column `text`: a row for each line that is not blank."""
    encoding = encodings.of_file(path)
    builder = Builder(["text"], name)
    with path.open(encoding=encoding, errors=encodings.MARKING) as stream:
        builder.extend([line] for line in map(str.strip, stream) if line)
    frame, notices = builder.frame(numbers=False)
    return frame, notice_of_encoding(encoding) + notices


def notice_of_encoding(encoding: str) -> tuple[Message, ...]:
    if encoding in ("utf-8", "utf-8-sig"):
        return ()
    shown = _NAMES.get(encoding, encoding)
    return (
        Message(N_("The text was read as {encoding}. If characters look wrong, save the file as UTF-8."), {"encoding": shown}),
    )


def _gather(rows: Iterator[list[str]], name: str) -> tuple[Builder, list[str]]:
    """A builder that holds all rows, and the last of them."""
    last = next(rows, [])
    builder = Builder(last, name)
    for last in rows:
        builder.add(last)
    return builder, last


def _rows(path: Path, encoding: str, separator: str, skip: int, quoting: Quoting) -> Iterator[list[str]]:
    with path.open(encoding=encoding, errors=encodings.MARKING, newline="") as stream:
        for _ in range(skip):
            stream.readline()
        yield from filter(None, csv.reader(stream, delimiter=separator, quoting=quoting))


def _separator_of(path: Path, encoding: str, kind: str) -> tuple[str, int]:
    """The separator, and how many lines to skip: one where Excel's own `sep=;` stands on top.

    A separator counts when the first row has it; the one that cuts most rows into the same number of cells wins, then the
    one that cuts them into more.
    """
    with path.open("rb") as stream:
        head = stream.read(SNIFF_BYTES)
    text = encodings.decode(head, encoding)
    told = re.match(r"sep=([^\"\r\n])\r?\n", text)
    if told:
        return told[1], 1
    ordered = sorted(SEPARATORS, key=lambda mark: mark != "\t") if kind == "tsv" else SEPARATORS
    scores = {mark: _regularity(text, mark) for mark in ordered}
    best = max(scores, key=lambda mark: scores[mark])
    return (best if scores[best][1] > 1 else _NO_SEPARATOR), 0


def _regularity(text: str, separator: str) -> tuple[float, int]:
    """Share of the first rows that are as wide as most are, and that width; (0, 1) when it does not separate."""
    rows = filter(None, csv.reader(io.StringIO(text, newline=""), delimiter=separator))
    widths = [len(row) for row in islice(rows, SNIFF_ROWS)]
    if len(widths) > 1 and len(widths) < SNIFF_ROWS and len(text) >= SNIFF_BYTES // 4:
        widths.pop()  # torn where the sample ends
    if not widths:
        return 0.0, 1
    if widths[0] > 1:
        return sum(width == widths[0] for width in widths) / len(widths), widths[0]
    width, count = Counter(widths).most_common(1)[0]
    titled = width > 1 and count >= 3 and count >= 0.9 * (len(widths) - 1)  # a title stands above the table
    return (count / len(widths), width) if titled else (0.0, 1)


def _is_open_quote(last: list[str], path: Path) -> bool:
    """Whether the quoted cell at the end was never closed: it swallowed all rows after it."""
    if not last or not re.search(r"[\r\n]", last[-1].strip("\r\n")):
        return False
    with path.open("rb") as stream:
        stream.seek(-min(path.stat().st_size, CHUNK_BYTES), 2)
        tail = stream.read()
    return not tail.replace(b"\x00", b"").rstrip(b" \r\n\t").endswith(b'"')
