"""The nearest vectors: exactly by one matrix product up to 50,000, through FAISS's inverted lists above."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

EXACT_BELOW = 50_000  # vectors; up to here the exact product takes a few milliseconds
PROBES_SHARE = 0.06  # of FAISS's lists that are looked into; see benchmarks/retrieval.py for the recall
TRAINING_VECTORS = 40_000  # of which FAISS makes its lists
SEED = 0


@dataclass(frozen=True, eq=False)
class Vectors:
    """Unit vectors, float32 of shape (n, d); `faiss` is FAISS's serialized index of the same, or None."""

    values: np.ndarray
    faiss: np.ndarray | None = None

    @cached_property
    def mean(self) -> np.ndarray:
        """The middle of all vectors: what a query has in common with any text of this collection."""
        return self.values.mean(0) if len(self.values) else np.zeros(self.values.shape[1:], np.float32)

    @cached_property
    def _index(self) -> Any:
        import faiss

        assert self.faiss is not None
        index: Any = faiss.deserialize_index(self.faiss)
        index.nprobe = max(1, round(index.nlist * PROBES_SHARE))
        return index

    def nearest(self, query: np.ndarray, count: int) -> tuple[np.ndarray, np.ndarray]:
        """Rows and cosines of the `count` nearest to one unit vector, the nearest first."""
        count = min(count, len(self.values))
        if count == 0:
            return np.zeros(0, np.int64), np.zeros(0, np.float32)
        if self.faiss is not None:
            cosines, rows = self._index.search(query[None], count)
            good = rows[0] >= 0
            return rows[0][good], cosines[0][good]
        cosines = self.values @ query
        rows = np.argpartition(-cosines, count - 1)[:count]
        rows = rows[np.argsort(-cosines[rows], kind="stable")]
        return rows, cosines[rows]


def build(values: np.ndarray) -> Vectors:
    """`values` ready for search."""
    values = np.ascontiguousarray(values, np.float32)
    if len(values) < EXACT_BELOW:
        return Vectors(values)
    import faiss

    lists = int(2 * np.sqrt(len(values)))
    index = faiss.index_factory(values.shape[1], f"IVF{lists},Flat", faiss.METRIC_INNER_PRODUCT)
    chosen = np.random.default_rng(SEED).permutation(len(values))[:TRAINING_VECTORS]
    index.train(values[chosen])
    index.add(values)
    return Vectors(values, faiss.serialize_index(index))
