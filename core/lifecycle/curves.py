"""Curves of an evaluation, thinned so that a report stays light."""

from __future__ import annotations

import numpy as np

from core.contracts import Curves, Message
from core.language import N_
from core.lifecycle.answers import THIS, Answers, calibration_error, rankable, reliability

POINTS = 200  # of a curve
MOST_CLASSES = 20  # with a curve of their own: the largest
MACRO = N_("macro average")

Line = tuple[tuple[float, ...], tuple[float, ...]]


def roc(answers: Answers) -> Curves:
    """True against false positives, one class against the rest, with the mean over the classes."""
    from sklearn.metrics import roc_curve

    found = {}
    for place in rankable(answers):
        false, true, _ = roc_curve(answers.truth[:, place], answers.probabilities[:, place])
        found[place] = (false, true)
    return Curves(
        N_("ROC curves"), _lines(answers, found), N_("False positive rate"), N_("True positive rate"),
        N_("One class against the rest: the further a curve bends to the upper left, the better the class is told. "
           "The diagonal is guessing."), diagonal=True, words=(MACRO,),
    )  # fmt: skip


def precision_recall(answers: Answers) -> Curves:
    """Precision against recall, one class against the rest, with the mean over the classes."""
    from sklearn.metrics import precision_recall_curve

    found = {}
    for place in rankable(answers):
        precision, recall, _ = precision_recall_curve(answers.truth[:, place], answers.probabilities[:, place])
        found[place] = (recall[::-1], precision[::-1])
    return Curves(
        N_("Precision–recall curves"), _lines(answers, found), N_("Recall"), N_("Precision"),
        N_("One class against the rest: how many of the found rows are right when so many of the right ones are to be found."),
        words=(MACRO,),
    )  # fmt: skip


def calibration(answers: Answers) -> Curves:
    """Reliability diagram: how often the model is right against how sure it says it is."""
    _, confidence, accuracy, rows = reliability(answers)
    error = f"{100 * calibration_error(answers):.1f}"
    return Curves(
        N_("Calibration"), {THIS: (_points(confidence), _points(accuracy))},
        N_("Confidence"), N_("Share of right answers"),
        Message(N_("On the diagonal the model is right as often as it says; below, it is too sure of itself. "
                   "Expected calibration error: {error} %, over {rows} answers in 15 bins."),
                {"error": error, "rows": int(rows.sum())}),
        diagonal=True, diagonal_name=N_("Perfect calibration"), words=(THIS,),
    )  # fmt: skip


def _lines(answers: Answers, found: dict[int, tuple[np.ndarray, np.ndarray]]) -> dict[str, Line]:
    """The mean over all classes first, then the largest classes."""
    grid = np.linspace(0, 1, POINTS)
    lines: dict[str, Line] = {}
    if len(found) > 1:
        mean = np.mean([np.interp(grid, x, y) for x, y in found.values()], 0)
        lines[MACRO] = (_points(grid), _points(mean))
    largest = sorted(found, key=lambda place: -answers.support[place])[:MOST_CLASSES]
    for place in sorted(largest):
        x, y = found[place]
        kept = np.unique(np.linspace(0, len(x) - 1, min(len(x), POINTS)).round().astype(int))
        lines[answers.classes[place]] = (_points(x[kept]), _points(y[kept]))
    return lines


def _points(values: np.ndarray) -> tuple[float, ...]:
    return tuple(round(float(value), 5) for value in values)
