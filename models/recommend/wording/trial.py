"""How well items that nobody rated are recommended by their text: a part of the items is taken out of the ratings altogether."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from core.lifecycle.bootstrap import intervals
from models.recommend.wording.hybrid import centred, mapping, with_constant

if TYPE_CHECKING:
    from scipy import sparse

COLD_SHARE = 0.2  # of the items
TOP = 10
LEAST_WARM = 5  # ratings of other items that a user must have: less says nothing of a taste
LEAST_USERS = 20
LEAST_ITEMS = 40
SEED = 20  # of the split of a bar; settings were chosen on another one


@dataclass(frozen=True, eq=False)
class ColdTrial:
    """hit@10 of each way over the users: (score, 95 % interval) each; `items` were cold, `users` are those measured.

    `above_random` is the difference of the first way and random lists, user by user.
    """

    hits: dict[str, tuple[float, tuple[float, float]]]
    items: int
    users: int


def cold_items(
    ratings: sparse.csr_matrix, texts: np.ndarray, factors: Callable[[np.ndarray], tuple[np.ndarray, np.ndarray]],
    seed: int = SEED,
) -> ColdTrial | None:  # fmt: skip
    """hit@10: the share of users in whose list of ten, drawn from the cold items alone, is one that they rated.

    `ratings` (users, items) has a number for each rating, `texts` float32 (items, e) a unit vector for each item, and `factors`
    gives ALS's vectors of users and items, learnt without the ratings of the items it is told (items,). No rating of a cold item
    is used, not even for the mapping or the middle of the texts. Random lists are counted exactly (hypergeometric), not drawn.
    Popularity needs the ratings that are held out: nobody has it of a new item, so it stands there with hindsight. None where
    there are too few users or items.
    """
    cold = np.random.default_rng(seed).random(ratings.shape[1]) < COLD_SHARE
    warm = ratings[:, ~cold].tocsr()
    truth = ratings[:, cold].toarray() > 0
    users = (np.asarray((warm > 0).sum(1)).ravel() >= LEAST_WARM) & truth.any(1)
    if users.sum() < LEAST_USERS or ratings.shape[1] < LEAST_ITEMS or cold.sum() < 2 * TOP:
        return None
    vectors = centred(texts, ~cold)
    wanted = (warm > 0).astype(np.float32) @ vectors[~cold]
    user_factors, all_factors = factors(cold)
    item_factors = all_factors[~cold]
    rated = np.asarray((warm > 0).sum(0)).ravel() > 0
    written = with_constant(vectors[cold]) @ mapping(vectors[~cold][rated], item_factors[rated])
    lists = {
        "text_and_ratings": user_factors @ written.T, "text": wanted @ vectors[cold].T,
        "popularity": np.broadcast_to(truth.sum(0).astype(float), truth.shape),
    }  # fmt: skip
    hits = {name: _hit(scores, truth)[users] for name, scores in lists.items()}
    hits["random"] = _by_chance(truth)[users]
    hits["above_random"] = hits["text_and_ratings"] - hits["random"]
    spread = intervals(lambda weights: {name: hit @ weights / weights.sum(0) for name, hit in hits.items()}, int(users.sum()))
    return ColdTrial({name: (float(hit.mean()), spread[name]) for name, hit in hits.items()}, int(cold.sum()), int(users.sum()))


def _hit(scores: np.ndarray, truth: np.ndarray) -> np.ndarray:
    """For each user 1.0 where one of the ten best is among the true ones."""
    best = np.argsort(-scores, axis=1, kind="stable")[:, :TOP]
    return np.take_along_axis(truth, best, 1).any(1).astype(float)


def _by_chance(truth: np.ndarray) -> np.ndarray:
    """The chance that ten items drawn without putting back hold one of the user's."""
    items, own = truth.shape[1], truth.sum(1)
    drawn = np.arange(TOP)
    return 1 - np.prod(np.clip((items - own[:, None] - drawn) / (items - drawn), 0, 1), axis=1)
