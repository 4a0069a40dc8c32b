"""How good are lists? Measures of each user's list at a cut-off, and of all lists together, in their usual definitions.

NDCG with gains of 0 and 1 (Järvelin & Kekäläinen 2002); its ideal, recall and average precision count as many items as fit on the
list, so that 1 can be reached.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from scipy.sparse import csr_matrix

MOST_PAIRED = 2_000  # users over whom the diversity within lists is averaged


def hits(lists: np.ndarray, truth: csr_matrix) -> np.ndarray:
    """Which entries of `lists` (n, k; places of items, -1 for none) are among those of the row in `truth` (n, items): bool."""
    count = truth.shape[1]
    keys = np.sort(np.repeat(np.arange(truth.shape[0], dtype=np.int64), np.diff(truth.indptr)) * count + truth.indices)
    asked = np.arange(len(lists), dtype=np.int64)[:, None] * count + lists
    if not len(keys):
        return np.zeros(lists.shape, bool)
    places = np.minimum(np.searchsorted(keys, asked), len(keys) - 1)
    return np.asarray((keys[places] == asked) & (lists >= 0))


def of_each(hit: np.ndarray, wanted: np.ndarray) -> dict[str, np.ndarray]:
    """`ndcg`, `hit_rate`, `recall`, `map` and `mrr`, float64 (n,), of lists with these hits, bool (n, k), for users who chose
    `wanted` (n,) ≥ 1 items of those that were kept aside.
    """
    width = hit.shape[1]
    discounts = 1 / np.log2(np.arange(2, width + 2))
    reachable = np.minimum(wanted, width)
    ideal = np.concatenate([[0], np.cumsum(discounts)])[reachable]
    precision = np.cumsum(hit, 1) / np.arange(1, width + 1)
    first = np.where(hit.any(1), 1 / (hit.argmax(1) + 1), 0.0)
    return {
        "ndcg": (hit * discounts).sum(1) / ideal,
        "hit_rate": hit.any(1).astype(np.float64),
        "recall": hit.sum(1) / reachable,
        "map": (precision * hit).sum(1) / reachable,
        "mrr": first,
    }


def of_all(lists: np.ndarray, chosen: csr_matrix) -> dict[str, float]:
    """Beyond accuracy, of all lists (n, k) together; `chosen` (users, items) is what was learnt from.

    `coverage`: share of the items that stand on any list. `diversity`: 1 - the mean cosine of the users of two items on a list.
    `novelty`: mean self-information of the items in bits, -log2 of the share of users who chose them (Zhou et al. 2010).
    `popularity_bias`: mean number of users of a recommended item over that of a chosen one (1: as popular as what is chosen).
    """
    counts = np.bincount(chosen.indices, minlength=chosen.shape[1]).astype(np.float64)
    entries = lists[lists >= 0]
    if not len(entries):
        return {"coverage": 0.0, "diversity": 0.0, "novelty": 0.0, "popularity_bias": 0.0}
    share = np.maximum(counts[entries], 1) / chosen.shape[0]
    return {
        "coverage": len(np.unique(entries)) / chosen.shape[1],
        "diversity": _diversity(lists[:MOST_PAIRED], chosen),
        "novelty": float(-np.log2(share).mean()),
        "popularity_bias": float(counts[entries].mean() / max(counts[chosen.indices].mean(), 1e-12)),
    }


def _diversity(lists: np.ndarray, chosen: csr_matrix) -> float:
    items = np.unique(lists[lists >= 0])
    columns = chosen.tocsc()[:, items].astype(np.float32)
    columns.data[:] = 1
    lengths = np.sqrt(np.asarray(columns.sum(0)).ravel()) + 1e-12
    found = []
    for row in lists:
        places = np.searchsorted(items, row[row >= 0])
        if len(places) < 2:
            continue
        part = columns[:, places]
        cosines = (part.T @ part).toarray() / lengths[places, None] / lengths[places]
        found.append(1 - cosines[np.triu_indices(len(places), 1)].mean())
    return float(np.mean(found)) if found else 0.0
