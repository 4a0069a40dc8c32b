"""What a walk-forward found, as a report: the forecast first, then how good the methods were and what drives them."""

from __future__ import annotations

import numpy as np
import pandas as pd

from core.contracts import Evidence, Message, Metric, Metrics, Records, Report, Section, Series
from core.language import N_
from core.learning.forecasting import bands
from core.learning.forecasting.axis import STEPS, TimeSeries
from core.learning.forecasting.backtest import Backtest
from models.finance.forecasts import scores, terms
from models.finance.forecasts.verdict import compared, finding

OBSERVED, FORECAST = N_("observed"), N_("forecast")
_HISTORY = 60  # least steps of the past on the chart
_SHOWN_TESTS = 250


def report(
    found: Backtest, series: TimeSeries, data: str, notices: tuple[Message, ...], seconds: float
) -> Report:  # fmt: skip
    """Charts first; scores are those of the test part, which chose nothing."""
    comparisons = compared(found)
    outlook = _outlook(found, series)
    sections = [
        Section(outlook.title, outlook),
        Section(N_("In numbers"), _numbers(found)),
        Section(N_("What comes next"), _table(found, series)),
        *(Section(part.title, part) for part in scores.sections(found, comparisons)),
        *(Section(part.title, part) for part in _checks(found)),
    ]
    everything = _all_forecasts(found)
    sections.append(Section(everything.title, everything))
    summary = Message(
        N_("{finding} The next value of {column}: {value}; {coverage} % band: {low} to {high}."),
        {"finding": finding(found, comparisons), "column": _quantity(found, series), **_next(found)},
    )
    return Report(
        N_("Forecasting"), summary, tuple(sections), _evidence(found, data, seconds), (*notices, Message(terms.NO_ADVICE))
    )  # fmt: skip


def _quantity(found: Backtest, series: TimeSeries) -> object:
    return series.name if found.problem.kind == "value" else Message(terms.QUANTITIES[found.problem.kind])


def _next(found: Backtest) -> dict[str, object]:
    """The first step ahead in words."""
    center = found.next[found.chosen]
    low, high = found.bounds(center, found.next_width)
    shown = np.sqrt(center) if found.problem.kind == "volatility" else center
    unit = "" if found.problem.kind == "value" else " %"
    return {"coverage": f"{100 * found.plan.coverage:.0f}", "value": _written(shown[0]) + unit, "low": _written(low[0]) + unit,
            "high": _written(high[0]) + unit}  # fmt: skip


def _written(value: float) -> str:
    return f"{value:,.0f}" if abs(value) >= 10_000 else f"{value:.4g}"


def moments(dates: np.ndarray, step: str) -> tuple[str, ...]:
    """Dates as ISO text, with the hour where steps are hours."""
    return tuple(np.datetime_as_string(dates, unit="m" if step == "h" else "D").tolist())


def _seen(found: Backtest, outcome: np.ndarray) -> np.ndarray:
    """Outcomes as a chart shows them: of variances the absolute return."""
    return np.sqrt(outcome) if found.problem.kind == "volatility" else found.problem.shown(outcome)


def _outlook(found: Backtest, series: TimeSeries) -> Series:
    """The latest past and the forecast with its band."""
    problem, count = found.problem, found.problem.horizon
    past = min(len(problem), max(_HISTORY, 4 * count, 4 * problem.season))
    seen = np.where(problem.observed, _seen(found, problem.outcome), np.nan)[-past:]
    center = found.next[found.chosen]
    low, high = found.bounds(center, found.next_width)
    line = np.sqrt(center) if problem.kind == "volatility" else center
    gap, nothing = np.full(past, np.nan), np.full(count, np.nan)
    edges = (np.append(gap, low), np.append(gap, high))
    if problem.kind == "value" and np.isfinite(seen[-1]):  # the forecast starts where the past ends
        gap[-1] = seen[-1]
        edges = (np.append(gap, low), np.append(gap, high))
    caption = Message(
        N_("{method}, chosen on the validation part. In the band lay {coverage} % of its past errors (conformal prediction); on "
           "the test part {covered} % of {count} outcomes did."),
        {"method": Message(found.chosen), "coverage": f"{100 * found.plan.coverage:.0f}", **_covered(found)},
    )  # fmt: skip
    if problem.kind == "volatility":
        caption = Message(
            N_("The line is the forecast standard deviation by {method}, chosen on the validation part; observed are absolute "
               "returns. The band should hold {coverage} % of them (conformal prediction); on the test part it held {covered} % "
               "of {count}."),
            dict(caption.values),
        )  # fmt: skip
    return Series(
        N_("Forecast"), moments(problem.dates[-past - count :], problem.step),
        {OBSERVED: tuple(np.append(seen, nothing).tolist()), FORECAST: tuple(np.append(gap, line).tolist())}, N_("Date"),
        _axis(found, series), caption, {FORECAST: (tuple(edges[0].tolist()), tuple(edges[1].tolist()))},
    )  # fmt: skip


