"""Exponential smoothing and ARIMA as linear state-space models (statsmodels), orders by AICc on the steps fitted on.

One pass of the Kalman filter gives the state at every origin; forecasts from all origins are then matrix products.
"""

from __future__ import annotations

import warnings
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from core.contracts.capability import Context
from core.contracts.errors import InputError
from core.language import N_
from core.learning.forecasting.problem import Forecast, Problem
from core.learning.forecasting.walk import Fold

MOST_FITTED = 1_000  # latest steps that are fitted on: the likelihood takes time, and older ones say little of today
SIMPLEST: dict[str, Any] = {"ets": (None, False, 1), "arima": ((0, 1, 0), (0, 0, 0, 0), None)}
LONGEST_SEASON = 24  # as a part of the state; longer ones are left to the methods that look at the calendar


@dataclass
class Chosen:
    """A family of models: which of them fits best is found at the first fold and kept for the later ones."""

    family: str  # "ets" or "arima"
    order: Any = None
    tried: dict[str, float] = field(default_factory=dict)  # AICc by name

    def __call__(self, problem: Problem, fold: Fold, context: Context) -> Forecast:
        start = max(fold.start, fold.end - MOST_FITTED)
        centre, spread = _facts(problem.outcome[start : fold.end])
        scaled = (problem.outcome[start:] - centre) / spread
        fitted_on = scaled[: fold.end - start]
        if self.order is None:
            self._choose(problem, fitted_on, context)
        result = self._fitted(fitted_on, context)
        predicted = _predicted(result.apply(scaled) if len(scaled) > len(fitted_on) else result)
        return lambda origins: centre + spread * predicted(origins - start, problem.horizon)

    def _fitted(self, values: np.ndarray, context: Context) -> Any:
        """The chosen order, or the simplest one where that does not fit these values."""
        for order in (self.order, SIMPLEST[self.family]):
            try:
                return _fit(self.family, order, values)
            except (ValueError, np.linalg.LinAlgError) as error:
                context.log(f"{self.family}: {order} does not fit: {error}")
        raise InputError(N_("{method} cannot be fitted to this series. Check it for values that are out of all proportion."),
                         method=self.family.upper())  # fmt: skip

    def _choose(self, problem: Problem, values: np.ndarray, context: Context) -> None:
        season = problem.season if 1 < problem.season <= LONGEST_SEASON and len(values) >= 3 * problem.season else 1
        best = np.inf
        for order in _smoothings(season) if self.family == "ets" else _orders(values, season, problem.kind):
            context.check()
            try:
                criterion = float(_fit(self.family, order, values).aicc)
            except (ValueError, np.linalg.LinAlgError):  # an order that does not fit these values
                continue
            self.tried[str(order)] = criterion
            if np.isfinite(criterion) and criterion < best:
                best, self.order = criterion, order
        if self.order is None:
            self.order = SIMPLEST[self.family]
        context.log(f"{self.family}: {self.order} of {len(self.tried)}, AICc {best:.1f}")


def _facts(values: np.ndarray) -> tuple[float, float]:
    return float(values.mean()), float(values.std()) or 1.0


def _smoothings(season: int) -> Iterable[tuple[str | None, bool, int]]:
    """Trend, whether it is damped, and season."""
    for seasonal in {1, season}:
        yield from ((None, False, seasonal), ("add", False, seasonal), ("add", True, seasonal))


def _orders(values: np.ndarray, season: int, kind: str) -> Iterable[tuple[tuple[int, int, int], tuple[int, int, int, int], Any]]:
    """(p, d, q), (P, D, Q, season) and trend. d is chosen by the KPSS test, D is 1 with a season (Hyndman, Khandakar 2008)."""
    seasonal = (0, 1, 1, season) if season > 1 else (0, 0, 0, 0)
    settled = values[season:] - values[:-season] if season > 1 else values
    d = int(kind == "value" and not _is_stationary(settled))
    trend = "c" if d == 0 and season == 1 else None
    yield from (((p, d, q), seasonal, trend) for p in range(3) for q in range(3) if season == 1 or p + q <= 3)


def _is_stationary(values: np.ndarray) -> bool:
    from statsmodels.tsa.stattools import kpss

    if np.ptp(values) <= 1e-9 * max(1.0, float(np.abs(values).max())):
        return True  # nothing moves, and the test would divide by that
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return bool(kpss(values, regression="c", nlags="auto")[1] > 0.05)


def _fit(family: str, order: Any, values: np.ndarray) -> Any:
    from statsmodels.tsa.statespace.exponential_smoothing import ExponentialSmoothing
    from statsmodels.tsa.statespace.sarimax import SARIMAX

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of convergence: whether the forecasts are any good is measured
        if family == "ets":
            trend, damped, season = order
            start = "heuristic" if len(values) >= 2 * season + 10 else "estimated"
            seasonal = season if season > 1 else None
            model = ExponentialSmoothing(values, bool(trend), damped, seasonal, initialization_method=start)
        else:
            model = SARIMAX(values, order=order[0], seasonal_order=order[1], trend=order[2])
        return model.fit(disp=False, maxiter=60)


def _predicted(result: Any) -> Any:
    """Forecasts (origins, horizon) from the state that each origin's filter predicts."""
    filtered = result.filter_results
    states = np.asarray(filtered.predicted_state)
    transition, design = filtered.transition[:, :, -1], filtered.design[0, :, -1]
    state_intercept, intercept = filtered.state_intercept[:, -1], float(filtered.obs_intercept[0, -1])

    def forecast(origins: np.ndarray, horizon: int) -> np.ndarray:
        state = states[:, origins + 1]
        found = np.empty((len(origins), horizon))
        for step in range(horizon):
            found[:, step] = design @ state + intercept
            state = transition @ state + state_intercept[:, None]
        return found

    return forecast
