"""The classes of a classifier, and how its raw scores become probabilities of them."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np


@dataclass(frozen=True)
class Labelling:
    """The classes, sorted, and how raw scores become probabilities of them.

    One label: softmax(scale × score) (temperature scaling, Guo et al. 2017). Several: sigmoid(scale × score + shift) for each
    class alone (Platt 1999), counted from `threshold` up.
    """

    classes: tuple[str, ...]
    multilabel: bool = False
    threshold: float = 0.5
    scale: float = 1.0
    shift: float = 0.0

    def probabilities(self, scores: np.ndarray) -> np.ndarray:
        """Raw scores (n, classes) as float32 probabilities of the same shape."""
        scores = self.scale * np.asarray(scores, np.float64) + self.shift
        if self.multilabel:
            return (0.5 * (1 + np.tanh(scores / 2))).astype(np.float32)
        raised = np.exp(scores - scores.max(1, keepdims=True))
        return (raised / raised.sum(1, keepdims=True)).astype(np.float32)

    def calibrated(self, scores: np.ndarray, targets: np.ndarray) -> Labelling:
        """The same with `scale` and `shift` fitted to rows that the model did not learn from; the best class never changes."""
        if not len(targets):
            return self
        if self.multilabel:
            from sklearn.linear_model import LogisticRegression

            marks = targets.ravel() > 0
            if marks.all() or not marks.any():
                return self
            line = LogisticRegression(C=1e3).fit(scores.reshape(-1, 1), marks)
            slope = float(line.coef_[0, 0])
            return replace(self, scale=slope, shift=float(line.intercept_[0])) if slope > 0 else self
        from scipy.optimize import minimize_scalar

        def loss(exponent: float) -> float:
            chances = replace(self, scale=float(np.exp(exponent))).probabilities(scores)
            return float(-np.log(np.maximum(chances[np.arange(len(targets)), targets], 1e-7)).mean())

        return replace(self, scale=float(np.exp(minimize_scalar(loss, bounds=(-3, 4), method="bounded").x)))
