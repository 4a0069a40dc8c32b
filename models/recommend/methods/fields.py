"""Facts of users and items as levels for a factorisation machine: numbers in tenths, words as they are, several by `|`."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    import pandas as pd

BINS = 10
MOST_LEVELS = 100  # of a column; rarer ones, and gaps, are level 0
MOST_AT_ONCE = 8  # levels of a cell
UNKNOWN = "?"  # what level 0 is called


def fields(count: int, facts: pd.DataFrame) -> list[tuple[np.ndarray, np.ndarray]]:
    """The field of the ids themselves and one for each column of `facts` (`count` rows): levels int64 and weights, (count, l).

    The weights of a row add up to 1.
    """
    ids = np.arange(count, dtype=np.int64)[:, None], np.ones((count, 1), np.float32)
    return [ids, *(_field(facts[name])[:2] for name in facts.columns)]


def level_names(facts: pd.DataFrame) -> list[tuple[str, list[str]]]:
    """Each column of `facts` with what its levels are called, in the order of `fields` without the ids."""
    return [(str(name), _field(facts[name])[2]) for name in facts.columns]


def _field(cells: pd.Series) -> tuple[np.ndarray, np.ndarray, list[str]]:
    import pandas as pd

    from core.lifecycle.targets import SEPARATORS, class_names, split_labels

    if pd.api.types.is_numeric_dtype(cells) and cells.nunique() > BINS:
        values = cells.to_numpy(np.float64, na_value=np.nan)
        known = np.isfinite(values)
        edges = np.unique(np.quantile(values[known], np.linspace(0, 1, BINS + 1)[1:-1]))
        levels = np.where(known, np.searchsorted(edges, np.where(known, values, 0)) + 1, 0)
        bounds = ["", *(f"{edge:g}" for edge in edges), ""]
        called = [UNKNOWN, *(f"{low} – {high}".strip() for low, high in pairwise(bounds))]
        return levels[:, None].astype(np.int64), np.ones((len(cells), 1), np.float32), called
    names = class_names(cells)
    mark = max(SEPARATORS, key=lambda one: sum(one in name for name in names if name))
    sets = [split_labels(name, mark)[:MOST_AT_ONCE] for name in names]
    counts: dict[str, int] = {}
    for labels in sets:
        for label in labels:
            counts[label] = counts.get(label, 0) + 1
    number = {label: place for place, label in enumerate(sorted(counts, key=lambda one: -counts[one])[:MOST_LEVELS], 1)}
    width = max(1, max(map(len, sets), default=1))
    levels, weights = np.zeros((len(sets), width), np.int64), np.zeros((len(sets), width), np.float32)
    for row, labels in enumerate(sets):
        found = [number.get(label, 0) for label in labels] or [0]
        levels[row, : len(found)], weights[row, : len(found)] = found, 1 / len(found)
    return levels, weights, [UNKNOWN, *number]
