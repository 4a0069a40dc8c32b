"""A frozen sentence encoder and logistic regression: few rows go far, because the encoder has read the language before.

The encoder's vectors are cached by content, so a second training on the same file starts at once.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from core.contracts import Context
from core.home import read_arrays, write_arrays
from core.language import N_
from core.learning.labelling import Labelling
from core.learning.linear import logistic, standard
from core.learning.targets import Rows, quality
from models.text.classifiers.base import Classifier
from models.text.encoder import encode

STRENGTHS = (0.001, 0.003, 0.01, 0.03, 0.1, 0.3)  # of the inverse penalty C, on standardised vectors


class EncodedClassifier(Classifier):
    """`head` float32 (classes, dimension) and `bias` (classes,) on vectors less `centre` over `spread`."""

    method = "encoded"
    chunk = 1_024

    def __init__(self, labelling: Labelling, arrays: dict[str, np.ndarray], encoder: str, strength: float) -> None:
        super().__init__(labelling)
        self.arrays, self.encoder, self.strength = arrays, encoder, strength

    def scores(self, items: tuple[str, ...], context: Context) -> np.ndarray:
        return self.from_vectors(encode(items, self.encoder, context))

    def from_vectors(self, vectors: np.ndarray) -> np.ndarray:
        part = self.arrays
        return ((vectors - part["centre"]) / part["spread"]) @ part["head"].T + part["bias"]

    def vector(self, text: str) -> tuple[str, list[tuple[str, float]], int, float]:
        """The encoder's vector; its strongest dimensions have no name, only a number."""
        found = encode((text,), self.encoder)[0]
        order = np.argsort(-np.abs(found), kind="stable")
        return N_("Vector of the encoder"), [(f"#{k}", float(found[k])) for k in order], len(found), float(np.linalg.norm(found))

    def write(self, folder: Path) -> dict[str, Any]:
        write_arrays(folder / "head.npz", self.arrays)
        return {"encoder": self.encoder, "strength": self.strength}

    def describe(self) -> dict[str, Any]:
        size = int(self.arrays["head"].size + self.arrays["bias"].size)
        return {**super().describe(), "weights": self.encoder, "C": self.strength, "parameters": size}


def read(folder: Path, settings: dict[str, Any], labelling: Labelling) -> EncodedClassifier:
    return EncodedClassifier(labelling, read_arrays(folder / "head.npz"), settings["encoder"], settings["strength"])


def fit(train: Rows, validation: Rows, labelling: Labelling, params: Any, context: Context) -> EncodedClassifier:
    """Chooses C on the validation rows (unless given) and calibrates there; then learns from all rows with that C."""
    everything = train + validation
    vectors = encode(everything.items, params.encoder, context)
    learnt, kept = vectors[: len(train)], vectors[len(train) :]
    strengths = (params.strength,) if params.strength else STRENGTHS if len(validation) else (0.01,)
    tried: list[tuple[float, EncodedClassifier]] = []
    for strength in strengths:
        context.check()
        model = _fitted(learnt, train.targets, labelling, strength, params)
        score = quality(model.from_vectors(kept), validation.targets) if len(validation) else 0.0
        tried.append((score, model))
        context.metric(strength, validation_accuracy=score)
        context.log(f"C={strength:g}: {score:.4f} right on {len(validation)} validation rows")
    best = max(tried, key=lambda pair: pair[0])[1]
    if not len(validation):
        return best
    calibrated = labelling.calibrated(best.from_vectors(kept), validation.targets)
    return _fitted(vectors, everything.targets, calibrated, best.strength, params)


def _fitted(vectors: np.ndarray, targets: np.ndarray, labelling: Labelling, strength: float, params: Any) -> EncodedClassifier:
    centre, spread = standard(vectors)
    head, bias = logistic((vectors - centre) / spread, targets, labelling, strength, params.balanced, params.seed)
    arrays = {"centre": centre, "spread": spread, "head": head, "bias": bias}
    return EncodedClassifier(labelling, arrays, params.encoder, strength)
