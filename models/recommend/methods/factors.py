"""Matrix factorisation by the library implicit: ALS (Hu, Koren & Volinsky 2008) and BPR (Rendle et al. 2009).

On a GPU where implicit was built with CUDA and finds one.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np

from core.contracts import Context
from core.language import N_
from models.recommend.methods.base import Method

if TYPE_CHECKING:
    from scipy.sparse import csr_matrix

    from core.learning.interactions import Interactions

AT_ONCE = 10_000  # users
NONE = -1e38  # what implicit gives for items that are left out is lower


@contextmanager
def one_blas_thread() -> Iterator[None]:
    """implicit runs threads of its own; those of BLAS inside them would fight for the same cores."""
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    from threadpoolctl import threadpool_limits

    with threadpool_limits(1, "blas"):
        yield


class _Factors(Method):
    """Vectors of users and items whose dot product is the score."""

    def _keep(self, model: Any) -> None:
        model = model.to_cpu() if hasattr(model, "to_cpu") else model
        self.arrays = {"users": np.asarray(model.user_factors, np.float32), "items": np.asarray(model.item_factors, np.float32)}

    def _told(self, context: Context) -> Any:
        def told(step: int, *_: Any) -> None:
            context.check()
            context.progress((step + 1) / self.settings["iterations"], N_("Iteration {step} of {steps}"),
                             step=step + 1, steps=self.settings["iterations"])  # fmt: skip

        return told

    def scores(self, users: np.ndarray) -> np.ndarray:
        return np.asarray(self.arrays["users"][users] @ self.arrays["items"].T, np.float32)

    def recommend(
        self, users: np.ndarray, count: int, context: Context | None = None, *, with_seen: bool = False
    ) -> tuple[np.ndarray, np.ndarray]:  # fmt: skip
        """As of every method, by implicit's own search, which holds no matrix of all scores."""
        from core.device import cores

        found, values = [], []
        width = min(count, self.history.shape[1])
        with one_blas_thread():
            from implicit.cpu.topk import topk

            for batch in np.array_split(np.asarray(users), max(1, -(-len(users) // AT_ONCE))):
                if context:
                    context.check()
                chosen = None if with_seen else self.history[batch]
                places, best = topk(self.arrays["items"], self.arrays["users"][batch], width, filter_query_items=chosen,
                                    num_threads=cores())  # fmt: skip
                found.append(np.where(best <= NONE, -1, places))
                values.append(np.where(best <= NONE, -np.inf, best))
        missing = ((0, 0), (0, count - width))
        return (np.pad(np.concatenate(found), missing, constant_values=-1).astype(np.int32),
                np.pad(np.concatenate(values), missing, constant_values=-np.inf).astype(np.float32))  # fmt: skip

    def item_vectors(self) -> np.ndarray:
        return self.arrays["items"]


class AlternatingLeastSquares(_Factors):
    """`confidence`: α of the paper, how much more a choice counts than none; `regularization`: λ."""

    name = "als"
    defaults: ClassVar[dict[str, Any]] = {
        "factors": 64, "regularization": 10.0, "confidence": 5.0, "iterations": 15, "half_life": 0.0, "seed": 0,
    }  # fmt: skip

    def _fit(self, data: Interactions, context: Context) -> None:
        from core.device import cores

        with one_blas_thread():
            from implicit.als import AlternatingLeastSquares as Library

            model = Library(
                factors=int(self.settings["factors"]), regularization=float(self.settings["regularization"]),
                alpha=float(self.settings["confidence"]), iterations=int(self.settings["iterations"]),
                random_state=int(self.settings["seed"]), **_threads(cores()),
            )  # fmt: skip
            model.fit(data.matrix, show_progress=False, callback=self._told(context))
            self._keep(model)

    def scores(self, users: np.ndarray) -> np.ndarray:
        return self.scores_of(self.profile[users]) if self.settings["half_life"] else super().scores(users)

    def recommend(
        self, users: np.ndarray, count: int, context: Context | None = None, *, with_seen: bool = False
    ) -> tuple[np.ndarray, np.ndarray]:  # fmt: skip
        if self.settings["half_life"]:
            return Method.recommend(self, users, count, context, with_seen=with_seen)
        return super().recommend(users, count, context, with_seen=with_seen)

    def scores_of(self, histories: csr_matrix) -> np.ndarray:
        """Each user's vector is solved anew for the items as they are: one step of the method."""
        items, penalty = self.arrays["items"].astype(np.float64), float(self.settings["regularization"])
        base = items.T @ items + penalty * np.eye(items.shape[1])
        users = np.zeros((histories.shape[0], items.shape[1]))
        for row in range(histories.shape[0]):
            part = slice(histories.indptr[row], histories.indptr[row + 1])
            chosen = items[histories.indices[part]]
            confidence = float(self.settings["confidence"]) * histories.data[part].astype(np.float64)
            users[row] = np.linalg.solve(base + (chosen.T * (confidence - 1)) @ chosen, confidence @ chosen)
        return np.asarray(users @ items.T, np.float32)


class BayesianPersonalizedRanking(_Factors):
    """Learns to rank what was chosen above what was not. One thread: with more, the same seed gives other numbers."""

    name = "bpr"
    folds_in = False
    defaults: ClassVar[dict[str, Any]] = {"factors": 64, "rate": 0.05, "regularization": 0.01, "iterations": 60, "seed": 0}

    def _fit(self, data: Interactions, context: Context) -> None:
        with one_blas_thread():
            from implicit.bpr import BayesianPersonalizedRanking as Library

            model = Library(
                factors=int(self.settings["factors"]), learning_rate=float(self.settings["rate"]),
                regularization=float(self.settings["regularization"]), iterations=int(self.settings["iterations"]),
                random_state=int(self.settings["seed"]), **_threads(1),
            )  # fmt: skip
            model.fit(data.matrix, show_progress=False, callback=self._told(context))
            self._keep(model)


def _threads(count: int) -> dict[str, Any]:
    """How implicit's classes for a processor take the number of threads; those for a GPU do not."""
    from implicit.gpu import HAS_CUDA

    return {} if HAS_CUDA else {"num_threads": count}
