"""From an upload to the typed inputs: a table, or texts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from core.contracts import InputError, Message, Table, Texts
from core.intake import roles, sniff
from core.intake.uploads import Upload
from core.language import N_

if TYPE_CHECKING:
    import pandas as pd


def read_table(upload: Upload) -> Table:
    """The upload as a table with unique column names; empty cells are missing, texts are `str`, numbers int64 or float64.

    Nothing is dropped or changed without a notice. Raises InputError when the file is not what its name claims, is damaged
    or empty, and LimitError when it is over a limit of `core.intake.limits`.
    """
    if upload.kind not in sniff.TABLE_KINDS:
        what = Message(sniff.REFUSED.get(upload.kind, sniff.REFUSED["binary"]))
        raise InputError(
            N_("{name} is {what}, not a table. Give a CSV, TSV, XLSX, Parquet, JSONL or TXT file."), name=upload.name, what=what
        )
    frame, notices = _read(upload)
    return Table(frame, upload.name, upload.digest, notices)


def _read(upload: Upload) -> tuple[pd.DataFrame, tuple[Message, ...]]:
    if upload.kind == "xlsx":
        from core.intake.workbook import read_workbook

        return read_workbook(upload.path, upload.name)
    if upload.kind == "parquet":
        from core.intake.columnar import read_parquet

        return read_parquet(upload.path, upload.name)
    if upload.kind in ("jsonl", "json"):
        from core.intake.jsonl import read_json

        return read_json(upload.path, upload.name, upload.kind)
    from core.intake.delimited import read_lines, read_separated

    if upload.kind == "txt":
        return read_lines(upload.path, upload.name)
    return read_separated(upload.path, upload.name, upload.kind)


def read_texts(upload: Upload) -> Texts:
    """The texts of the upload: the lines of a TXT file, or the column of a table that looks most like texts."""
    table = read_table(upload)
    column = table.columns[0] if len(table.columns) == 1 else roles.guess(table.frame, "text")
    if not column:
        raise InputError(
            N_("No column of {name} looks like texts. Call one of them text, or choose it by name."), name=upload.name
        )
    return texts_of(table, column)


def texts_of(table: Table, column: str) -> Texts:
    """The column's texts, one for each row in its order; a missing one is the empty text, and counted in a notice.

    Raises InputError when there is no such column or nothing in it.
    """
    if column not in table.frame:
        raise InputError(
            N_("{name} has no column {column}. It has: {choices}."),
            name=table.name, column=column, choices=", ".join(table.columns[:20]),
        )  # fmt: skip
    values = table.frame[column]
    missing = int(values.isna().sum())
    if missing == len(values):
        raise InputError(N_("The column {column} of {name} is empty. Choose another column."), name=table.name, column=column)
    items = tuple("" if gone else str(value) for value, gone in zip(values.tolist(), values.isna(), strict=True))
    notices = (
        (Message(N_("Rows without a text in the column {column}: {count}."), {"count": missing, "column": column}),)
        if missing
        else ()
    )
    return Texts(items, table.name, table.notices + notices)
