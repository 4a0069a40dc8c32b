"""A table made ready to learn fraud from: decisions as labels, times as dates, what is known of a payment from before it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from core import decisions
from core.contracts import Context, InputError, Message, Table
from core.language import N_
from core.lifecycle.columns import HIDDEN_GROUP, SPLIT_COLUMN, need_column
from core.lifecycle.targets import class_names
from models.finance.frauds.alerts import SUBJECT
from models.finance.frauds.detector import known_frauds
from models.finance.frauds.fitting import MIXED, columns_of
from models.finance.frauds.windows import DAY, Payments, features, row_keys, seconds

if TYPE_CHECKING:
    import pandas as pd

FOUR = 4  # delays that the payments must at least go over, so that something is left before the gaps


def prepared(table: Table, params: Any, context: Context) -> tuple[Table, Any]:
    """Raises InputError where a time cannot be read, or the label delay leaves nothing to learn from."""
    for name in (params.time, params.amount, params.customer, params.terminal):
        need_column(table, name)
    _once(params)
    if not params.labelled and params.method in ("lightgbm", "blend"):
        params = params.model_copy(update={"method": "unlabelled"})
        table = _noting(
            table, N_("There is no target column, so nothing learns from labels: the forest and the autoencoder answer.")
        )
    frame = table.frame
    if params.labelled and params.decisions:
        frame, count = _decided(frame, params)
        if count:
            table = _noting(table, N_("Labels that come from decisions on alerts: {count}."), count=count)
    if params.time:
        context.progress(0.2, N_("Looking at what came before each payment"))
        frame = _windows(frame, params)
    return replace(table, frame=frame), params


def _once(params: Any) -> None:
    """One column cannot play two parts."""
    named = [name for name in (params.target, params.time, params.amount, params.customer, params.terminal) if name]
    double = next((name for name in named if named.count(name) > 1), "")
    if double:
        raise InputError(N_("The column {column} is given two parts. Choose another one for one of them."), column=double)


def _noting(table: Table, sentence: str, **values: object) -> Table:
    return replace(table, notices=(*table.notices, Message(sentence, values)))


def _decided(frame: pd.DataFrame, params: Any) -> tuple[pd.DataFrame, int]:
    """The rows with what was decided on them as their label, and how many those are."""
    known = decisions.known(SUBJECT)
    if not known:
        return frame, 0
    names = [name for name in frame.columns if name not in {params.target, SPLIT_COLUMN, HIDDEN_GROUP}]
    keys = row_keys(frame, columns_of(params), names)
    found = [known.get(key) for key in keys]
    labels = class_names(frame[params.target])
    other = next(name for name in labels if name and name != params.positive)
    mended = [name if accepted is None else params.positive if accepted else other for name, accepted in zip(labels, found)]
    return frame.assign(**{params.target: mended}), sum(accepted is not None for accepted in found)


def _windows(frame: pd.DataFrame, params: Any) -> pd.DataFrame:
    import pandas as pd

    columns = columns_of(params)
    when = seconds(frame[params.time], params.time)
    # From here on as dates: a split with a gap wants them, and texts would be read again at every step.
    frame = frame.assign(**{params.time: pd.to_datetime((when * 1e6).round(), unit="us", errors="coerce")})
    if frame[params.time].isna().any():
        raise InputError(N_("The times of the column {column} go far beyond what a calendar holds. Mend them, or choose no time "
                            "column."), column=params.time)  # fmt: skip
    learns = params.labelled and "boosted" in MIXED[params.method]
    payments = Payments.of(frame, columns, known_frauds(frame, params.target, params.positive) if learns else None)
    days = float(np.ptp(payments.when)) / DAY if len(frame) else 0.0
    if params.labelled and params.delay and days < FOUR * params.delay:
        raise InputError(
            N_("The payments go over {days} days: with a label delay of {delay} days too little is left to learn from. Set the "
               "label delay to at most {most} days."), days=f"{days:.1f}", delay=f"{params.delay:g}", most=f"{days / FOUR:.1f}",
        )  # fmt: skip
    return frame.assign(**features(payments, columns, params.delay))
