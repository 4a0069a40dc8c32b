"""Popularity: the same list for everybody, what most users chose first. The baseline that every other method has to beat."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from core.contracts import Context
from models.recommend.methods.base import Method

if TYPE_CHECKING:
    from scipy.sparse import csr_matrix

    from core.learning.interactions import Interactions


class Popularity(Method):
    name = "popularity"

    def _fit(self, data: Interactions, context: Context) -> None:
        self.arrays = {"users": data.popularity.astype(np.float32)}

    def scores_of(self, histories: csr_matrix) -> np.ndarray:
        return np.tile(self.arrays["users"], (histories.shape[0], 1))
