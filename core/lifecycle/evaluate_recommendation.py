"""Lists of every method against what users chose afterwards: intervals over users, groups of users, and users who are new."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from core.contracts import Context, InputError
from core.language import N_
from core.lifecycle import bootstrap, ranking_measures

if TYPE_CHECKING:
    from core.learning.interactions import Interactions

BASELINE = "popularity"
LENGTH = 10
LONGEST = 20
LENGTHS = (1, 2, 3, 5, 10, 15, 20)
MOST_USERS = 20_000  # who are measured with; drawn where there are more
DRAWN = 99  # items that nobody chose, in He et al.'s (2017) protocol
MOST_DRAWN_USERS = 5_000
GROUPS = (N_("few interactions"), N_("some interactions"), N_("many interactions"))

Interval = tuple[float, float]


@dataclass(frozen=True, eq=False)
class Measured:
    """By method: `means` (`ranking_measures` at 10, with those of all lists), their `intervals`, `by_length` (NDCG at `LENGTHS`),
    `sampled` (`hit_rate` and `ndcg` among 99 drawn items, where one item is kept aside, with intervals).

    `users`: places of the users measured, in the model; `lists` int32 (n, 20) of the method that answers, `hit` bool likewise.
    `groups`: group of each user by activity. `unseen`: interactions that no method could foresee. `cold`: scores of users who are
    new, who get what is popular.
    """

    users: np.ndarray
    means: dict[str, dict[str, float]]
    intervals: dict[str, dict[str, Interval]]
    each: dict[str, np.ndarray]  # NDCG of each user
    by_length: dict[str, tuple[float, ...]]
    lists: np.ndarray
    hit: np.ndarray
    groups: np.ndarray
    unseen: int
    cold_users: int
    cold: tuple[float, Interval] | None
    sampled: dict[str, dict[str, tuple[float, Interval]]] = field(default_factory=dict)


def measure(model: Any, test: Interactions, seed: int, context: Context) -> Measured:
    """Measures every method of the model on the interactions `test`, which it did not learn from.

    Raises:
        InputError: no user of `test` can be measured with.
    """
    user, item, unseen, cold_users, cold = _known(model, test, seed)
    from scipy.sparse import csr_matrix

    ones = np.ones(len(user), np.float32)
    whole = csr_matrix((ones, (user, item)), shape=(len(model.data.users), len(model.data.items)))
    users = np.unique(user)
    if len(users) > MOST_USERS:
        users = np.sort(np.random.default_rng(seed).choice(users, MOST_USERS, replace=False))
    truth = whole[users]
    wanted = np.diff(truth.indptr)
    means, intervals, each, by_length = {}, {}, {}, {}
    lists = hit = np.zeros((0, LONGEST))
    for place, (name, method) in enumerate(model.methods.items()):
        context.progress(place / len(model.methods), N_("Measuring: {name}"), name=model.titles()[name])
        found = method.recommend(users, LONGEST, context)[0]
        right = ranking_measures.hits(found, truth)
        scored = ranking_measures.of_each(right[:, :LENGTH], wanted)
        intervals[name] = _intervals(scored, seed)
        means[name] = {key: float(values.mean()) for key, values in scored.items()}
        means[name] |= ranking_measures.of_all(found[:, :LENGTH], model.data.matrix)
        each[name] = scored["ndcg"]
        by_length[name] = tuple(float(ranking_measures.of_each(right[:, :length], wanted)["ndcg"].mean()) for length in LENGTHS)
        if name == model.chosen:
            lists, hit = found, right
    sampled = _sampled(model, users, truth, seed, context) if (wanted == 1).all() else {}
    groups = _activity(np.bincount(model.data.user, minlength=len(model.data.users))[users])
    return Measured(users, means, intervals, each, by_length, lists, hit, groups, unseen, cold_users, cold, sampled)


def _known(model: Any, test: Interactions, seed: int) -> tuple[np.ndarray, np.ndarray, int, int, tuple[float, Interval] | None]:
    """Places, in the model, of users and items of `test` that it knows; how many it cannot know; new users, and their score."""
    users = np.array([model.data.user_number.get(name, -1) for name in test.users], np.int64)[test.user]
    items = np.array([model.data.item_number.get(name, -1) for name in test.items], np.int64)[test.item]
    listable = items >= 0
    known = listable & (users >= 0)
    if not known.any():
        raise InputError(N_("No user who is kept aside was learnt from: choose another split."))
    new = listable & (users < 0)
    names = np.unique(test.user[new])
    cold = None
    if len(names):
        from scipy.sparse import csr_matrix

        rows = np.searchsorted(names, test.user[new])
        truth = csr_matrix((np.ones(len(rows), np.float32), (rows, items[new])), shape=(len(names), len(model.data.items)))
        lists = np.tile(model.popular(LENGTH), (len(names), 1))
        scored = ranking_measures.of_each(ranking_measures.hits(lists, truth), np.diff(truth.indptr))
        cold = float(scored["ndcg"].mean()), _intervals({"ndcg": scored["ndcg"]}, seed)["ndcg"]
    return users[known], items[known], int((~listable).sum()), len(names), cold


def _intervals(scored: dict[str, np.ndarray], seed: int) -> dict[str, Interval]:
    """95 % intervals of means over users, who are drawn again."""
    count = len(next(iter(scored.values())))

    def compute(weights: np.ndarray) -> dict[str, np.ndarray]:
        return {name: values @ weights / count for name, values in scored.items()}

    return bootstrap.intervals(compute, count, seed=seed)


def _activity(counts: np.ndarray) -> np.ndarray:
    """The third, 0 to 2, of each user by how much was learnt from them."""
    edges = np.quantile(counts, [1 / 3, 2 / 3])
    return np.searchsorted(edges, counts, side="left")


def _sampled(model: Any, users: np.ndarray, truth: Any, seed: int, context: Context) -> dict[str, dict[str, Any]]:
    """Each user's item among 99 drawn ones that the user never chose, as He et al. (2017) measured: hit rate and NDCG at 10."""
    generator = np.random.default_rng(seed)
    items = truth.shape[1]
    if items < 2 * DRAWN:
        return {}
    users = users[:MOST_DRAWN_USERS]
    candidates = np.empty((len(users), DRAWN + 1), np.int64)
    for row, user in enumerate(users):
        own = truth.indices[truth.indptr[row]]
        free = np.ones(items, bool)
        free[model.data.matrix.indices[model.data.matrix.indptr[user] : model.data.matrix.indptr[user + 1]]] = False
        free[own] = False
        pool = np.flatnonzero(free)
        candidates[row] = own, *generator.choice(pool, DRAWN, replace=len(pool) < DRAWN)
    found: dict[str, dict[str, Any]] = {}
    for name, method in model.methods.items():
        ranks, start = [], 0
        for batch in method.batches(users):
            context.check()
            scores = np.take_along_axis(method.scores(batch), candidates[start : start + len(batch)], 1)
            start += len(batch)
            ranks.append((scores[:, 1:] > scores[:, :1]).sum(1) + (scores[:, 1:] == scores[:, :1]).sum(1) / 2)  # ties: half way
        rank = np.concatenate(ranks)
        scored = {"hit_rate": (rank < LENGTH).astype(float), "ndcg": np.where(rank < LENGTH, 1 / np.log2(rank + 2), 0.0)}
        spread = _intervals(scored, seed)
        found[name] = {key: (float(values.mean()), spread[key]) for key, values in scored.items()}
    return found
