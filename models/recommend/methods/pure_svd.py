"""PureSVD (Cremonesi, Koren & Turrin 2010): choices projected on the leading right singular vectors; gaps count as 0."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np

from core.contracts import Context
from models.recommend.methods.base import Method

if TYPE_CHECKING:
    from scipy.sparse import csr_matrix

    from core.learning.interactions import Interactions


class PureSVD(Method):
    """`factors`: singular vectors kept."""

    name = "pure_svd"
    defaults: ClassVar[dict[str, Any]] = {"factors": 32, "half_life": 0.0, "seed": 0}

    def _fit(self, data: Interactions, context: Context) -> None:
        from sklearn.utils.extmath import randomized_svd

        factors = max(1, min(int(self.settings["factors"]), min(data.matrix.shape) - 1))
        _, _, rows = randomized_svd(data.matrix, factors, n_iter=7, random_state=int(self.settings["seed"]))
        self.arrays = {"items": np.ascontiguousarray(rows.T, np.float32)}

    def scores_of(self, histories: csr_matrix) -> np.ndarray:
        return np.asarray((histories @ self.arrays["items"]) @ self.arrays["items"].T, np.float32)

    def item_vectors(self) -> np.ndarray:
        return self.arrays["items"]
