"""How good each method was on the test part: charts and tables."""

from __future__ import annotations

import numpy as np
import pandas as pd

from core.contracts import Message, Ranking, Records, Series
from core.language import N_
from core.learning.forecasting import accuracy, features
from core.learning.forecasting.backtest import TREES, Backtest
from core.learning.forecasting.comparison import Comparison
from models.finance.forecasts import terms

_TOO_FAR = 3.0  # times the error of the benchmark above which a method is left out of a chart
Interval = tuple[float, float] | None


def scored(found: Backtest) -> dict[str, tuple[float, Interval]]:
    """The score of each method with its interval: MASE, root mean squared error, or QLIKE."""
    losses = {name: found.losses(name) for name in found.forecasts}
    return accuracy.means(losses, _block(found), lambda mean: _score(found, mean))


def _score(found: Backtest, mean: np.ndarray) -> np.ndarray:
    if found.problem.kind == "value":
        return mean / found.scale
    return np.sqrt(mean) if found.problem.kind == "returns" else mean


def _block(found: Backtest) -> int:
    return accuracy.block_length(int(found.is_test.sum()), found.problem.horizon)


def sections(found: Backtest, comparisons: dict[str, tuple[Comparison, float]]) -> list[Ranking | Series | Records]:
    parts: list[Ranking | Series | Records] = [_ranking(found), _by_step(found), _against(found, comparisons), _table(found)]
    return parts + ([_drivers(found)] if found.drivers else [])


def _ranking(found: Backtest) -> Ranking:
    measured = scored(found)
    order = sorted(measured, key=lambda name: measured[name][0])
    _, unit, _ = terms.SCORES[found.problem.kind]
    bounds = [measured[name][1] for name in order]
    known = [bound for bound in bounds if bound is not None]
    low, high = zip(*known) if len(known) == len(order) else ((), ())
    caption = Message(
        N_("The lower the better; on {count} test forecasts of {steps} steps each. Lines: 95 % intervals (bootstrap of blocks of "
           "{block} forecasts)."),
        {"count": f"{int(found.is_test.sum()):,}", "steps": found.problem.horizon, "block": _block(found)},
    )  # fmt: skip
    return Ranking(N_("Methods, the best on the test part first"), tuple(order), tuple(measured[name][0] for name in order), unit,
                   caption, tuple(low), tuple(high), words=tuple(order))  # fmt: skip


def _by_step(found: Backtest) -> Series:
    """The error of each method by how far ahead it was, with the interval of the chosen one."""
    limit = _TOO_FAR * accuracy.mean(found.losses(found.benchmark))
    near = [name for name in found.forecasts if found.problem.kind != "value" or accuracy.mean(found.losses(name)) <= limit]
    steps = range(found.problem.horizon)
    by_step = [accuracy.means({name: found.losses(name)[:, [step]] for name in near}, _block(found), lambda m: _error(found, m))
               for step in steps]  # fmt: skip
    lines = {name: tuple(one[name][0] for one in by_step) for name in near}
    bands = {}
    for name in dict.fromkeys((found.chosen, found.benchmark)):
        bounds = [one[name][1] for one in by_step]
        if all(bound is not None for bound in bounds):
            bands[name] = (tuple(bound[0] for bound in bounds if bound), tuple(bound[1] for bound in bounds if bound))
    caption = N_("On the test part; bands: 95 % intervals of the chosen method and of the benchmark. Methods with errors over "
                 "three times those of the benchmark are left out.")  # fmt: skip
    label = {
        "value": N_("Mean relative error, %") if found.problem.logs else N_("Mean absolute error"),
        "returns": N_("Root mean squared error, %"),
        "volatility": N_("QLIKE loss"),
    }
    return Series(N_("Errors by steps ahead"), tuple(step + 1 for step in steps), lines, N_("Steps ahead"),
                  label[found.problem.kind], caption, bands)  # fmt: skip


def _error(found: Backtest, mean: np.ndarray) -> np.ndarray:
    return np.sqrt(mean) if found.problem.kind == "returns" else mean


def _against(found: Backtest, comparisons: dict[str, tuple[Comparison, float]]) -> Records:
    rows = [
        {
            N_("method"): name, N_("difference of loss"): _rounded(one.difference),
            N_("Diebold–Mariano"): _rounded(one.statistic), N_("p value"): chance(one.p), N_("p value, Holm"): chance(adjusted),
            N_("verdict"): verdict(one, adjusted),
        }
        for name, (one, adjusted) in comparisons.items()
    ]  # fmt: skip
    caption = Message(
        N_("Against {name}. Loss: {loss}, mean over the steps ahead; below 0 the method is better. Two-sided test of Diebold and "
           "Mariano with the correction of Harvey, Leybourne and Newbold; Holm's adjustment for {count} tests. The variance "
           "takes in {lags} lags: where losses hang together for longer, p is too small."),
        {"name": Message(found.benchmark), "loss": Message(loss_name(found)), "count": len(rows),
         "lags": found.problem.horizon - 1},
    )  # fmt: skip
    columns = [N_("method"), N_("difference of loss"), N_("Diebold–Mariano"), N_("p value"), N_("p value, Holm"), N_("verdict")]
    return Records(N_("Is it better than naive?"), pd.DataFrame(rows, columns=columns), caption, words=("method", "verdict"))


