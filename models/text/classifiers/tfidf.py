"""TF-IDF and a linear support vector machine: the method to start with; seconds to train, exact to explain.

n-grams of words (1–2) or, for languages written without spaces, of characters (1–3), with sublinear term frequency, inverse
document frequency and unit length (Salton & Buckley 1988); one-versus-rest squared-hinge SVM (LIBLINEAR, Fan et al. 2008).
Against logistic regression on the same vectors it won on each of the four samples, and 4-grams of characters added nothing.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
from scipy.sparse import csr_matrix

from core.contracts import Context, Highlights, InputError
from core.home import read_arrays, read_json, write_arrays, write_json
from core.language import N_
from core.learning.labelling import Labelling
from core.learning.targets import Rows, quality
from models.text.classifiers.base import Classifier, highlights
from models.text.classifiers.ngrams import SPACES, TOKEN, Counter, Unit

STRENGTHS = (0.3, 1.0, 3.0)
SPACELESS_SHARE = 0.3  # of the training texts written without spaces, from which characters are counted instead of words


class TfidfClassifier(Classifier):
    """`coefficients` float64 (features, outputs), `bias` (outputs,), `rarity` (features,); one output where classes are two."""

    method = "tfidf"
    chunk = 1_024

    def __init__(
        self, labelling: Labelling, counter: Counter, rarity: np.ndarray, coefficients: np.ndarray, bias: np.ndarray,
        strength: float,
    ) -> None:  # fmt: skip
        super().__init__(labelling)
        self.counter, self.rarity, self.coefficients, self.bias, self.strength = counter, rarity, coefficients, bias, strength

    def vectors(self, items: tuple[str, ...]) -> csr_matrix:
        """The texts as rows of unit length, float64 CSR (texts, features): what scikit-learn's vectorizer makes of them."""
        matrix = self.counter.count(items)
        weights = (np.log(matrix.data) + 1) * self.rarity[matrix.indices]
        filled = np.flatnonzero(np.diff(matrix.indptr))
        if len(filled):
            lengths = np.sqrt(np.add.reduceat(weights * weights, matrix.indptr[filled]))
            weights /= np.repeat(lengths, np.diff(matrix.indptr)[filled])
        return csr_matrix((weights, matrix.indices, matrix.indptr), shape=matrix.shape)

    def decisions(self, items: tuple[str, ...]) -> np.ndarray:
        """The linear machine's own values, float64 (texts, outputs)."""
        return np.asarray(self.vectors(items) @ self.coefficients) + self.bias

    def scores(self, items: tuple[str, ...], context: Context) -> np.ndarray:
        return _per_class(self.decisions(items), self.labelling)

    def explain(self, text: str, label: str = "", context: Context | None = None) -> Highlights:
        """The exact share that each word or character has in the score of `label`, which they add up to beside the bias."""
        chosen = self.place(label, self.scores((text,), context or Context())[0])
        shares = self.contributions(text, chosen)
        lowered, found = self.counter.spans(text)
        times = np.bincount([feature for feature, _ in found], minlength=self.rarity.shape[0]) if found else np.zeros(0)
        weights: dict[tuple[int, int], float] = {}
        for feature, units in found:  # an n-gram's share is divided among its places and its units
            for unit in units:
                weights[unit] = weights.get(unit, 0.0) + shares[feature] / times[feature] / len(units)
        spans = sorted(weights)
        return highlights(
            text if len(text) == len(lowered) else lowered, spans, np.array([weights[span] for span in spans]),
            self.labelling.classes[chosen],
            N_("The exact share of each part in the linear score of {label}. Positive parts speak for it, negative against."),
        )  # fmt: skip

    def contributions(self, text: str, chosen: int) -> dict[int, float]:
        """What each feature of a text adds to the score of class number `chosen`; with the bias they sum to that score."""
        vector = self.vectors((text,))
        weights = _per_class(self.coefficients[vector.indices], self.labelling)[:, chosen]
        return dict(zip(vector.indices.tolist(), (vector.data * weights).tolist()))

    def vector(self, text: str) -> tuple[str, list[tuple[str, float]], int, float]:
        row = self.vectors((text,))
        order = np.argsort(-row.data, kind="stable")
        parts = [(self.counter.features[row.indices[k]], float(row.data[k])) for k in order]
        return N_("TF-IDF weights of n-grams"), parts, len(self.counter.features), float(np.sqrt((row.data**2).sum()))

    def tokens(self, text: str) -> list[str]:
        """The units that n-grams are made of."""
        lowered = text.lower()
        return TOKEN.findall(lowered) if self.counter.unit == "words" else list(SPACES.sub(" ", lowered))

    def write(self, folder: Path) -> dict[str, Any]:
        weights = {"rarity": self.rarity, "coefficients": self.coefficients.astype(np.float32), "bias": self.bias}
        write_arrays(folder / "weights.npz", weights, compressed=True)
        write_json(folder / "vocabulary.json", self.counter.features)
        return {"unit": self.counter.unit, "strength": self.strength}

    def describe(self) -> dict[str, Any]:
        return {
            **super().describe(), "unit": self.counter.unit, "features": len(self.counter.features), "C": self.strength,
            "parameters": int(self.coefficients.size + self.bias.size),
        }  # fmt: skip


