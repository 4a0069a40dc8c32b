"""Answers beside the truth, and every score of them, for the rows as they are or for many resamples of them at once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from core.contracts import Labels
from core.language import N_
from core.lifecycle.targets import SEPARATORS, split_labels

if TYPE_CHECKING:
    from scipy.sparse import csr_matrix

THIS = N_("this model")
SMALLEST = float(np.finfo(np.float64).eps)  # of a probability, so that one wrong certainty does not make the log loss infinite
BINS = 15  # of the reliability diagram (Guo et al. 2017)


@dataclass(frozen=True, eq=False)
class Answers:
    """What was answered for n rows over k classes: probabilities float64 (n, k), truth and predicted bool (n, k).

    With one class a row, the predicted one is the likeliest; with several, those that reach the threshold.
    """

    classes: tuple[str, ...]
    probabilities: np.ndarray
    truth: np.ndarray
    predicted: np.ndarray
    multilabel: bool = False
    _kept: dict[int, _Ranks] = field(default_factory=dict, repr=False)

    def __len__(self) -> int:
        return len(self.truth)

    @cached_property
    def right(self) -> np.ndarray:
        """Mask of rows whose answer is right in full."""
        return (self.truth == self.predicted).all(1)

    @cached_property
    def support(self) -> np.ndarray:
        """Rows of each class, int64 (k,)."""
        return self.truth.sum(0)

    @cached_property
    def losses(self) -> np.ndarray:
        """Log loss of each row; over several labels, its mean."""
        chances = np.clip(self.probabilities, SMALLEST, 1 - SMALLEST)
        if self.multilabel:
            return -np.where(self.truth, np.log(chances), np.log1p(-chances)).mean(1)
        return -np.log(np.clip((self.probabilities * self.truth).sum(1), SMALLEST, 1))

    @cached_property
    def squares(self) -> np.ndarray:
        """Brier score of each row: squared distance over the classes, halved for two, its mean over several labels."""
        distance = ((self.probabilities - self.truth) ** 2).sum(1)
        return distance / len(self.classes) if self.multilabel else distance / 2 if len(self.classes) == 2 else distance

    @cached_property
    def sums(self) -> tuple[csr_matrix, csr_matrix, csr_matrix]:
        """Indicators (k, n) of hits, truth and predictions: times weights (n, b) they count them in b resamples."""
        from scipy.sparse import csr_matrix

        parts = (self.truth & self.predicted, self.truth, self.predicted)
        hits, truth, predicted = (csr_matrix(part.T, dtype=np.float32) for part in parts)
        return hits, truth, predicted

    def ranks(self, place: int) -> _Ranks:
        """The rows in the order of their probability for class `place`."""
        if place not in self._kept:
            self._kept[place] = _Ranks.of(self.probabilities[:, place], self.truth[:, place])
        return self._kept[place]


@dataclass(frozen=True, eq=False)
class _Ranks:
    """Rows from the highest score down, cut where a run of equal scores with a row of the class begins or ends."""

    positives: np.ndarray  # rows of the class, from the highest score down
    stretches: csr_matrix  # (s, n): indicators of the rows between two cuts
    before: np.ndarray  # for each positive row: the number of stretches above its run of equal scores
    through: np.ndarray  # and down to the end of it
    positives_before: np.ndarray  # the number of positive rows above its run
    positives_through: np.ndarray

    @classmethod
    def of(cls, scores: np.ndarray, truth: np.ndarray) -> _Ranks:
        from scipy.sparse import csr_matrix

        order = np.argsort(-scores, kind="stable")
        descending = -scores[order]
        where = np.flatnonzero(truth[order])
        before, through = (np.searchsorted(descending, descending[where], side) for side in ("left", "right"))
        cuts = np.unique(np.concatenate([[0], before, through, [len(order)]]))
        ones = np.ones(len(order), np.float32)
        stretches = csr_matrix((ones, order, cuts), shape=(len(cuts) - 1, len(order)))
        cumulated = np.concatenate([[0], np.cumsum(truth[order])])
        places = np.searchsorted(cuts, before), np.searchsorted(cuts, through)
        return cls(order[where], stretches, *places, cumulated[before], cumulated[through])


def pair(prediction: Labels, truth: Sequence[str | None]) -> Answers:
    """A prediction beside the cells of the target, in the same order."""
    return pair_sets(prediction, true_sets(prediction, truth))


def pair_sets(prediction: Labels, sets: Sequence[tuple[str, ...]]) -> Answers:
    """A prediction beside the true classes of each row. Classes that the model never met stand last, with probability 0."""
    unseen = sorted({label for labels in sets for label in labels} - set(prediction.classes))
    classes = (*prediction.classes, *unseen)
    number = {label: place for place, label in enumerate(classes)}
    hot = np.zeros((len(sets), len(classes)), bool)
    for row, labels in enumerate(sets):
        hot[row, [number[label] for label in labels]] = True
    given = np.asarray(prediction.probabilities, np.float64)
    predicted = np.zeros_like(hot)
    if prediction.multilabel:
        predicted[:, : given.shape[1]] = given >= prediction.threshold
    else:
        predicted[np.arange(len(given)), given.argmax(1)] = True
    padded = np.concatenate([given, np.zeros((len(given), len(unseen)))], 1)
    return Answers(classes, padded, hot, predicted, prediction.multilabel)


def true_sets(prediction: Labels, truth: Sequence[str | None]) -> list[tuple[str, ...]]:
    """The true classes of each row; cells of several are parted by the mark that makes most known classes of them."""
    if not prediction.multilabel:
        return [(cell,) if cell else () for cell in truth]
    known = set(prediction.classes)
    ways = [[split_labels(cell, mark) for cell in truth] for mark in SEPARATORS]
    return max(ways, key=lambda sets: sum(label in known for labels in sets for label in labels))


def scores(answers: Answers, weights: np.ndarray) -> dict[str, np.ndarray]:
    """Scores of the answers in each of b resamples: `weights` (n, b) says how often each row was drawn; each has shape (b,).

    Macro F1 is the mean over the classes that occur, as truth or answer. `accuracy` of several labels asks for all of them.
    With ones as weights the scores equal scikit-learn's.
    """
    total = weights.sum(0, dtype=np.float64)
    hits, support, given = (part @ weights for part in answers.sums)
    with np.errstate(invalid="ignore", divide="ignore"):
        f1 = np.nan_to_num(2 * hits / (support + given))
        found = {
            "accuracy": answers.right.astype(np.float32) @ weights / total,
            "macro_f1": f1.sum(0) / ((support + given) > 0).sum(0),
            "weighted_f1": (f1 * support).sum(0) / support.sum(0),
        }
        if answers.multilabel:
            found["micro_f1"] = 2 * hits.sum(0) / (support.sum(0) + given.sum(0))
    return {**found, "log_loss": answers.losses @ weights / total, "brier": answers.squares @ weights / total}


def rankings(answers: Answers, weights: np.ndarray) -> dict[str, np.ndarray]:
    """`auc` and `average_precision`, as `scores` gives its: one-vs-rest means over the classes that have rows on both sides."""
    found = [_ranked(answers, place, weights) for place in rankable(answers)]
    return {
        name: np.nanmean([pair[part] for pair in found], 0) for part, name in enumerate(("auc", "average_precision")) if found
    }


def rankable(answers: Answers) -> list[int]:
    """Classes with rows on both sides, of which a ranking can be right or wrong."""
    return [place for place, rows in enumerate(answers.support) if 0 < rows < len(answers)]


def _ranked(answers: Answers, place: int, weights: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Area under the ROC curve and average precision of a class in each resample."""
    ranks = answers.ranks(place)
    drawn = weights[ranks.positives]
    every = _cumulated(ranks.stretches @ weights)
    own = _cumulated(drawn)
    above, through = every[ranks.before] - own[ranks.positives_before], every[ranks.through] - own[ranks.positives_through]
    positive, negative = own[-1], every[-1] - own[-1]
    with np.errstate(invalid="ignore", divide="ignore"):
        auc = 1 - (drawn * (above + through)).sum(0, dtype=np.float64) / 2 / (positive * negative)
        precision = own[ranks.positives_through] / np.maximum(every[ranks.through], 1)
        return auc, (drawn * precision).sum(0, dtype=np.float64) / positive


