"""Which rows say the same, and which say nearly the same."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from core.contracts import Context
from core.lifecycle import fingerprints
from core.lifecycle.columns import Roles, joined_texts

if TYPE_CHECKING:
    import pandas as pd

NEAR = 0.8  # Jaccard similarity of character shingles from which two texts count as near duplicates
NEAR_WIDTH = 24  # shorter texts look alike by chance: only their exact duplicates count


def exact_groups(frame: pd.DataFrame, roles: Roles) -> np.ndarray:
    """A number for each row, equal where the texts are the same with case, whitespace and punctuation folded.

    Of pictures and recordings: where the pixels or samples are the same. Without any of them: where all features are the same.
    """
    if roles.files:
        return _numbered(prints_of(frame, roles).keys)
    if roles.texts:
        return _numbered(fingerprints.keys(joined_texts(frame, roles.texts)))
    from pandas.util import hash_pandas_object

    features = frame.drop(columns=[name for name in frame.columns if name in roles.taken])
    return _numbered(hash_pandas_object(features, index=False).tolist() if features.shape[1] else range(len(frame)))


def look_alikes(
    frame: pd.DataFrame, roles: Roles, texts: Sequence[str], exact: np.ndarray, context: Context | None = None
) -> np.ndarray:  # fmt: skip
    """As `near_groups`, of whatever the rows hold: pictures, recordings, or `texts`."""
    if not roles.files:
        return near_groups(texts, exact)
    from core.lifecycle import picture_prints, sound_prints

    first = np.unique(exact, return_index=True)[1]
    found = prints_of(frame, roles)
    pairs = sound_prints.near_pairs(found, first) if roles.sounds else picture_prints.near_pairs(found, first, context)
    return joined(pairs, len(first), exact)


def prints_of(frame: pd.DataFrame, roles: Roles, context: Context | None = None) -> Any:
    """The prints of the pictures or recordings that the rows name: with `keys`, equal where they are the same, and `readable`."""
    from core.lifecycle import picture_prints, sound_prints

    module = sound_prints if roles.sounds else picture_prints
    return module.prints(frame[roles.files].tolist(), context)


def near_groups(texts: Sequence[str], exact: np.ndarray) -> np.ndarray:
    """A number for each row, equal where texts are exact or near duplicates, directly or through others between them."""
    first = np.unique(exact, return_index=True)[1]
    representatives = [texts[i] for i in first]
    searched = np.flatnonzero(fingerprints.widths(representatives) >= NEAR_WIDTH)
    pairs = searched[fingerprints.near_pairs([representatives[i] for i in searched], NEAR)].reshape(-1, 2)
    return joined(pairs, len(first), exact)


def joined(pairs: np.ndarray, count: int, exact: np.ndarray) -> np.ndarray:
    """Numbers for the rows, from pairs (n, 2) of places among the `count` different ones."""
    from scipy.sparse import coo_matrix
    from scipy.sparse.csgraph import connected_components

    links = coo_matrix((np.ones(len(pairs)), (pairs[:, 0], pairs[:, 1])), shape=(count, count))
    return _numbered(connected_components(links, directed=False)[1][exact].tolist())


def _numbered(keys: Sequence[object]) -> np.ndarray:
    """Numbers in order of first appearance."""
    seen: dict[object, int] = {}
    return np.fromiter((seen.setdefault(key, len(seen)) for key in keys), np.int64, len(keys))
