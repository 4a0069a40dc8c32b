"""Numbers as people write them in tables."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    import pandas as pd

_PASSED_OVER = r"[,，\s$€£¥￥元%％]"  # between and beside the digits


def as_numbers(column: pd.Series) -> np.ndarray:
    """float64, NaN for what is no finite number.

    Thousands may be parted by commas or spaces; signs of currencies and of percent are passed over, so 5 % reads 5. Truth values
    and dates are no numbers.
    """
    import pandas as pd

    if pd.api.types.is_bool_dtype(column) or pd.api.types.is_datetime64_any_dtype(column):
        return np.full(len(column), np.nan)
    if not pd.api.types.is_numeric_dtype(column):
        column = pd.to_numeric(column.astype("str").str.replace(_PASSED_OVER, "", regex=True), errors="coerce")
    values = column.to_numpy("float64", na_value=np.nan).copy()
    values[~np.isfinite(values)] = np.nan
    return values
