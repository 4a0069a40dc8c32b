"""Isolation forest (Liu, Ting & Zhou 2008): what few random cuts set apart is unlike the rest."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from core.home import read_arrays, write_arrays

FILE = "forest.npz"
SAMPLE = 256  # rows that a tree sees, as in the paper
CHUNK = 50_000  # rows that are scored at a time
_ARRAYS = ("left", "right", "feature", "threshold", "path")


class Forest:
    """Trees as arrays of shape (trees, nodes): children, the feature and threshold of a node, and in leaves (whose left child is
    the node itself) the length of the path that ends there.
    """

    def __init__(self, arrays: dict[str, np.ndarray], expected: float, depth: int) -> None:
        self.arrays, self.expected, self.depth = arrays, expected, depth

    @classmethod
    def fit(cls, design: np.ndarray, trees: int, seed: int) -> Forest:
        """From float32 (rows, columns) without gaps. Labels are not asked for."""
        from sklearn.ensemble import IsolationForest

        rows = min(SAMPLE, len(design))
        fitted = IsolationForest(n_estimators=trees, max_samples=rows, random_state=seed, n_jobs=1).fit(design)
        grown = [one.tree_ for one in fitted.estimators_]
        nodes = max(tree.node_count for tree in grown)
        arrays = {name: np.zeros((trees, nodes), np.int32 if name in _ARRAYS[:3] else np.float64) for name in _ARRAYS}
        deepest = 0
        for place, tree in enumerate(grown):
            own = np.arange(tree.node_count)
            leaf = tree.children_left < 0
            arrays["left"][place, own] = np.where(leaf, own, tree.children_left)
            arrays["right"][place, own] = np.where(leaf, own, tree.children_right)
            arrays["feature"][place, own] = np.maximum(tree.feature, 0)
            arrays["threshold"][place, own] = tree.threshold
            depth = _depths(tree)
            arrays["path"][place, own] = depth + average_path(tree.n_node_samples)
            deepest = max(deepest, int(depth.max(initial=0)))
        return cls(arrays, float(average_path(np.array([rows]))[0]), deepest)

    def scores(self, design: np.ndarray) -> np.ndarray:
        """From 0 to 1, float64 (rows,): the higher, the fewer cuts it takes; as scikit-learn's `-score_samples`."""
        parts = [self._scores(design[start : start + CHUNK]) for start in range(0, len(design), CHUNK)]
        return np.concatenate(parts) if parts else np.zeros(0)

    def _scores(self, design: np.ndarray) -> np.ndarray:
        rows, total = np.arange(len(design)), np.zeros(len(design))
        for left, right, feature, threshold, path in zip(*(self.arrays[name] for name in _ARRAYS)):
            node = np.zeros(len(design), np.int32)
            for _ in range(self.depth):
                goes_left = design[rows, feature[node]] <= threshold[node]
                node = np.where(goes_left, left[node], right[node])
            total += path[node]
        mean = total / len(self.arrays["path"])
        return np.asarray(2.0 ** (-mean / self.expected) if self.expected else np.full(len(design), 0.5))

    def write(self, folder: Path) -> dict[str, Any]:
        write_arrays(folder / FILE, self.arrays, compressed=True)
        return {"expected": self.expected, "depth": self.depth}

    @classmethod
    def read(cls, folder: Path, kept: dict[str, Any]) -> Forest:
        return cls(read_arrays(folder / FILE), float(kept["expected"]), int(kept["depth"]))


def average_path(rows: np.ndarray) -> np.ndarray:
    """Mean length of an unsuccessful search among so many rows (equation 1 of the paper), float64."""
    count = np.asarray(rows, np.float64)
    with np.errstate(invalid="ignore", divide="ignore"):
        many = 2 * (np.log(count - 1) + np.euler_gamma) - 2 * (count - 1) / count
    return np.where(count <= 1, 0.0, np.where(count == 2, 1.0, many))


def _depths(tree: Any) -> np.ndarray:
    """Cuts above each node; parents stand before their children."""
    depth = np.zeros(tree.node_count, np.int64)
    for node in range(tree.node_count):
        for child in (tree.children_left[node], tree.children_right[node]):
            if child >= 0:
                depth[child] = depth[node] + 1
    return depth
