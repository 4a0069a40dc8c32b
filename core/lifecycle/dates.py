"""Cells that stand for moments."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    import pandas as pd

_DATE = re.compile(
    r"\s*(\d{4}\s*[-/.年]\s*\d{1,2}"  # 2024-01, 2024年1月
    r"|\d{1,2}\s*[-/. ]\s*(\d{1,2}|[A-Za-z]{3,9})\s*[-/., ]\s*\d{2,4}"  # 5.1.2024, 5 January 2024
    r"|[A-Za-z]{3,9}\.? \d{1,2}, \d{4})"  # January 5, 2024
)


def moments(cells: pd.Series) -> np.ndarray:
    """A number for each cell that grows with time (float64), NaN where the cell is empty or no date.

    Numbers stand for themselves (a year, a Unix time); text is read as `core.intake.dates` reads it.
    """
    import pandas as pd

    if pd.api.types.is_numeric_dtype(cells):
        return cells.to_numpy(np.float64, na_value=np.nan)
    from core.intake.dates import dates

    found = dates(cells)
    return np.where(found.isna(), np.nan, found.astype("int64").to_numpy().astype(np.float64))


def looks_like_dates(cells: pd.Series) -> bool:
    """Whether the cells are dates beyond doubt: a date type, or text of which 95 % of a sample reads as dates."""
    import pandas as pd

    if pd.api.types.is_datetime64_any_dtype(cells):
        return bool(cells.nunique() > 1)
    if not pd.api.types.is_string_dtype(cells):
        return False
    sample = cells.dropna().iloc[:200]
    if not len(sample) or np.mean([bool(_DATE.match(str(cell))) and len(str(cell)) <= 40 for cell in sample]) < 0.95:
        return False
    return bool(np.isfinite(moments(sample)).mean() >= 0.95 and cells.nunique() > 1)
