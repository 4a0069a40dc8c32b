"""Methods that any model has to beat, on the same test rows."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

import numpy as np

from core.contracts import Labels
from core.lifecycle.answers import pair_sets
from core.lifecycle.fingerprints import fold, is_cjk

Examples = tuple[Sequence[str], Sequence[tuple[str, ...]]]  # texts and the classes of each
Pixels = tuple[np.ndarray, Sequence[tuple[str, ...]]]  # float32 (n, values) and the classes of each
MOST_ROWS = 30_000  # that the logistic regression learns from
MOST_CHARACTERS = 20_000  # of a text


def majority(learnt: Sequence[tuple[str, ...]], items: Sequence[str], multilabel: bool) -> Labels:
    """Answers every row with the share of each class among the rows learnt from."""
    counts = Counter(label for labels in learnt for label in labels)
    classes = tuple(sorted(counts))
    shares = np.array([counts[name] for name in classes], np.float32) / max(1, len(learnt))
    return Labels(tuple(items), classes, np.tile(shares, (len(items), 1)), multilabel)


def logistic_regression(learnt: Examples, chosen_by: Examples, items: Sequence[str], multilabel: bool, seed: int = 0) -> Labels:
    """scikit-learn's logistic regression on TF-IDF: of words, or of 1 and 2 characters in Chinese, Japanese and Korean.

    C is 1 or 10, whichever is right more often on the rows to choose by; then it learns from all of both, 30,000 rows at most.
    """
    texts, labels = [*learnt[0], *chosen_by[0]], [*learnt[1], *chosen_by[1]]
    rows = np.arange(len(texts))
    if len(rows) > MOST_ROWS:
        rows = np.sort(np.random.default_rng(seed).choice(rows, MOST_ROWS, replace=False))
    kept = [texts[row] for row in rows], [labels[row] for row in rows]
    strength = _better(learnt, chosen_by, multilabel, seed) if len(chosen_by[0]) and len(texts) <= MOST_ROWS else 1.0
    return _fitted(kept, items, multilabel, strength, seed)


def _better(learnt: Examples, chosen_by: Examples, multilabel: bool, seed: int) -> float:
    found = {}
    for strength in (1.0, 10.0):
        answers = pair_sets(_fitted(learnt, chosen_by[0], multilabel, strength, seed), chosen_by[1])
        found[strength] = float(answers.right.mean())
    return max(found, key=lambda strength: found[strength])


def _fitted(learnt: Examples, items: Sequence[str], multilabel: bool, strength: float, seed: int) -> Labels:
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.linear_model import LogisticRegression

    texts, labels = [text[:MOST_CHARACTERS] for text in learnt[0]], learnt[1]
    unit = {"analyzer": "char", "ngram_range": (1, 2)} if _is_mostly_cjk(texts) else {"analyzer": "word"}
    vectorizer = TfidfVectorizer(sublinear_tf=True, min_df=2 if len(texts) > 1_000 else 1, dtype=np.float32, **unit)
    vectors, asked = vectorizer.fit_transform(texts), vectorizer.transform([item[:MOST_CHARACTERS] for item in items])
    model = LogisticRegression(C=strength, max_iter=300, random_state=seed)
    names, chances = _probabilities(model, (vectors, labels), asked, multilabel)
    return Labels(tuple(items), names, chances, multilabel)


def pixel_regression(
    learnt: Pixels, chosen_by: Pixels, asked: Pixels, items: Sequence[str], multilabel: bool, *, refit: bool = True
) -> Labels:
    """scikit-learn's logistic regression on the values of `pixel_values`: what can be told without looking at shapes.

    C is .01, .1 or 1, whichever is right more often on the rows to choose by; then it learns from both, 30,000 rows at most
    (without `refit`: from the first alone).
    """
    strengths = (0.01, 0.1, 1.0) if len(chosen_by[1]) else (0.1,)

    def right(strength: float) -> float:
        return float(pair_sets(_on_pixels(learnt, chosen_by, chosen_by[1], multilabel, strength), chosen_by[1]).right.mean())

    strength = max(strengths, key=right) if len(strengths) > 1 else strengths[0]
    if not refit:
        return _on_pixels(learnt, asked, items, multilabel, strength)
    both = np.concatenate([learnt[0], chosen_by[0]])[:MOST_ROWS], [*learnt[1], *chosen_by[1]][:MOST_ROWS]
    return _on_pixels(both, asked, items, multilabel, strength)


def pixel_values(references: Sequence[object]) -> np.ndarray:
    """The pictures that a table names as numbers, float32 (n, 1152): 32 × 32 grey values from 0 to 1, and 8 × 8 × 2 of colour."""
    from core.lifecycle.picture_prints import prints

    found = prints(references)
    color = (found.color.reshape(len(found), -1).astype(np.float32) - 128) / 128
    return np.concatenate([found.grey.reshape(len(found), -1).astype(np.float32) / 255, color], 1)


def _on_pixels(learnt: Pixels, asked: Pixels, items: Sequence[object], multilabel: bool, strength: float) -> Labels:
    from sklearn.linear_model import LogisticRegression
    from threadpoolctl import threadpool_limits  # comes with scikit-learn

    model = LogisticRegression(C=strength, max_iter=1_000, tol=1e-3)
    with threadpool_limits(1):  # its steps are short: on a busy machine threads would wait for each other
        names, chances = _probabilities(model, learnt, asked[0], multilabel)
    return Labels(tuple(map(str, items)), names, chances, multilabel)


def _probabilities(
    model: Any, learnt: tuple[Any, Sequence[tuple[str, ...]]], asked: Any, multilabel: bool
) -> tuple[tuple[str, ...], np.ndarray]:
    """Classes, and their probabilities for the rows of `asked`, after `model` has learnt."""
    from sklearn.multiclass import OneVsRestClassifier
    from sklearn.preprocessing import MultiLabelBinarizer

    vectors, labels = learnt
    if multilabel:
        binarizer = MultiLabelBinarizer()
        model = OneVsRestClassifier(model).fit(vectors, binarizer.fit_transform(labels))
        classes = binarizer.classes_
    else:
        model.fit(vectors, np.array([found[0] for found in labels], dtype=object))
        classes = model.classes_
    return tuple(map(str, classes)), model.predict_proba(asked).astype(np.float32)


def _is_mostly_cjk(texts: Sequence[str]) -> bool:
    codes, _ = fold([text[:500] for text in texts[:1_000]])
    return len(codes) > 0 and float(is_cjk(codes).mean()) > 0.3
