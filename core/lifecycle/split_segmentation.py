"""Which pictures with masks are learnt from, chosen by and measured with: whole pictures, copies and groups on one side."""

from __future__ import annotations

from typing import Any

import numpy as np

from core.contracts import InputError, Message, Table
from core.intake.pictures import masks
from core.language import N_
from core.lifecycle.columns import SPLIT_COLUMN, Roles, need_column
from core.lifecycle.duplicates import exact_groups, joined, look_alikes
from core.lifecycle.split import Split

PICTURE = "picture"
LEAST_PICTURES = 4
VALIDATION_SHARE, LEAST_TO_CHOOSE = 0.15, 8  # of the pictures that are not measured with; below so many, none
TRIES = 60  # random splits, of which the one with the fewest classes that could not be learnt is taken


def cells_of(table: Table, column: str) -> np.ndarray:
    """The masks of each row, None where there is none. Raises InputError where the table has no masks."""
    if PICTURE not in table.frame or column not in table.frame:
        raise InputError(N_("There are no masks with these pictures. Give a ZIP archive with a folder images and a folder masks, "
                            "with the same names in both."))  # fmt: skip
    cells = table.frame[column].astype(object).where(table.frame[column].notna(), None).to_numpy()
    names = {name for cell in cells if cell is not None for name in masks.names_in(str(cell))}
    if not names:
        raise InputError(N_("None of the pictures has a mask: there is nothing to learn from. Give masks of the same names."))
    if len(names) == 1:
        raise InputError(N_("All masks show one class only ({name}): there is nothing to tell apart. Give masks of at least two "
                            "classes; the background is one."), name=Message(next(iter(names))))  # fmt: skip
    return cells


def split_pictures(table: Table, cells: np.ndarray, params: Any) -> Split:
    """Whole pictures on one side, copies and pictures of one group together; every class that is measured is learnt too, where
    that can be. As the column `split` says, where it does.

    Raises InputError for fewer than `LEAST_PICTURES` pictures with masks, or a split that cannot be made.
    """
    used = np.flatnonzero([cell is not None for cell in cells])
    if len(used) < LEAST_PICTURES:
        raise InputError(N_("There are {count} pictures with masks: too few to learn from some and measure with others. Give at "
                            "least {least}."), count=len(used), least=LEAST_PICTURES)  # fmt: skip
    if params.split == "time":
        raise InputError(N_("Pictures are split at random, by group or as given: choose one of these."))
    units = _units(table, params)
    said = table.frame[SPLIT_COLUMN].astype(str).str.lower().to_numpy() if SPLIT_COLUMN in table.frame else None
    known = said is not None and {"train", "test"} <= set(said) <= {"train", "test", "validation"}
    if params.split == "given" and not known:
        raise InputError(N_("The column {column} must say train or test (or validation) in every row, and both must occur. "
                            "Mend it, or choose another split."), column=SPLIT_COLUMN)  # fmt: skip
    names = [set(masks.names_in(str(cell))) if cell is not None else set() for cell in cells]
    generator = np.random.default_rng(params.seed)
    if said is not None and known and params.split in ("auto", "given"):
        test, kind = used[said[used] == "test"], "given"
        rest = used[~np.isin(units[used], units[test])]
        chosen = rest[said[rest] == "validation"]
        train = rest[~np.isin(units[rest], units[chosen])] if len(chosen) else rest
    else:
        kind = "group" if params.group else "random"
        rest, test = _drawn(used, units, params.test_share, names, generator)
        train, chosen = rest, rest[:0]
    if not len(chosen) and len(rest) >= LEAST_TO_CHOOSE:
        train, chosen = _drawn(rest, units, VALIDATION_SHARE, names, generator)
    if not len(train) or not len(test):
        raise InputError(
            N_("The split leaves no rows to learn from or none to measure with: choose another split or test share.")
        )
    left_out = len(used) - len(train) - len(chosen) - len(test)
    values: dict[str, object] = {"train": len(train), "validation": len(chosen), "test": len(test),
                                 "copies": len(used) - len(np.unique(units[used])), "left_out": left_out}  # fmt: skip
    how = Message(N_("{train} pictures to learn from, {validation} to choose by, {test} to measure with; {copies} pictures come "
                     "again or belong to a group and stay on one side, {left_out} are left out for that."), values)  # fmt: skip
    return Split(np.sort(train), np.sort(chosen), np.sort(test), how, kind, left_out)


def _units(table: Table, params: Any) -> np.ndarray:
    """A number for each row, equal where pictures are copies of each other, or of one group."""
    import pandas as pd

    roles = Roles(params.target, (), pictures=PICTURE)
    units = look_alikes(table.frame, roles, (), exact_groups(table.frame, roles))
    if not params.group:
        return units
    need_column(table, params.group)
    groups = pd.factorize(table.frame[params.group].astype(str))[0]
    if len(set(groups.tolist())) < 2:
        raise InputError(N_("The group column {column} holds one group only: choose another column, or split by row."),
                         column=params.group)  # fmt: skip
    count = int(units.max()) + 1
    links = np.stack([units, count + groups], 1)  # each picture ties its unit to its group
    return joined(links, count + int(groups.max()) + 1, units)


def _drawn(
    rows: np.ndarray, units: np.ndarray, share: float, names: list[set[str]], generator: np.random.Generator
) -> tuple[np.ndarray, np.ndarray]:
    """The rows without, and with, about `share` of them: whole units, one at least on either side where there are two."""
    numbers = np.unique(units[rows])
    best: tuple[float, np.ndarray] = (np.inf, rows[:0])
    for _ in range(TRIES):
        order = generator.permutation(numbers)
        sizes = np.array([(units[rows] == unit).sum() for unit in order]) if len(numbers) < len(rows) else np.ones(len(order))
        count = int(np.clip((np.cumsum(sizes) <= share * len(rows)).sum(), 1, max(1, len(order) - 1)))
        inside = np.isin(units[rows], order[:count])
        learnt = set().union(*(names[k] for k in rows[~inside]))
        unknown = set().union(*(names[k] for k in rows[inside])) - learnt
        unmeasured = learnt - set().union(*(names[k] for k in rows[inside]))
        fault = len(unknown) + 0.1 * len(unmeasured)
        if fault < best[0]:
            best = fault, inside
        if not fault:
            break
    return rows[~best[1]], rows[best[1]]
