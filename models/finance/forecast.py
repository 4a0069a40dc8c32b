"""Forecasts of prices, returns, volatility or any dated series: naive methods, ETS, ARIMA, LightGBM, an LSTM and their mean,
walked forward over the past, with bands that past errors make, and a plain word on whether that beats the naive forecast.
"""

from __future__ import annotations

import hashlib
from time import perf_counter
from typing import TYPE_CHECKING, Literal

from core.contracts import Bar, Capability, Context, InputError, Params, Report, Table, column, dump, load, parameter
from core.home import home, read_json, write_json
from core.language import N_
from models.finance.forecasts import trial

if TYPE_CHECKING:
    from core.learning.forecasting.axis import TimeSeries

VERSION = 1  # of what is kept: a higher one when the same input would get another answer
MOST_KEPT = 200
QUICK_ROWS = 300  # up to so many rows the fast methods answer at once


class ForecastParams(Params):
    date: str = column("date", title=N_("Date column"), help=N_("The column with the dates, hours or months."))
    value: str = column("number", title=N_("Value column"), help=N_("The prices, sales or counts to forecast."))
    what: Literal["value", "returns", "volatility"] = parameter(
        "value", title=N_("What to forecast"), help=N_("Returns and volatility are made from prices, which must be above 0."),
        choices={"value": N_("The values themselves"), "returns": N_("Log returns"), "volatility": N_("Volatility")},
    )  # fmt: skip
    horizon: int = parameter(
        7, ge=1, le=60, title=N_("Horizon"), unit=N_("steps"),
        help=N_("How many hours, days, weeks or months ahead, as the data have them."),
    )  # fmt: skip
    methods: Literal["all", "fast"] = parameter(
        "all", title=N_("Methods"), help=N_("All take about a minute, the fast ones some seconds."),
        choices={"all": N_("All"), "fast": N_("Without ARIMA and the LSTM")},
    )  # fmt: skip
    coverage: float = parameter(
        0.9, ge=0.5, le=0.99, title=N_("Coverage of the bands"), advanced=True,
        help=N_("The share of outcomes that should lie within the bands."),
    )  # fmt: skip
    combine: Literal["mean", "sum", "last"] = parameter(
        "mean", title=N_("Rows of the same date"), help=N_("What is made of several rows of one step."), advanced=True,
        choices={"mean": N_("Their mean"), "sum": N_("Their sum"), "last": N_("The last one")},
    )  # fmt: skip
    season: int = parameter(
        0, ge=0, le=366, title=N_("Season"), unit=N_("steps"), advanced=True,
        help=N_("Steps after which a pattern repeats, such as 7 days; 0: find it, 1: there is none."),
    )  # fmt: skip
    test_share: float = parameter(
        0.2, ge=0.05, le=0.4, title=N_("Test share"), advanced=True, help=N_("Share of the steps, the latest, to measure with."),
    )  # fmt: skip
    folds: int = parameter(
        4, ge=1, le=12, title=N_("Folds"), advanced=True,
        help=N_("How often the methods are fitted anew on the way through the test part."),
    )  # fmt: skip
    window: int = parameter(
        0, ge=0, le=20_000, title=N_("Window"), unit=N_("steps"), advanced=True,
        help=N_("The latest steps that are fitted on; 0: all of the past."),
    )  # fmt: skip
    seed: int = parameter(
        0, ge=0, le=2**31 - 1, title=N_("Seed"), advanced=True, help=N_("The same seed gives the same forecast."),
    )  # fmt: skip


def run(given: Table, params: ForecastParams, context: Context) -> Report:
    """Walks the methods forward over the series, says how good they were and forecasts what comes next.

    The same series with the same params is answered from what was kept of the first time.

    Raises:
        InputError: no column of dates or of numbers, too few steps, or prices that are not above 0.
    """
    started = perf_counter()
    series = series_of(given, params)
    kept = home("forecasts") / f"{_digest(series, params)}.json"
    if kept.exists():
        report: Report = load(read_json(kept))
        return report
    from core.learning.forecasting import backtest
    from core.learning.forecasting.problem import pose
    from models.finance.forecasts import results

    problem, notices = pose(series, params.what, params.horizon, seed=params.seed)
    plan = backtest.Plan(params.test_share, params.folds, params.window, params.coverage, params.methods == "all")
    found = backtest.run(problem, plan, context)
    report = results.report(found, series, given.name, (*given.notices, *notices, *found.notices), perf_counter() - started)
    write_json(kept, dump(report))
    _forget()
    return report


def series_of(given: Table, params: ForecastParams) -> TimeSeries:
    """The series that `params` names; columns are guessed where they are left empty."""
    from core.intake import roles
    from core.learning.forecasting import axis

    frame = given.frame
    date = params.date or roles.guess(frame, "date")
    if not date:
        raise InputError(N_("None of the columns looks like dates: name the date column. The table has: {columns}."),
                         columns=", ".join(map(str, frame.columns[:20])))  # fmt: skip
    value = params.value or roles.guess(frame, "number") or _numeric(given, date)
    if not value:
        raise InputError(N_("None of the columns holds numbers: name the value column. The table has: {columns}."),
                         columns=", ".join(map(str, frame.columns[:20])))  # fmt: skip
    return axis.read_series(frame, date, value, combine=params.combine, season=params.season)


def _numeric(given: Table, date: str) -> str:
    """The first column of texts of which most read as numbers, such as "¥1,200"."""
    import numpy as np

    from core.intake.numbers import as_numbers

    for name in given.frame.columns:
        if name != date and np.isfinite(as_numbers(given.frame[name].head(200))).mean() > 0.8:
            return str(name)
    return ""


def _digest(series: TimeSeries, params: ForecastParams) -> str:
    """Of all that the answer hangs on."""
    whole = hashlib.sha256(f"{VERSION} {params.model_dump_json()} {series.name} {series.notices}".encode())
    for part in (series.dates, series.values, series.observed):
        whole.update(part.tobytes())
    return whole.hexdigest()


def _forget() -> None:
    """Keeps the newest answers only."""
    for path in sorted(home("forecasts").glob("*.json"), key=lambda path: -path.stat().st_mtime)[MOST_KEPT:]:
        path.unlink(missing_ok=True)


def is_slow(given: Table, params: ForecastParams) -> bool:
    return params.methods == "all" or len(given) > QUICK_ROWS


CAPABILITY = Capability(
    id="finance.forecast",
    title=N_("Forecasting"),
    summary=N_("Forecasts prices, returns, volatility or any dated series, and says whether that beats the naive forecast."),
    takes=(Table,),
    returns=Report,
    params=ForecastParams,
    run=run,
    samples=("sp500_daily", "transit_chicago", "stocks_daily"),
    metric="MASE",
    bars=(
        Bar("transit_chicago", trial.SCALED, 0.7, measure=trial.transit, lower_is_better=True, unit="MASE"),
        Bar("sp500_daily", trial.PRICES, 1.01, measure=trial.prices, lower_is_better=True, unit=trial.TIMES),
        Bar("sp500_daily", trial.RETURNS, 1.01, measure=trial.returns, lower_is_better=True, unit=trial.TIMES),
        Bar("sp500_daily", trial.VOLATILITY, 0.0, measure=trial.volatility, lower_is_better=True, unit="QLIKE"),
    ),
    is_slow=is_slow,
)  # fmt: skip
