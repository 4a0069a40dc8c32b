"""What the target's cells mean: one class each, or several."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    import pandas as pd

SEPARATORS = ("|", ";")  # between the classes of a cell that holds several


def class_names(cells: pd.Series, *, strip: bool = True) -> np.ndarray:
    """The target as text, one object per row, `None` where missing or blank; 1.0 reads "1".

    A column of whole numbers becomes floats as soon as one cell is empty: the class must keep its name.
    """
    return np.array([_class_name(cell, strip) for cell in cells.tolist()] + [None], dtype=object)[:-1]


def split_labels(cell: str | None, separator: str) -> tuple[str, ...]:
    """The classes in a cell, each once, in the order written; without a separator the cell is one class."""
    if not cell:
        return ()
    return tuple(dict.fromkeys(part.strip() for part in cell.split(separator) if part.strip())) if separator else (cell,)


def find_separator(names: Iterable[str | None], labels: str = "auto", separator: str = "auto") -> str:
    """The separator when the cells hold several classes each, else "".

    With `labels="auto"` they do when joined cells are made of classes that come back in other cells.
    """
    if labels == "one":
        return ""
    cells = [name for name in names if name]
    candidates = SEPARATORS if separator == "auto" else (separator,)
    chosen = max(candidates, key=lambda mark: sum(mark in cell for cell in cells))
    if labels == "several":
        return chosen
    joined = [split_labels(cell, chosen) for cell in cells if chosen in cell]
    parts = {part for labels_ in joined for part in labels_}
    seen = Counter(part for cell in cells for part in split_labels(cell, chosen))
    return chosen if parts and sum(seen[part] > 1 for part in parts) >= 0.9 * len(parts) else ""


def label_sets(names: np.ndarray, params: Any) -> list[tuple[str, ...]]:
    """The classes of each row, as the fields `labels` and `separator` of `params` (where it has them) tell to read them."""
    separator = find_separator(names, getattr(params, "labels", "one"), getattr(params, "separator", "auto"))
    return [split_labels(name, separator) for name in names]


def strata(sets: list[tuple[str, ...]]) -> np.ndarray:
    """A class number for each row (-1: none), int64; of several classes in a cell the rarest counts."""
    counts = Counter(label for labels in sets for label in labels)
    order = {label: number for number, label in enumerate(sorted(counts))}
    return np.array([order[min(labels, key=lambda n: (counts[n], n))] if labels else -1 for labels in sets], np.int64)


def _class_name(cell: Any, strip: bool) -> str | None:
    if cell is None or cell != cell:  # NaN and NaT differ from themselves
        return None
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    text = str(cell)
    if not text.strip() or text == "<NA>":
        return None
    return text.strip() if strip else text
