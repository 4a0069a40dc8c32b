"""A list fused of several methods: a weighted sum of their scores, each brought to mean 0 and deviation 1 for the user.

The weights come from bagged greedy selection with replacement (Caruana et al. 2004, "Ensemble selection from libraries of
models") on validation rows: one greedy selection follows chance too far.
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

BAGS, ROUNDS = 8, 10


class Fused(Method):
    """`weights` by the name of a method, adding up to 1; `members` are fitted, or will be by `fit`, set as in `parts`."""

    name = "fused"
    defaults: ClassVar[dict[str, Any]] = {"weights": {}, "parts": {}}

    def __init__(self, members: Sequence[Method] = (), **settings: Any) -> None:
        super().__init__(**settings)
        self.members = [member for member in members if self.settings["weights"].get(member.name)]
        if members:
            self.settings["parts"] = {member.name: member.settings for member in self.members}

    @property
    def is_folding(self) -> bool:
        return all(member.folds_in for member in self.members)

    def _fit(self, data: Interactions, context: Context) -> None:
        from models.recommend.methods import make

        if not self.members:
            self.members = [make(name, **settings) for name, settings in self.settings["parts"].items()]
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
        self.members = [load(folder / name, data) for name in self.settings["parts"]]


def standardized(scores: np.ndarray) -> np.ndarray:
    """Each row with mean 0 and deviation 1."""
    centred = scores - scores.mean(1, keepdims=True)
    return np.asarray(centred / np.maximum(centred.std(1, keepdims=True), 1e-9), np.float32)


def choose(
    scored: dict[str, np.ndarray], goodness: Callable[[np.ndarray, np.ndarray], np.ndarray], rows: np.ndarray, seed: int,
    check: Callable[[], None],
) -> tuple[dict[str, float], float]:  # fmt: skip
    """Weights of the methods whose standardised scores (users, items) are given, and how good they are.

    `goodness(scores, rows)` says it of each user, for the scores of those rows; it is raised for half of `rows` at a time. How
    good the weights are is told by the users of the other half.
    """
    generator, found, others = np.random.default_rng(seed), dict.fromkeys(scored, 0.0), []
    for _ in range(BAGS):
        drawn = generator.permutation(rows)
        inside, outside = np.sort(drawn[: -(-len(rows) // 2)]), np.sort(drawn[-(-len(rows) // 2) :])
        weights = _greedy({name: scores[inside] for name, scores in scored.items()}, inside, goodness, check)
        for name, weight in weights.items():
            found[name] += weight / BAGS
        if len(outside):
            others.append(goodness(sum(weights[name] * scored[name][outside] for name in weights), outside).mean())  # type: ignore[arg-type]
    return {name: weight for name, weight in found.items() if weight}, float(np.mean(others)) if others else 0.0


def _greedy(
    scored: dict[str, np.ndarray], rows: np.ndarray, goodness: Callable[[np.ndarray, np.ndarray], np.ndarray],
    check: Callable[[], None],
) -> dict[str, float]:  # fmt: skip
    total: np.ndarray = np.zeros_like(next(iter(scored.values())))
    taken: list[str] = []
    best, kept = -np.inf, 0
    for _ in range(ROUNDS):
        check()
        tried = {name: float(goodness(total + scores, rows).mean()) for name, scores in scored.items()}
        name = max(tried, key=lambda one: tried[one])
        total, taken = total + scored[name], [*taken, name]
        if tried[name] > best:
            best, kept = tried[name], len(taken)
    return {name: taken[:kept].count(name) / kept for name in dict.fromkeys(taken[:kept])}
