"""Items described by ratings where there are many and by their text where there are few: one vector for both.

Factors of ALS (Hu, Koren and Volinsky 2008) are learnt from who rated what; a ridge regression maps the vector of an item's text
to them (Gantner et al. 2010, "Learning Attribute-to-Feature Mappings for Cold-Start Recommendations"). An item's vector is a mean
of both, weighted by how many ratings speak for it; an item that nobody rated has its text alone.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from models.recommend.lists.explained import user_parts

RIDGE = 10.0  # chosen, like the rest, on the ratings of a validation part that no bar uses
TRUST = 5.0  # ratings at which an item's ratings and its text count the same


@dataclass(frozen=True, eq=False)
class Hybrid:
    """Vectors of m items: `rated` from ALS and `written` from the texts, both float32 (m, d); `trust` (m,) is the weight of the
    former, 0 to 1. `confidence` (of a liked item, where one that is not liked has 1) and `regularization` are those of ALS.
    """

    rated: np.ndarray
    written: np.ndarray
    trust: np.ndarray
    confidence: float
    regularization: float

    @property
    def items(self) -> np.ndarray:
        """float32 (m, d)."""
        return self.trust[:, None] * self.rated + (1 - self.trust[:, None]) * self.written

    def solved(self, liked: np.ndarray) -> np.ndarray:
        """float64 (d, n): column i is what the i-th liked item adds to the vector of whoever likes exactly these.

        The columns add up to the user's vector, ALS's own step for one user (equation 4 of Hu et al.), so each item's share in a
        score is exact.
        """
        confidence = np.full(len(liked), self.confidence)
        return user_parts(self.items.astype(np.float64), liked, confidence, self.regularization)

    def shares(self, liked: np.ndarray, chosen: np.ndarray) -> np.ndarray:
        """float64 (chosen, liked): what each liked item adds to the score of each chosen one."""
        return self.items[chosen].astype(np.float64) @ self.solved(liked)

    def scores(self, liked: np.ndarray) -> np.ndarray:
        """The scores of all items for whoever likes exactly these: float64 (m,)."""
        return self.items.astype(np.float64) @ self.solved(liked).sum(1)

    def from_ratings(self, liked: np.ndarray, chosen: np.ndarray) -> np.ndarray:
        """The part of the score of each chosen item that its ratings give; the rest is its text's. float64 (chosen,)."""
        vector = self.solved(liked).sum(1)
        return self.trust[chosen] * (self.rated[chosen].astype(np.float64) @ vector)


def hybrid(
    rated: np.ndarray, counts: np.ndarray, texts: np.ndarray, confidence: float, regularization: float, trust: float = TRUST
) -> Hybrid:  # fmt: skip
    """From ALS's item factors float32 (m, d), the number of ratings of each item (m,), and text vectors float32 (m, e).

    The mapping is learnt from the items that somebody rated.
    """
    weights = mapping(centred(texts, counts > 0)[counts > 0], rated[counts > 0])
    written = (with_constant(centred(texts, counts > 0)) @ weights).astype(np.float32)
    return Hybrid(rated, written, (counts / (counts + trust)).astype(np.float32), confidence, regularization)


def centred(texts: np.ndarray, known: np.ndarray) -> np.ndarray:
    """Unit vectors of the texts without what all `known` ones share: sentence encoders put everything into a narrow cone."""
    moved = texts - texts[known].mean(0)
    return moved / np.maximum(np.linalg.norm(moved, axis=1, keepdims=True), 1e-9)


def mapping(texts: np.ndarray, factors: np.ndarray) -> np.ndarray:
    """Ridge regression from texts (n, e) to factors (n, d), with a constant: float64 (e + 1, d)."""
    design = with_constant(texts).astype(np.float64)
    return np.linalg.solve(design.T @ design + RIDGE * np.eye(design.shape[1]), design.T @ factors)


def with_constant(texts: np.ndarray) -> np.ndarray:
    return np.hstack([texts, np.ones((len(texts), 1), texts.dtype)])
