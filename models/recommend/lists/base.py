"""A table of ratings made ready for lists: a fitted model, a vector for each item, and the best candidates of every user."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Any

import numpy as np

from core.cache import lease
from core.contracts import Context, InputError, Table
from core.intake.roles import guess
from core.language import N_
from core.learning.interactions import Columns, Interactions, read
from core.lifecycle.columns import need_column
from models.recommend import methods
from models.recommend.lists import kept
from models.recommend.lists.attribution import keeps_fields
from models.recommend.lists.diversity import POOL
from models.recommend.wording.catalogue import Catalogue, of_facts

if TYPE_CHECKING:
    from models.recommend.methods.base import Method
    from models.recommend.user import UserParams

LOAD_SECONDS = 1800.0
MODEL = "model-"  # before the names of the model's arrays in the file
SUMS = ("ease", "item_knn", "pure_svd", "als")  # methods whose scores are sums over the liked items
LEAST_USERS, LEAST_ITEMS = 5, 5
MOST_USERS = 1_000  # whose lists are looked at together, and whose held-out ratings are measured; of more, drawn by lot
TEST_SHARE = 0.2  # of each user's ratings, the last ones
LEAST_RATINGS = 5  # of a user who is measured on


@dataclass(frozen=True, eq=False)
class Pools:
    """The best candidates of some users by one model: `users` (n,) by place, `places` int32 (n, pool) with -1 at the end,
    `scores` likewise. `vectors` are unit vectors of all items by who chose them (ALS), float32 (m, d), `counts` how many did.
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
    """Who chose what, what the items are called, and what follows from it.

    `pools` are candidates after all ratings; `held` those of a model that saw the first four fifths of each user's ratings, with
    vectors and counts of these alone, and `later` what each of these users chose then, `before` what they had chosen.
    """

    name: str
    items: Catalogue
    data: Interactions
    model: Method
    pools: Pools
    held: Pools
    before: tuple[np.ndarray, ...]
    later: tuple[np.ndarray, ...]

    @property
    def users(self) -> tuple[str, ...]:
        return self.data.users

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
    run = ""
    if params.model:
        from core import fitted, registry

        run = fitted.resolve(registry.get("recommend.train"), params.model)
    return kept.identity(table, "user", *named, params.method, params.seed, run)


def _made(name: str, table: Table, params: UserParams, context: Context) -> Base:
    for column in (params.user_column, params.item_column, params.title_column, params.time_column):
        need_column(table, column)
    data, method = (
        _trained(params.model) if params.model else (_read(table, params), methods.make(params.method, **_seed(params)))
    )
    if len(data.users) < LEAST_USERS or len(data.items) < LEAST_ITEMS:
        raise InputError(
            N_("Lists are learnt from at least {users} users and {items} items; there are {have} and {are}. Give more rows."),
            users=LEAST_USERS, items=LEAST_ITEMS, have=len(data.users), are=len(data.items),
        )  # fmt: skip
    found = kept.arrays(name, lambda: _learnt(data, method, params, context))
    method.arrays = {key.removeprefix(MODEL): value for key, value in found.items() if key.startswith(MODEL)}
    method.history, method.profile = data.matrix, data.recent(float(method.settings.get("half_life", 0)))
    items = of_facts(data.items, data.titles, data.item_facts)
    pools, held = (Pools(*(found[f"{which}-{part.name}"] for part in fields(Pools))) for which in ("all", "held"))
    late = _late(data)
    return Base(name, items, data, method, pools, held, _items_of(data, ~late, held.users), _items_of(data, late, held.users))


def _read(table: Table, params: UserParams) -> Interactions:
    """The interactions of the table; columns that are not named are guessed."""
    user, item = params.user_column or guess(table.frame, "user"), params.item_column or guess(table.frame, "item")
    time, title = params.time_column or guess(table.frame, "date"), params.title_column or guess(table.frame, "title")
    taken = (user, item)
    return read(table, Columns(user, item, time="" if time in taken else time, title="" if title in taken else title))


def _trained(reference: str) -> tuple[Interactions, Method]:
    """What a run of recommend.train learnt from, and the method that answers in it.

    Raises InputError for a DeepFM that was trained before its fields were kept.
    """
    from core import registry
    from core.fitted import open_model

    with open_model(registry.get("recommend.train"), reference) as found:
        model: Any = found
        if model.chosen == "deepfm" and not keeps_fields(model.answering):
            raise InputError(
                N_("The run {run} does not keep the fields that DeepFM's reasons are told from. Train it once more."),
                run=reference,
            )
        return model.data, model.answering


def _seed(params: UserParams) -> dict[str, int]:
    return {"seed": params.seed} if params.method == "als" else {}


def _learnt(data: Interactions, method: Method, params: UserParams, context: Context) -> dict[str, np.ndarray]:
    from models.recommend.fitting import Quiet

    context.progress(0.05, N_("Learning from the ratings of {count} users"), count=f"{len(data.users):,}")
    if not method.arrays:
        method.fit(data)
    pools = _pools(data, method, _drawn(np.arange(len(data.users)), params.seed), params.seed, context)
    context.progress(0.5, N_("Learning again without each user's last ratings, to measure"))
    late = _late(data)
    enough = np.flatnonzero(np.bincount(data.user[late], minlength=len(data.users)))
    early = data.chosen(~late)
    before = methods.make(method.name, **method.settings).fit(early, Quiet(context, silent=True))
    held = _pools(early, before, _drawn(enough, params.seed), params.seed, context)
    return {
        **{f"{MODEL}{key}": value for key, value in method.arrays.items()},
        **{f"all-{part.name}": getattr(pools, part.name) for part in fields(Pools)},
        **{f"held-{part.name}": getattr(held, part.name) for part in fields(Pools)},
    }


def _pools(data: Interactions, method: Method, users: np.ndarray, seed: int, context: Context) -> Pools:
    """The best candidates of some users by the method, what they have already apart."""
    context.check()
    factors = (method if method.name == "als" else methods.make("als", seed=seed).fit(data)).item_vectors()
    assert factors is not None
    context.check()
    places, scores = method.recommend(users, POOL)
    vectors = factors / np.maximum(np.linalg.norm(factors, axis=1, keepdims=True), 1e-9)
    return Pools(users, places, np.where(places >= 0, scores, 0), vectors.astype(np.float32), data.popularity.astype(float))


def _late(data: Interactions) -> np.ndarray:
    """Which interactions are in the last fifth of their user's by time; none of users with fewer than five."""
    times = data.time if data.time is not None else np.zeros(len(data))
    order = np.lexsort((np.arange(len(data)), times, data.user))
    counts = np.bincount(data.user, minlength=len(data.users))
    rank = np.arange(len(data)) - np.repeat(np.cumsum(counts) - counts, counts)
    of_user = np.repeat(counts, counts)
    late = np.empty(len(data), bool)
    late[order] = (rank >= np.floor((1 - TEST_SHARE) * of_user + 1e-9)) & (of_user >= LEAST_RATINGS)
    return late


def _items_of(data: Interactions, mask: np.ndarray, users: np.ndarray) -> tuple[np.ndarray, ...]:
    """For each of the users the items of their interactions in the mask."""
    order = np.argsort(data.user[mask], kind="stable")
    ends = np.cumsum(np.bincount(data.user[mask], minlength=len(data.users)))
    parts = np.split(data.item[mask][order], ends[:-1])
    return tuple(parts[user] for user in users)


def _drawn(places: np.ndarray, seed: int) -> np.ndarray:
    if len(places) <= MOST_USERS:
        return places
    return np.sort(np.random.default_rng(seed).choice(places, MOST_USERS, replace=False))
