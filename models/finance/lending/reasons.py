"""Why a row gets its chance, and the smallest change that would turn its decision."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from itertools import combinations
from typing import TYPE_CHECKING, Any

import numpy as np

from core.contracts import Context
from core.language import N_
from core.learning.features import OTHER, Features

if TYPE_CHECKING:
    import pandas as pd

REASONS = 4  # of a row: as many as an adverse action notice usually gives
STEPS = 15  # values that are tried of a number
PAIRED = 6  # columns whose changes are tried in pairs, the most useful ones


@dataclass(frozen=True)
class Change:
    """The smallest change found: (column, from, to) each, the chance after it; `size` 1 is a column from end to end."""

    parts: tuple[tuple[str, str, str], ...]
    chance: float
    size: float

    def __str__(self) -> str:
        return "; ".join(f"{name}: {old} → {new}" for name, old, new in self.parts)


@dataclass(frozen=True)
class Steps:
    """What may be tried: values of each number, ordered, with the share of training rows below; levels of each category."""

    numbers: dict[str, tuple[tuple[float, ...], tuple[float, ...]]]
    categories: dict[str, tuple[str, ...]]

    @classmethod
    def of(cls, frame: pd.DataFrame, features: Features) -> Steps:
        typed, numbers = features.typed(frame), {}
        for name in features.numbers:
            values = typed[name].dropna().to_numpy(np.float64)
            if not len(values):
                continue
            tried = np.unique(np.quantile(values, np.linspace(0.02, 0.98, STEPS), method="nearest"))
            below = np.searchsorted(np.sort(values), tried, "right") / len(values)
            numbers[name] = (tuple(map(float, tried)), tuple(map(float, below)))
        levels = {name: tuple(features.categories[name]) for name in features.categories}
        return cls(numbers, {name: kept for name, kept in levels.items() if len(kept) > 1})

    def to_json(self) -> dict[str, Any]:
        return {"numbers": self.numbers, "categories": self.categories}

    @classmethod
    def from_json(cls, kept: dict[str, Any]) -> Steps:
        return cls({name: (tuple(a), tuple(b)) for name, (a, b) in kept["numbers"].items()},
                   {name: tuple(levels) for name, levels in kept["categories"].items()})  # fmt: skip


def cell(value: Any) -> str:
    """A value as it is written in a reason."""
    if value is None or value != value:
        return "–"
    return f"{value:.6g}" if isinstance(value, float | np.floating) else str(value)


def reasons(
    contributions: np.ndarray, names: tuple[str, ...], frame: pd.DataFrame, without: Collection[str] = ()
) -> list[list[str]]:
    """Of each row the columns that raise its chance most, with their values: `income = 1200`. Columns `without` give none."""
    order = np.argsort(-contributions, axis=1, kind="stable")
    columns = {name: frame[name].tolist() for name in names}
    found = []
    for row, places in enumerate(order):
        told = [f"{names[place]} = {cell(columns[names[place]][row])}" for place in places[: REASONS + len(without)]
                if contributions[row, place] > 0 and names[place] not in without]  # fmt: skip
        found.append(told[:REASONS])
    return found


def smallest_change(
    model: Any, row: pd.DataFrame, features: Features, steps: Steps, cutoff: float, fixed: Collection[str], context: Context
) -> Change | None:  # fmt: skip
    """The smallest change of one column, else of two, that brings the chance of a refused `row` (a frame of one) below `cutoff`.

    A counterfactual as Wachter, Mittelstadt & Russell 2017 have it. Distance is in shares of the training rows that lie between
    the old and the new value of a number; half of everything for another level. Columns `fixed` (protected ones among them) are
    never changed. None where there is no such change.
    """
    import pandas as pd

    options = _options(row, features, steps, fixed)
    if not options:
        return None
    context.check()
    table = pd.concat([row] * len(options), ignore_index=True)
    for name in {name for name, _, _ in options}:
        table[name] = _written(table[name], [new if of == name else None for of, new, _ in options])
    chances = model.scores(table)
    turned = np.flatnonzero(chances < cutoff).tolist()
    if turned:
        best = min(turned, key=lambda place: (options[place][2], chances[place]))
        return _change(row, [options[best]], float(chances[best]))
    return _by_two(model, row, options, chances, cutoff, context)


def _by_two(
    model: Any, row: pd.DataFrame, options: list[Any], chances: np.ndarray, cutoff: float, context: Context
) -> Change | None:
    """Two columns at once, from the columns that alone bring the chance down most."""
    import pandas as pd

    best_of: dict[str, float] = {}
    for (name, _, _), chance in zip(options, chances):
        best_of[name] = min(best_of.get(name, 2.0), float(chance))
    useful = sorted(best_of, key=lambda name: best_of[name])[:PAIRED]
    kept = {name: [option for option in options if option[0] == name] for name in useful}
    pairs = [(a, b) for one, other in combinations(useful, 2) for a in kept[one] for b in kept[other]]
    if not pairs:
        return None
    context.check()
    table = pd.concat([row] * len(pairs), ignore_index=True)
    for name in useful:
        table[name] = _written(table[name], [next((new for of, new, _ in pair if of == name), None) for pair in pairs])
    found = model.scores(table)
    turned = np.flatnonzero(found < cutoff)
    if not len(turned):
        return None
    best = min(turned, key=lambda place: (sum(part[2] for part in pairs[place]), found[place]))
    return _change(row, list(pairs[best]), float(found[best]))


def _options(row: pd.DataFrame, features: Features, steps: Steps, fixed: Collection[str]) -> list[tuple[str, Any, float]]:
    """(column, new value, size of the change) of every single change."""
    typed = features.typed(row)
    found: list[tuple[str, Any, float]] = []
    for name, (values, below) in steps.numbers.items():
        now = float(typed[name].iloc[0])
        if name in fixed or now != now:
            continue
        place = float(np.interp(now, values, below))
        found += [(name, new, abs(share - place) + 1e-3) for new, share in zip(values, below) if new != now]
    for name, levels in steps.categories.items():
        if name in fixed:
            continue
        now_level = typed[name].iloc[0]
        found += [(name, new, 0.5) for new in levels if new not in (now_level, OTHER)]
    return found


def _written(cells: Any, new: list[Any]) -> Any:
    """The column with the new values where there are any."""
    import pandas as pd

    old = cells.tolist()
    changed = [o if n is None else n for o, n in zip(old, new)]
    return pd.Series(changed, index=cells.index, dtype=object if any(isinstance(n, str) for n in new) else None)


def _change(row: pd.DataFrame, options: list[tuple[str, Any, float]], chance: float) -> Change:
    parts = tuple((name, cell(row[name].iloc[0]), cell(new)) for name, new, _ in options)
    return Change(parts, chance, sum(size for _, _, size in options))


NO_CHANGE = N_("no change of one or two columns")
