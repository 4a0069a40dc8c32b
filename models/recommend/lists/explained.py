"""Models whose scores are sums over the liked items, so that each item's part in a recommendation is exact.

EASE (Steck 2019, "Embarrassingly Shallow Autoencoders for Sparse Data") and ALS (Hu, Koren and Volinsky 2008). Both take somebody who
was not there when they were fitted: who likes what is all they need.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, Protocol

import numpy as np

if TYPE_CHECKING:
    from scipy import sparse

Method = Literal["ease", "als"]
PENALTY = 400.0  # of EASE; like those of ALS chosen on validation ratings of MovieLens, the last fifth before the test part
CONFIDENCE, REGULARIZATION = 2.0, 20.0  # of ALS
MOST_SOLVED = 5_000  # users or items, the fewer of the two: EASE solves a dense system of that size


class Explained(Protocol):
    """A fitted model of m items, its `size`."""

    @property
    def size(self) -> int: ...

    def shares(self, liked: np.ndarray) -> np.ndarray:
        """float64 (liked, m): what each liked item adds to the score of each item. The columns add up to the scores."""
        ...

    def scores(self, liked: np.ndarray) -> np.ndarray:
        """The scores of all items for whoever likes exactly these: float64 (m,)."""
        ...

    def arrays(self) -> dict[str, np.ndarray]:
        """What it is made of; `opened` reads it again."""
        ...


@dataclass(frozen=True, eq=False)
class Ease:
    """Item weights B = I − P / diag(P) with P = (XᵀX + λI)⁻¹, which are never held whole where there are fewer users than items:
    P = (I − Xᵀ(XXᵀ + λI)⁻¹X) / λ gives the rows that are asked for.

    `left` (m, r) and `right` (r, m) float32 with P = (I − left · right) / λ, or P itself in `left` where `right` is empty;
    `diagonal` (m,) of P.
    """

    left: np.ndarray
    right: np.ndarray
    diagonal: np.ndarray
    penalty: float

    @property
    def size(self) -> int:
        return len(self.diagonal)

    def shares(self, liked: np.ndarray) -> np.ndarray:
        if self.right.size:
            rows = -(self.left[liked].astype(np.float64) @ self.right) / self.penalty
            rows[np.arange(len(liked)), liked] += 1 / self.penalty
        else:
            rows = self.left[liked].astype(np.float64)
        weights = -rows / self.diagonal
        weights[np.arange(len(liked)), liked] = 0.0
        return weights

    def scores(self, liked: np.ndarray) -> np.ndarray:
        if not self.right.size:
            return self.shares(liked).sum(0)
        rows = -(self.left[liked].sum(0, dtype=np.float64) @ self.right) / self.penalty
        rows[liked] += 1 / self.penalty
        weights = -rows / self.diagonal
        weights[liked] += 1.0  # an item adds nothing to its own score: B has no diagonal
        return weights

    def arrays(self) -> dict[str, np.ndarray]:
        return {"left": self.left, "right": self.right, "diagonal": self.diagonal, "penalty": np.array(self.penalty)}


@dataclass(frozen=True, eq=False)
class Factors:
    """Item factors of ALS, float32 (m, d), with the confidence of a liked item and the regularisation they were fitted with."""

    items: np.ndarray
    confidence: float
    regularization: float

    @property
    def size(self) -> int:
        return len(self.items)

    def user_parts(self, liked: np.ndarray) -> np.ndarray:
        """float64 (d, liked): what each liked item adds to the user's vector, by ALS's own step for one user."""
        items = self.items.astype(np.float64)
        mine = items[liked]
        gram = items.T @ items + (self.confidence - 1) * mine.T @ mine + self.regularization * np.eye(items.shape[1])
        return np.linalg.solve(gram, self.confidence * mine.T)

    def shares(self, liked: np.ndarray) -> np.ndarray:
        return self.user_parts(liked).T @ self.items.T

    def scores(self, liked: np.ndarray) -> np.ndarray:
        return self.items @ self.user_parts(liked).sum(1)

    def arrays(self) -> dict[str, np.ndarray]:
        return {"items": self.items, "settings": np.array([self.confidence, self.regularization])}


def fitted(method: Method, rated: sparse.csr_matrix, seed: int) -> Explained:
    """The model of the ratings (users, items), 1 for each."""
    if method == "als":
        from models.recommend.wording import ratings

        return Factors(ratings.factors(rated, seed, CONFIDENCE, REGULARIZATION)[1], CONFIDENCE, REGULARIZATION)
    return ease(rated, PENALTY)


def ease(rated: sparse.csr_matrix, penalty: float) -> Ease:
    users, items = rated.shape
    if users < items:
        dense = rated.toarray().astype(np.float64)
        right = np.linalg.solve(dense @ dense.T + penalty * np.eye(users), dense)
        diagonal = (1 - np.einsum("ui,ui->i", dense, right)) / penalty
        return Ease(dense.T.astype(np.float32), right.astype(np.float32), diagonal, penalty)
    whole = np.linalg.inv((rated.T @ rated).toarray().astype(np.float64) + penalty * np.eye(items))
    return Ease(whole.astype(np.float32), np.zeros((0, 0), np.float32), np.diagonal(whole).copy(), penalty)


def opened(arrays: dict[str, np.ndarray]) -> Explained:
    """From what `Explained.arrays` gave."""
    if "items" in arrays:
        confidence, regularization = map(float, arrays["settings"])
        return Factors(arrays["items"], confidence, regularization)
    return Ease(arrays["left"], arrays["right"], arrays["diagonal"], float(arrays["penalty"]))
