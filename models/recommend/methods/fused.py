"""A list fused of several methods: a weighted sum of their scores, each brought to mean 0 and deviation 1 for the user.

The weights come from greedy selection with replacement (Caruana et al. 2004, "Ensemble selection from libraries of models") on
validation rows.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np

from core.contracts import Context
from models.recommend.methods.base import Method

if TYPE_CHECKING:
    from scipy.sparse import csr_matrix

    from core.learning.interactions import Interactions

ROUNDS = 20


class Fused(Method):
    """`weights` by the name of a method, adding up to 1; `members` are fitted already, or come with `fit`."""

    name = "fused"
    defaults: ClassVar[dict[str, Any]] = {"weights": {}, "members": {}}

    def __init__(self, members: Sequence[Method] = (), **settings: Any) -> None:
        super().__init__(**settings)
        self.members = [member for member in members if self.settings["weights"].get(member.name)]
        self.settings["members"] = {member.name: member.settings for member in self.members}

    @property
    def is_folding(self) -> bool:
        return all(member.folds_in for member in self.members)

    def _fit(self, data: Interactions, context: Context) -> None:
        from models.recommend.methods import make

        if not self.members:
            self.members = [make(name, **settings) for name, settings in self.settings["members"].items()]
        for member in self.members:
            if not hasattr(member, "history"):
                member.fit(data, context)

    def scores(self, users: np.ndarray) -> np.ndarray:
        return self._sum(lambda member: member.scores(users), len(users))

    def scores_of(self, histories: csr_matrix) -> np.ndarray:
        return self._sum(lambda member: member.scores_of(histories), histories.shape[0])

    def _sum(self, score: Callable[[Method], np.ndarray], count: int) -> np.ndarray:
        found = np.zeros((count, self.history.shape[1]), np.float32)
        for member in self.members:
            found += np.float32(self.settings["weights"][member.name]) * standardized(score(member))
        return found

    def similarities(self, items: np.ndarray) -> np.ndarray:
        return max(self.members, key=lambda member: self.settings["weights"][member.name]).similarities(items)

    def save(self, folder: Path) -> None:
        super().save(folder)
        for member in self.members:
            member.save(folder / member.name)

    def restore(self, folder: Path, data: Interactions) -> None:
        from models.recommend.methods import load

        super().restore(folder, data)
        self.members = [load(folder / name, data) for name in self.settings["members"]]


def standardized(scores: np.ndarray) -> np.ndarray:
    """Each row with mean 0 and deviation 1."""
    centred = scores - scores.mean(1, keepdims=True)
    return np.asarray(centred / np.maximum(centred.std(1, keepdims=True), 1e-9), np.float32)


def choose(scored: dict[str, np.ndarray], goodness: Callable[[np.ndarray], float], check: Callable[[], None]) -> dict[str, float]:
    """Weights of the methods whose standardised scores (users, items) are given; `goodness` of a sum of scores is raised."""
    total: np.ndarray = np.zeros_like(next(iter(scored.values())))
    taken: list[str] = []
    best, kept = -np.inf, 0
    for _ in range(ROUNDS):
        check()
        tried = {name: goodness(total + scores) for name, scores in scored.items()}
        name = max(tried, key=lambda one: tried[one])
        total, taken = total + scored[name], [*taken, name]
        if tried[name] > best:
            best, kept = tried[name], len(taken)
    return {name: taken[:kept].count(name) / kept for name in dict.fromkeys(taken[:kept])}
