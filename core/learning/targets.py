"""From a table to texts and targets: which column, which classes, one label or several."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from core.contracts import Context, InputError, Table
from core.language import N_
from core.lifecycle.columns import joined_texts, resolve
from core.lifecycle.targets import class_names, find_separator, split_labels

if TYPE_CHECKING:
    import pandas as pd

MOST_CLASSES = 1_000
LONGEST_TEXT = 20_000  # characters of one text that are read; the rest is cut, with a notice


@dataclass(frozen=True, eq=False)
class Rows:
    """Texts and their targets: class numbers, int64 (n,), or 0/1 marks, float32 (n, classes), where labels are several."""

    items: tuple[str, ...]
    targets: np.ndarray

    def __len__(self) -> int:
        return len(self.items)

    def __add__(self, other: Rows) -> Rows:
        return Rows(self.items + other.items, np.concatenate([self.targets, other.targets]))


def text_items(frame: pd.DataFrame, column: str) -> tuple[str, ...]:
    """The texts of a column; missing cells become empty texts, long ones are cut at `LONGEST_TEXT` characters."""
    return tuple(text[:LONGEST_TEXT] for text in joined_texts(frame, (column,)))


def read_rows(train: Table, validation: Table, params: Any, context: Context) -> tuple[Rows, Rows, tuple[str, ...], bool]:
    """Training rows, validation rows, the sorted classes, and whether a row may have several of them.

    Rows without a target are left out, and so are validation rows of a class that training rows never show. Raises
    `InputError` when there is nothing to learn: no text column, no target, one class, a class with a single row.
    """
    roles = resolve(train, params)
    items = [text_items(table.frame, roles.texts[0]) for table in (train, validation)]
    return labelled_rows(items, (train, validation), roles.target, params, context)


def labelled_rows(
    items: Sequence[tuple[str, ...]], tables: Sequence[Table], target: str, params: Any, context: Context
) -> tuple[Rows, Rows, tuple[str, ...], bool]:
    """As `read_rows`, for items of any kind: those to learn from and those to choose by, with the tables that they stand in."""
    train, validation = tables
    names = [class_names(table.frame[target]) for table in (train, validation)]
    if not any(names[0]):
        raise InputError(N_("The target column {name} is empty. Choose another one, or fill it in."), name=target)
    separator = find_separator(np.concatenate(names).tolist(), params.labels, params.separator)
    labels = [[split_labels(name, separator) for name in found] for found in names]
    classes = _checked(Counter(label for row in labels[0] for label in row), target)
    number = {label: place for place, label in enumerate(classes)}
    rows = [_rows(found, marked, number, bool(separator)) for found, marked in zip(items, labels)]
    context.log(f"{len(rows[0])} training rows, {len(rows[1])} validation rows, {len(classes)} classes, separator {separator!r}")
    return rows[0], rows[1], classes, bool(separator)


def balanced_weights(targets: np.ndarray, classes: int) -> np.ndarray:
    """Weights that give every class the same say, float32 (classes,): rows / (classes × rows of the class).

    Where labels are several: how much more a mark counts than its absence, (rows without) / (rows with), within 1 to 100.
    """
    if targets.ndim == 2:
        present = targets.sum(0)
        return np.clip((len(targets) - present) / np.maximum(present, 1), 1, 100).astype(np.float32)
    return (len(targets) / (classes * np.maximum(np.bincount(targets, minlength=classes), 1))).astype(np.float32)


def quality(scores: np.ndarray, targets: np.ndarray) -> float:
    """How good raw scores (n, classes) are: share of rows right, or micro-averaged F1 where labels are several; 0 to 1."""
    if targets.ndim == 1:
        return float((scores.argmax(1) == targets).mean())
    chosen = scores > 0
    return float(2 * (chosen * targets).sum() / max(chosen.sum() + targets.sum(), 1))


def _rows(items: tuple[str, ...], labels: list[tuple[str, ...]], number: dict[str, int], several: bool) -> Rows:
    known = [place for place, row in enumerate(labels) if row and all(label in number for label in row)]
    chosen = tuple(items[place] for place in known)
    if not several:
        return Rows(chosen, np.array([number[labels[place][0]] for place in known], np.int64))
    marks = np.zeros((len(known), len(number)), np.float32)
    for row, place in enumerate(known):
        marks[row, [number[label] for label in labels[place]]] = 1
    return Rows(chosen, marks)


def _checked(counts: Counter[str], target: str) -> tuple[str, ...]:
    if len(counts) < 2:
        raise InputError(
            N_("The target column {name} holds one class only ({label}). Give rows of at least two classes."),
            name=target, label=_shown(counts),
        )  # fmt: skip
    if len(counts) > MOST_CLASSES:
        raise InputError(
            N_("The target column {name} holds {count} classes; at most {limit} can be learnt. Choose the column of labels."),
            name=target, count=len(counts), limit=MOST_CLASSES,
        )  # fmt: skip
    rare = sorted(label for label, count in counts.items() if count < 2)
    if rare:
        raise InputError(
            N_("These classes have fewer than two rows to learn from: {labels}. Give more rows of them, or remove them."),
            labels=_shown(rare),
        )  # fmt: skip
    return tuple(sorted(counts))


def _shown(names: Any) -> str:
    names = [str(name)[:60] for name in names]
    return ", ".join(names[:20]) + (f" … (+{len(names) - 20})" if len(names) > 20 else "")
