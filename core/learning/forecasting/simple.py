"""Forecasts that need no fitting, which every other has to beat."""

from __future__ import annotations

import numpy as np

from core.contracts.capability import Context
from core.learning.forecasting.problem import Forecast, Problem
from core.learning.forecasting.walk import Fold, ahead

RECENT = 22  # trading days of a month: the window of historical volatility


def naive(problem: Problem, fold: Fold, context: Context) -> Forecast:
    """The last value stays; of returns: the price stays, so they are 0; of volatility: the mean of the last month."""

    def forecast(origins: np.ndarray) -> np.ndarray:
        if problem.kind == "value":
            now = problem.outcome[origins]
        elif problem.kind == "returns":
            now = np.zeros(len(origins))
        else:
            now = trailing_mean(problem.outcome, RECENT)[origins]
        return np.repeat(now[:, None], problem.horizon, 1)

    return forecast


def drift(problem: Problem, fold: Fold, context: Context) -> Forecast:
    """Values go on along the line from the first to the last one; returns and variances have their mean so far."""

    def forecast(origins: np.ndarray) -> np.ndarray:
        steps = np.arange(1, problem.horizon + 1)
        outcome = problem.outcome[fold.start :]
        places = origins - fold.start
        if problem.kind == "value":
            slope = (outcome[places] - outcome[0]) / np.maximum(places, 1)
            return outcome[places][:, None] + slope[:, None] * steps
        so_far = np.cumsum(outcome) / np.arange(1, len(outcome) + 1)
        return np.repeat(so_far[places][:, None], problem.horizon, 1)

    return forecast


def seasonal_naive(problem: Problem, fold: Fold, context: Context) -> Forecast:
    """The value of the same step of the last season that is known."""

    def forecast(origins: np.ndarray) -> np.ndarray:
        back = problem.season * -(-np.arange(1, problem.horizon + 1) // problem.season)
        return problem.outcome[np.maximum(ahead(origins, problem.horizon) - back, 0)]

    return forecast


def trailing_mean(values: np.ndarray, window: int) -> np.ndarray:
    """The mean of each value and up to `window - 1` before it."""
    sums = np.concatenate([[0.0], np.cumsum(values)])
    ends = np.arange(1, len(values) + 1)
    starts = np.maximum(ends - window, 0)
    return np.maximum((sums[ends] - sums[starts]) / (ends - starts), 0 if (values >= 0).all() else -np.inf)
