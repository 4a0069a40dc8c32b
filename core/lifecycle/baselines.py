"""Methods that any model has to beat, on the same test rows."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import numpy as np

from core.contracts import Labels
from core.lifecycle.answers import pair_sets
from core.lifecycle.fingerprints import fold, is_cjk

Examples = tuple[Sequence[str], Sequence[tuple[str, ...]]]  # texts and the classes of each
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
    from sklearn.multiclass import OneVsRestClassifier
    from sklearn.preprocessing import MultiLabelBinarizer

    texts, labels = [text[:MOST_CHARACTERS] for text in learnt[0]], learnt[1]
    unit = {"analyzer": "char", "ngram_range": (1, 2)} if _is_mostly_cjk(texts) else {"analyzer": "word"}
    vectorizer = TfidfVectorizer(sublinear_tf=True, min_df=2 if len(texts) > 1_000 else 1, dtype=np.float32, **unit)
    vectors, asked = vectorizer.fit_transform(texts), vectorizer.transform([item[:MOST_CHARACTERS] for item in items])
    model = LogisticRegression(C=strength, max_iter=300, random_state=seed)
    if multilabel:
        binarizer = MultiLabelBinarizer()
        model = OneVsRestClassifier(model).fit(vectors, binarizer.fit_transform(labels))
        classes = binarizer.classes_
    else:
        model.fit(vectors, np.array([found[0] for found in labels], dtype=object))
        classes = model.classes_
    return Labels(tuple(items), tuple(map(str, classes)), model.predict_proba(asked).astype(np.float32), multilabel)


def _is_mostly_cjk(texts: Sequence[str]) -> bool:
    codes, _ = fold([text[:500] for text in texts[:1_000]])
    return len(codes) > 0 and float(is_cjk(codes).mean()) > 0.3