def _axis(found: Backtest, series: TimeSeries) -> str:
    return series.name if found.problem.kind == "value" else terms.AXES[found.problem.kind]


def _covered(found: Backtest) -> dict[str, object]:
    share, count = bands.covered(found.distances(found.chosen)[found.is_test], found.width[found.is_test])
    return {"covered": f"{100 * share:.1f}" if count else "–", "count": f"{count:,}"}


def _numbers(found: Backtest) -> Metrics:
    """Score of the chosen method and of the benchmark, coverage, direction."""
    measured = scores.scored(found)
    name, unit, meaning = terms.SCORES[found.problem.kind]
    value, interval = measured[found.chosen]
    items = [
        Metric(name, value, unit, interval, meaning),
        Metric(N_("benchmark, the same score"), measured[found.benchmark][0], unit, measured[found.benchmark][1],
               N_("The simple forecast that has to be beaten.")),
    ]  # fmt: skip
    share, count = bands.covered(found.distances(found.chosen)[found.is_test], found.width[found.is_test])
    if count:
        items.append(Metric(N_("Coverage of the bands"), share, "", None, N_("The share of outcomes that lay within the bands.")))
    if found.problem.kind == "returns":
        right, spread, _ = scores.direction(found, found.chosen)
        if np.isfinite(right):
            items.append(Metric(N_("Direction right"), right, "", spread, N_("How often the sign of the return was right.")))
    return Metrics(tuple(items))


def _table(found: Backtest, series: TimeSeries) -> Records:
    problem = found.problem
    center = found.next[found.chosen]
    low, high = found.bounds(center, found.next_width)
    line = np.sqrt(center) if problem.kind == "volatility" else center
    frame = pd.DataFrame({
        N_("date"): moments(problem.dates[-problem.horizon :], problem.step), N_("forecast"): line, N_("lower end"): low,
        N_("upper end"): high, N_("benchmark"): _naive(found),
    })  # fmt: skip
    sentence = N_("{what}; {step} ahead: {count}. Dates on which no market is open may be among them.")
    caption = Message(
        sentence, {"what": _quantity(found, series), "count": problem.horizon, "step": Message(STEPS[problem.step])}
    )
    if problem.step != "B":
        caption = Message(N_("{what}; {step} ahead: {count}."), dict(caption.values))
    return Records(N_("What comes next"), frame, caption)


def _all_forecasts(found: Backtest) -> Records:
    """One step ahead on the test part, and all steps that come next: the longest table, which is the one to take away."""
    problem, name = found.problem, found.chosen
    rows = np.flatnonzero(found.is_test)
    center = np.append(found.forecasts[name][rows, 0], found.next[name])
    low, high = found.bounds(center, np.append(found.width[rows, 0], found.next_width))
    actual = np.append(found.actual[rows, 0], np.full(problem.horizon, np.nan))
    if problem.kind == "volatility":
        center, actual = np.sqrt(center), np.sqrt(actual)
    dates = np.append(problem.dates[found.origins[rows] + 1], problem.dates[-problem.horizon :])
    ahead = [1] * len(rows) + list(range(1, problem.horizon + 1))
    frame = pd.DataFrame({
        N_("date"): moments(dates, problem.step), N_("steps ahead"): ahead, OBSERVED: actual, FORECAST: center,
        N_("lower end"): low, N_("upper end"): high,
    })  # fmt: skip
    caption = N_("One step ahead on the test part, then what comes next; the download has all.")
    return Records(N_("All forecasts"), frame, caption)


