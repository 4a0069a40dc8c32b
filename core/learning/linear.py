"""Logistic regression on dense vectors, one label or several: the head of `encoded`, and where `transformer` starts from."""

from __future__ import annotations

from typing import Any

import numpy as np

from core.learning.labelling import Labelling


def standard(vectors: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Mean and standard deviation of each dimension, float32 (dimension,) each."""
    return vectors.mean(0, dtype=np.float64).astype(np.float32), (vectors.std(0, dtype=np.float64) + 1e-6).astype(np.float32)


def logistic(
    vectors: np.ndarray, targets: np.ndarray, labelling: Labelling, strength: float, balanced: bool, seed: int
) -> tuple[np.ndarray, np.ndarray]:
    """Weights float32 (classes, dimension) and bias (classes,) of logistic regression with inverse penalty `strength`.

    `vectors` (rows, dimension) should be standardised. One softmax over all classes, or a sigmoid each where labels are several.
    """
    from sklearn.linear_model import LogisticRegression

    def regression() -> Any:
        return LogisticRegression(C=strength, max_iter=500, class_weight="balanced" if balanced else None, random_state=seed)

    classes = len(labelling.classes)
    weights, bias = np.zeros((classes, vectors.shape[1]), np.float32), np.zeros(classes, np.float32)
    if not labelling.multilabel:
        fitted = regression().fit(vectors, targets)
        if classes == 2:
            fitted.coef_ = np.concatenate([-fitted.coef_, fitted.coef_]) / 2
            fitted.intercept_ = np.concatenate([-fitted.intercept_, fitted.intercept_]) / 2
        weights[:], bias[:] = fitted.coef_, fitted.intercept_
        return weights, bias
    for number, column in enumerate(targets.T):
        if column.min() == column.max():  # a label that every row has: nothing to tell apart
            bias[number] = 10 * (2 * column[0] - 1)
            continue
        fitted = regression().fit(vectors, column)
        weights[number], bias[number] = fitted.coef_[0], fitted.intercept_[0]
    return weights, bias
