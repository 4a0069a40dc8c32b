"""The bars of `finance.forecast`, each measured on the test part of its sample, which follows what the methods were chosen on."""

from __future__ import annotations

from time import perf_counter
from typing import TYPE_CHECKING

import numpy as np

from core import samples
from core.contracts import Context, Evidence
from core.language import N_

if TYPE_CHECKING:
    from core.learning.forecasting.backtest import Backtest
    from core.learning.forecasting.problem import Kind

SCALED = N_("MASE, seven days ahead")
PRICES = N_("mean relative error of prices over that of the naive forecast, five days ahead")
RETURNS = N_("root mean squared error of returns over that of no change, five days ahead")
VOLATILITY = N_("QLIKE of volatility minus that of EWMA, five days ahead")
TIMES = N_("times")
_WEEK, _TRADING_WEEK = 7, 5


def transit(context: Context) -> Evidence:
    """The method chosen on the validation part beside the seasonal naive forecast."""
    from core.learning.forecasting import accuracy

    found, seconds = _walked("transit_chicago", "ridership", "value", _WEEK, context)
    block = accuracy.block_length(int(found.is_test.sum()), _WEEK)
    losses = {name: found.losses(name) for name in (found.chosen, found.benchmark)}
    scores = accuracy.means(losses, block, lambda mean: mean / found.scale)
    score, interval = scores[found.chosen]
    return Evidence(
        metric=SCALED, score=score, interval=interval, baseline=scores[found.benchmark][0], baseline_name=found.benchmark,
        data="transit_chicago", rows=int(found.is_test.sum()), answered_by=found.chosen, seconds=seconds,
        lower_is_better=True, unit="MASE",
    )  # fmt: skip


def prices(context: Context) -> Evidence:
    return _beside("value", PRICES, context)


def returns(context: Context) -> Evidence:
    return _beside("returns", RETURNS, context)


def volatility(context: Context) -> Evidence:
    return _beside("volatility", VOLATILITY, context)


def _beside(kind: Kind, metric: str, context: Context) -> Evidence:
    """The error of the method chosen on the validation part over that of the benchmark; of volatility their difference."""
    from core.learning.forecasting import accuracy
    from core.lifecycle.bootstrap import intervals

    found, seconds = _walked("sp500_daily", "sp500", kind, _TRADING_WEEK, context)
    ours, naive = (np.nanmean(found.losses(name), 1) for name in (found.chosen, found.benchmark))

    def compute(weights: np.ndarray) -> dict[str, np.ndarray]:
        first, second = ours @ weights / weights.sum(0), naive @ weights / weights.sum(0)
        if kind == "volatility":
            return {metric: first - second}
        return {metric: first / second if kind == "value" else np.sqrt(first / second)}

    groups = np.arange(len(ours)) // accuracy.block_length(len(ours), _TRADING_WEEK)
    return Evidence(
        metric=metric, score=float(compute(np.ones((len(ours), 1)))[metric][0]),
        interval=intervals(compute, len(ours), groups=groups).get(metric), baseline=0.0 if kind == "volatility" else 1.0,
        baseline_name=found.benchmark, data="sp500_daily", rows=len(ours), answered_by=found.chosen, seconds=seconds,
        lower_is_better=True, unit="QLIKE" if kind == "volatility" else TIMES,
    )  # fmt: skip


def _walked(sample: str, value: str, kind: Kind, horizon: int, context: Context) -> tuple[Backtest, float]:
    from core.learning.forecasting import axis, backtest
    from core.learning.forecasting.problem import pose

    started = perf_counter()
    problem, _ = pose(axis.read_series(samples.load(sample).frame, "date", value), kind, horizon)
    return backtest.run(problem, backtest.Plan(), context), perf_counter() - started
