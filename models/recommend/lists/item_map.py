"""A map of the items: near means chosen by the same users."""

from __future__ import annotations

import warnings
from collections import Counter

import numpy as np

from core.contracts import Context, Message, Points
from core.language import N_
from models.recommend.lists import kept
from models.recommend.lists.base import Base

MOST = 1_500  # items, those that most users chose: of the others ratings say too little to place them
LEAST = 30
LEAST_RATINGS = 2
NEIGHBOURS = 15
MOST_TAGS = 7
ROOM = (0.2, 0.06)  # of the map's width and height, for a name
SEED = 0
OTHER = N_("other")


def drawn(base: Base, liked: np.ndarray, recommended: np.ndarray, context: Context) -> Points | None:
    """UMAP (McInnes et al. 2018) of the item vectors, coloured by the first tag; None for fewer than thirty items.

    The user's items have a ring, what is recommended bears its name.
    """
    known = np.flatnonzero(base.counts >= LEAST_RATINGS)
    rows = known[np.argsort(-base.counts[known], kind="stable")][:MOST]
    if len(rows) < LEAST:
        return None
    context.progress(0.9, N_("Drawing the map"))
    places = kept.arrays(f"{base.name[:24]}-map", lambda: {"places": _placed(base.vectors[rows])})["places"]
    own = {int(item): place for place, item in enumerate(rows)}
    titles = [base.items.titles[item] for item in rows]
    labels = _apart(
        [(float(places[own[i], 0]), float(places[own[i], 1]), base.items.titles[i]) for i in map(int, recommended) if i in own],
        places,
    )
    caption = Message(
        N_("The {count} items that most users chose, drawn by UMAP from who chose them. Distances between far groups mean "
           "little. A ring: the user's own; a name: recommended, where there is room for it."), {"count": f"{len(rows):,}"},
    )  # fmt: skip
    return Points(
        N_("Map of the items"), tuple(map(float, places[:, 0])), tuple(map(float, places[:, 1])), tuple(titles),
        tuple(_groups([base.items.tags[item] for item in rows])), labels,
        tuple(own[item] for item in map(int, liked) if item in own), caption, N_("the user's items"),
    )  # fmt: skip


def _apart(labels: list[tuple[float, float, str]], places: np.ndarray) -> tuple[tuple[float, float, str], ...]:
    """Those labels, the first ones first, that do not lie on one another."""
    wide, high = np.ptp(places, axis=0)
    kept_: list[tuple[float, float, str]] = []
    for x, y, text in labels:
        if all(abs(x - a) > ROOM[0] * wide or abs(y - b) > ROOM[1] * high for a, b, _ in kept_):
            kept_.append((x, y, text))
    return tuple(kept_)


def _placed(vectors: np.ndarray) -> np.ndarray:
    import umap

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # that a seed means one thread
        reducer = umap.UMAP(n_neighbors=min(NEIGHBOURS, len(vectors) - 1), metric="cosine", random_state=SEED)
        return np.asarray(reducer.fit_transform(vectors), np.float32)


def _groups(tags: list[tuple[str, ...]]) -> list[str]:
    """The first tag of each item where it is among the commonest."""
    common = [tag for tag, _ in Counter(own[0] for own in tags if own).most_common(MOST_TAGS)]
    return [own[0] if own and own[0] in common else OTHER for own in tags]
