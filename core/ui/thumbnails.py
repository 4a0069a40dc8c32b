"""Pictures in tables: what a reference names, small enough for a cell. Files to take away keep the names."""

from __future__ import annotations

import base64
from collections.abc import Sequence
from typing import Any

import streamlit as st

from core.contracts import UserError
from core.ui.language import _

MOST = 50  # rows of a table that show their picture: the first
SIDE = 96  # pixels of the longer side, two to three kilobytes
ROW_HEIGHT = 56  # pixels


def small(reference: str) -> str | None:
    """The picture as a data URI; None where it cannot be opened any more."""
    from core.intake.pictures import is_reference

    if not is_reference(reference):
        return None
    try:
        return _encoded(reference)
    except UserError:
        return None


@st.cache_data(max_entries=2_048, ttl=3600, show_spinner=False)
def _encoded(reference: str) -> str:
    from core.intake.pictures import path_of, read
    from core.visual.encode import encode

    content = encode(read(path_of(reference), reference, least=SIDE), most=SIDE, kind="jpeg")
    return "data:image/jpeg;base64," + base64.b64encode(content).decode("ascii")


def column_of(frame: Any) -> str:
    """The first column whose first cells name pictures; empty where there is none."""
    from core.intake.pictures import is_reference

    for name in frame.columns:
        cells = frame[name].head(MOST).dropna()
        if len(cells) and all(map(is_reference, cells)):
            return str(name)
    return ""


def pictured(frame: Any, references: Sequence[str] = ()) -> tuple[Any, dict[str, Any]]:
    """`frame` with small pictures in place of references, and how its columns are to be shown.

    With `references`, one a row, they stand in a new first column. Rows after the first `MOST` show none.
    """
    name = _("Preview") if len(references) else column_of(frame)
    if not name:
        return frame, {}
    cells = list(references if len(references) else frame[name])
    shown = [small(cell) for cell in cells[:MOST]]
    if len(references) and not any(shown):
        return frame, {}
    shown += [None] * (len(cells) - len(shown))
    others = [other for other in frame.columns if other != name]
    first = [name, *others] if len(references) else list(frame.columns)
    return frame.assign(**{name: shown})[first], {name: st.column_config.ImageColumn(width="small")}
