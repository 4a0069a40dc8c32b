"""Gradient-boosted trees for an event: LightGBM (Ke et al. 2017) on the typed columns of a table, saved as its own text.

The same seed gives the same trees whatever the number of threads. Contributions are TreeSHAP (Lundberg et al. 2020), in log odds.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from core import device
from core.contracts import Context
from core.home import write_bytes
from core.language import N_
from core.learning.features import Features

if TYPE_CHECKING:
    import pandas as pd

FILE = "trees.txt"
FEW_ROWS = 20_000  # below which more than one thread costs more than it saves
CHUNK = 100_000  # rows whose scores are computed at a time
EXPLAINED_AT_ONCE = 5_000  # rows whose contributions are computed at a time


@dataclass(frozen=True)
class Recipe:
    """How to boost. `monotone`: 1 where the chance may only rise with a number, -1 where it may only fall."""

    rounds: int = 300
    rate: float = 0.05
    leaves: int = 7
    least: int = 20  # rows of a leaf
    columns: float = 0.6  # share of the columns that a tree is offered
    rows: float = 0.8  # share of the rows that a tree learns from
    penalty: float = 5.0  # on the squares of the leaves
    balanced: bool = False
    monotone: Mapping[str, int] = field(default_factory=dict)
    seed: int = 0

    def settings(self, features: Features, event: np.ndarray) -> dict[str, Any]:
        """LightGBM's own parameters."""
        given: dict[str, Any] = {
            "objective": "binary", "metric": "binary_logloss", "learning_rate": self.rate, "num_leaves": self.leaves,
            "min_data_in_leaf": self.least, "feature_fraction": self.columns, "bagging_fraction": self.rows, "bagging_freq": 1,
            "lambda_l2": self.penalty, "seed": self.seed, "deterministic": True, "force_row_wise": True, "verbosity": -1,
            "num_threads": threads(len(event)), "feature_pre_filter": False, "min_data_per_group": 20,
        }  # fmt: skip
        if self.balanced:
            given["scale_pos_weight"] = float((~event).sum() / max(event.sum(), 1))
        if any(name in features.numbers for name in self.monotone):
            given["monotone_constraints"] = [self.monotone.get(n, 0) if n in features.numbers else 0 for n in features.names]
        return given


def threads(rows: int) -> int:
    """How many threads pay for so many rows."""
    return 1 if rows < FEW_ROWS else device.cores()


class Boosted:
    """Fitted trees."""

    def __init__(self, features: Features, booster: Any, rounds: int) -> None:
        self.features, self.booster, self.rounds = features, booster, rounds

    @classmethod
    def fit(cls, frame: pd.DataFrame, event: np.ndarray, features: Features, recipe: Recipe, context: Context) -> Boosted:
        """From training rows and bool (rows,) whether the event came; `recipe.rounds` trees."""
        import lightgbm

        data = lightgbm.Dataset(features.typed(frame), event.astype(np.int32), free_raw_data=True)
        booster = lightgbm.train(recipe.settings(features, event), data, recipe.rounds, callbacks=[_told(context, recipe.rounds)])
        return cls(features, booster, recipe.rounds)

    def raw(self, frame: pd.DataFrame) -> np.ndarray:
        """Log odds, float64 (rows,)."""
        parts = [self.booster.predict(self.features.typed(part), raw_score=True, num_threads=threads(len(part)))
                 for part in _pieces(frame, CHUNK)]  # fmt: skip
        return np.concatenate(parts).astype(np.float64) if parts else np.zeros(0)

    def scores(self, frame: pd.DataFrame) -> np.ndarray:
        """Chances of the event, float64 (rows,)."""
        from core.learning.scoring import sigmoid

        return sigmoid(self.raw(frame))

    def contributions(self, frame: pd.DataFrame) -> np.ndarray:
        """What each column adds to the log odds, float64 (rows, columns + 1), columns as `features.names`, the base last."""
        parts = [self.booster.predict(self.features.typed(part), pred_contrib=True, num_threads=threads(10 * len(part)))
                 for part in _pieces(frame, EXPLAINED_AT_ONCE)]  # fmt: skip
        return np.concatenate(parts).astype(np.float64) if parts else np.zeros((0, len(self.features.names) + 1))

    def write(self, folder: Path) -> dict[str, Any]:
        write_bytes(folder / FILE, self.booster.model_to_string().encode())
        return {"features": self.features.to_json(), "rounds": self.rounds}

    @classmethod
    def read(cls, folder: Path, kept: dict[str, Any]) -> Boosted:
        import lightgbm

        text = (folder / FILE).read_text("utf-8")
        return cls(Features.from_json(kept["features"]), lightgbm.Booster(model_str=text), int(kept["rounds"]))


def stopped_early(
    frame: pd.DataFrame, event: np.ndarray, features: Features, recipe: Recipe, folds: Sequence[tuple[np.ndarray, np.ndarray]],
    context: Context, patience: int = 40,
) -> tuple[int, float, np.ndarray]:  # fmt: skip
    """By inner folds (rows to learn from, rows to choose by): the best number of trees, its mean log loss, and the log odds of
    the rows to choose by, in their order one fold after the other.
    """
    import lightgbm

    data = lightgbm.Dataset(features.typed(frame), event.astype(np.int32), free_raw_data=False)
    found: dict[str, Any] = lightgbm.cv(
        recipe.settings(features, event), data, recipe.rounds, folds=list(folds), return_cvbooster=True,
        callbacks=[lightgbm.early_stopping(patience, verbose=False), _told(context, recipe.rounds)],
    )  # fmt: skip
    best = found["cvbooster"]
    losses = found["valid binary_logloss-mean"]
    rounds = max(1, int(best.best_iteration))
    typed = features.typed(frame)
    parts = [booster.predict(typed.iloc[kept], raw_score=True, num_iteration=rounds)
             for booster, (_, kept) in zip(best.boosters, folds)]  # fmt: skip
    return rounds, float(losses[rounds - 1]), np.concatenate(parts).astype(np.float64)


def _told(context: Context, rounds: int) -> Any:
    """A callback that says how far the trees are and stops when asked to."""

    def tell(env: Any) -> None:
        context.check()
        if env.iteration % 10 == 0:
            done = env.iteration / max(rounds, 1)
            context.progress(done, N_("Tree {done} of at most {all}"), done=env.iteration + 1, all=rounds)

    return tell


def _pieces(frame: pd.DataFrame, size: int) -> list[pd.DataFrame]:
    return [frame.iloc[start : start + size] for start in range(0, len(frame), size)]