def _cumulated(values: np.ndarray) -> np.ndarray:
    """Running sums down the rows, with a row of zeros on top."""
    found = np.zeros((len(values) + 1, values.shape[1]), np.float32)  # exact for whole numbers below 2**24
    np.cumsum(values, axis=0, out=found[1:])
    return found


def calibration_error(answers: Answers) -> float:
    """Expected calibration error over 15 bins of equal width (Guo et al. 2017), as a share of 1."""
    _, confidence, accuracy, rows = reliability(answers)
    return float((np.abs(confidence - accuracy) * rows).sum() / max(rows.sum(), 1))


def reliability(answers: Answers) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Of each bin that holds any: its number, mean confidence, share of right answers, and count.

    The confidence is that of the likeliest class; with several labels, the probability of each class.
    """
    if answers.multilabel:
        confidence, right = answers.probabilities.ravel(), answers.truth.ravel()
    else:
        confidence, right = answers.probabilities.max(1), answers.right
    bins = np.minimum((confidence * BINS).astype(int), BINS - 1)
    counts = np.bincount(bins, minlength=BINS)
    used = np.flatnonzero(counts)
    sums = [np.bincount(bins, part, BINS)[used] / counts[used] for part in (confidence, right.astype(float))]
    return used, sums[0], sums[1], counts[used]
