"""What more diverse or more novel lists cost: NDCG on each user's last ratings, over the whole range of a slider."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from core.lifecycle.bootstrap import intervals
from core.lifecycle.ranking_measures import of_each
from models.recommend.lists import measures
from models.recommend.lists.base import Base, Pools
from models.recommend.lists.diversity import picked

TOP = 10
STEPS = tuple(step / 10 for step in range(10))  # of a slider; at 1 the score would not count at all


@dataclass(frozen=True)
class Point:
    """Lists of ten at one place of the sliders: mean NDCG@10 with its 95 % interval, diversity and novelty over the users."""

    diversity_slider: float
    novelty_slider: float
    ndcg: float
    interval: tuple[float, float]
    diversity: float
    novelty: float


def sweep(base: Base, which: str) -> list[Point]:
    """The lists at every step of the slider `which` ("diversity" or "novelty"), the other one at 0."""
    return [point(base, step if which == "diversity" else 0.0, step if which == "novelty" else 0.0) for step in STEPS]


def point(base: Base, diversity: float, novelty: float) -> Point:
    """Measured on what users chose in their last fifth of ratings, by a model that did not see it."""
    pools = base.held
    rarity = measures.rarity(pools.counts, len(base.users))
    rows = []
    for row, later in enumerate(base.later):
        chosen = listed(pools, row, diversity, novelty, TOP, rarity)
        rows.append((ndcg(chosen, later), measures.diversity(pools.vectors[chosen]), rarity[chosen].mean()))
    if not rows:
        nothing = float("nan")
        return Point(diversity, novelty, nothing, (nothing, nothing), nothing, nothing)
    table = np.array(rows)
    spread = intervals(lambda weights: {"ndcg": table[:, 0] @ weights / weights.sum(0)}, len(table))
    mean = np.nanmean(table, axis=0)
    return Point(diversity, novelty, float(mean[0]), spread["ndcg"], float(mean[1]), float(mean[2]))


def ndcg(chosen: np.ndarray, later: np.ndarray) -> float:
    """NDCG@10 of a list of at most ten, of which `later` was chosen."""
    hit = np.zeros((1, TOP), bool)
    hit[0, : len(chosen)] = np.isin(chosen, later)
    return float(of_each(hit, np.array([len(later)]))["ndcg"][0])


def listed(pools: Pools, row: int, diversity: float, novelty: float, count: int, rarity: np.ndarray) -> np.ndarray:
    """Places of the items in the list of one user of the pools."""
    places, scores = pools.of(row)
    return places[picked(scores.astype(np.float64), pools.vectors[places], rarity[places], count, diversity, novelty)]
