"""Rows with an event, split: identical rows on one side, and a gap of the label delay before what comes later."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from core.contracts import InputError, Message, Table
from core.language import N_
from core.lifecycle.columns import HIDDEN_GROUP
from core.lifecycle.split import MIN_ROWS, VALIDATION_SHARE, Split, split_rows

if TYPE_CHECKING:
    import pandas as pd

LARGEST = 0.2  # share of the rows that are alike, above which a table has too few different rows to keep them together


def alike(frame: pd.DataFrame, excluded: set[str]) -> np.ndarray:
    """A number for each row, equal where all features are the same, int64 (rows,)."""
    import pandas as pd
    from pandas.util import hash_pandas_object

    features = frame.drop(columns=[name for name in frame.columns if name in excluded])
    if not features.shape[1]:
        return np.arange(len(frame))
    return np.asarray(pd.factorize(hash_pandas_object(features, index=False))[0], np.int64)


def numbered(table: Table, params: Any) -> Table:
    """`table` with a column that numbers rows whose features are the same, which the split keeps on one side.

    Not where a fifth of the rows are the same: of so few different rows none could be measured that was never learnt.
    """
    from core.learning.scoring import without

    if HIDDEN_GROUP in table.frame or not len(table):
        return table
    numbers = alike(table.frame, without(params))
    counts = np.bincount(numbers)
    if counts.max() > LARGEST * len(table) or len(counts) == len(table):
        return table
    return replace(table, frame=table.frame.assign(**{HIDDEN_GROUP: numbers}))


def split_scoring(table: Table, params: Any) -> Split:
    """As `split_rows`; split by time, rows within `params.delay` days before the next part are left out: of those the event
    would not have been known yet.

    Raises InputError where a part is left without events or without other rows.
    """
    from core.learning.scoring import is_event

    split = split_rows(table, params)
    if split.kind == "time" and params.delay:
        split = _with_gap(table, params, split)
    event = is_event(table.frame, params)
    for rows, where in ((split.train, N_("to learn from")), (split.test, N_("to measure with"))):
        if len(set(event[rows].tolist())) < 2:
            raise InputError(N_("Among the rows {part} there are {count} with the event {name}, out of {rows}: a score needs "
                                "rows with and without it. Choose another split, or give more rows."),
                             part=Message(where), count=int(event[rows].sum()), name=params.positive, rows=len(rows))  # fmt: skip
    return split


def _with_gap(table: Table, params: Any, split: Split) -> Split:
    from core.intake.dates import dates
    from core.lifecycle.split import plan

    column = plan(table, params)[1]
    days = dates(table.frame[column])
    when = days.dt.as_unit("s").astype("int64").to_numpy() / 86_400
    if days.isna().any():
        raise InputError(N_("A label delay needs dates in the time column {column}. Choose another column, or no delay."),
                         column=column)  # fmt: skip
    known = np.concatenate([split.train, split.validation])
    known = np.sort(known[when[known] < when[split.test].min() - params.delay])
    # The latest of what may be known are to choose by, again with a gap before them.
    limit = np.quantile(when[known], 1 - VALIDATION_SHARE) if len(known) >= MIN_ROWS else np.inf
    validation = known[when[known] >= limit]
    train = known[when[known] < limit - (params.delay if len(validation) else 0)]
    if not len(train):  # too few days for two gaps
        train, validation = known, known[:0]
    if not len(train):
        raise InputError(N_("With a label delay of {days} days no row is left to learn from: choose a shorter one."),
                         days=f"{params.delay:g}")  # fmt: skip
    left_out = len(table) - len(train) - len(validation) - len(split.test)
    values = {"train": len(train), "validation": len(validation), "test": len(split.test), "column": column,
              "left_out": left_out, "days": f"{params.delay:g}"}  # fmt: skip
    how = Message(N_("By the time column {column}, the latest rows measured, with a gap of {days} days until an event is known: "
                     "{train} rows to learn from, {validation} to choose by, {test} to measure with; {left_out} left out."),
                  values)  # fmt: skip
    return Split(train, validation, split.test, how, "time", left_out)
