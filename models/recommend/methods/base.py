"""What every method of recommending has in common: it is fitted on interactions and scores all items for some users."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np

from core.contracts import Context, InputError
from core.home import read_arrays, read_json, write_arrays, write_json
from core.language import N_

if TYPE_CHECKING:
    from scipy.sparse import csr_matrix

    from core.learning.interactions import Interactions

CELLS = 8_000_000  # scores held at a time: 32 MB
SETTINGS, ARRAYS = "settings.json", "arrays.npz"


class Method(ABC):
    """Subclasses set `name` and `defaults`, and fill `arrays` in `_fit`; with them and `settings` they are saved and loaded.

    `history` is what the users of the fit chose, float32 (users, items), sparse; `profile` the same with less weight on what
    lies back, where the setting `half_life` (of a choice, counted in choices made afterwards) is not 0: by it they are scored.
    """

    name: ClassVar[str]
    defaults: ClassVar[dict[str, Any]] = {}
    folds_in: ClassVar[bool] = True  # whether it scores users that it did not learn from, by what they chose

    def __init__(self, **settings: Any) -> None:
        unknown = set(settings) - set(self.defaults)
        assert not unknown, f"{self.name} has no settings {unknown}"
        self.settings: dict[str, Any] = {**self.defaults, **settings}
        self.arrays: dict[str, np.ndarray] = {}
        self.facts: dict[str, Any] = {}  # JSON-able, of the fit
        self.history: csr_matrix
        self.profile: csr_matrix

    def fit(self, data: Interactions, context: Context | None = None) -> Method:
        """Learns from all interactions of `data`. Returns itself.

        Raises:
            InputError: what was learnt is no number.
        """
        self._remember(data)
        self._fit(data, context or Context())
        if not all(np.isfinite(array).all() for array in self.arrays.values() if array.dtype.kind == "f"):
            raise InputError(N_("The method {name} found no numbers that settle. Choose another one, or less extreme settings."),
                             name=self.name)  # fmt: skip
        return self

    @abstractmethod
    def _fit(self, data: Interactions, context: Context) -> None: ...

    def scores(self, users: np.ndarray) -> np.ndarray:
        """Scores float32 (n, items) of all items for n users, by their places; higher is better, of use within a row only."""
        return self.scores_of(self.profile[users])

    def scores_of(self, histories: csr_matrix) -> np.ndarray:
        """Scores float32 (n, items) for users who chose `histories` (n, items), known or not.

        Raises:
            InputError: the method knows only the users that it learnt from.
        """
        raise InputError(N_("The method {name} knows only the users that it learnt from. Choose another method, such as EASE."),
                         name=self.name)  # fmt: skip

    def item_vectors(self) -> np.ndarray | None:
        """Items as vectors, float32 (items, k), near ones alike; None where the method has none."""
        return None

    def similarities(self, items: np.ndarray) -> np.ndarray:
        """How near all items are to some, float32 (n, items): cosines of `item_vectors`, or of who chose them."""
        vectors = self.item_vectors()
        if vectors is None:
            columns = self.history.tocsc()
            lengths = np.sqrt(np.asarray(columns.multiply(columns).sum(0)).ravel()) + 1e-12
            dots = (columns[:, items].T @ columns).toarray()
            return np.asarray(dots / lengths[items, None] / lengths, np.float32)
        lengths = np.linalg.norm(vectors, axis=1) + 1e-12
        return np.asarray((vectors[items] / lengths[items, None]) @ (vectors / lengths[:, None]).T, np.float32)

    def batches(self, users: np.ndarray) -> Iterator[np.ndarray]:
        """`users` in pieces whose scores fit into bounded memory."""
        step = max(1, CELLS // max(self.history.shape[1], 1))
        for start in range(0, len(users), step):
            yield users[start : start + step]

    def recommend(
        self, users: np.ndarray, count: int, context: Context | None = None, *, with_seen: bool = False
    ) -> tuple[np.ndarray, np.ndarray]:  # fmt: skip
        """The best items for each user, without those already chosen unless `with_seen`.

        Returns:
            items int32 (n, count), the best first, -1 where there are fewer; their scores float32 (n, count).
        """
        users = np.asarray(users)
        found, values, done = [], [], 0
        for batch in self.batches(users):
            if context:
                context.check()
                context.progress(done / len(users))
            scores = self.scores(batch)
            if not with_seen:
                hide(scores, self.history[batch])
            places, best = top(scores, count)
            found.append(places)
            values.append(best)
            done += len(batch)
        if not found:
            return np.zeros((0, count), np.int32), np.zeros((0, count), np.float32)
        return np.concatenate(found), np.concatenate(values)

    def save(self, folder: Path) -> None:
        """Settings as JSON, arrays as npz without pickle. The interactions are saved beside, once for all methods."""
        folder.mkdir(parents=True, exist_ok=True)
        write_arrays(folder / ARRAYS, self.arrays)
        kept = {"name": self.name, "settings": self.settings, "facts": self.facts}
        write_json(folder / SETTINGS, kept)

    def restore(self, folder: Path, data: Interactions) -> None:
        """What `save` wrote, fitted on `data`."""
        self.facts = read_json(folder / SETTINGS)["facts"]
        self.arrays = read_arrays(folder / ARRAYS)
        self._remember(data)

    def _remember(self, data: Interactions) -> None:
        self.history = data.matrix
        self.profile = data.recent(float(self.settings.get("half_life", 0)))


def hide(scores: np.ndarray, chosen: csr_matrix) -> None:
    """Sets what was chosen to -inf, in place."""
    rows = np.repeat(np.arange(chosen.shape[0]), np.diff(chosen.indptr))
    scores[rows, chosen.indices] = -np.inf


def top(scores: np.ndarray, count: int) -> tuple[np.ndarray, np.ndarray]:
    """The `count` highest of each row, the best first; equal ones in the order of their places, -1 where all others are -inf.

    Places int32 and values float32, both (n, count).
    """
    width = min(count, scores.shape[1])
    if width < scores.shape[1]:
        places = np.argpartition(-scores, width - 1, axis=1)[:, :width]
        places.sort(axis=1)
    else:
        places = np.broadcast_to(np.arange(width), scores.shape).copy()
    values = np.take_along_axis(scores, places, 1)
    order = np.argsort(-values, axis=1, kind="stable")
    places, values = np.take_along_axis(places, order, 1), np.take_along_axis(values, order, 1)
    places = np.where(np.isneginf(values), -1, places)
    if width < count:
        places = np.pad(places, ((0, 0), (0, count - width)), constant_values=-1)
        values = np.pad(values, ((0, 0), (0, count - width)), constant_values=-np.inf)
    return places.astype(np.int32), values.astype(np.float32)
