"""What may be known at an origin, as features: lags, recent means and spreads, past seasons, the calendar of the step ahead."""

from __future__ import annotations

import numpy as np

from core.language import N_
from core.learning.forecasting.axis import SEASONS
from core.learning.forecasting.problem import Problem
from core.learning.forecasting.simple import trailing_mean
from core.learning.forecasting.volatility import DECAY, smoothed
from core.learning.forecasting.walk import ahead

LATEST, RECENT, SPREAD = N_("the latest values"), N_("means of recent values"), N_("spread of recent values")
SEASON, YEAR = N_("the same step of past seasons"), N_("the same day of last year")
WEEKDAY, MONTH, DAY, HOUR = N_("day of the week"), N_("month"), N_("day of the year"), N_("hour")
DISTANCE = N_("steps ahead")
GROUPS = (LATEST, RECENT, SPREAD, SEASON, YEAR, WEEKDAY, MONTH, DAY, HOUR, DISTANCE)
_PAST_SEASONS = 4
_LAST_YEAR = 364  # days: the same day of the week


def base(problem: Problem, origins: np.ndarray) -> np.ndarray:
    """The simple forecast that a learner corrects, (origins, horizon): the mean of the last season or the last value; no return;
    the logarithm of the smoothed variance.
    """
    if problem.kind == "returns":
        return np.zeros((len(origins), problem.horizon))
    if problem.kind == "volatility":
        levels = np.log(smoothed(problem.outcome, DECAY))
    else:
        levels = trailing_mean(problem.outcome, problem.season)
    return np.repeat(levels[origins][:, None], problem.horizon, 1)


def spread(problem: Problem, start: int, end: int) -> float:
    """The size of what is to be corrected on the steps fitted on."""
    if problem.kind == "volatility":
        return 1.0
    outcome = problem.outcome[start:end]
    moved = outcome if problem.kind == "returns" else outcome[problem.season :] - outcome[: -problem.season]
    return float(moved.std()) or 1.0


def lags(problem: Problem) -> int:
    """How many of the latest steps are looked at."""
    return int(np.clip(2 * problem.season, 10, 48))


def table(problem: Problem, origins: np.ndarray) -> tuple[np.ndarray, tuple[str, ...]]:
    """float64 (origins * horizon, features), the steps of an origin one after the other, and the group of each feature.

    NaN stands for what lies before the series begins.
    """
    level = base(problem, origins)[:, :1]
    at_origin, names = _at_origin(problem, origins, level)
    at_target, more = _at_target(problem, origins, level)
    return np.column_stack([np.repeat(at_origin, problem.horizon, 0), at_target]), (*names, *more)


def _signal(problem: Problem) -> np.ndarray:
    """The outcome in the units of `base`: of variances the logarithm, of a smooth enough square."""
    if problem.kind != "volatility":
        return problem.outcome
    return np.log(problem.outcome + 0.01 * smoothed(problem.outcome, DECAY))


def _at_origin(problem: Problem, origins: np.ndarray, level: np.ndarray) -> tuple[np.ndarray, list[str]]:
    signal = _signal(problem)
    columns = [_taken(signal, origins - lag)[:, None] - level for lag in range(lags(problem))]
    names = [LATEST] * len(columns)
    for window in (max(5, problem.season), 22, 66):
        mean = trailing_mean(problem.outcome, window)
        variance = np.maximum(trailing_mean(problem.outcome**2, window) - mean**2, 0)
        shown = np.log(np.maximum(mean, 1e-12)) if problem.kind == "volatility" else mean
        columns += [shown[origins][:, None] - level, np.sqrt(variance)[origins][:, None]]
        names += [RECENT, SPREAD]
    return np.column_stack(columns), names


def _at_target(problem: Problem, origins: np.ndarray, level: np.ndarray) -> tuple[np.ndarray, list[str]]:
    targets = ahead(origins, problem.horizon)
    steps = np.broadcast_to(np.arange(1, problem.horizon + 1), targets.shape)
    columns, names = [steps.astype(np.float64)], [DISTANCE]
    if problem.season > 1:
        first = targets - problem.season * -(-steps // problem.season)
        past = np.stack([_taken(problem.outcome, first - problem.season * back) for back in range(_PAST_SEASONS)])
        known = np.isfinite(past)
        mean = np.where(known, past, 0).sum(0) / np.maximum(known.sum(0), 1)
        columns += [*(past[:2] - level), mean - level]
        names += [SEASON] * 3
    if problem.step == "D" and problem.horizon <= _LAST_YEAR:
        earlier = trailing_mean(problem.outcome, problem.season)
        columns.append(_taken(problem.outcome, targets - _LAST_YEAR) - _taken(earlier, origins - _LAST_YEAR)[:, None])
        names.append(YEAR)
    for name, part in calendar(problem).items():
        columns.append(part[targets])
        names.append(name)
    return np.column_stack([column.reshape(-1) for column in columns]), names


def calendar(problem: Problem) -> dict[str, np.ndarray]:
    """Parts of the dates that can matter for steps of this length, float64 (n + horizon,) each."""
    days = problem.dates.astype("datetime64[D]")
    months = days.astype("datetime64[M]")
    found: dict[str, np.ndarray] = {}
    if problem.step == "h":
        found[HOUR] = (problem.dates - days).astype("timedelta64[h]").astype(np.float64)
    if problem.step in ("h", "D", "B"):
        found[WEEKDAY] = ((days.astype(np.int64) + 3) % 7).astype(np.float64)
    if problem.step in ("h", "D", "B", "W"):
        found[DAY] = (days - days.astype("datetime64[Y]")).astype(np.float64)
    if SEASONS[problem.step] > 1:
        found[MONTH] = (months.astype(np.int64) % 12).astype(np.float64)
    return found


def _taken(values: np.ndarray, places: np.ndarray) -> np.ndarray:
    return np.where(places >= 0, values[np.clip(places, 0, len(values) - 1)], np.nan)
