"""Lists that are not ten times the same: maximal marginal relevance (Carbonell and Goldstein 1998), and what nobody else sees."""

from __future__ import annotations

import numpy as np

POOL = 200  # of the best items, from which a list is picked: what lies deeper would not fit, however different it is


def picked(
    relevance: np.ndarray, vectors: np.ndarray, rarity: np.ndarray, count: int, diversity: float, novelty: float
) -> np.ndarray:
    """Places of `count` of n candidates, the first one first.

    `relevance` (n,) are scores, `vectors` (n, d) unit vectors of the items, `rarity` (n,) their self-information in bits.
    Relevance and rarity are scaled to 0..1 over the candidates, so that a slider means the same for every user: an item is worth
    (1 − novelty) · relevance + novelty · rarity, and each pick maximises (1 − diversity) · worth − diversity · the largest cosine
    to what was picked before.
    """
    worth = (1 - novelty) * scaled(relevance) + novelty * scaled(rarity)
    if diversity == 0:
        return np.argsort(-worth, kind="stable")[:count]
    nearest = np.zeros(len(worth))
    left = np.ones(len(worth), bool)
    chosen: list[int] = []
    for _ in range(min(count, len(worth))):
        value = np.where(left, (1 - diversity) * worth - diversity * nearest, -np.inf)
        best = int(value.argmax())
        chosen.append(best)
        left[best] = False
        nearest = np.maximum(nearest, vectors @ vectors[best])
    return np.array(chosen, np.int64)


def scaled(values: np.ndarray) -> np.ndarray:
    """`values` between 0 and 1; all 0 where they are alike."""
    low, high = (float(values.min()), float(values.max())) if len(values) else (0.0, 0.0)
    return (values - low) / (high - low) if high > low else np.zeros(len(values))


def candidates(scores: np.ndarray, allowed: np.ndarray, count: int) -> np.ndarray:
    """Places of the best `POOL` (or `count`, where that is more) of the `allowed` items, the best first."""
    places = np.flatnonzero(allowed & np.isfinite(scores))
    return places[np.argsort(-scores[places], kind="stable")][: max(POOL, count)]
