"""From two tables of interactions to fitted methods: settings and weights chosen on the second, then learnt from both."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from core.contracts import Context, InputError, Table
from core.language import N_
from core.learning.interactions import Interactions, columns_of, read
from core.lifecycle import ranking_measures
from core.lifecycle.span import Span
from models.recommend import methods
from models.recommend.methods.base import Method, hide, top
from models.recommend.methods.fused import Fused, choose, standardized
from models.recommend.recommender import Recommender
from models.recommend.search import search

if TYPE_CHECKING:
    from scipy.sparse import csr_matrix

LENGTH = 10  # of the lists that settings are chosen by
MOST_CELLS = 8_000_000  # scores of users in the validation part that are held for each method
MOST_USERS = 2_000
NEURAL = ("ncf", "deepfm")
NEURAL_SHARE = 20  # one of their trials, each a training, for so many of the others
FEW_USERS = 200  # whom the epochs of neural methods are chosen by


@dataclass(frozen=True, eq=False)
class Validation:
    """Users with what they chose later, bool (n, items), and what of `users` was learnt from."""

    users: np.ndarray
    truth: csr_matrix
    seen: csr_matrix

    @classmethod
    def of(cls, learnt: Interactions, kept: Interactions, seed: int) -> Validation:
        known = kept.chosen(learnt.popularity[kept.item] > 0)
        users = np.intersect1d(known.user, learnt.user)
        most = max(20, min(MOST_USERS, MOST_CELLS // max(len(learnt.items), 1)))
        if len(users) > most:
            users = np.sort(np.random.default_rng(seed).choice(users, most, replace=False))
        return cls(users, known.matrix[users], learnt.matrix[users])

    @property
    def few_rows(self) -> np.ndarray:
        return np.unique(np.linspace(0, len(self.users) - 1, min(FEW_USERS, len(self.users))).astype(int))

    @property
    def few(self) -> Validation:
        """The same for so few users that it may be asked after every epoch."""
        rows = self.few_rows
        return Validation(self.users[rows], self.truth[rows], self.seen[rows])

    def goodness(self, scores: np.ndarray) -> float:
        """Mean NDCG@10 of the scores (n, items)."""
        return float(self.of_each(scores, np.arange(len(self.users))).mean())

    def of_each(self, scores: np.ndarray, rows: np.ndarray) -> np.ndarray:
        """NDCG@10 of each of some of the users, by the scores (rows, items) for them."""
        scores = scores.copy()
        hide(scores, self.seen[rows])
        return self._ndcg(top(scores, LENGTH)[0], self.truth[rows])

    def of_method(self, method: Method) -> float:
        """Mean NDCG@10 of its lists."""
        return float(self._ndcg(method.recommend(self.users, LENGTH)[0], self.truth).mean())

    @staticmethod
    def _ndcg(lists: np.ndarray, truth: csr_matrix) -> np.ndarray:
        return ranking_measures.of_each(ranking_measures.hits(lists, truth), np.diff(truth.indptr))["ndcg"]


def fit(train: Table, validation: Table, params: Any, context: Context) -> Recommender:
    """Every method that `params` asks for; which one answers is chosen on the validation rows, and so are all settings.

    Raises:
        InputError: too few users, items or interactions to learn from.
    """
    data, learnt, kept = joined(train, validation, params)
    held = Validation.of(learnt, kept, params.seed)
    wanted = methods.SINGLE if params.method in ("all", "fused") else (params.method,)
    settings: dict[str, dict[str, Any]] = {}
    scored: dict[str, np.ndarray] = {}
    validated: dict[str, float] = {}
    for place, name in enumerate(wanted):
        part = Span(context, 0.7 * place / len(wanted), 0.7 * (place + 1) / len(wanted))
        part.progress(0.0, N_("Choosing settings: {name}"), name=methods.TITLES[name])
        searched = 0.2 if name in NEURAL else 0.9
        settings[name] = _settled(name, learnt, held, params, Span(part, 0.0, searched))
        if len(held.users):
            method = _fitted(name, settings[name], learnt, held, Quiet(Span(part, searched, 1.0)))
            settings[name] |= {"epochs": method.facts["epochs"]} if name in NEURAL else {}
            scores = np.concatenate([method.scores(users) for users in method.batches(held.users)])
            scored[name], validated[name] = standardized(scores), held.goodness(scores)
            context.metric(place + 1, validation_ndcg=validated[name])
            context.log(f"{name}: NDCG@{LENGTH} {validated[name]:.4f} on validation rows")
    weights: dict[str, float] = {name: 1 / len(wanted) for name in wanted}
    if len(wanted) > 1 and scored:
        weights, validated["fused"] = _weights(scored, held, params.seed, context)
    found = _refitted(data, settings, weights, params, Span(context, 0.7, 1.0))
    chosen = "fused" if params.method == "fused" else max(validated, key=lambda name: validated[name], default=wanted[0])
    if not validated and len(wanted) > 1:
        chosen = "fused"
    return Recommender(data, found, chosen, validated, params.model_dump(mode="json"))


def joined(train: Table, validation: Table, params: Any) -> tuple[Interactions, Interactions, Interactions]:
    """The interactions of both tables under one numbering: all, those of the first, those of the second."""
    import pandas as pd

    frame = pd.concat([train.frame, validation.frame], ignore_index=True)
    data = read(Table(frame, train.name), columns_of(params))
    if len(data.users) < 2 or len(data.items) < 3 or len(data) < 10:
        raise InputError(N_("There are {users} users and {items} items to learn from, too few: give more interactions."),
                         users=len(data.users), items=len(data.items))  # fmt: skip
    first = data.row < len(train.frame)
    return data, data.chosen(first), data.chosen(~first)


def _settled(name: str, learnt: Interactions, held: Validation, params: Any, context: Context) -> dict[str, Any]:
    """Settings of a method: the seed, and what a search finds where one is asked for."""
    base: dict[str, Any] = {"seed": params.seed} if "seed" in methods.method(name).defaults else {}
    if not len(held.users):
        return base
    trials = params.trials // NEURAL_SHARE if name in NEURAL else params.trials

    def goodness(settings: dict[str, Any]) -> float:
        return held.of_method(_fitted(name, {**base, **settings}, learnt, held, Quiet(context, silent=True)))

    return base | search(name, methods.method(name).defaults, goodness, trials, params.seed, context)


def _fitted(name: str, settings: dict[str, Any], learnt: Interactions, held: Validation, context: Context) -> Method:
    method = methods.make(name, **settings)
    if name in NEURAL:
        method.validate = held.few.of_method  # type: ignore[attr-defined]
    return method.fit(learnt, context)


def _weights(
    scored: dict[str, np.ndarray], held: Validation, seed: int, context: Context
) -> tuple[dict[str, float], float]:  # fmt: skip
    """Of the fused list, by users by whom no epochs of a neural method were chosen, where there are enough of them."""
    every = np.arange(len(held.users))
    rest = np.setdiff1d(every, held.few_rows)
    found, goodness = choose(scored, held.of_each, rest if len(rest) >= FEW_USERS else every, seed, context.check)
    context.log(f"fused: NDCG@{LENGTH} {goodness:.4f}; " + ", ".join(f"{name} {weight:.2f}" for name, weight in found.items()))
    return found, goodness


def _refitted(
    data: Interactions, settings: dict[str, dict[str, Any]], weights: dict[str, float], params: Any, context: Context
) -> dict[str, Method]:  # fmt: skip
    """All methods once more, on training and validation rows."""
    found: dict[str, Method] = {}
    needed = weights if params.method == "fused" else settings
    names = list(dict.fromkeys(["popularity", *needed]))
    for place, name in enumerate(names):
        context.check()
        context.progress(place / len(names), N_("Learning: {name}"), name=methods.TITLES[name])
        found[name] = methods.make(name, **settings.get(name, {})).fit(
            data, Quiet(Span(context, place / len(names), (place + 1) / len(names)))
        )
    if len(settings) > 1:
        found["fused"] = Fused(list(found.values()), weights=weights).fit(data, context)
    return found


class Quiet(Context):
    """Passes on whether to stop and how far it is: checkpoints and curves of one of many fits would be mistaken for another's."""

    def __init__(self, whole: Context, silent: bool = False) -> None:
        self.check = whole.check  # type: ignore[method-assign]
        if not silent:
            self.progress = whole.progress  # type: ignore[method-assign]
