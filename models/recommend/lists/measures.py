"""What a list is like beyond being right: diverse, novel, or only what everybody knows."""

from __future__ import annotations

import numpy as np


def diversity(vectors: np.ndarray) -> float:
    """Mean of 1 − cosine over all pairs of a list's unit vectors (k, d) (Ziegler et al. 2005); NaN for fewer than two."""
    count = len(vectors)
    if count < 2:
        return float("nan")
    whole = vectors.astype(np.float64).sum(0)
    return float(1 - (whole @ whole - (vectors.astype(np.float64) ** 2).sum()) / (count * (count - 1)))


def rarity(counts: np.ndarray, users: int) -> np.ndarray:
    """Self-information of each item in bits: −log2 of the share of users who chose it (Zhou et al. 2010); one that nobody chose
    counts as chosen by one.
    """
    return -np.log2(np.maximum(counts, 1) / max(users, 1))
