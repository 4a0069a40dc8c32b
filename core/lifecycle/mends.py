"""What the leak guard can mend, each by a name that stands in the params of the run, so that a run can be repeated exactly."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from core.contracts import InputError, Message, Table, TrainingParams
from core.language import N_
from core.lifecycle import check_rows, check_target, pairs
from core.lifecycle.columns import HIDDEN_GROUP, need_column
from core.lifecycle.dates import moments
from core.lifecycle.duplicates import look_alikes
from core.lifecycle.findings import MEND_TITLES
from core.lifecycle.look import look_at
from core.lifecycle.targets import class_names

if TYPE_CHECKING:
    import pandas as pd


def mend(table: Table, names: Iterable[str], params: TrainingParams) -> Table:
    """`table` with each named mend applied in the order given; the same names give the same table. Notices say what was done.

    `split_by_group:COLUMN` and `split_by_time:COLUMN` leave the rows alone: the split reads them from `params.mends`.

    Raises:
        InputError: there is no such mend or column.
    """
    table = pairs.chosen(table, params)
    for name in names:
        kind, _, column = name.partition(":")
        if kind not in MEND_TITLES:
            raise InputError(N_("There is no mend {name}. Choose from: {names}."), name=kind, names=", ".join(MEND_TITLES))
        if column:
            need_column(table, column)
        table = _mended(table, kind, column, params)
        table = replace(table, digest=hashlib.sha256(f"{table.digest}+{name}".encode()).hexdigest() if table.digest else "")
    return table


def _mended(table: Table, kind: str, column: str, params: TrainingParams) -> Table:
    if kind in ("split_by_group", "split_by_time"):
        return table
    if kind == "drop_column":
        return _noted(table, table.frame.drop(columns=column), N_("The column {column} was left out."), column=column)
    if kind == "drop_missing_time":
        return _without(table, np.isnan(moments(table.frame[column])), N_("Rows without a time that were left out: {rows}."))
    if kind == "drop_rare_classes":
        return _without_rare(table, params)
    look = look_at(table, params)
    if kind == "merge_class_spelling":
        cells = class_names(table.frame[look.roles.target], strip=False)
        merged = check_target.spellings(cells)
        frame = table.frame.assign(**{look.roles.target: [merged.get(cell, cell) for cell in cells]})
        changed = sum(cell in merged for cell in cells)
        return _noted(table, frame, N_("Rows that were given the commoner spelling of their class: {rows}."), rows=changed)
    if kind == "group_near_duplicates":
        groups = look_alikes(look.frame, look.roles, look.texts, look.exact)
        groups[~look.filled] = groups.max(initial=0) + 1 + np.arange((~look.filled).sum())
        several = int((np.bincount(groups)[groups] > 1).sum())
        frame = table.frame.assign(**{HIDDEN_GROUP: groups})
        return _noted(table, frame, N_("{rows} rows that look alike stay together on one side of the split."), rows=several)
    if kind == "drop_missing_target":
        return _without(
            table, np.array([not labels for labels in look.sets]), N_("Rows without a target that were left out: {rows}.")
        )
    if kind == "drop_empty_text":
        return _without(table, ~look.filled, N_("Rows with an empty text that were left out: {rows}."))
    if kind == "drop_broken_pictures":
        return _without(table, ~look.filled, N_("Pictures that cannot be opened and were left out: {rows}."))
    if kind == "drop_broken_sounds":
        return _without(table, ~look.filled, N_("Recordings that cannot be heard and were left out: {rows}."))
    if kind == "drop_contradictions":
        against = check_rows.contradicting(look)
        return _without(table, against, N_("{rows} rows that contradict each other were left out."))
    return _without(table, check_rows.surplus(look), N_("Rows that repeat another and were left out: {rows}."))


def _without_rare(table: Table, params: TrainingParams) -> Table:
    """Leaving out a class changes the split, which can leave another one short: until none is."""
    gone = np.zeros(len(table), bool)
    while True:
        kept = np.flatnonzero(~gone)
        look = look_at(replace(table, frame=table.frame.iloc[kept].reset_index(drop=True)), params)
        rare = set(check_target.rare_classes(look))
        if not rare:
            break
        gone[kept[[bool(rare & set(labels)) for labels in look.sets]]] = True
    return _without(table, gone, N_("{rows} rows of classes with too few rows were left out."))


def _without(table: Table, gone: np.ndarray, sentence: str) -> Table:
    return _noted(table, table.frame[~gone].reset_index(drop=True), sentence, rows=int(gone.sum()))


def _noted(table: Table, frame: pd.DataFrame, sentence: str, **values: object) -> Table:
    return replace(table, frame=frame, notices=(*table.notices, Message(sentence, values)))