def _naive(found: Backtest) -> np.ndarray:
    following = found.next[found.benchmark]
    return np.sqrt(following) if found.problem.kind == "volatility" else following


def _checks(found: Backtest) -> list[Series]:
    """Forecasts one step ahead beside what came, and whether their errors still hold a pattern."""
    problem, name = found.problem, found.chosen
    rows = np.flatnonzero(found.is_test)[-_SHOWN_TESTS:]
    center = found.forecasts[name][rows, 0]
    low, high = found.bounds(center, found.width[rows, 0])
    actual = found.actual[rows, 0]
    line = center
    if problem.kind == "volatility":
        line, actual = np.sqrt(center), np.sqrt(actual)
    walked = Series(
        N_("One step ahead, on the test part"), moments(problem.dates[found.origins[rows] + 1], problem.step),
        {OBSERVED: tuple(actual.tolist()), FORECAST: tuple(line.tolist())}, N_("Date"),
        terms.AXES[problem.kind],
        N_("Each forecast was made a step before, by a method fitted on earlier steps only; the band is made of the errors known "
           "by then."),
        {FORECAST: (tuple(low.tolist()), tuple(high.tolist()))},
    )  # fmt: skip
    left = _autocorrelation(found)
    return [walked] if left is None else [walked, left]


def _autocorrelation(found: Backtest) -> Series | None:
    """Of the errors one step ahead on the test part, with the test of Ljung and Box (1978)."""
    from scipy.stats import chi2

    problem = found.problem
    actual, forecast = found.actual[found.is_test][:, 0], found.forecasts[found.chosen][found.is_test][:, 0]
    errors = (
        actual / forecast - 1
        if problem.kind == "volatility"
        else np.log(actual / forecast)
        if problem.logs
        else actual - forecast
    )
    errors = errors[np.isfinite(errors)]
    lags = min(20, len(errors) // 4)
    centred = errors - errors.mean() if len(errors) else errors
    whole = float(centred @ centred)
    if lags < 2 or whole <= 0:
        return None
    found_ = np.array([float(centred[lag:] @ centred[:-lag]) / whole for lag in range(1, lags + 1)])
    count = len(errors)
    statistic = count * (count + 2) * float((found_**2 / (count - np.arange(1, lags + 1))).sum())
    p = float(chi2.sf(statistic, lags))
    limit = 1.96 / np.sqrt(count)
    sentence = N_("Ljung–Box test over {lags} lags: {p}. No pattern is left in the errors that this test would see.")
    if p < 0.05:
        sentence = N_("Ljung–Box test over {lags} lags: {p}. The errors still hold a pattern that the method does not use.")
    name, steps = N_("autocorrelation"), tuple(range(1, lags + 1))
    return Series(
        N_("Errors one step ahead: is a pattern left?"), steps, {name: tuple(found_.tolist())}, N_("Lag, steps"),
        N_("Autocorrelation"), Message(sentence, {"lags": lags, "p": scores.probability(p)}),
        {name: ((-limit,) * lags, (limit,) * lags)},
    )  # fmt: skip


def _evidence(found: Backtest, data: str, seconds: float) -> Evidence:
    measured = scores.scored(found)
    name, unit, _ = terms.SCORES[found.problem.kind]
    score, interval = measured[found.chosen]
    gap = Message(
        N_("Walk-forward: methods were fitted {folds} times on the way through the test part; {embargo} steps (the horizon) lie "
           "between what was fitted on and the first forecast of each part."),
        {"folds": found.plan.folds, "embargo": found.problem.horizon},
    )  # fmt: skip
    caveats: list[Message | str] = [gap]
    if found.problem.logs:
        caveats.append(N_("The methods worked on logarithms, as suits prices; errors are relative, but for MAE and RMSE."))
    caveats.append(terms.NO_ADVICE)
    return Evidence(
        metric=name, score=score if np.isfinite(score) else None, interval=interval, baseline=measured[found.benchmark][0],
        baseline_name=found.benchmark, data=data, rows=int(found.is_test.sum()), answered_by=found.chosen,
        caveats=tuple(caveats), seconds=seconds, lower_is_better=True, unit=unit,
    )  # fmt: skip
