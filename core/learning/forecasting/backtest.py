"""All methods of a problem, walked forward over a validation part and a test part, then asked for what comes next.

The validation part, before the test part, chooses the method; the test part says how good it is.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from core.contracts.capability import Context
from core.contracts.errors import InputError
from core.contracts.inputs import Message
from core.contracts.results import Result
from core.language import N_
from core.learning.forecasting import accuracy, bands, recurrent, simple, state_space, trees, volatility
from core.learning.forecasting.axis import LEAST
from core.learning.forecasting.problem import PERCENT, Forecast, Method, Problem
from core.learning.forecasting.walk import Fold, folds

NAIVE, DRIFT, SEASONAL = N_("naive"), N_("drift"), N_("seasonal naive")
EWMA, GARCH, ETS, ARIMA, TREES, LSTM = N_("EWMA"), "GARCH(1,1)", "ETS", "ARIMA", "LightGBM", "LSTM"
LONG_RUN, MEAN = N_("long-run mean"), N_("mean of the fitted methods")
SIMPLE = (NAIVE, DRIFT, SEASONAL, LONG_RUN, EWMA)
MOST_ORIGINS = 1_000  # of the test part, and of the validation part


@dataclass(frozen=True)
class Plan:
    """How the series is walked: shares and counts of its parts, and how much work is done."""

    test_share: float = 0.2
    folds: int = 4  # of the test part; the validation part is one
    window: int = 0  # steps fitted on; 0: all before
    coverage: float = 0.9
    slow: bool = True  # ARIMA and the LSTM too


@dataclass(frozen=True, eq=False)
class Backtest:
    """Forecasts of all origins, shown values (not logarithms), the validation part first.

    `forecasts[name]` and `actual` are (origins, horizon), `is_test` (origins,), `next[name]` (horizon,). `width` (origins,
    horizon) and `next_width` (horizon,) are half widths of the bands of `chosen`, as distances.
    """

    problem: Problem
    plan: Plan
    origins: np.ndarray
    is_test: np.ndarray
    actual: np.ndarray
    forecasts: dict[str, np.ndarray]
    next: dict[str, np.ndarray]
    benchmark: str
    chosen: str
    width: np.ndarray
    next_width: np.ndarray
    scale: float  # of MASE
    drivers: dict[str, float] = field(default_factory=dict)
    notices: tuple[Message, ...] = ()

    def losses(self, name: str, test: bool = True) -> np.ndarray:
        """By which methods are chosen and compared, (origins, horizon) of the test or the validation part."""
        part = self.is_test if test else ~self.is_test
        return self.problem.loss(self.actual[part], self.forecasts[name][part])

    def distances(self, name: str) -> np.ndarray:
        """Of all origins, as bands are made of; of logarithms where the problem has them."""
        return _distances(self.problem, self.actual, self.forecasts[name])

    def bounds(self, center: np.ndarray, width: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Lower and upper end of bands around shown forecasts; of volatility: from 0 to the return that is not exceeded."""
        if self.problem.kind == "volatility":
            return np.zeros_like(center), np.sqrt(center) * width
        if self.problem.logs:
            return center * np.exp(-width), center * np.exp(width)
        return center - width, center + width


class _Part(Context):
    """A share of the whole work; its checkpoints have a folder of their own."""

    def __init__(self, whole: Context, start: float, end: float, folder: str) -> None:
        self.whole, self.start, self.end = whole, start, end
        self.folder: Path | None = None
        if whole.folder is not None:
            self.folder = whole.folder / folder
            self.folder.mkdir(parents=True, exist_ok=True)

    def progress(self, share: float, message: str = "", **values: object) -> None:
        self.whole.progress(self.start + (self.end - self.start) * share)

    def log(self, line: str) -> None:
        self.whole.log(line)

    def part(self, result: Result) -> None:
        self.whole.part(result)

    def check(self) -> None:
        self.whole.check()


def methods(problem: Problem, length: int, slow: bool) -> tuple[dict[str, Method], tuple[Message, ...]]:
    """The methods for a problem of which `length` steps are fitted on at first, by name, and what is to be said of others."""
    notices = []
    if problem.kind == "volatility":
        found: dict[str, Method] = {NAIVE: simple.naive, LONG_RUN: simple.drift, EWMA: volatility.ewma, GARCH: volatility.garch}
    elif problem.kind == "returns":
        found = {NAIVE: simple.naive, LONG_RUN: simple.drift}
    else:
        found = {NAIVE: simple.naive, DRIFT: simple.drift}
        found |= {SEASONAL: simple.seasonal_naive} if problem.season > 1 else {}
        found |= {ETS: state_space.Chosen("ets")}
    if slow and problem.kind != "volatility":
        found[ARIMA] = state_space.Chosen("arima")
    wanted = [(TREES, trees.fit, trees.LEAST)] + ([(LSTM, recurrent.fit, recurrent.LEAST)] if slow else [])
    for name, fit, least in wanted:
        if length >= least + problem.horizon:
            found[name] = fit
        else:
            notices.append(Message(N_("{method} is left out: it learns from {least} steps or more, and {count} are there."),
                                   {"method": name, "least": least, "count": length}))  # fmt: skip
    if problem.kind == "value" and problem.season > state_space.LONGEST_SEASON:
        notices.append(Message(N_("A season of {season} steps is too long for ETS and ARIMA: they do without it."),
                               {"season": problem.season}))  # fmt: skip
    return found, tuple(notices)


