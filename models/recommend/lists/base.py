"""A table of ratings made ready for lists: a fitted model, a vector for each item, and the best candidates of every user."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING

import numpy as np

from core.cache import lease
from core.contracts import Context, InputError, Table
from core.intake.roles import guess
from core.language import N_
from core.lifecycle.columns import need_column
from models.recommend.lists import explained, kept
from models.recommend.lists.diversity import POOL, candidates
from models.recommend.lists.explained import Explained, Factors
from models.recommend.wording import ratings
from models.recommend.wording.catalogue import Catalogue, catalogue

if TYPE_CHECKING:
    from models.recommend.user import UserParams

LOAD_SECONDS = 1800.0
LEAST_USERS, LEAST_ITEMS = 5, 5
MOST_USERS = 1_000  # whose lists are looked at together, and whose held-out ratings are measured; of more, drawn by lot
TEST_SHARE = 0.2  # of each user's ratings, the last ones
LEAST_RATINGS = 5  # of a user who is measured on


@dataclass(frozen=True, eq=False)
class Pools:
    """The best candidates of some users by one model: `users` (n,) by place, `places` int32 (n, pool) with −1 at the end, `scores`
    likewise. `vectors` are unit vectors of all items by who chose them (ALS), float32 (m, d), and `counts` how many did.
    """

    users: np.ndarray
    places: np.ndarray
    scores: np.ndarray
    vectors: np.ndarray
    counts: np.ndarray

    def of(self, row: int) -> tuple[np.ndarray, np.ndarray]:
        """Places and scores of one user's candidates, the best first."""
        good = self.places[row] >= 0
        return self.places[row][good], self.scores[row][good]


@dataclass(frozen=True, eq=False)
class Base:
    """Items, users, who chose what in which order (`liked`, the earliest first), and what follows from it.

    `pools` are candidates after all ratings; `held` those of a model that saw the first four fifths of each user's ratings, with
    vectors and counts of these alone, and `later` what each of these users chose then.
    """

    name: str
    items: Catalogue
    users: tuple[str, ...]
    liked: tuple[np.ndarray, ...]
    model: Explained
    pools: Pools
    held: Pools
    later: tuple[np.ndarray, ...]

    @property
    def vectors(self) -> np.ndarray:
        return self.pools.vectors

    @property
    def counts(self) -> np.ndarray:
        return self.pools.counts


@contextmanager
def opened(table: Table, params: UserParams, context: Context) -> Iterator[Base]:
    """The table made ready: once for all who ask, kept in memory and on disk by content.

    Raises InputError where a column is missing or there are too few users and items.
    """
    name = name_of(table, params)
    with lease(name, lambda: _made(name, table, params, context), concurrent=True, timeout=LOAD_SECONDS) as base:
        yield base


def name_of(table: Table, params: UserParams) -> str:
    named = (params.user_column, params.item_column, params.title_column, params.time_column)
    return kept.identity(table, "user", *named, params.method, params.seed)


def _made(name: str, table: Table, params: UserParams, context: Context) -> Base:
    for column in (params.user_column, params.item_column, params.title_column, params.time_column):
        need_column(table, column)
    user, item = params.user_column or guess(table.frame, "user"), params.item_column or guess(table.frame, "item")
    if not user or not item or user == item:
        raise InputError(
            N_("Choose the column with the users and the one with the items: they are not to be told by their names.")
        )
    title = params.title_column or guess(table.frame, "title")
    time = params.time_column or guess(table.frame, "date")
    items = catalogue(table, item, "" if title == user else title, {user, time} - {""})
    users, liked, _times = ratings.by_user(table, items, user, time)
    if len(users) < LEAST_USERS or len(items) < LEAST_ITEMS:
        raise InputError(
            N_("Lists are learnt from at least {users} users and {items} items; there are {have} and {are}. Give more rows."),
            users=LEAST_USERS, items=LEAST_ITEMS, have=len(users), are=len(items),
        )  # fmt: skip
    if params.method == "ease" and min(len(users), len(items)) > explained.MOST_SOLVED:
        raise InputError(
            N_("EASE solves a system with a row for each user or item: {count} are too many. Choose ALS."),
            count=f"{min(len(users), len(items)):,}",
        )  # fmt: skip
    found = kept.arrays(name, lambda: _learnt(liked, len(items), params, context))
    model = explained.opened({key.removeprefix("model-"): value for key, value in found.items() if key.startswith("model-")})
    pools, held = (Pools(*(found[f"{which}-{part.name}"] for part in fields(Pools))) for which in ("all", "held"))
    later = tuple(_parted(liked[int(place)])[1] for place in held.users)
    return Base(name, items, users, liked, model, pools, held, later)


def _learnt(liked: Sequence[np.ndarray], items: int, params: UserParams, context: Context) -> dict[str, np.ndarray]:
    context.progress(0.05, N_("Learning from the ratings of {count} users"), count=f"{len(liked):,}")
    model = explained.fitted(params.method, ratings.matrix(tuple(liked), items), params.seed)
    context.check()
    shown = _drawn(np.arange(len(liked)), params.seed)
    context.progress(0.3, N_("Making the lists of {count} users"), count=len(shown))
    pools = pools_of(model, liked, shown, params.seed, context)
    context.progress(0.5, N_("Learning again without each user's last ratings, to measure"))
    first = [_parted(own)[0] for own in liked]
    before = explained.fitted(params.method, ratings.matrix(tuple(first), items), params.seed)
    context.check()
    enough = _drawn(np.flatnonzero([len(own) >= LEAST_RATINGS for own in liked]), params.seed)
    held = pools_of(before, first, enough, params.seed, context)
    return {
        **{f"model-{key}": value for key, value in model.arrays().items()},
        **{f"all-{part.name}": getattr(pools, part.name) for part in fields(Pools)},
        **{f"held-{part.name}": getattr(held, part.name) for part in fields(Pools)},
    }


def _parted(liked: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The first four fifths of a user's ratings by time, and the last fifth; of one with few, all and none."""
    if len(liked) < LEAST_RATINGS:
        return liked, liked[:0]
    cut = len(liked) - max(1, int(np.floor(TEST_SHARE * len(liked) + 1e-9)))
    return liked[:cut], liked[cut:]


def _drawn(places: np.ndarray, seed: int) -> np.ndarray:
    if len(places) <= MOST_USERS:
        return places
    return np.sort(np.random.default_rng(seed).choice(places, MOST_USERS, replace=False))


def pools_of(model: Explained, liked: Sequence[np.ndarray], users: np.ndarray, seed: int, context: Context) -> Pools:
    """The best candidates of each of the users, what they have already apart."""
    counts = np.bincount(np.concatenate(liked), minlength=model.size).astype(np.float64)
    factors = model.items if isinstance(model, Factors) else ratings.factors(ratings.matrix(tuple(liked), len(counts)), seed)[1]
    vectors = (factors / np.maximum(np.linalg.norm(factors, axis=1, keepdims=True), 1e-9)).astype(np.float32)
    places = np.full((len(users), POOL), -1, np.int32)
    scores = np.zeros((len(users), POOL), np.float32)
    for row, user in enumerate(users):
        if row % 50 == 0:
            context.check()
        values = model.scores(liked[user])
        allowed = np.ones(len(values), bool)
        allowed[liked[user]] = False
        best = candidates(values, allowed, POOL)[:POOL]
        places[row, : len(best)], scores[row, : len(best)] = best, values[best]
    return Pools(users, places, scores, vectors, counts)
