"""Boosted trees for rates and amounts: LightGBM (Ke et al. 2017) with Poisson, gamma or Tweedie loss."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from core.contracts import Context
from core.language import N_

if TYPE_CHECKING:
    import pandas as pd

PATIENCE = 40
FEW_ROWS = 20_000  # below which a second thread costs more than it saves
WITHOUT_VALIDATION = 100  # trees where there are too few rows to choose their number by
LEAST_VALIDATION = 20


def fit_trees(
    learnt: tuple[pd.DataFrame, np.ndarray, np.ndarray], chosen_by: tuple[pd.DataFrame, np.ndarray, np.ndarray], power: float,
    rounds: int, rate: float, leaves: int, seed: int, context: Context, name: str,
) -> Any:  # fmt: skip
    """A booster for (typed columns, what was observed a unit of weight, weights); the number of trees is the one that is best on
    `chosen_by`. With the exposure as weight of a rate, the Poisson loss is that of counts with log exposure as offset.
    """
    import lightgbm

    typed, observed, weights = learnt
    settings: dict[str, Any] = {
        "learning_rate": rate, "num_leaves": leaves, "min_data_in_leaf": int(np.clip(len(typed) // 100, 3, 100)),
        "feature_fraction": 0.8, "bagging_fraction": 0.8, "bagging_freq": 1, "lambda_l2": 5.0, "seed": seed,
            "deterministic": True,
        "force_row_wise": True, "verbosity": -1, "num_threads": _threads(len(typed)), "feature_pre_filter": False,
        "min_data_per_group": int(np.clip(len(typed) // 20, 3, 20)), "poisson_max_delta_step": 1e-3,
    }  # fmt: skip
    objective = {1.0: "poisson", 2.0: "gamma"}.get(float(power), "tweedie")
    settings |= {"objective": objective, "metric": objective}
    if objective == "tweedie":
        settings["tweedie_variance_power"] = power
    data = lightgbm.Dataset(typed, observed, weight=weights, free_raw_data=True)
    told = _told(context, rounds, name)
    if len(chosen_by[0]) < LEAST_VALIDATION:
        return lightgbm.train(settings, data, min(rounds, WITHOUT_VALIDATION), callbacks=[told])
    other = lightgbm.Dataset(chosen_by[0], chosen_by[1], weight=chosen_by[2], reference=data)
    stop = lightgbm.early_stopping(PATIENCE, verbose=False)
    return lightgbm.train(settings, data, rounds, [other], ["validation"], callbacks=[told, stop])


def predicted(booster: Any, typed: pd.DataFrame) -> np.ndarray:
    """float64 (rows,), a unit of exposure."""
    return np.asarray(booster.predict(typed, num_threads=_threads(len(typed))), np.float64)


def _threads(rows: int) -> int:
    from core import device

    return 1 if rows < FEW_ROWS else device.cores()


def _told(context: Context, rounds: int, name: str) -> Any:
    first: dict[str, float] = {}

    def tell(now: Any) -> None:
        if now.iteration % 10 == 0:
            context.check()
            context.progress(now.iteration / rounds, N_("Growing trees"))
            for _, metric, value, _ in now.evaluation_result_list or []:
                first.setdefault(metric, value)
                context.metric(
                    now.iteration, **{f"{name}_loss": value / first[metric]}
                )  # of different units: shares of the first

    return tell
