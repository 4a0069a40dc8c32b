"""What a classifier that was trained here answers, as a report."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from core.contracts import Context, Evidence, Pictures, Report
from core.language import N_
from models.vision.classifiers import answers, gradcam
from models.vision.classifiers.answers import Sorter
from models.vision.classifiers.base import PictureClassifier


def report(given: Pictures, model: PictureClassifier, evidence: Evidence, top: int, heat: bool, context: Context) -> Report:
    """Asks `model` about pictures; `evidence` is how good it was on pictures that it never saw."""
    return answers.report(given, sorter(model, replace(evidence, seconds=None)), top, heat, context)


def sorter(model: PictureClassifier, evidence: Evidence) -> Sorter:
    classes = model.labelling.classes

    def heat(pixels: np.ndarray, place: int) -> np.ndarray:
        return gradcam.smooth(model.heat(pixels, place), *pixels.shape[:2])

    return Sorter(
        model.square, model.chances, heat, lambda place: classes[place], lambda place: classes[place],
        lambda place: (classes[place],), (N_("class"),), evidence,
        model.labelling.threshold if model.labelling.multilabel else None,
    )  # fmt: skip
