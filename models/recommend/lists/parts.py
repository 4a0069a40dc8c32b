"""What makes up the scores of a list, by whatever method answers: liked items, factors, fields, the members of a fused list."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

from core.contracts import InputError
from core.language import N_
from models.recommend import methods
from models.recommend.lists import attribution, explained
from models.recommend.lists.base import SUMS, Base
from models.recommend.methods.base import Method
from models.recommend.methods.fused import Fused, standardized

Kind = Literal["liked", "fused", "fields", "factors", "removal", "users"]
NAMING = 3  # items that name a factor
SHORT = 26  # characters of a title on an axis
BIAS = N_("known to many")  # BPR's number for the item itself


@dataclass(frozen=True, eq=False)
class Asker:
    """For whom: `place` of the user, -1 for one who is made up; what counts as `liked` with which `weights`, both (k,).

    `is_known`: what is liked is just what the user chose, so that methods that know only their users can answer.
    """

    place: int
    liked: np.ndarray
    weights: np.ndarray
    is_known: bool

    def weights_in(self, method: Method) -> np.ndarray:
        """The weights as the method takes them: less on what lies back, where it is set so."""
        if not self.is_known or not method.settings.get("half_life"):
            return self.weights
        return np.asarray(method.profile[self.place].toarray()[0][self.liked], np.float64)


@dataclass(frozen=True, eq=False)
class Parts:
    """`names` (p,) of the parts, `values` float64 (p, n) for the n items of a list, of which the scores are `scores` (n,).

    But for the kinds "removal" and "users", `values.sum(0) + rest` are the scores. `nearness` (p, n) are cosines of the kind
    "removal", by which its parts are chosen. `words` are names of ours.
    """

    kind: Kind
    names: tuple[str, ...]
    values: np.ndarray
    rest: np.ndarray
    scores: np.ndarray
    nearness: np.ndarray | None = None
    words: tuple[str, ...] = ()

    @property
    def order(self) -> np.ndarray:
        """By what the parts of an item are put in order, (p, n)."""
        return self.values if self.nearness is None else self.nearness


def folds(method: Method) -> bool:
    """Whether it answers somebody that it did not learn from."""
    return method.is_folding if isinstance(method, Fused) else method.folds_in


def scores_of(method: Method, asker: Asker) -> np.ndarray:
    """Scores float64 (items,).

    Raises:
        InputError: the method knows only its users, and this is none of them.
    """
    if method.name in SUMS:
        return explained.shares(method, asker.liked, asker.weights_in(method)).sum(0)
    if asker.is_known:
        return method.scores(np.array([asker.place]))[0].astype(np.float64)
    if not folds(method):
        raise InputError(
            N_("{method} knows only the users and choices that it learnt from: leave the liked items empty, or choose a run of: "
               "{choices}."), method=methods.TITLES[method.name], choices=", ".join(methods.TITLES[name] for name in SUMS),
        )  # fmt: skip
    return method.scores_of(_history(method, asker))[0].astype(np.float64)


def _history(method: Method, asker: Asker) -> Any:
    from scipy.sparse import csr_matrix

    rows = np.zeros(len(asker.liked), int)
    return csr_matrix((asker.weights.astype(np.float32), (rows, asker.liked)), shape=(1, method.history.shape[1]))


def parts_of(base: Base, method: Method, asker: Asker, places: np.ndarray) -> Parts:
    """What makes up the scores of the items at `places` (n,) by the method."""
    found: Any = method
    scores, titles = scores_of(method, asker)[places], base.items.titles
    liked, nothing = tuple(titles[item] for item in asker.liked), np.zeros(len(places))
    if method.name in SUMS:
        return Parts("liked", liked, explained.shares(method, asker.liked, asker.weights_in(method))[:, places], nothing, scores)
    if method.name == "deepfm":
        names, values, rest = attribution.by_field(found, asker.place, places)
        return Parts("fields", names, values, rest, scores, words=(attribution.USER, attribution.ITEM))
    if method.name == "bpr":
        names = (*factor_names(base, method.arrays["items"][:, :-1] * np.sign(method.arrays["users"][asker.place, :-1])), BIAS)
        return Parts("factors", names, attribution.by_factor(method, asker.place)[:, places], nothing, scores, words=(BIAS,))
    if method.name == "ncf":
        values, near = attribution.by_removal(found, asker.place, asker.liked, places)
        return Parts("removal", liked, values, nothing, scores, nearness=near)
    if method.name == "fused":
        return _fused(found, asker, places, liked, scores)
    return Parts("users", (methods.TITLES[method.name],), scores[None], nothing, scores, words=(methods.TITLES[method.name],))


def factor_names(base: Base, items: np.ndarray) -> tuple[str, ...]:
    """Each factor, a column of `items` (m, d), by the items that have most of it; of rare ones it says less."""
    weighted = items * np.sqrt(base.counts)[:, None]
    best = np.argsort(-weighted, axis=0, kind="stable")[:NAMING].T
    return tuple(", ".join(base.items.titles[item][:SHORT] for item in own) for own in best)


def members_of(method: Fused, asker: Asker) -> dict[str, np.ndarray]:
    """What each member adds to the score of each item, float64 (items,): its weight times its standardised scores."""
    return {
        member.name: float(method.settings["weights"][member.name]) * standardized(_member(member, asker)[None])[0]
        for member in method.members
    }


def _member(member: Method, asker: Asker) -> np.ndarray:
    """As the fused list takes its scores; ALS's own vector of a user is half a step of learning older than its sum."""
    if asker.is_known:
        return member.scores(np.array([asker.place]))[0].astype(np.float64)
    return scores_of(member, asker)


def _fused(method: Fused, asker: Asker, places: np.ndarray, liked: tuple[str, ...], scores: np.ndarray) -> Parts:
    """Members that are sums over the liked items are taken apart, each part brought to mean 0 over the items: so they add up."""
    added, sums = members_of(method, asker), np.zeros((len(liked), len(places)))
    rest, others = np.zeros(len(places)), {}
    for member in method.members:
        whole = added[member.name][places]
        if member.name not in SUMS:
            others[methods.TITLES[member.name]] = whole
            continue
        shares = explained.shares(member, asker.liked, asker.weights_in(member))
        spread = max(float(_member(member, asker).std()), 1e-9)
        own = float(method.settings["weights"][member.name]) / spread * (shares - shares.mean(1, keepdims=True))[:, places]
        sums += own
        rest += whole - own.sum(0)
    used = any(member.name in SUMS for member in method.members)
    names, values = (liked if used else ()), (sums if used else np.zeros((0, len(places))))
    stacked = np.concatenate([values, *(value[None] for value in others.values())])
    return Parts("fused", (*names, *others), stacked, rest, scores, words=tuple(others))
