"""Rows of cells, in whatever file they came, become a frame: named columns, numbers parsed, limits kept, and notices."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from itertools import zip_longest
from typing import TYPE_CHECKING, Any

from core.contracts import InputError, LimitError, Message
from core.intake.limits import (
    CHUNK_CELLS,
    CHUNK_CHARACTERS,
    CHUNK_ROWS,
    MAX_CELL_CHARACTERS,
    MAX_CELLS,
    MAX_CHARACTERS,
    MAX_COLUMN_NAME_CHARACTERS,
    MAX_COLUMNS,
    MAX_ROWS,
)
from core.language import N_

if TYPE_CHECKING:
    import pandas as pd
    import pyarrow as pa

Cells = Sequence[str | None]

_SURROGATES = re.compile("[\ud800-\udfff]")
# Words that mean "missing" in a column which otherwise holds numbers; in a column of texts they are texts.
_MISSING_NUMBERS = ["NA", "N/A", "n/a", "na", "#N/A", "NaN", "nan", "null", "NULL", "Null", "None", "none", "-", "--", "?", "."]
# No leading zeros and no plus sign: article numbers and telephone numbers are not amounts.
_NUMBER = r"^\s*-?(?:0|[1-9][0-9]*)?(?:\.[0-9]*)?(?:[eE][+-]?[0-9]{1,3})?\s*$"
_HAS_DIGIT = r"^\s*-?\.?[0-9]"
_EXACT_DIGITS = 15  # a float keeps every whole number of 15 digits


class Builder:
    """Gathers rows under a header. Cells are packed into Arrow arrays as they come, so memory follows the content.

    The first row decides how wide the table is; rows that are wider add columns, shorter ones are filled up, both are
    counted. Raises LimitError as soon as a limit is passed, not after.
    """

    def __init__(self, header: Cells, name: str) -> None:
        self.name, self.header = name, [cell or "" for cell in header]
        self._rows: list[Cells] = []
        self._columns: list[list[pa.Array]] = []
        self._packed = self._held = self._read = self._characters = self._uneven = self._cut = self._cleaned = 0
        self._check_width(len(self.header))

    def add(self, row: Cells) -> None:
        self._rows.append(row)
        self._held += len(row)
        self._read += sum(map(len, filter(None, row)))
        if len(self._rows) >= CHUNK_ROWS or self._held >= CHUNK_CELLS or self._read >= CHUNK_CHARACTERS:
            self._pack()

    def extend(self, rows: Iterable[Cells]) -> None:
        for row in rows:
            self.add(row)

    def frame(self, numbers: bool = True) -> tuple[pd.DataFrame, tuple[Message, ...]]:
        """The frame and what was done to get there; without `numbers` every column stays text.

        Raises InputError when there is no row or nothing in any.
        """
        self._pack()
        if not self._packed:
            if any(self.header):
                raise InputError(N_("{name} has column names but no rows below them. Add rows."), name=self.name)
            raise InputError(N_("There is nothing to read in {name}. Choose another file."), name=self.name)
        if all(part.null_count == len(part) for column in self._columns for part in column):
            raise InputError(N_("All cells of {name} are empty. Choose another file."), name=self.name)
        return self._assemble(numbers)

    def _assemble(self, numbers: bool) -> tuple[pd.DataFrame, tuple[Message, ...]]:
        import pyarrow as pa

        names = self.header + [""] * (len(self._columns) - len(self.header))
        columns = [pa.chunked_array(parts, pa.large_string()) for parts in self._columns]
        used = [i for i, column in enumerate(columns) if names[i].strip() or column.null_count < len(column)]
        final, renamed = unique_names([names[i] for i in used], [i + 1 for i in used])
        notices = list(renamed)
        if len(used) < len(columns):
            notices.append(
                Message(N_("Columns without name and content that were left out: {count}."), {"count": len(columns) - len(used)})
            )
        if self._uneven:
            sentence = N_(
                "Rows with more or fewer cells than the first one: {count}. Missing cells are empty, the others are kept."
            )
            notices.append(Message(sentence, {"count": self._uneven}))
        notices += notices_of_cells(self._cut, self._cleaned)
        chosen = [columns[i] for i in used]
        parsed = [parse_numbers(column) for column in chosen] if numbers else chosen
        lost = sum(new.null_count - old.null_count for new, old in zip(parsed, chosen, strict=True))
        if lost:
            notices.append(
                Message(N_("Cells such as NA in columns of numbers that were read as missing: {count}."), {"count": lost})
            )
        table = pa.table(parsed, names=final)
        return table.to_pandas(), tuple(notices)

    def _pack(self) -> None:
        """Moves the rows at hand into Arrow arrays, column by column."""
        import pyarrow as pa

        if not self._rows:
            return
        width, count = len(self.header), len(self._rows)
        lengths = [len(row) for row in self._rows]
        self._uneven += sum(length != width for length in lengths)
        if self._packed + count > MAX_ROWS:
            raise LimitError(N_("{name} has more than {limit} rows. Give a part of it."), name=self.name, limit=f"{MAX_ROWS:,}")
        self._check_width(max(lengths))
        self._check_cells((self._packed + count) * max(width, len(self._columns), *lengths))
        while len(self._columns) < max(width, *lengths):
            self._columns.append([pa.nulls(self._packed, pa.large_string())] if self._packed else [])
        cells = list(zip_longest(*self._rows))
        cells += [(None,) * count] * (len(self._columns) - len(cells))
        for column, values in zip(self._columns, cells, strict=True):
            array, cut, cleaned, characters = pack(values)
            column.append(array)
            self._cut, self._cleaned, self._characters = self._cut + cut, self._cleaned + cleaned, self._characters + characters
            check_characters(self._characters, self.name)
        self._packed += count
        self._rows, self._held, self._read = [], 0, 0

    def _check_width(self, width: int) -> None:
        if width > MAX_COLUMNS:
            raise LimitError(
                N_("{name} has {count} columns; {limit} is the limit. Keep the columns that you need."),
                name=self.name, count=f"{width:,}", limit=f"{MAX_COLUMNS:,}",
            )  # fmt: skip

    def _check_cells(self, cells: int) -> None:
        if cells > MAX_CELLS:
            raise LimitError(
                N_("{name} has more than {limit} cells. Give fewer rows or columns."), name=self.name, limit=f"{MAX_CELLS:,}"
            )


def check_characters(characters: int, name: str) -> None:
    """Raises LimitError when a table holds too much text; also a small file may: it can say one long text a million times."""
    if characters > MAX_CHARACTERS:
        raise LimitError(
            N_("The cells of {name} hold more than {limit} characters. Give fewer rows or shorter texts."),
            name=name, limit=f"{MAX_CHARACTERS:,}",
        )  # fmt: skip


def notices_of_cells(cut: int, cleaned: int) -> list[Message]:
    notices = []
    if cut:
        sentence = N_("Cells longer than {limit} characters, of which the rest was cut off: {count}.")
        notices.append(Message(sentence, {"count": cut, "limit": f"{MAX_CELL_CHARACTERS:,}"}))
    if cleaned:
        sentence = N_("Cells with unreadable characters, which were replaced by � or left out: {count}.")
        notices.append(Message(sentence, {"count": cleaned}))
    return notices


def pack(values: Iterable[str | None]) -> tuple[pa.Array, int, int, int]:
    """One column's cells as an Arrow array; empty ones are missing. Also how many were cut and cleaned, and all characters."""
    import pyarrow as pa
    import pyarrow.compute as pc

    cleaned = 0
    try:
        array = pa.array(values, pa.large_string())
    except UnicodeEncodeError:  # lone surrogates: no file can hold them, no model can read them
        replaced = [None if cell is None else _SURROGATES.subn("\ufffd", cell) for cell in values]
        cleaned = sum(1 for pair in replaced if pair and pair[1])
        array = pa.array([pair and pair[0] for pair in replaced], pa.large_string())
    zeros = pc.match_substring(array, "\x00")
    if pc.any(zeros).as_py():
        cleaned += pc.sum(zeros).as_py()
        array = pc.replace_substring(array, "\x00", "")
    lengths = pc.utf8_length(array)
    cut = 0
    if (pc.max(lengths).as_py() or 0) > MAX_CELL_CHARACTERS:
        cut = pc.sum(pc.greater(lengths, MAX_CELL_CHARACTERS)).as_py()
        array = pc.utf8_slice_codeunits(array, 0, MAX_CELL_CHARACTERS)
    array = pc.if_else(pc.equal(array, ""), pa.scalar(None, pa.large_string()), array)
    return array, cut, cleaned, pc.sum(pc.utf8_length(array)).as_py() or 0


