"""Item-based k nearest neighbours (Sarwar et al. 2001) by the cosine of who chose them, counted by the library implicit."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np

from core.contracts import Context
from models.recommend.methods.base import Method

if TYPE_CHECKING:
    from scipy.sparse import csr_matrix

    from core.learning.interactions import Interactions


class ItemNeighbours(Method):
    """`neighbours`: of each item that count; `shrinkage`: so many users must share two items to halve the doubt."""

    name = "item_knn"
    defaults: ClassVar[dict[str, Any]] = {"neighbours": 100, "shrinkage": 10.0, "half_life": 0.0}

    def _fit(self, data: Interactions, context: Context) -> None:
        from core.device import cores
        from models.recommend.methods.factors import one_blas_thread

        lengths = np.sqrt(np.bincount(data.item, weights=data.weight.astype(np.float64) ** 2, minlength=len(data.items)))
        with one_blas_thread():
            from implicit.nearest_neighbours import all_pairs_knn

            # One more than asked for: each item is its own nearest.
            near = all_pairs_knn(
                data.matrix.astype(np.float64), int(self.settings["neighbours"]) + 1, show_progress=False, num_threads=cores()
            )
        near = near.tocoo()
        other = near.row != near.col
        rows, columns, dots = near.row[other], near.col[other], near.data[other]
        cosines = dots / (lengths[rows] * lengths[columns] + self.settings["shrinkage"])
        from scipy.sparse import csr_matrix

        found = csr_matrix((cosines.astype(np.float32), (columns, rows)), shape=near.shape)
        self.arrays = {"data": found.data, "indices": found.indices, "indptr": found.indptr}

    @property
    def near(self) -> csr_matrix:
        """How near the item of a row is to that of a column, float32 (items, items), sparse."""
        from scipy.sparse import csr_matrix

        count = self.history.shape[1]
        return csr_matrix((self.arrays["data"], self.arrays["indices"], self.arrays["indptr"]), shape=(count, count))

    def scores_of(self, histories: csr_matrix) -> np.ndarray:
        return np.asarray((histories @ self.near).toarray(), np.float32)
