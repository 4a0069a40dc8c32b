"""Tables that leave the house: a spreadsheet that opens them computes nothing that a user typed.

A cell that begins with = + - @, a tab or a line end is a formula to Excel; a leading apostrophe makes it text (OWASP, CSV
injection).
"""

from __future__ import annotations

import io
import re
from typing import TYPE_CHECKING, Any

from core.contracts import LimitError
from core.intake.limits import MAX_EXCEL_CELL_CHARACTERS, MAX_EXCEL_ROWS
from core.language import N_

if TYPE_CHECKING:
    import pandas as pd

_STARTS = tuple("=+-@\t\r\n＝＋－＠")
_PLAIN_NUMBER = re.compile(r"-?\d+(\.\d+)?")
_SURROGATES = re.compile("[\ud800-\udfff]")
_UNWRITABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")  # not allowed in XML


def safe_text(value: str) -> str:
    """`value`, with a leading apostrophe where a spreadsheet would take it for a formula. Plain negative numbers stay."""
    risky = value.startswith(_STARTS) or value.lstrip(" ").startswith(_STARTS)
    return f"'{value}" if risky and not _PLAIN_NUMBER.fullmatch(value) else value


def to_csv(frame: pd.DataFrame) -> bytes:
    """CSV in UTF-8 with a byte order mark, without which Excel does not show Chinese; formula cells and names escaped."""
    return _escaped(frame).to_csv(index=False, lineterminator="\r\n").encode("utf-8-sig")


def to_xlsx(frame: pd.DataFrame) -> bytes:
    """One sheet; formula cells and names escaped, texts that Excel cannot hold end in …; LimitError above Excel's rows."""
    import openpyxl

    if len(frame) >= MAX_EXCEL_ROWS:
        raise LimitError(N_("An Excel sheet holds {limit} rows; this table has more. Choose CSV."), limit=f"{MAX_EXCEL_ROWS:,}")
    book = openpyxl.Workbook(write_only=True)
    sheet = book.create_sheet("Sheet1")
    sheet.append([_for_excel(safe_text(str(name))) for name in frame.columns])
    columns = [frame[name].tolist() for name in frame.columns]
    for row in zip(*columns, strict=True):
        sheet.append([_for_excel(value) for value in row])
    written = io.BytesIO()
    book.save(written)
    return written.getvalue()


def to_jsonl(frame: pd.DataFrame) -> bytes:
    """One JSON object per line, in UTF-8; missing cells are null, dates ISO 8601. JSON knows no formulas: nothing is escaped."""
    clean = _mapped(frame, lambda text: _UNWRITABLE.sub("\ufffd", text) if _UNWRITABLE.search(text) else text)
    return clean.to_json(orient="records", lines=True, force_ascii=False, date_format="iso", double_precision=15).encode(
        "utf-8", "replace"
    )


def _escaped(frame: pd.DataFrame) -> pd.DataFrame:
    def change(text: str) -> str:
        return safe_text(_SURROGATES.sub("\ufffd", text))

    return _mapped(frame, change).rename(columns=lambda name: change(str(name)))


def _mapped(frame: pd.DataFrame, change: Any) -> pd.DataFrame:
    """A copy in which `change` was applied to all that is neither number, truth value nor date."""
    import pandas as pd
    from pandas.api import types

    def column(values: pd.Series) -> pd.Series:
        if types.is_numeric_dtype(values) or types.is_datetime64_any_dtype(values):
            return values
        texts = values.astype(object)
        return texts.map(lambda value: change(value if isinstance(value, str) else str(value)), na_action="ignore")

    return pd.DataFrame({name: column(frame[name]) for name in frame.columns}, index=frame.index)


def _for_excel(value: Any) -> Any:
    """A value that openpyxl writes as what it is."""
    import pandas as pd

    if not isinstance(value, str):
        if pd.api.types.is_scalar(value) and pd.isna(value):
            return None
        if isinstance(value, pd.Timestamp):
            return (value.tz_convert("UTC").tz_localize(None) if value.tz else value).to_pydatetime(warn=False)
        if isinstance(value, bool | int) or (isinstance(value, float) and abs(value) != float("inf")):
            return value
    text = _UNWRITABLE.sub("", safe_text(str(value)))
    return text if len(text) <= MAX_EXCEL_CELL_CHARACTERS else text[: MAX_EXCEL_CELL_CHARACTERS - 1] + "…"
