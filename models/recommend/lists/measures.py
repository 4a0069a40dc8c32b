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
    """Self-information of each item in bits: −log2 of the share of users who chose it (Zhou et al. 2010).

    An item that nobody chose counts as chosen by half a user, so that it is rarer than any other and not infinitely so.
    """
    return -np.log2(np.maximum(counts, 0.5) / max(users, 1))


def ndcg(hits: np.ndarray, relevant: int) -> float:
    """NDCG of a list of k with binary gains (Järvelin and Kekäläinen 2002): `hits` bool (k,), `relevant` items held out."""
    discounts = 1 / np.log2(np.arange(2, len(hits) + 2))
    best = discounts[: min(relevant, len(hits))].sum()
    return float(discounts[hits].sum() / best) if best > 0 else 0.0
