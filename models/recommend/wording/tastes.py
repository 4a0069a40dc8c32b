"""What somebody wants, and which items come near to it by text and by ratings."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from core.cache import lease
from core.contracts import Context, InputError, Message, Table
from core.intake.roles import guess
from core.language import N_
from core.lifecycle.columns import need_column
from models.recommend.lists import kept
from models.recommend.lists.naming import named_items
from models.recommend.methods.factors import AlternatingLeastSquares
from models.recommend.wording.catalogue import Catalogue, catalogue
from models.recommend.wording.hybrid import Hybrid, centred, hybrid
from models.recommend.wording.windows import within
from models.text import encoder
from models.text.words import has_words

if TYPE_CHECKING:
    from models.recommend.content import ContentParams
    from models.recommend.wording.ratings import Ratings

FUSION = 60  # of reciprocal ranks (Cormack, Clarke and Büttcher 2009)
LOAD_SECONDS = 1800.0
USUAL_LEAST = 5  # ratings of the user who is shown first, at least


@dataclass(frozen=True, eq=False)
class Shelf:
    """A table made ready: its items, their text vectors (unit, float32 (n, e)), who rated what, and the hybrid of both.

    `liked[u]` are the places of what user u rated, in the order of time where `times[u]` (seconds, NaN where unknown) says it.
    """

    name: str
    items: Catalogue
    vectors: np.ndarray
    users: tuple[str, ...]
    liked: tuple[np.ndarray, ...]
    times: tuple[np.ndarray, ...]
    counts: np.ndarray
    model: Hybrid | None
    ratings: Ratings | None

    @property
    def near(self) -> np.ndarray:
        """Text vectors without what all have in common: cosines of these tell of the content."""
        return centred(self.vectors, np.ones(len(self.vectors), bool))


def _no_items() -> np.ndarray:
    return np.zeros(0, np.int64)


@dataclass(frozen=True, eq=False)
class Wish:
    """What is asked for: liked items, and perhaps a vector of words; `seen` is not offered again."""

    user: str = ""
    liked: np.ndarray = field(default_factory=_no_items)
    seen: np.ndarray = field(default_factory=_no_items)
    words: str = ""
    vector: np.ndarray | None = None
    notices: tuple[Message, ...] = ()


@contextmanager
def opened(table: Table, params: ContentParams, context: Context) -> Iterator[Shelf]:
    """The table made ready: once for all who ask, kept in memory and on disk by content."""
    name = _name(table, params)
    with lease(name, lambda: _made(name, table, params, context), concurrent=True, timeout=LOAD_SECONDS) as shelf:
        yield shelf


def is_open(table: Table, params: ContentParams) -> bool:
    """Whether it was made ready before."""
    return kept.is_kept(_name(table, params))


def _name(table: Table, params: ContentParams) -> str:
    named = (params.user_column, params.item_column, params.title_column, params.time_column)
    return kept.identity(table, "content", *named, params.trust, params.seed)


def _made(name: str, table: Table, params: ContentParams, context: Context) -> Shelf:
    from models.recommend.wording import ratings

    for column in (params.user_column, params.item_column, params.title_column, params.time_column):
        need_column(table, column)
    title = params.title_column or ("" if params.item_column else guess(table.frame, "title"))
    item = params.item_column or guess(table.frame, "item") or title
    if not item:
        raise InputError(N_("None of the columns looks like items: choose the item column."))
    items = catalogue(table, item, title, {params.user_column, params.time_column} - {""})
    if not any(map(has_words, items.texts)):
        raise InputError(N_("There is no text to read of any item. Choose a title column, or add a description."))
    rated = ratings.opened(table, items, params.user_column, item, params.time_column)
    liked, times = rated.by_user() if rated else ([], [])

    def make() -> dict[str, np.ndarray]:
        vectors = encoder.encode(items.texts, encoder.DEFAULT, context)
        return {"vectors": vectors, "rated": ratings.item_factors(rated, len(items), params.seed, context)}

    found = kept.arrays(name, make)
    counts = np.bincount(np.concatenate([*liked, np.zeros(0, np.int64)]).astype(np.int64), minlength=len(items)).astype(
        np.float64
    )
    model = None
    if rated is not None:
        model = hybrid(found["rated"], counts, found["vectors"], als("confidence"), als("regularization"), params.trust)
    users = rated.data.users if rated else ()
    return Shelf(name, items, found["vectors"], users, tuple(liked), tuple(times), counts, model, rated)


def als(setting: str) -> float:
    """A setting of ALS as it stands without being told another one."""
    return float(AlternatingLeastSquares.defaults[setting])


def wished(shelf: Shelf, params: ContentParams, context: Context) -> Wish:
    """Whose list, from which items and words.

    Raises InputError for a user or an item that the table does not have, and for words that are none.
    """
    words = params.query.strip()
    if words and not has_words(words):
        raise InputError(N_("There is no word in the query. Write what you are looking for."))
    vector = encoder.encode([words], encoder.DEFAULT, context, prefix="query")[0] if words else None
    named = named_items(params.liked, shelf.items.ids, shelf.items.titles, shelf.counts)
    user = params.user.strip()
    if not user and not words and not len(named) and shelf.users:
        user = usual_user(shelf)
    if not user:
        if not words and not len(named):
            named = np.array([int(shelf.counts.argmax())])
        return Wish("", named, named, words, vector)
    if user not in shelf.users:
        raise InputError(N_("There is no user {user} in the table. The first ones are: {choices}."), user=user,
                         choices=", ".join(shelf.users[:8]))  # fmt: skip
    place = shelf.users.index(user)
    all_liked = shelf.liked[place]
    recent = all_liked[within(shelf.times[place], params.window)]
    notices: tuple[Message, ...] = ()
    if not len(recent):
        notices = (Message(N_("No time is known of this user's ratings, so all of them count.")),)
        recent = all_liked
    liked = np.array(list(dict.fromkeys([*named.tolist(), *recent.tolist()])), np.int64)
    return Wish(user, liked, np.union1d(all_liked, named), words, vector, notices)


def usual_user(shelf: Shelf) -> str:
    """One with as many ratings as most: the median of those with five or more."""
    counts = np.array([len(liked) for liked in shelf.liked])
    enough = np.where(counts >= min(USUAL_LEAST, counts.max()), counts, np.inf)
    median = np.median(enough[np.isfinite(enough)])
    return shelf.users[int(np.abs(enough - median).argmin())]


def scores_of(shelf: Shelf, wish: Wish) -> np.ndarray:
    """How well each item fits, float64 (n,), larger is better; what was seen is minus infinity.

    Liked items count through the hybrid (without ratings: the mean cosine of the texts), words through the cosine of their
    vector; of both, the ranks are fused, for their scores have no common measure.
    """
    parts: list[np.ndarray] = []
    if len(wish.liked):
        near = shelf.near
        taste = shelf.model.scores(wish.liked) if shelf.model else near @ near[wish.liked].mean(0)
        parts.append(taste)
    if wish.vector is not None:
        parts.append(shelf.vectors @ wish.vector)
    scores = parts[0].astype(np.float64) if len(parts) == 1 else np.sum([_reciprocal(part) for part in parts], axis=0)
    scores[wish.seen] = -np.inf
    return scores


def _reciprocal(scores: np.ndarray) -> np.ndarray:
    """1 / (60 + rank)."""
    ranks = np.empty(len(scores))
    ranks[np.argsort(-scores, kind="stable")] = np.arange(1, len(scores) + 1)
    return 1 / (FUSION + ranks)


def best(scores: np.ndarray, count: int) -> np.ndarray:
    """Places of the `count` largest finite scores, the largest first."""
    order = np.argsort(-scores, kind="stable")[:count]
    return order[np.isfinite(scores[order])]