def read(folder: Path, settings: dict[str, Any], labelling: Labelling) -> TfidfClassifier:
    kept = read_arrays(folder / "weights.npz")
    counter = Counter(read_json(folder / "vocabulary.json"), settings["unit"])
    coefficients = kept["coefficients"].astype(np.float64)
    return TfidfClassifier(labelling, counter, kept["rarity"], coefficients, kept["bias"], settings["strength"])


def fit(train: Rows, validation: Rows, labelling: Labelling, params: Any, context: Context) -> TfidfClassifier:
    """Chooses C on the validation rows (unless given) and calibrates there; then learns from all rows with that C."""
    unit = unit_for(train.items)
    strengths = (params.strength,) if params.strength else STRENGTHS if len(validation) else (1.0,)
    tried: list[tuple[float, TfidfClassifier]] = []
    vectorizer = vectorizer_for(unit, len(train))
    matrix = _fitted(vectorizer, train.items)
    for number, strength in enumerate(strengths):
        context.check()
        context.progress(number / (len(strengths) + 1), N_("Trying C = {strength}"), strength=strength)
        model = _linear(vectorizer, matrix, train.targets, unit, labelling, strength, params)
        score = _share_right(model, validation, context) if len(validation) else 0.0
        tried.append((score, model))
        context.metric(strength, validation_accuracy=score)
        context.log(f"C={strength:g}: {score:.4f} right on {len(validation)} validation rows")
    best = max(tried, key=lambda pair: pair[0])[1]
    if not len(validation):
        return best
    calibrated = labelling.calibrated(best.scores(validation.items, context), validation.targets)
    context.progress(len(strengths) / (len(strengths) + 1), N_("Learning from all rows"))
    everything = train + validation
    vectorizer = vectorizer_for(unit, len(everything))
    matrix = _fitted(vectorizer, everything.items)
    return _linear(vectorizer, matrix, everything.targets, unit, calibrated, best.strength, params)


def unit_for(items: tuple[str, ...]) -> Unit:
    """Whether words or characters are counted: characters where enough texts are in a script without spaces."""
    sample = items[:: max(1, len(items) // 1_000)]
    spaceless = sum(any("\u0e00" <= c <= "\u0e7f" or "\u3040" <= c <= "\u9fff" for c in text) for text in sample)
    return "characters" if spaceless >= SPACELESS_SHARE * len(sample) else "words"


def vectorizer_for(unit: Unit, rows: int) -> Any:
    """scikit-learn's vectorizer as this method uses it, not fitted; n-grams seen in one text only are left out."""
    from sklearn.feature_extraction.text import TfidfVectorizer

    shape: dict[str, Any] = (
        {"analyzer": "word", "ngram_range": (1, 2)} if unit == "words" else {"analyzer": "char", "ngram_range": (1, 3)}
    )
    return TfidfVectorizer(sublinear_tf=True, min_df=2 if rows >= 200 else 1, **shape)


def _fitted(vectorizer: Any, items: tuple[str, ...]) -> Any:
    try:
        return vectorizer.fit_transform(items)
    except ValueError:  # its "empty vocabulary"
        raise InputError(N_("The texts hold no words to learn from. Choose another text column.")) from None


def _linear(
    vectorizer: Any, matrix: Any, targets: np.ndarray, unit: Unit, labelling: Labelling, strength: float, params: Any
) -> TfidfClassifier:
    from sklearn.svm import LinearSVC

    columns = targets.T if labelling.multilabel else [targets]
    outputs, bias = [], []
    for column in columns:
        if column.min() == column.max():  # a label that every row has: nothing to tell apart
            outputs.append(np.zeros((1, matrix.shape[1])))
            bias.append(np.array([2.0 * column[0] - 1]))
            continue
        machine = LinearSVC(C=strength, class_weight="balanced" if params.balanced else None, random_state=params.seed)
        machine.fit(matrix, column)
        outputs.append(machine.coef_)
        bias.append(machine.intercept_)
    kept = np.concatenate(outputs).T.astype(np.float32).astype(np.float64)  # as it will be saved
    features = vectorizer.get_feature_names_out().tolist()
    return TfidfClassifier(
        labelling, Counter(features, unit), vectorizer.idf_, np.ascontiguousarray(kept), np.concatenate(bias), strength
    )


def _per_class(values: np.ndarray, labelling: Labelling) -> np.ndarray:
    """One column for each class: with two classes and one output, half of it for the second and against the first."""
    if values.shape[1] == 1 and not labelling.multilabel:
        return np.concatenate([-values / 2, values / 2], axis=1)
    return values


def _share_right(model: TfidfClassifier, rows: Rows, context: Context) -> float:
    chunks = range(0, len(rows), model.chunk)
    return quality(np.concatenate([model.scores(rows.items[k : k + model.chunk], context) for k in chunks]), rows.targets)
