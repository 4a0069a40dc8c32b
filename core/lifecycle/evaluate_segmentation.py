"""How good are masks? Intersection over union and Dice of each class, from how many pixels of which class were called what.

As Pascal VOC has it (Everingham et al. 2010): the pixels of all pictures are counted together, and the mean is over all classes,
the background too. The intervals draw whole pictures anew: pixels that lie side by side are no independent evidence.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from core.contracts import Matrix, Message, Metric, Metrics, Records, Section
from core.intake.pictures.masks import VOID
from core.language import N_
from core.lifecycle import bootstrap

SHOWN = 12
MOST_CLASSES = 30  # of a confusion matrix that can still be read
TITLES = {
    "miou": (N_("Mean intersection over union"), N_("Of each class, the pixels that truth and answer share, as a share of those "
                                                     "that either has; mean over the classes, the background is one.")),
    "dice": (N_("Mean Dice"), N_("Of each class, twice the shared pixels over the pixels of truth and answer together (F1 of "
                                 "pixels); mean over the classes.")),
    "pixel_accuracy": (N_("Pixels right"), N_("Share of all pixels of which the class is right; a large background makes it "
                                              "high.")),
}  # fmt: skip


@dataclass(frozen=True, eq=False)
class Counted:
    """One picture: `counts` int64 (classes, classes), how many pixels of the class of the row were called that of the column."""

    name: str
    counts: np.ndarray


@dataclass(frozen=True, eq=False)
class Segmentation:
    """`metrics` and `intervals` by id as in `TITLES`; `sections` show the rest."""

    metrics: dict[str, float]
    intervals: dict[str, tuple[float, float]]
    sections: tuple[Section, ...]
    classes: tuple[str, ...]


def counted(name: str, truth: np.ndarray, answer: np.ndarray, classes: int) -> Counted:
    """Counts the pixels of one picture: both uint8 (height, width), places of classes; where the truth is `VOID` none counts."""
    known = truth != VOID
    flat = truth[known].astype(np.int64) * classes + answer[known]
    return Counted(name, np.bincount(flat, minlength=classes * classes).reshape(classes, classes))


def evaluate(pictures: Sequence[Counted], classes: Sequence[str], seed: int = 0) -> Segmentation:
    """The scores of all pictures with their intervals, the table of classes, confusions and the worst pictures."""
    counts = np.stack([one.counts for one in pictures]).astype(np.float64)
    found = {name: float(value[0]) for name, value in scores(counts, np.ones((len(pictures), 1))).items()}
    spread = bootstrap.intervals(lambda weights: scores(counts, weights), len(pictures), seed=seed) if len(pictures) > 1 else {}
    sections = (
        Section(N_("Scores"), Metrics(tuple(Metric(title, found[name], "", spread.get(name), told)
                                            for name, (title, told) in TITLES.items()))),
        Section(N_("By class"), _by_class(counts, classes, seed)), Section(N_("Confusions"), _confusion(counts, classes)),
        Section(N_("Worst pictures"), _worst(pictures)),
    )  # fmt: skip
    return Segmentation(found, spread, sections, tuple(classes))


def scores(counts: np.ndarray, weights: np.ndarray) -> dict[str, np.ndarray]:
    """The scores of `TITLES` for each column of `weights` (pictures, b); `counts` float (pictures, classes, classes)."""
    shared, truth, answer = _sums(counts, weights)
    return {
        "miou": _mean(shared, truth + answer - shared), "dice": _mean(2 * shared, truth + answer),
        "pixel_accuracy": shared.sum(0) / np.maximum(truth.sum(0), 1),
    }  # fmt: skip


def overlaps(one: Counted) -> float:
    """The mean intersection over union of one picture alone, over the classes that its truth or its answer has."""
    return float(scores(one.counts[None].astype(np.float64), np.ones((1, 1)))["miou"][0])


def _sums(counts: np.ndarray, weights: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Shared, true and answered pixels of each class, (classes, b) each."""
    shared = np.diagonal(counts, axis1=1, axis2=2).T @ weights
    return shared, counts.sum(2).T @ weights, counts.sum(1).T @ weights


def _mean(part: np.ndarray, whole: np.ndarray) -> np.ndarray:
    """The mean of part over whole of the classes that occur, for each column."""
    occurs = whole > 0
    shares = np.where(occurs, part / np.maximum(whole, 1), 0)
    return np.where(occurs.any(0), shares.sum(0) / np.maximum(occurs.sum(0), 1), np.nan)


def _each(counts: np.ndarray, weights: np.ndarray) -> dict[str, np.ndarray]:
    shared, truth, answer = _sums(counts, weights)
    union = truth + answer - shared
    found = np.where(union > 0, shared / np.maximum(union, 1), np.nan)
    return {str(place): row for place, row in enumerate(found)}


def _by_class(counts: np.ndarray, classes: Sequence[str], seed: int) -> Records:
    import pandas as pd

    shared, truth, answer = (values[:, 0] for values in _sums(counts, np.ones((len(counts), 1))))
    spread = bootstrap.intervals(lambda weights: _each(counts, weights), len(counts), seed=seed) if len(counts) > 1 else {}
    nothing = np.full(len(classes), np.nan)
    union, both = truth + answer - shared, truth + answer
    frame = pd.DataFrame({
        N_("class"): list(classes), N_("IoU"): np.divide(shared, union, out=nothing.copy(), where=union > 0),
        N_("IoU from"): [spread.get(str(k), (float("nan"),) * 2)[0] for k in range(len(classes))],
        N_("IoU to"): [spread.get(str(k), (float("nan"),) * 2)[1] for k in range(len(classes))],
        N_("Dice"): np.divide(2 * shared, both, out=nothing.copy(), where=both > 0),
        N_("Share of the pixels (%)"): (100 * truth / max(truth.sum(), 1)).round(2),
        N_("pictures"): (counts.sum(2) > 0).sum(0).astype(int),
    })  # fmt: skip
    caption = N_("Intersection over union with its 95 % interval, Dice, and how much there is of each class in the truth. The "
                 "interval is missing where a class stands in too few pictures.")  # fmt: skip
    return Records(N_("Every class"), frame, caption, words=("class",))


def _confusion(counts: np.ndarray, classes: Sequence[str]) -> Matrix:
    whole = counts.sum(0)
    order = np.argsort(-whole.sum(1), kind="stable")[:MOST_CLASSES]
    shares = 100 * whole[np.ix_(order, order)] / np.maximum(whole[order].sum(1, keepdims=True), 1)
    names = tuple(classes[k] for k in order)
    return Matrix(N_("Confusions"), names, names, shares.round(1), N_("Answer"), N_("Truth"),
                  N_("Of the pixels of each true class (row), how many percent were called what (column)."))  # fmt: skip


def _worst(pictures: Sequence[Counted]) -> Records:
    import pandas as pd

    rows = sorted(((one.name, overlaps(one), 100 * _accuracy(one)) for one in pictures), key=lambda row: row[1])
    frame = pd.DataFrame(rows[:SHOWN], columns=[N_("picture"), N_("Mean IoU"), N_("Pixels right (%)")])
    return Records(N_("Worst pictures"), frame.round(3), Message(N_("The {count} pictures with the least mean intersection over "
                                                                    "union."), {"count": len(frame)}))  # fmt: skip


def _accuracy(one: Counted) -> float:
    return float(np.trace(one.counts) / max(one.counts.sum(), 1))
