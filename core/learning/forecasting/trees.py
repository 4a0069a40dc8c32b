"""LightGBM on lags and the calendar: one model for all steps ahead, each forecast directly."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from core.contracts.capability import Context
from core.learning.forecasting import features
from core.learning.forecasting.problem import Problem
from core.learning.forecasting.walk import Fold, ahead

if TYPE_CHECKING:
    import lightgbm

LEAST = 200  # steps below which trees have nothing to grow on
MOST_ROWS = 24_000  # pairs of origin and step ahead that are learnt from, the latest ones, evenly thinned
ROUNDS, PATIENCE = 400, 40
VALIDATION = 0.15  # share of the steps fitted on, the latest, by which the number of trees is chosen
# The loss of each kind of outcome is that by which it is judged; the deviance of the gamma distribution is QLIKE.
_LOSS = {"value": "regression_l1", "returns": "regression", "volatility": "gamma"}
_PARAMS: dict[str, dict[str, Any]] = {
    "value": {"learning_rate": 0.08, "num_leaves": 31, "min_data_in_leaf": 20},
    "returns": {"learning_rate": 0.02, "num_leaves": 8, "min_data_in_leaf": 100, "lambda_l2": 10.0},
    "volatility": {"learning_rate": 0.02, "num_leaves": 8, "min_data_in_leaf": 100, "lambda_l2": 10.0},
}  # fmt: skip


@dataclass(frozen=True, eq=False)
class Trees:
    """What was fitted: forecasts, and what they hang on."""

    problem: Problem
    booster: lightgbm.Booster
    spread: float

    def __call__(self, origins: np.ndarray) -> np.ndarray:
        found, _ = features.table(self.problem, origins)
        moved = self.spread * np.asarray(self.booster.predict(found, raw_score=True)).reshape(len(origins), -1)
        forecast = features.base(self.problem, origins) + moved
        return np.exp(forecast) if self.problem.kind == "volatility" else forecast

    def drivers(self, origins: np.ndarray) -> dict[str, float]:
        """How far each group of features moves a forecast: mean absolute SHAP value (Lundberg and others 2020), as trees give it
        exactly, in the units of the outcome (of volatility: of its logarithm).
        """
        found, groups = features.table(self.problem, origins)
        contributions = np.asarray(self.booster.predict(found, pred_contrib=True))[:, :-1]
        named = np.array(groups)
        moved = {name: float(np.abs(contributions[:, named == name].sum(1)).mean()) for name in dict.fromkeys(groups)}
        return {name: self.spread * size for name, size in sorted(moved.items(), key=lambda item: -item[1])}


def fit(problem: Problem, fold: Fold, context: Context) -> Trees:
    """Fits on the pairs of origin and step whose outcome lies in the fold; the number of trees by its latest part."""
    import lightgbm

    size = features.spread(problem, fold.start, fold.end)
    origins = np.arange(fold.start + features.lags(problem), fold.end - 1)
    thin = max(1, -(-len(origins) * problem.horizon // MOST_ROWS))
    origins = origins[::-1][::thin][::-1]
    rows, _ = features.table(problem, origins)
    places = ahead(origins, problem.horizon).reshape(-1)
    start = features.base(problem, origins).reshape(-1)
    usable = (places < fold.end) & problem.observed[np.minimum(places, len(problem) - 1)]
    goal = problem.outcome[np.minimum(places, len(problem) - 1)]
    if problem.kind == "volatility":  # the gamma loss wants outcomes above 0, and starts from the smoothed variance
        goal, start = np.maximum(goal, 1e-6 * float(np.mean(goal[usable]))), start
    else:
        goal, start = (goal - start) / size, np.zeros_like(start)
    cut = int(fold.end - VALIDATION * (fold.end - fold.start))
    learnt, checked = usable & (places < cut), usable & (np.repeat(origins, problem.horizon) >= cut)
    params = {**_PARAMS[problem.kind], **_fixed(problem)}

    def data(which: np.ndarray) -> Any:
        return lightgbm.Dataset(rows[which], goal[which], init_score=start[which], params={"verbose": -1}, free_raw_data=False)

    def check(_: Any) -> None:
        context.check()

    trial = lightgbm.train(params, data(learnt), ROUNDS, valid_sets=[data(checked)],
                           callbacks=[lightgbm.early_stopping(PATIENCE, verbose=False), check])  # fmt: skip
    trees = max(1, trial.best_iteration)
    context.log(f"LightGBM: {trees} trees on {int(usable.sum())} rows")
    return Trees(problem, lightgbm.train(params, data(usable), trees, callbacks=[check]), size)


def _fixed(problem: Problem) -> dict[str, Any]:
    """One thread: on so few rows a second one gains little, and loses much where others work on the same machine."""
    return {"objective": _LOSS[problem.kind], "metric": _LOSS[problem.kind], "seed": problem.seed, "deterministic": True,
            "force_row_wise": True, "num_threads": 1, "verbose": -1, "feature_fraction": 0.7, "bagging_fraction": 0.8,
            "bagging_freq": 1, "boost_from_average": False}  # fmt: skip
