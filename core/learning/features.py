"""Columns of a table as features: typed for trees, or as a matrix for linear models and networks; kept as JSON.

What a column is (a number, a category) and what is known of it (median, mean, levels) is learnt from the training rows only.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from core.contracts.errors import InputError
from core.intake.numbers import as_numbers
from core.language import N_

if TYPE_CHECKING:
    import pandas as pd

MOST_LEVELS = 50  # of a category; rarer ones are one level together
OTHER = "other values"
MISSING = "missing"
NUMBERS_NEEDED = 0.95  # share of the texts of a column that must read as numbers to make it one
_NAMES = 0.5  # share of different texts above which a column names its rows and says nothing of others
_CHECKED = 20_000  # rows from which the kind of a column is told

CONSTANT = N_("has one value only")
NAMES = N_("has nearly as many values as rows, like a name or a number of a file")
DATE = N_("is a date")


@dataclass(frozen=True)
class Features:
    """The columns that are learnt from, and what the training rows say of them.

    `numbers`: (median, mean, standard deviation, whether it had gaps) of each number; mean and deviation are of the filled
    column. `categories`: the levels of each category, the commonest first; `left_out`: why the other columns are no features.
    """

    numbers: dict[str, tuple[float, float, float, bool]]
    categories: dict[str, tuple[str, ...]]
    left_out: dict[str, str]

    @classmethod
    def learn(cls, frame: pd.DataFrame, without: Collection[str] = ()) -> Features:
        """From the training rows; columns `without` (the target, groups, dates, a split) are none.

        Raises InputError where no column is left to learn from.
        """
        numbers: dict[str, tuple[float, float, float, bool]] = {}
        categories: dict[str, tuple[str, ...]] = {}
        left_out: dict[str, str] = {}
        for name in frame.columns:
            if name in without:
                continue
            reason = _useless(frame[name])
            if reason:
                left_out[name] = reason
            elif _is_number(frame[name]):
                numbers[name] = _facts(as_numbers(frame[name]))
            else:
                counts = _as_texts(frame[name]).value_counts()
                categories[name] = tuple(counts[counts >= min(2, counts.max())].index[:MOST_LEVELS])
        if not numbers and not categories:
            raise InputError(N_("No column is left to learn from. Give a table with columns that say something about each row."))
        return cls(numbers, categories, left_out)

    @property
    def names(self) -> tuple[str, ...]:
        """The columns, numbers first: the order in `typed`."""
        return (*self.numbers, *self.categories)

    def typed(self, frame: pd.DataFrame) -> pd.DataFrame:
        """As LightGBM takes them: float64 with NaN for gaps, and pandas' categories in the order of `levels`, gaps missing.

        Raises InputError where a column is missing, or a number cannot be read in any row.
        """
        import pandas as pd

        self._need(frame)
        columns: dict[str, Any] = {name: self._read(frame[name]) for name in self.numbers}
        for name in self.categories:
            columns[name] = pd.Categorical(self._leveled(frame[name]), categories=self.levels(name))
        return pd.DataFrame(columns, index=frame.index)

    def levels(self, name: str) -> list[str]:
        """The levels of a category, the one of all rarer values last."""
        return [*self.categories[name], OTHER]

    @property
    def design_names(self) -> tuple[tuple[str, str], ...]:
        """Column and level of each column of `design`; the level is "" for a number, `MISSING` for where it has gaps."""
        found: list[tuple[str, str]] = []
        for name, (*_, gaps) in self.numbers.items():
            found += [(name, "")] + ([(name, MISSING)] if gaps else [])
        for name in self.categories:
            found += [(name, level) for level in self.levels(name)]
        return tuple(found)

    def design(self, frame: pd.DataFrame) -> np.ndarray:
        """As linear models and networks take them: float32 (rows, `design_names`). Numbers are filled with the median and have
        mean 0 and deviation 1 in the training rows; categories are one-hot, a gap is no level.
        """
        self._need(frame)
        columns: list[np.ndarray] = []
        for name, (median, mean, deviation, gaps) in self.numbers.items():
            values = self._read(frame[name])
            missing = np.isnan(values)
            columns.append((np.where(missing, median, values) - mean) / deviation)
            if gaps:
                columns.append(missing.astype(np.float64))
        for name in self.categories:
            leveled = np.asarray(self._leveled(frame[name]), dtype=object)
            columns += [(leveled == level).astype(np.float64) for level in self.levels(name)]
        return np.clip(np.column_stack(columns), -1e6, 1e6).astype(np.float32)

    def to_json(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_json(cls, kept: dict[str, Any]) -> Features:
        return cls(
            {name: (float(a), float(b), float(c), bool(d)) for name, (a, b, c, d) in kept["numbers"].items()},
            {name: tuple(levels) for name, levels in kept["categories"].items()}, dict(kept["left_out"]),
        )  # fmt: skip

    def _need(self, frame: pd.DataFrame) -> None:
        absent = [name for name in self.names if name not in frame]
        if absent:
            raise InputError(N_("The table lacks columns that the model learnt from: {columns}. Add them, empty where unknown."),
                             columns=", ".join(absent[:20]))  # fmt: skip

    def _read(self, column: pd.Series) -> np.ndarray:
        values = as_numbers(column)
        if np.isnan(values).all() and column.notna().any() and not _is_number(column):
            raise InputError(N_("The column {column} held numbers when the model learnt, and here none can be read. Correct it."),
                             column=str(column.name))  # fmt: skip
        return values

    def _leveled(self, column: pd.Series) -> list[str | None]:
        known = set(self.categories[str(column.name)])
        return [None if text is None else text if text in known else OTHER for text in _texts(column)]


def _useless(column: pd.Series) -> str:
    """Why nothing can be learnt from the column; "" where something can."""
    from core.intake.dates import dates

    cells = column.dropna()
    if cells.nunique() < 2 and not 0 < len(cells) < len(column):
        return CONSTANT
    if str(column.dtype).startswith("datetime"):
        return DATE
    if _is_number(column):
        return ""
    texts = _as_texts(column).head(_CHECKED)
    if dates(texts.head(200)).notna().mean() > 0.9:
        return DATE
    return NAMES if len(texts) >= 20 and texts.nunique() > _NAMES * len(texts) else ""


def _is_number(column: pd.Series) -> bool:
    import pandas as pd

    if pd.api.types.is_bool_dtype(column):
        return False
    if pd.api.types.is_numeric_dtype(column):
        return True
    texts = _as_texts(column).head(_CHECKED)
    return bool(len(texts)) and float(np.isfinite(as_numbers(texts)).mean()) >= NUMBERS_NEEDED


def _texts(column: pd.Series) -> list[str | None]:
    from core.lifecycle.targets import class_names

    return [name or None for name in class_names(column)]


def _as_texts(column: pd.Series) -> pd.Series:
    import pandas as pd

    return pd.Series([text for text in _texts(column) if text is not None], dtype="str")


def _facts(values: np.ndarray) -> tuple[float, float, float, bool]:
    missing = np.isnan(values)
    median = float(np.median(values[~missing])) if not missing.all() else 0.0
    filled = np.where(missing, median, values)
    return median, float(filled.mean()), float(filled.std()) or 1.0, bool(missing.any())
