"""Which sentences say the most and which of them say it twice.

Centrality is TextRank (Mihalcea & Tarau 2004): PageRank over a graph of sentences whose edges are their likeness, here the
cosine of encoder vectors above what is usual in the text, because E5's vectors all point roughly the same way. Redundancy is
kept down by maximal marginal relevance (Carbonell & Goldstein 1998). How much centrality counts beside the rest: `features`.
"""

from __future__ import annotations

import numpy as np

DAMPING = 0.85  # of PageRank (Brin & Page 1998)
STEPS = 100
TOLERANCE = 1e-7
USUAL = 0.5  # quantile of the cosines in a text that counts as no likeness


def likeness(vectors: np.ndarray) -> np.ndarray:
    """Likeness of unit vectors (n, d) as float32 (n, n) in 0..1: 0 is what is usual in this text, the diagonal is 0."""
    cosines = (vectors @ vectors.T).astype(np.float32)
    n = len(cosines)
    if n < 2:
        return np.zeros((n, n), np.float32)
    usual = np.quantile(cosines[~np.eye(n, dtype=bool)], USUAL)
    above = np.clip((cosines - usual) / max(1e-6, 1 - float(usual)), 0, 1).astype(np.float32)
    np.fill_diagonal(above, 0)
    return above


def textrank(like: np.ndarray, prior: np.ndarray) -> np.ndarray:
    """PageRank of a graph (n, n) with the jump `prior` (n, sums to 1); the result sums to 1. Sentences like no other jump."""
    totals = like.sum(1, keepdims=True)
    moves = np.divide(like, totals, out=np.zeros_like(like), where=totals > 0)
    alone = totals[:, 0] <= 0
    rank = prior.copy()
    for _ in range(STEPS):
        following = DAMPING * (rank @ moves + rank[alone].sum() * prior) + (1 - DAMPING) * prior
        if np.abs(following - rank).sum() < TOLERANCE:
            return following
        rank = following
    return rank


def choose(scores: np.ndarray, vectors: np.ndarray, count: int, balance: float) -> list[int]:
    """`count` indices by maximal marginal relevance, the best first.

    `balance` 1 looks at the score only, 0 only at how different a sentence is from those that are chosen. Scores are scaled to
    0..1, and so is the likeness to the nearest chosen one.
    """
    relevance = scores / max(float(scores.max()), 1e-12)
    cosines = vectors @ vectors.T
    low = float(cosines.min())
    near = np.zeros(len(scores))
    left = np.ones(len(scores), bool)
    chosen: list[int] = []
    for _ in range(min(count, len(scores))):
        value = np.where(left, balance * relevance - (1 - balance) * near, -np.inf)
        best = int(value.argmax())
        chosen.append(best)
        left[best] = False
        near = np.maximum(near, (cosines[best] - low) / max(1e-6, 1 - low))
    return chosen
