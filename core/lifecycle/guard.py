"""The leak guard: faults of a table that would make a score flatter, mislead or impossible, found before training."""

from __future__ import annotations

from collections.abc import Iterable
from importlib import import_module

import numpy as np

from core.contracts import Context, InputError, Message, Table, TrainingParams
from core.lifecycle import check_columns, check_pairs, check_rows, check_scoring, check_target, pairs
from core.lifecycle.dates import moments
from core.lifecycle.findings import MEND_TITLES, Finding
from core.lifecycle.look import look_at
from core.lifecycle.mends import mend
from core.lifecycle.split import plan, split_rows
from core.lifecycle.tasks import GUARDED, OWN_WAY, SCORING

__all__ = ["Finding", "inspect", "mend", "recommended"]


def inspect(
    table: Table, params: TrainingParams, text_columns: tuple[str, ...] = (), context: Context | None = None
) -> tuple[Finding, ...]:  # fmt: skip
    """Every fault that is found, the gravest first, for the split that would be made with `params`.

    Without `text_columns`, those that `params` names. `params.mends` is taken as already applied to `table`.

    Raises:
        InputError: a column that `params` names is not there.
    """
    if params.task in OWN_WAY and params.task not in GUARDED:
        # Whatever comes twice is kept on one side by the split itself; a task may have more to say.
        own = getattr(import_module(OWN_WAY[params.task]), "inspect", None)
        return own(table, params) if own else ()
    table = pairs.chosen(table, params)
    if params.task == SCORING and not params.labelled:  # type: ignore[attr-defined]
        return ()  # nothing is measured, so nothing can flatter
    if params.task == SCORING:
        table, params, stopped = check_scoring.ready(table, params)
        if stopped:
            return tuple(stopped)
    look = look_at(table, params, text_columns, context)
    if pairs.is_translation(params):
        found = [*check_pairs.checks(look)]
    elif params.task == SCORING:
        found = [*check_scoring.checks(look)]
    else:
        found = [*check_target.target(look), *check_rows.rows(look), *check_columns.columns(look)]
    if look.split is None and not any(finding.severity == "stop" and not finding.mend for finding in found):
        found.extend(_unsplittable(table, params))
    order = ("stop", "warn", "note")
    return tuple(sorted(found, key=lambda finding: order.index(finding.severity)))


def recommended(findings: Iterable[Finding]) -> tuple[str, ...]:
    """Names of the mends of everything graver than a note, in the order in which they are to be applied.

    Of several columns to split by, the first: groups that give the class away before dates.
    """
    named = dict.fromkeys(finding.mend for finding in findings if finding.mend and finding.severity != "note")
    order = list(MEND_TITLES)
    ordered = sorted(named, key=lambda name: order.index(name.partition(":")[0]))
    splits = [name for name in ordered if name.startswith("split_by_")]
    return tuple(name for name in ordered if name not in splits[1:])


def _unsplittable(table: Table, params: TrainingParams) -> Iterable[Finding]:
    try:
        split_rows(table, params)
    except InputError as error:
        mend_, rows = "", 0
        kind, column = plan(table, params) if error.values.get("column") else ("", "")
        if kind == "time":
            unread = np.isnan(moments(table.frame[column]))
            rows = int(unread.sum())
            mend_ = f"drop_missing_time:{column}" if 0 < rows < len(unread) else ""
        yield Finding("split_impossible", "stop", Message(error.message_id, error.values), mend_, rows)
