"""Do new rows look like those that were learnt from? Population stability index of scores and columns."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from core.contracts import Message, Ranking, Section
from core.language import N_
from core.learning.features import OTHER, Features

if TYPE_CHECKING:
    import pandas as pd

BINS = 10
SHOWN = 15
SCORE = N_("the score")
WATCH, SHIFTED = 0.1, 0.25  # thresholds in use since Lewis 1994
LEAST = 1e-4  # share that an empty bin counts as


@dataclass(frozen=True)
class Profile:
    """What training rows looked like: `edges` of each number (and of the score) with shares a bin, gaps last; levels likewise."""

    edges: dict[str, tuple[float, ...]]
    levels: dict[str, tuple[str, ...]]
    shares: dict[str, tuple[float, ...]]

    @classmethod
    def of(cls, frame: pd.DataFrame, features: Features, chances: np.ndarray) -> Profile:
        typed = features.typed(frame)
        columns: dict[str, np.ndarray] = {name: typed[name].to_numpy(np.float64) for name in features.numbers} | {SCORE: chances}
        edges = {name: _edges(values) for name, values in columns.items()}
        levels = {name: (*features.categories[name], OTHER) for name in features.categories}
        empty = cls(edges, levels, {})
        return cls(edges, levels, {name: tuple(map(float, empty._shares(name, typed, chances))) for name in (*edges, *levels)})

    def _shares(self, name: str, typed: pd.DataFrame, chances: np.ndarray) -> np.ndarray:
        if name in self.levels:
            codes, count = typed[name].cat.codes.to_numpy(), len(self.levels[name]) + 1
            places = np.where(codes < 0, count - 1, codes)
        else:
            values, count = chances if name == SCORE else typed[name].to_numpy(np.float64), len(self.edges[name]) + 2
            places = np.where(np.isnan(values), count - 1, np.searchsorted(self.edges[name], values, "right"))
        return np.asarray(np.bincount(places, minlength=count) / max(len(places), 1))

    def index(self, frame: pd.DataFrame, features: Features, chances: np.ndarray) -> dict[str, float]:
        """The index of the score and of each column: Σ (new − old) ln(new / old) over the bins; 0 where nothing changed."""
        typed = features.typed(frame)
        found = {}
        for name, shares in self.shares.items():
            old, new = (np.maximum(part, LEAST) for part in (np.array(shares), self._shares(name, typed, chances)))
            found[name] = float(np.sum((new - old) * np.log(new / old)))
        return found

    def to_json(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_json(cls, kept: dict[str, Any]) -> Profile:
        return cls(*({name: tuple(values) for name, values in kept[part].items()} for part in ("edges", "levels", "shares")))


def _edges(values: np.ndarray) -> tuple[float, ...]:
    there = values[~np.isnan(values)]
    return tuple(map(float, np.unique(np.quantile(there, np.linspace(0, 1, BINS + 1)[1:-1])))) if len(there) else ()


def section(index: dict[str, float], rows: int, caption: str) -> Section:
    """The score and the columns that moved most; `caption` says which rows are compared."""
    score = {SCORE: index[SCORE]}
    others = sorted(((name, value) for name, value in index.items() if name != SCORE), key=lambda pair: -pair[1])
    shown = score | dict(others[:SHOWN])
    shifted = sum(value >= SHIFTED for value in index.values())
    values: dict[str, object] = {"which": Message(caption, {"rows": rows}), "watch": WATCH, "shifted": SHIFTED, "count": shifted,
                                 "expected": f"{BINS / max(rows, 1):.3f}"}  # fmt: skip
    told = Message(N_("Population stability index. {which} Below {watch}: stable; above {shifted}: the rows are others than "
                      "those "
                      "learnt from ({count} such entries). Chance alone gives about {expected} with ten "
                      "bins."), values)  # fmt: skip
    ranking = Ranking(N_("Population stability"), tuple(shown), tuple(round(value, 4) for value in shown.values()), "", told,
                      words=(SCORE,))  # fmt: skip
    return Section(N_("Population stability"), ranking)
