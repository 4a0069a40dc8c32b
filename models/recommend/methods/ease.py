"""EASE (Steck 2019, "Embarrassingly shallow autoencoders for sparse data"): weights between items in closed form.

With G = XᵀX and P = (G + λI)⁻¹ the weights are B = I - P / diag(P). Where there are fewer users than items, the same scores come
from the smaller K = (XXᵀ + λI)⁻¹: xP = (x - xXᵀKX) / λ, by the push-through identity; the large inverse is never made.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np

from core.contracts import Context
from models.recommend.methods.base import Method

if TYPE_CHECKING:
    from scipy.sparse import csr_matrix

    from core.learning.interactions import Interactions

LARGEST = 10_000  # users or items of the matrix that is inverted: 400 MB; beyond it the most popular items alone take part


class Ease(Method):
    """`penalty`: λ of the paper; more trusts single pairs of items less."""

    name = "ease"
    defaults: ClassVar[dict[str, Any]] = {"penalty": 300.0, "half_life": 0.0}

    def _fit(self, data: Interactions, context: Context) -> None:
        choices = data.matrix
        if min(choices.shape) > LARGEST:
            kept = np.sort(np.argsort(-data.popularity, kind="stable")[:LARGEST])
            self.arrays["kept"] = kept.astype(np.int32)
            self.facts["items"] = len(kept)
            choices = choices[:, kept]
        context.check()
        if choices.shape[0] < choices.shape[1]:
            self._of_users(choices)
        else:
            self._of_items(choices)

    def _of_users(self, choices: csr_matrix) -> None:
        penalty = float(self.settings["penalty"])
        choices = choices.astype(np.float64)
        inverse = _inverse((choices @ choices.T).toarray(), penalty)
        explained = np.concatenate([
            np.asarray(part.multiply(inverse @ part.toarray()).sum(0)).ravel()
            for part in _parts(choices)
        ])  # fmt: skip
        self.arrays |= {"inverse": inverse, "diagonal": np.maximum((1 - explained) / penalty, 1e-12)}

    def _of_items(self, choices: csr_matrix) -> None:
        inverse = _inverse((choices.T @ choices).toarray().astype(np.float32), float(self.settings["penalty"]))
        inverse /= -np.diag(inverse).copy()
        np.fill_diagonal(inverse, 0)
        self.arrays["weights"] = inverse.astype(np.float32)

    def scores_of(self, histories: csr_matrix) -> np.ndarray:
        kept = self.arrays.get("kept")
        given = histories if kept is None else histories[:, kept]
        if "weights" in self.arrays:
            scores = np.asarray(given @ self.arrays["weights"], np.float32)
        else:
            choices = self.history if kept is None else self.history[:, kept]
            penalty, dense = float(self.settings["penalty"]), given.toarray().astype(np.float64)
            shared = np.asarray((given.astype(np.float64) @ choices.T.astype(np.float64)).toarray())
            rest = (dense - (shared @ self.arrays["inverse"]) @ choices.astype(np.float64)) / penalty
            scores = (dense - rest / self.arrays["diagonal"]).astype(np.float32)
        if kept is None:
            return scores
        found = np.zeros(histories.shape, np.float32)
        found[:, kept] = scores
        return found

    def similarities(self, items: np.ndarray) -> np.ndarray:
        """The weights that choosing each of `items` gives to all items."""
        from scipy.sparse import csr_matrix

        ones = np.ones(len(items), np.float32)
        return self.scores_of(csr_matrix((ones, (np.arange(len(items)), items)), shape=(len(items), self.history.shape[1])))


def _parts(choices: csr_matrix) -> list[csr_matrix]:
    """Columns in pieces of bounded size."""
    columns, step = choices.tocsc(), max(1, 4_000_000 // max(choices.shape[0], 1))
    return [columns[:, start : start + step] for start in range(0, choices.shape[1], step)]


def _inverse(gram: np.ndarray, penalty: float) -> np.ndarray:
    """The inverse of `gram` + `penalty` · I, symmetric positive definite, by Cholesky (half the work of a general one)."""
    from scipy.linalg import lapack

    gram[np.diag_indices(len(gram))] += penalty
    factor, invert = (lapack.dpotrf, lapack.dpotri) if gram.dtype == np.float64 else (lapack.spotrf, lapack.spotri)
    lower, problem = factor(gram, lower=1, overwrite_a=1)
    assert problem == 0
    found, problem = invert(lower, lower=1, overwrite_c=1)
    assert problem == 0
    upper = np.triu_indices(len(found), 1)
    found[upper] = found.T[upper]
    return np.asarray(found)
