"""Who spoke when: utterances grouped by voice (agglomerative clustering, average linkage, cosine distance)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np

from core.contracts import Utterance
from core.home import read_json

CALIBRATION = Path(__file__).with_name("grouping.json")
SURE_SECONDS = 1.6  # of an utterance, from which on its vector founds a group; shorter ones join the nearest


@lru_cache(maxsize=1)
def calibration() -> dict[str, Any]:
    """The distance above which two groups are two voices, and how often that is wrong (`simulated.measured`)."""
    return dict(read_json(CALIBRATION))


def group(
    utterances: Sequence[Utterance], voices: Sequence[np.ndarray | None], speakers: int = 0, distance: float | None = None
) -> list[Utterance]:
    """The utterances with `speaker` filled in, numbered as they first speak; `speakers` 0 finds out how many there are: groups
    further apart than `distance` are two voices, unless it is given that of the calibration.

    An utterance too short to tell has the speaker of the one before it.
    """
    told = [k for k, voice in enumerate(voices) if voice is not None]
    founding = [k for k in told if utterances[k].end - utterances[k].start >= SURE_SECONDS] or told
    if not founding:
        return list(utterances)
    vectors = np.stack([voices[k] for k in founding])  # type: ignore[misc]
    labels = _labels(vectors, min(speakers, len(founding)), calibration()["distance"] if distance is None else distance)
    centres = np.stack([vectors[labels == label].mean(0) for label in range(labels.max() + 1)])
    chosen: dict[int, int] = dict(zip(founding, labels.tolist()))
    for k in told:
        if k not in chosen:
            chosen[k] = int((centres @ voices[k]).argmax())  # type: ignore[operator]
    order: dict[int, int] = {}
    found, last = [], chosen[min(chosen)]
    for k, utterance in enumerate(utterances):
        last = chosen.get(k, last)
        found.append(replace(utterance, speaker=order.setdefault(last, len(order))))
    return found


def _labels(vectors: np.ndarray, count: int, distance: float) -> np.ndarray:
    """A group's number for each vector."""
    if len(vectors) == 1 or count == 1:
        return np.zeros(len(vectors), int)
    from sklearn.cluster import AgglomerativeClustering

    known = {"n_clusters": count} if count else {"n_clusters": None, "distance_threshold": distance}
    return np.asarray(AgglomerativeClustering(metric="cosine", linkage="average", **known).fit_predict(vectors))