def benchmark(problem: Problem) -> str:
    """What a method has to beat: the naive forecast, with a season the seasonal one; of volatility exponential smoothing."""
    return EWMA if problem.kind == "volatility" else SEASONAL if problem.season > 1 and problem.kind == "value" else NAIVE


def parts(problem: Problem, plan: Plan) -> tuple[Fold, ...]:
    """The fold of the validation part and those of the test part.

    Raises:
        InputError: the series is too short for the horizon, or the window for anything.
    """
    if 0 < plan.window < LEAST:
        raise InputError(N_("A window of {window} steps is too short: give {least} or more, or 0 for all of the past."),
                         window=plan.window, least=LEAST)  # fmt: skip
    length = len(problem)
    test = int(np.clip(round(plan.test_share * length), 1, MOST_ORIGINS + problem.horizon))
    window, horizon = plan.window, problem.horizon
    tests = folds(length, horizon, length - test, plan.folds, window=window)
    # The outcomes of the validation part end where the first forecast of the test part begins.
    first = length - test - min(test, (length - test) // 3)
    return (*folds(length - test, horizon, first, 1, window=window), *tests)


def run(problem: Problem, plan: Plan, context: Context) -> Backtest:
    """Walks all methods forward and forecasts what follows the series.

    Raises:
        InputError: the series is too short for the horizon.
        Cancelled: the user stopped it.
    """
    walked = parts(problem, plan)
    last = Fold(max(0, len(problem) - plan.window) if plan.window else 0, len(problem), np.array([len(problem) - 1]))
    known, notices = methods(problem, walked[0].end - walked[0].start, plan.slow)
    found: dict[str, list[np.ndarray]] = {name: [] for name in known}
    fitted: dict[str, Forecast] = {}
    total = (len(walked) + 1) * len(known)
    for number, fold in enumerate((*walked, last)):
        losses = {}
        for place, (name, fit) in enumerate(known.items()):
            context.check()
            done = number * len(known) + place
            sentence = N_("Part {number} of {count}: {method}")
            context.progress(done / total, sentence, number=number + 1, count=len(walked) + 1, method=Message(name))
            fitted[name] = fit(problem, fold, _Part(context, done / total, (done + 1) / total, f"fold-{number}-{place}"))
            found[name].append(_bounded(problem, fitted[name](fold.origins)))
            losses[name] = accuracy.mean(
                problem.loss(problem.shown(problem.actual(fold.origins)), problem.shown(found[name][-1]))
            )
        if fold is not last:
            context.metric(number + 1, **{f"loss: {name}": loss for name, loss in losses.items()})
    return _whole(problem, plan, walked, found, fitted, notices)


def _bounded(problem: Problem, forecast: np.ndarray) -> np.ndarray:
    """Forecasts within ten times the range of what was seen: a line that runs away is no forecast. Variances stay above 0."""
    low, high = float(problem.outcome.min()), float(problem.outcome.max())
    if problem.kind == "volatility":
        return np.clip(forecast, volatility.FLOOR * float(problem.outcome.mean()), 10 * high)
    room = 10 * (high - low)
    return np.clip(np.nan_to_num(forecast, nan=low), low - room, high + room)


def _whole(
    problem: Problem, plan: Plan, walked: tuple[Fold, ...], found: dict[str, list[np.ndarray]], fitted: dict[str, Forecast],
    notices: tuple[Message, ...],
) -> Backtest:  # fmt: skip
    origins = np.concatenate([fold.origins for fold in walked])
    is_test = np.arange(len(origins)) >= len(walked[0].origins)
    actual = problem.shown(problem.actual(origins))
    fitted_names = [name for name in found if name not in SIMPLE]
    if len(fitted_names) > 1:
        found = {**found, MEAN: [np.mean([found[name][part] for name in fitted_names], 0) for part in range(len(walked) + 1)]}
    forecasts = {name: problem.shown(np.concatenate(of[:-1])) for name, of in found.items()}
    validation = {name: accuracy.mean(problem.loss(actual[~is_test], of[~is_test])) for name, of in forecasts.items()}
    chosen = min(validation, key=lambda name: validation[name] if np.isfinite(validation[name]) else np.inf)
    scores = _distances(problem, actual, forecasts[chosen])
    width = np.vstack([bands.walk(scores[: len(walked[0].origins)], plan.coverage), bands.walk(scores, plan.coverage)[is_test]])
    first = walked[1]
    measured = problem.outcome[first.start : first.end] * (PERCENT if problem.logs else 1.0)
    scale = accuracy.scale(measured, problem.season) if problem.kind == "value" else float(np.abs(measured).mean())
    grown = fitted.get(TREES)
    drivers = grown.drivers(origins[is_test][-500:]) if isinstance(grown, trees.Trees) else {}
    return Backtest(
        problem, plan, origins, is_test, actual, forecasts, {name: problem.shown(of[-1][0]) for name, of in found.items()},
        benchmark(problem), chosen, width, bands.latest(scores, plan.coverage), scale, drivers, notices,
    )  # fmt: skip


def _distances(problem: Problem, actual: np.ndarray, forecast: np.ndarray) -> np.ndarray:
    if problem.logs:
        return problem.distance(np.log(actual), np.log(forecast))
    return problem.distance(actual, forecast)
