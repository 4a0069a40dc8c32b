"""Who chose which item of a catalogue, in the order of time, and what ALS makes of it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from core.contracts import Context, Table
from core.language import N_
from core.learning.interactions import Columns, Interactions, read
from models.recommend import methods
from models.recommend.wording.catalogue import Catalogue

LEAST_USERS = 5  # from fewer nothing is learnt of who likes what


@dataclass(frozen=True, eq=False)
class Ratings:
    """`data` with the place in the catalogue of each of its items, `places` (items,)."""

    data: Interactions
    places: np.ndarray

    def by_user(self) -> tuple[list[np.ndarray], list[np.ndarray]]:
        """For each user the places in the catalogue of what was chosen, the earliest first, and the times (NaN where unknown)."""
        data = self.data
        times = data.time if data.time is not None else np.full(len(data), np.nan)
        order = np.lexsort((np.arange(len(data)), times, data.user))
        cuts = np.cumsum(np.bincount(data.user, minlength=len(data.users)))[:-1]
        return np.split(self.places[data.item[order]], cuts), np.split(times[order], cuts)

    def factors(self, without: np.ndarray | None = None, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
        """ALS's vectors of users and of the items of `data`, learnt without the ratings of the items `without` (items,)."""
        data = self.data if without is None else self.data.chosen(~without[self.data.item])
        fitted = methods.make("als", seed=seed).fit(data)
        return fitted.arrays["users"], fitted.arrays["items"]


def opened(table: Table, items: Catalogue, user: str, item: str, time: str) -> Ratings | None:
    """The ratings of the table; None without a column of users, or with fewer than five of them."""
    if not user or not (table.frame[user].notna() & (items.rows >= 0)).any():
        return None
    data = read(table, Columns(user=user, item=item, time=time))
    if len(data.users) < LEAST_USERS:
        return None
    number = {name: place for place, name in enumerate(items.ids)}
    return Ratings(data, np.array([number[name] for name in data.items], np.int64))


def item_factors(ratings: Ratings | None, items: int, seed: int, context: Context) -> np.ndarray:
    """ALS's vectors of the items of the catalogue, float32 (items, d), zeros where nobody rated one; (0, 0) without ratings."""
    if ratings is None:
        return np.zeros((0, 0), np.float32)
    context.progress(0.9, N_("Learning from the ratings of {count} users"), count=f"{len(ratings.data.users):,}")
    learnt = ratings.factors(seed=seed)[1]
    found = np.zeros((items, learnt.shape[1]), np.float32)
    found[ratings.places] = learnt
    return found