def parse_numbers(column: pa.ChunkedArray) -> pa.ChunkedArray:
    """The column as int64 or float64 where all that is in it are numbers; else as it is.

    Words such as NA count as missing only where everything else is a number. Whole numbers over 15 digits stay text, as do
    those with leading zeros or a plus sign: they are names, not amounts.
    """
    import pyarrow as pa
    import pyarrow.compute as pc

    if not _all_numbers(column.slice(0, 1000)) or not _all_numbers(column):
        return column
    missing = pc.is_in(column, pa.array(_MISSING_NUMBERS, pa.large_string()))
    numbers = pc.utf8_trim_whitespace(pc.if_else(missing, pa.scalar(None, pa.large_string()), column))
    if numbers.null_count == len(numbers):
        return column
    whole = pc.match_substring_regex(numbers, r"^-?[0-9]+$")
    long = pc.match_substring_regex(numbers, rf"^-?[0-9]{{{_EXACT_DIGITS + 1},}}$")
    if pc.any(long).as_py():
        return column
    parsed = numbers.cast(pa.int64() if pc.all(whole).as_py() else pa.float64())
    return parsed if pc.all(pc.is_finite(parsed)).as_py() else column


def _all_numbers(column: pa.ChunkedArray) -> bool:
    import pyarrow as pa
    import pyarrow.compute as pc

    number = pc.and_(pc.match_substring_regex(column, _NUMBER), pc.match_substring_regex(column, _HAS_DIGIT))
    known = pc.or_(number, pc.is_in(column, pa.array(_MISSING_NUMBERS, pa.large_string())))
    return pc.all(known).as_py() is not False