def loss_name(found: Backtest) -> str:
    return N_("relative error") if found.problem.logs else LOSSES[found.problem.kind]


LOSSES = {"value": N_("absolute error"), "returns": N_("squared error"), "volatility": N_("QLIKE loss")}
BETTER, WORSE, NO_BETTER = N_("better"), N_("worse"), N_("no clear difference")


def verdict(one: Comparison, adjusted: float) -> str:
    if not np.isfinite(adjusted) or adjusted >= 0.05:
        return NO_BETTER
    return BETTER if one.difference < 0 else WORSE


def chance(p: float) -> str:
    return "–" if not np.isfinite(p) else "< .001" if p < 0.001 else f"{p:.3f}".removeprefix("0")


def probability(p: float) -> str:
    """`p = .03`, `p < .001`."""
    written = chance(p)
    return f"p {written}" if written.startswith("<") else f"p = {written}"


def _rounded(value: float) -> float:
    return float(f"{value:.4g}")


def direction(found: Backtest, name: str) -> tuple[float, Interval, int]:
    """How often the sign of a return was right, where there was one and the method gave one; interval by blocks; how many."""
    actual, forecast = found.actual[found.is_test], found.forecasts[name][found.is_test]
    right = np.where((actual != 0) & (forecast != 0) & np.isfinite(actual), np.sign(actual) == np.sign(forecast), np.nan)
    count = int(np.isfinite(right).sum())
    return (*accuracy.means({name: right}, _block(found))[name], count) if count else (float("nan"), None, 0)


def _table(found: Backtest) -> Records:
    """All scores of all methods. Measures of variances are of the variance itself, in percent squared."""
    actual = found.actual[found.is_test]
    rows, measured = [], scored(found)
    for name, whole in found.forecasts.items():
        forecast = whole[found.is_test]
        row: dict[str, object] = {N_("method"): name, "MAE": accuracy.mean(accuracy.absolute(actual, forecast)),
                                  "RMSE": np.sqrt(accuracy.mean(accuracy.squared(actual, forecast)))}  # fmt: skip
        if found.problem.kind == "volatility":
            row["QLIKE"] = accuracy.mean(found.losses(name))
        else:
            row["MASE"] = measured[name][0] if found.problem.kind == "value" else float(row["MAE"]) / found.scale  # type: ignore[arg-type]
        if found.problem.kind == "value":
            row[N_("sMAPE, %")] = 100 * accuracy.mean(accuracy.symmetric(actual, forecast))
        rows.append({key: value if isinstance(value, str) else _rounded(float(value)) for key, value in row.items()})  # type: ignore[arg-type]
        if found.problem.kind == "returns":
            right, spread, count = direction(found, name)
            rows[-1][N_("direction right, %")] = f"{100 * right:.1f}" if count else "–"
            rows[-1][N_("95 % interval")] = f"{100 * spread[0]:.1f}–{100 * spread[1]:.1f}" if spread else "–"
    caption: str | Message = N_(
        "Mean over all steps ahead of the test part. MASE: mean absolute error over that of the naive forecast one step (or "
        "season) ahead on the steps fitted on; sMAPE: 0 to 200 %."
    )
    if found.problem.kind == "returns":
        caption = Message(
            N_("Mean over all steps ahead of the test part. Whoever always says up is right on {share} % of the days; a method "
               "that says 0 has no direction."),
            {"share": f"{100 * float((actual[np.isfinite(actual)] > 0).mean()):.1f}"},
        )  # fmt: skip
    if found.problem.kind == "volatility":
        caption = N_("Mean over all steps ahead of the test part, of variances in percent squared. Squared returns are a noisy "
                     "measure of them, so QLIKE is what counts.")  # fmt: skip
    return Records(N_("All scores"), pd.DataFrame(rows), caption, words=("method",))


def _drivers(found: Backtest) -> Ranking:
    sizes = {name: size for name, size in found.drivers.items() if size > 0} or found.drivers
    caption = N_("How far each kind of information moves the forecast: mean absolute SHAP value on the latest test forecasts, in "
                 "the units of the values (without a season, and of the variance: of their logarithm).")  # fmt: skip
    return Ranking(Message(N_("What drives {method}"), {"method": TREES}), tuple(sizes), tuple(sizes.values()), "", caption,
                   words=tuple(features.GROUPS))  # fmt: skip
