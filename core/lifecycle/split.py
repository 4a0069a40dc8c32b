"""Rows to learn from, rows to choose by, rows to measure with."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from core.contracts import InputError, Message, Table, TrainingParams
from core.language import N_
from core.lifecycle import pairs
from core.lifecycle.columns import HIDDEN_GROUP, SPLIT_COLUMN, need_column, target_of
from core.lifecycle.dates import moments
from core.lifecycle.targets import class_names, label_sets, strata

if TYPE_CHECKING:
    import pandas as pd

VALIDATION_SHARE = 0.1  # of the rows that are not for the test
MIN_ROWS = 10
_PARTS = {
    "train": "train", "training": "train", "test": "test", "testing": "test",
    "validation": "validation", "valid": "validation", "val": "validation", "dev": "validation",
}  # fmt: skip


@dataclass(frozen=True, eq=False)
class Split:
    """Positions of rows (int64, ascending); no row is in two of them. `kind`: random, group, time or given."""

    train: np.ndarray
    validation: np.ndarray
    test: np.ndarray
    how: Message
    kind: str = "random"
    left_out: int = 0  # rows in none of the parts, because a near duplicate of them is measured with


class _Parts(NamedTuple):
    train: np.ndarray
    validation: np.ndarray
    test: np.ndarray


def split_rows(table: Table, params: TrainingParams) -> Split:
    """Splits the rows of `table` as `params` asks; the same seed gives the same split.

    "auto" takes the column `split` when there is one, else the group column, else the time column, else rows at random with
    the same share of every class. Where the mend `group_near_duplicates` numbered the rows, rows of one number never stand
    on both sides: a random or group split keeps them together, a time or given split leaves them out of the training part.
    Validation rows are carved out of the training part in the same manner.

    Raises:
        InputError: too few rows, one class only, one group only, unreadable times, or an unusable column `split`.
    """
    frame = table.frame
    if len(frame) < MIN_ROWS:
        raise InputError(N_("The table has {rows} rows, too few to learn from and to measure with: give at least {least}."),
                         rows=len(frame), least=MIN_ROWS)  # fmt: skip
    if pairs.is_translation(params):
        source, target = pairs.source_and_target(table, params)
        frame, names, kinds = pairs.grouped(frame, source), None, np.zeros(len(frame), np.int64)
    else:
        target = target_of(table, params)
        names = class_names(frame[target])
        kinds = strata(label_sets(names, params))
    if names is not None and len(set(kinds.tolist()) - {-1}) < 2:
        raise InputError(N_("The column {column} holds one class only: there is nothing to tell apart. Choose another target."),
                         column=target)  # fmt: skip
    kind, column = plan(table, params)
    generator = np.random.default_rng(params.seed)
    if kind == "given":
        parts = _given(frame)
    elif kind == "time":
        parts = _by_time(frame, column, params.test_share)
    else:
        units = _units(frame, column)
        test = _choose(units, kinds, params.test_share, generator, every_class=kind == "random")
        parts = _Parts(np.flatnonzero(~test), np.array([], np.int64), np.flatnonzero(test))
        parts = _carve(parts, units, kinds, generator)
    if not len(parts.validation):
        parts = _carve(parts, _units(frame), kinds, generator)
    return _checked(_apart(frame, parts), len(frame), names, kind, column)


def plan(table: Table, params: TrainingParams) -> tuple[str, str]:
    """The kind of split that will be made ("random", "group", "time" or "given"), and the column that decides it."""
    for name in reversed(params.mends):
        mend, _, column = name.partition(":")
        if mend in ("split_by_group", "split_by_time"):
            need_column(table, column)
            return mend.removeprefix("split_by_"), column
    kind = params.split
    if kind == "auto":
        given = SPLIT_COLUMN in table.frame.columns and _given_parts(table.frame[SPLIT_COLUMN]) is not None
        kind = "given" if given else "group" if params.group else "time" if params.time else "random"
    column = {"group": params.group, "time": params.time, "given": SPLIT_COLUMN}.get(kind, "")
    if kind == "group" and not column:
        raise InputError(N_("To split by group, choose the group column."))
    if kind == "time" and not column:
        raise InputError(N_("To split by time, choose the time column."))
    need_column(table, column)
    return kind, column


def _given_parts(cells: pd.Series) -> np.ndarray | None:
    """Part of each row, or None where a cell says something else or train or test is missing."""
    parts = np.array([_PARTS.get(str(cell).strip().lower(), "") for cell in cells.tolist()])
    return parts if {"train", "test"} <= set(parts.tolist()) <= set(_PARTS.values()) else None


def _given(frame: pd.DataFrame) -> _Parts:
    said = _given_parts(frame[SPLIT_COLUMN])
    if said is None:
        raise InputError(N_("The column {column} must say train or test (or validation) in every row, and both must occur. "
                            "Mend it, or choose another split."), column=SPLIT_COLUMN)  # fmt: skip
    return _Parts(*(np.flatnonzero(said == part) for part in ("train", "validation", "test")))


def _carve(parts: _Parts, units: np.ndarray, kinds: np.ndarray, generator: np.random.Generator) -> _Parts:
    """Takes the validation rows out of the training part, whole units only."""
    rows = parts.train
    if len(rows) < MIN_ROWS:
        return parts
    taken = _choose(units[rows], kinds[rows], VALIDATION_SHARE, generator)
    return _Parts(rows[~taken], rows[taken], parts.test)


def _by_time(frame: pd.DataFrame, column: str, share: float) -> _Parts:
    """The latest rows are the test, the latest before them the validation; rows of one moment stay together."""
    when = moments(frame[column])
    unread = np.flatnonzero(np.isnan(when))
    if len(unread):
        raise InputError(
            N_("{rows} cells of the time column {column} are empty or no date, e.g. \"{example}\" in row {row}. "
               "Mend them, leave those rows out, or choose another split."),
            rows=len(unread), column=column, example=str(frame[column].iloc[unread[0]])[:40], row=int(unread[0]) + 1,
        )  # fmt: skip
    ordered = np.sort(when)
    if ordered[0] == ordered[-1]:
        raise InputError(N_("Every row of the time column {column} has the same time: choose another split."), column=column)
    from_test = _boundary(ordered, share)
    earlier = ordered[ordered < from_test]
    from_validation = _boundary(earlier, VALIDATION_SHARE) if earlier[0] < earlier[-1] else from_test
    late, middle = when >= from_test, (when >= from_validation) & (when < from_test)
    return _Parts(np.flatnonzero(~late & ~middle), np.flatnonzero(middle), np.flatnonzero(late))


def _boundary(ordered: np.ndarray, share: float) -> float:
    """The moment from which on about `share` of the rows lie; at least one row lies before it."""
    moment = ordered[min(len(ordered) - 1, round(len(ordered) * (1 - share)))]
    return float(moment if moment > ordered[0] else ordered[ordered > ordered[0]][0])


def _units(frame: pd.DataFrame, group: str = "") -> np.ndarray:
    """A number for each row, equal for rows that must stay on one side: same group, or numbered as near duplicates."""
    import pandas as pd
    from scipy.sparse import coo_matrix
    from scipy.sparse.csgraph import connected_components

    rows, links = len(frame), []
    if group:
        codes = pd.factorize(frame[group])[0]
        if len(set(codes.tolist())) < 2:
            raise InputError(N_("The group column {column} holds one group only: choose another column, or split by row."),
                             column=group)  # fmt: skip
        links.append(codes)
    if HIDDEN_GROUP in frame.columns:
        links.append(frame[HIDDEN_GROUP].to_numpy())
    if not links:
        return np.arange(rows)
    known = [np.flatnonzero(codes >= 0) for codes in links]  # a row without a group stands for itself
    first = [pd.Series(k).groupby(codes[k]).transform("first").to_numpy() for k, codes in zip(known, links)]
    pairs = np.concatenate(known), np.concatenate(first)
    return connected_components(coo_matrix((np.ones(len(pairs[0])), pairs), shape=(rows, rows)), directed=False)[1]


def _choose(
    units: np.ndarray, kinds: np.ndarray, share: float, generator: np.random.Generator, *, every_class: bool = False
) -> np.ndarray:
    """A mask of about `share` of the rows of every class, whole units only.

    With `every_class`, each class of two or more units gives one at least; otherwise classes too small to give a whole unit
    are drawn from together, those of one or two units not at all where that can be helped.
    """
    inverse, sizes = np.unique(units, return_inverse=True, return_counts=True)[1:]
    owners = _commonest(inverse, kinds)
    if not every_class:
        many = np.bincount(owners + 1)[owners + 1]
        owners = np.where(many < 3, -3, np.where(many < 1 / share, -2, owners))
    chosen = np.zeros(len(sizes), bool)
    for owner in np.unique(owners[owners > -3]):
        members = generator.permutation(np.flatnonzero(owners == owner))
        wanted, taken = share * sizes[members].sum(), 0
        for unit in members:
            if taken + sizes[unit] / 2 <= wanted:
                chosen[unit] = True
                taken += sizes[unit]
        if every_class and not taken and len(members) > 1:
            chosen[members[sizes[members].argmin()]] = True
    if not chosen.any() and len(sizes) > 1:
        chosen[sizes.argmin()] = True
    return chosen[inverse]


def _commonest(units: np.ndarray, kinds: np.ndarray) -> np.ndarray:
    """The commonest class of each unit."""
    classes = int(kinds.max()) + 2
    cells, counts = np.unique(units * classes + kinds + 1, return_counts=True)
    found = np.empty(int(units.max()) + 1, np.int64)
    order = np.argsort(counts, kind="stable")
    found[cells[order] // classes] = cells[order] % classes - 1  # the largest count is written last
    return found


def _apart(frame: pd.DataFrame, parts: _Parts) -> _Parts:
    """Leaves near duplicates of test rows out of training and validation, and those of validation out of training."""
    if HIDDEN_GROUP not in frame.columns:
        return parts
    numbers = frame[HIDDEN_GROUP].to_numpy()
    validation = parts.validation[~np.isin(numbers[parts.validation], numbers[parts.test])]
    measured = np.concatenate([numbers[validation], numbers[parts.test]])
    return _Parts(parts.train[~np.isin(numbers[parts.train], measured)], validation, parts.test)


def _checked(parts: _Parts, rows: int, names: np.ndarray | None, kind: str, column: str) -> Split:
    train, validation, test = (np.sort(part).astype(np.int64) for part in parts)
    if not len(train) or not len(test):
        raise InputError(
            N_("The split leaves no rows to learn from or none to measure with: choose another split or test share.")
        )
    if names is not None and len({name for name in names[train] if name}) < 2:
        raise InputError(N_("The rows to learn from hold one class only under this split: choose another split."))
    left_out = rows - len(train) - len(validation) - len(test)
    values = {"train": len(train), "validation": len(validation), "test": len(test), "left_out": left_out, "column": column}
    return Split(train, validation, test, Message(_HOW[kind + "_apart" if left_out else kind], values), kind, left_out)


_HOW = {
    "random": N_("By row, same share of every class: {train} rows to learn from, {validation} to choose by, {test} to measure "
                 "with."),
    "group": N_("By the group column {column}, each group on one side: {train} rows to learn from, {validation} to choose by, "
                "{test} to measure with."),
    "time": N_("By the time column {column}, the latest rows measured: {train} rows to learn from, {validation} to choose by, "
               "{test} to measure with."),
    "given": N_("As the column {column} says: {train} rows to learn from, {validation} to choose by, {test} to measure with."),
    "time_apart": N_("By the time column {column}, the latest rows measured: {train} rows to learn from, {validation} to choose "
                     "by, {test} to measure with; {left_out} near duplicates of measured rows left out."),
    "given_apart": N_("As the column {column} says: {train} rows to learn from, {validation} to choose by, {test} to measure "
                      "with; {left_out} near duplicates of measured rows left out."),
}  # fmt: skip
