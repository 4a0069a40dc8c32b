"""What every check and every mend of the leak guard looks at, worked out once."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from core.contracts import Context, InputError, Table, TrainingParams
from core.lifecycle import pairs
from core.lifecycle.columns import PICTURE_NAME, Roles, joined_texts, resolve
from core.lifecycle.duplicates import exact_groups, prints_of
from core.lifecycle.span import Span
from core.lifecycle.split import Split, split_rows
from core.lifecycle.targets import class_names, label_sets, strata

if TYPE_CHECKING:
    import pandas as pd


READING = 0.8  # of the time of a look at pictures; the rest is comparing them


@dataclass(frozen=True, eq=False)
class Look:
    """`names` holds the target as text, None where missing; `sets` the classes of each row; `strata` one class number a row.

    `texts` joins the text columns of each row (of pictures and recordings: their names), `exact` numbers rows that say the same,
    `filled` masks those that say anything (of pictures and recordings: that can be opened).
    `split` is the one that would be made, None where it cannot be. `context` is told how far the look at pictures is.
    """

    frame: pd.DataFrame
    roles: Roles
    names: np.ndarray
    sets: list[tuple[str, ...]]
    strata: np.ndarray
    texts: list[str]
    exact: np.ndarray
    filled: np.ndarray
    split: Split | None
    context: Context = field(default_factory=Context)

    @property
    def measured(self) -> np.ndarray:
        """Mask of the test rows."""
        return self._mask("test")

    @property
    def learnt(self) -> np.ndarray:
        """Mask of the rows that are learnt from or chosen by."""
        return self._mask("train") | self._mask("validation")

    def _mask(self, part: str) -> np.ndarray:
        mask = np.zeros(len(self.frame), bool)
        if self.split is not None:
            mask[getattr(self.split, part)] = True
        return mask


def look_at(
    table: Table, params: TrainingParams, text_columns: tuple[str, ...] = (), context: Context | None = None
) -> Look:  # fmt: skip
    """Raises `InputError` when a column that `params` names is not there."""
    context = context or Context()
    roles = resolve(table, params, text_columns)
    names = class_names(table.frame[roles.target])
    sets = label_sets(names, params)
    texts = joined_texts(table.frame, roles.texts)
    filled = np.array([bool(text.strip()) for text in texts], bool) if roles.texts else np.ones(len(table), bool)
    if roles.files:
        shown = PICTURE_NAME if PICTURE_NAME in table.frame else roles.files
        texts = joined_texts(table.frame, (shown,))
        filled = prints_of(table.frame, roles, Span(context, 0.0, READING)).readable
    try:
        split = split_rows(table, params)
    except InputError:
        split = None  # the guard says why
    kinds = strata(sets)
    if pairs.is_translation(params):
        kinds = np.minimum(kinds, 0)  # a pair has no class
    return Look(table.frame, roles, names, sets, kinds, texts, exact_groups(table.frame, roles), filled, split, context)
