"""What is to be forecast of a series: its values, its log returns or their volatility."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import numpy as np

from core.contracts.capability import Context
from core.contracts.errors import InputError
from core.contracts.inputs import Message
from core.language import N_
from core.learning.forecasting import accuracy
from core.learning.forecasting.axis import LEAST, Step, TimeSeries
from core.learning.forecasting.walk import Fold

Kind = Literal["value", "returns", "volatility"]
PERCENT = 100.0


@dataclass(frozen=True, eq=False)
class Problem:
    """`outcome` float64 (n,) is what methods learn and forecast, `dates` datetime64[s] (n + horizon,) go on after its end.

    Values are as given, or their logarithms where `logs`; returns are differences of logarithms in percent; the outcome of
    volatility is the squared return, in percent squared, a noisy measure of the variance.
    """

    kind: Kind
    outcome: np.ndarray
    observed: np.ndarray
    dates: np.ndarray
    step: Step
    season: int
    horizon: int
    logs: bool = False
    seed: int = 0

    def __len__(self) -> int:
        return len(self.outcome)

    def shown(self, outcome: np.ndarray) -> np.ndarray:
        """Outcomes or forecasts in the units that a reader knows: not as logarithms."""
        return np.exp(outcome) if self.logs else outcome

    def actual(self, origins: np.ndarray) -> np.ndarray:
        """What came to be, (origins, horizon), as in `outcome`; NaN where it was not observed or lies ahead."""
        places = origins[:, None] + np.arange(1, self.horizon + 1)
        inside = np.minimum(places, len(self) - 1)
        return np.where((places < len(self)) & self.observed[inside], self.outcome[inside], np.nan)

    def loss(self, actual: np.ndarray, forecast: np.ndarray) -> np.ndarray:
        """By which methods are chosen and compared, of shown values: absolute, of returns squared, of variances QLIKE.

        Where `logs`, the absolute difference of the logarithms in percent: at twice the price an error counts half.
        """
        if self.logs:
            return PERCENT * np.abs(np.log(actual) - np.log(forecast))
        rule = {"value": accuracy.absolute, "returns": accuracy.squared, "volatility": accuracy.qlike}[self.kind]
        return rule(actual, forecast)

    def distance(self, actual: np.ndarray, forecast: np.ndarray) -> np.ndarray:
        """The score that bands are made of: the error; of variances the return in standard deviations that were forecast."""
        if self.kind == "volatility":
            return np.sqrt(actual / forecast)
        return np.abs(actual - forecast)


# Fits on the steps of a fold; what it gives forecasts (origins,) → (origins, horizon) and looks at nothing after an origin.
Forecast = Callable[[np.ndarray], np.ndarray]
Method = Callable[[Problem, Fold, Context], Forecast]


def pose(series: TimeSeries, kind: Kind, horizon: int, *, seed: int = 0) -> tuple[Problem, tuple[Message, ...]]:
    """The problem, and what is to be said of it.

    Raises:
        InputError: returns are asked for and a value is not above 0, or never changes.
    """
    values, notices = series.values, list(series.notices)
    if np.ptp(values) == 0:
        raise InputError(N_("The column {column} has one value only: there is nothing to forecast."), column=series.name)
    if kind == "value":
        # Prices move by shares of themselves. What has a season falls to nearly 0 at times: logarithms would make much of that.
        logs = bool((values > 0).all()) and series.season == 1
        dates = np.concatenate([series.dates, series.after(horizon)])
        outcome = np.log(values) if logs else values
        return Problem(kind, outcome, series.observed, dates, series.step, series.season, horizon, logs, seed), tuple(notices)
    if (values <= 0).any():
        raise InputError(
            N_("Returns need prices above 0, and {count} values of the column {column} are not. Forecast the values themselves."),
            count=int((values <= 0).sum()), column=series.name,
        )  # fmt: skip
    returns = PERCENT * np.diff(np.log(values))
    observed = series.observed[1:] & series.observed[:-1]
    if len(returns) < LEAST:
        raise InputError(N_("{count} returns are too few: {least} or more are needed."), count=len(returns), least=LEAST)
    dates = np.concatenate([series.dates[1:], series.after(horizon)])
    outcome = returns if kind == "returns" else returns**2
    return Problem(kind, outcome, observed, dates, series.step, 1, horizon, False, seed), tuple(notices)