def unique_names(names: Sequence[Any], places: Sequence[int] | None = None) -> tuple[list[str], list[Message]]:
    """Column names that are there, clean, not too long, and each only once; a notice for each kind of change.

    `places` are the columns' numbers in the file, from 1: an empty name becomes `column 3`.
    """
    places = places or range(1, len(names) + 1)
    shown = [_clean(str(name)) for name in names]
    empty = sum(not name for name in shown)
    final: list[str] = []
    taken: set[str] = set()
    wanted = set(shown)
    repeated = 0
    for name, place in zip(shown, places, strict=True):
        base = candidate = name or f"column {place}"
        number = 2
        while candidate in taken or (candidate != name and candidate in wanted):
            candidate, number = f"{base} ({number})", number + 1
        repeated += bool(name) and candidate != name
        taken.add(candidate)
        final.append(candidate)
    notices = []
    if empty:
        notices.append(Message(N_("Columns without a name, now called by their number: {count}."), {"count": empty}))
    if repeated:
        notices.append(
            Message(N_("Columns with the name of another one, to which a number was added: {count}."), {"count": repeated})
        )
    return final, notices


def _clean(name: str) -> str:
    """A column's name as one line, without control characters; whatever else is in it is data and stays."""
    line = " ".join(_SURROGATES.sub("\ufffd", name).split())
    visible = "".join(character for character in line if unicodedata.category(character) != "Cc")
    visible = visible.removeprefix("\ufeff")
    return visible if len(visible) <= MAX_COLUMN_NAME_CHARACTERS else visible[: MAX_COLUMN_NAME_CHARACTERS - 1] + "…"
