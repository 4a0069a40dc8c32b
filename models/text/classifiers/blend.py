"""A fine-tuned transformer and TF-IDF together: the one knows meanings, the other the exact words of this subject.

Late fusion: the scores of both are added with two weights that are fitted on the validation rows, which neither part learnt from
at that point (stacking, Wolpert 1992). Afterwards the TF-IDF part learns from all rows, as it does alone.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from core.contracts import Context
from core.learning.labelling import Labelling
from core.learning.targets import Rows
from core.lifecycle.span import Span
from models.text.classifiers import tfidf, transformer
from models.text.classifiers.base import Classifier

TRANSFORMER_SHARE = 0.95  # of the progress shown


class BlendClassifier(Classifier):
    method = "blend"
    chunk = transformer.TransformerClassifier.chunk

    def __init__(
        self, labelling: Labelling, meaning: transformer.TransformerClassifier, wording: tfidf.TfidfClassifier,
        weights: tuple[float, float],
    ) -> None:  # fmt: skip
        super().__init__(labelling)
        self.meaning, self.wording, self.weights = meaning, wording, weights

    def scores(self, items: tuple[str, ...], context: Context) -> np.ndarray:
        return _mixed(self.meaning.scores(items, context), self.wording.scores(items, context), self.weights)

    def tokens(self, text: str) -> list[str]:
        return self.meaning.tokens(text)

    def vector(self, text: str) -> tuple[str, list[tuple[str, float]], int, float]:
        return self.meaning.vector(text)

    def write(self, folder: Path) -> dict[str, Any]:
        parts = {name: folder / name for name in ("meaning", "wording")}
        for path in parts.values():
            path.mkdir(parents=True, exist_ok=True)
        return {
            "weights": list(self.weights),
            "meaning": self.meaning.write(parts["meaning"]),
            "wording": self.wording.write(parts["wording"]),
        }

    def describe(self) -> dict[str, Any]:
        meaning, wording = self.meaning.describe(), self.wording.describe()
        shared = super().describe()
        return {
            **meaning, **shared, "parameters": meaning["parameters"] + wording["parameters"],
            "share_of_transformer": self.weights[0], "share_of_tfidf": self.weights[1], "features": wording["features"],
        }  # fmt: skip


def fit(train: Rows, validation: Rows, labelling: Labelling, params: Any, context: Context) -> BlendClassifier:
    """Fits both parts, then their weights. Without validation rows both count the same."""
    meaning = transformer.fit(train, validation, labelling, params, Span(context, 0.0, TRANSFORMER_SHARE))
    rest = Span(context, TRANSFORMER_SHARE, 1.0)
    wording = tfidf.fit(train, validation, labelling, params, rest)
    weights = (1.0, 1.0)
    if len(validation):
        fixed = params.model_copy(update={"strength": wording.strength})
        unseen = tfidf.fit(train, replace(validation, items=(), targets=validation.targets[:0]), labelling, fixed, Context())
        scores = (meaning.scores(validation.items, rest), unseen.scores(validation.items, rest))
        weights = fitted_weights(labelling, *scores, validation.targets)
        labelling = labelling.calibrated(_mixed(*scores, weights), validation.targets)
    return BlendClassifier(labelling, meaning, wording, weights)


def fitted_weights(labelling: Labelling, first: np.ndarray, second: np.ndarray, targets: np.ndarray) -> tuple[float, float]:
    """Two weights, not negative, under which `first` and `second` (n, classes) added make the truth likeliest."""
    from scipy.optimize import minimize

    rows = np.arange(len(targets))

    def surprise(weights: np.ndarray) -> float:
        chances = np.clip(labelling.probabilities(_mixed(first, second, weights)), 1e-7, 1 - 1e-7)
        if labelling.multilabel:
            return float(-(targets * np.log(chances) + (1 - targets) * np.log(1 - chances)).mean())
        return float(-np.log(chances[rows, targets]).mean())

    found = minimize(surprise, (1.0, 1.0), method="L-BFGS-B", bounds=((0, 50), (0, 50)))
    return float(found.x[0]), float(found.x[1])


def read(folder: Path, settings: dict[str, Any], labelling: Labelling) -> BlendClassifier:
    return BlendClassifier(
        labelling, transformer.read(folder / "meaning", settings["meaning"], labelling),
        tfidf.read(folder / "wording", settings["wording"], labelling), tuple(settings["weights"]),
    )  # fmt: skip


def _mixed(first: np.ndarray, second: np.ndarray, weights: Any) -> np.ndarray:
    return weights[0] * first + weights[1] * second
