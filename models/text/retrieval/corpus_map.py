"""A map of all passages: near means alike. Groups by k-means, named by the words that set them apart."""

from __future__ import annotations

from collections import Counter

import numpy as np

from core.cache import lease
from core.contracts import Context, Documents, Message, Points, Ranking
from core.language import N_
from models.text.retrieval.index import Index, indexed_text
from models.text.words import STOP_WORDS, language_of, words

LEAST = 4  # passages of which a map says something
LEAST_FOR_UMAP = 15
MOST = 5_000  # points; more are drawn by lot
GROUP_SIZE = 12  # passages in a group, about, where the number of groups is not given
MOST_GROUPS = 8
LABEL_WORDS = 2
NAME_CHARACTERS = 160
NEIGHBOURS = 15


def drawn(
    documents: Documents, index: Index, clusters: int, seed: int, context: Context, marked: np.ndarray | None = None
) -> tuple[Points | None, tuple[Message, ...]]:  # fmt: skip
    """The map (None for fewer than four passages), and notices. UMAP (McInnes et al. 2018), below 15 passages PCA."""
    count = len(index.passages)
    if count < LEAST:
        return None, ()
    notices: tuple[Message, ...] = ()
    rows = np.arange(count)
    if count > MOST:
        rows = np.union1d(
            np.random.default_rng(seed).choice(count, MOST, replace=False), [] if marked is None else marked
        ).astype(int)
        notices = (Message(N_("The map shows {shown} of {count} passages, drawn by lot."), {"shown": MOST, "count": count}),)
    key = ("map", id(index), seed, len(rows), clusters)
    with lease(key, lambda: _made(index.vectors.values[rows], clusters, seed, context), concurrent=True, timeout=600) as made:
        places, groups = made
    texts = [indexed_text(documents, index.passages[row], True) for row in rows]
    names = labels_of(texts, groups)
    labels = tuple(
        (float(np.median(places[groups == g, 0])), float(np.median(places[groups == g, 1])), names[g]) for g in np.unique(groups)
    )
    own = {int(row): place for place, row in enumerate(rows)}
    found = tuple(own[int(row)] for row in marked if int(row) in own) if marked is not None else ()
    how = N_("Drawn by UMAP from the vectors; distances between far groups mean little.")
    few = N_("Drawn by principal components: there are too few passages for UMAP.")
    drawing = Points(
        N_("Map of the corpus"), tuple(map(float, places[:, 0])), tuple(map(float, places[:, 1])),
        tuple(text.replace("\n", " ")[:NAME_CHARACTERS] for text in texts), tuple(names[g] for g in groups), labels, found,
        how if len(rows) >= LEAST_FOR_UMAP else few,
    )  # fmt: skip
    return drawing, notices


def groups(drawing: Points) -> Ranking:
    """How many passages each group has."""
    counted = Counter(drawing.groups).most_common()
    return Ranking(N_("Groups"), tuple(name for name, _ in counted), tuple(float(n) for _, n in counted), N_("passages"),
                   N_("Named by the words that are commoner inside the group than outside."))  # fmt: skip


def _made(values: np.ndarray, clusters: int, seed: int, context: Context) -> tuple[np.ndarray, np.ndarray]:
    from sklearn.cluster import KMeans

    context.progress(0.3, N_("Drawing the map"))
    number = min(clusters or int(np.clip(len(values) // GROUP_SIZE, 2, MOST_GROUPS)), len(values))
    assigned = KMeans(number, n_init=3, random_state=seed).fit_predict(values)
    context.check()
    if len(values) < LEAST_FOR_UMAP:
        from sklearn.decomposition import PCA

        return PCA(2, random_state=seed).fit_transform(values), assigned
    import warnings

    import umap

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # that a seed means one thread
        reducer = umap.UMAP(n_neighbors=min(NEIGHBOURS, len(values) - 1), metric="cosine", random_state=seed)
        return np.asarray(reducer.fit_transform(values)), assigned


def labels_of(texts: list[str], assigned: np.ndarray) -> dict[int, str]:
    """For each group the words whose share inside is largest against the whole (class-based TF-IDF, Grootendorst 2022)."""
    counted: dict[int, Counter[str]] = {int(g): Counter() for g in np.unique(assigned)}
    for text, group in zip(texts, assigned):
        language = language_of(text)
        stop = STOP_WORDS[language]
        counted[int(group)].update(
            {w.lower() for w, _, _ in words(text, language) if len(w) > 1 and w.lower() not in stop and not w.isdigit()}
        )
    whole = sum(counted.values(), Counter())
    average = sum(c.total() for c in counted.values()) / len(counted)
    names: dict[int, str] = {}
    for group, own in counted.items():
        scored = sorted(own, key=lambda w: -own[w] / max(own.total(), 1) * np.log1p(average / whole[w]))
        name = ", ".join(scored[:LABEL_WORDS]) or f"{group + 1}"
        names[group] = name if name not in names.values() else f"{name} {group + 1}"
    return names
