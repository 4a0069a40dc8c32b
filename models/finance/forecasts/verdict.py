"""The main finding in a sentence: does the chosen method beat the naive forecast, or not?"""

from __future__ import annotations

import numpy as np

from core.contracts import Message
from core.language import N_
from core.learning.forecasting import accuracy
from core.learning.forecasting.axis import STEPS
from core.learning.forecasting.backtest import Backtest
from core.learning.forecasting.comparison import Comparison, diebold_mariano, holm
from models.finance.forecasts.scores import BETTER, NO_BETTER, WORSE, loss_name, probability, verdict

_RESULTS = {
    BETTER: N_("Better than naive: {method} has {share} % less {loss} than {benchmark} on {count} test forecasts ({step} ahead: "
               "{horizon}; {p})."),
    WORSE: N_("Worse than naive: {method}, chosen on the validation part, has {share} % more {loss} than {benchmark} on {count} "
              "test forecasts ({step} ahead: {horizon}; {p})."),
    NO_BETTER: N_("No better than naive: {method}, chosen on the validation part, cannot be told from {benchmark} on {count} "
                  "test forecasts ({step} ahead: {horizon}; {loss} {change} %, {p})."),
}  # fmt: skip
_VARIANCES = {
    BETTER: N_("Better than naive: {method} has a {loss} {size} below that of {benchmark} on {count} test forecasts ({step} "
               "ahead: {horizon}; {p})."),
    WORSE: N_("Worse than naive: {method}, chosen on the validation part, has a {loss} {size} above that of {benchmark} on "
              "{count} test forecasts ({step} ahead: {horizon}; {p})."),
    NO_BETTER: N_("No better than naive: {method}, chosen on the validation part, cannot be told from {benchmark} on {count} "
                  "test forecasts ({step} ahead: {horizon}; {loss} {difference}, {p})."),
}  # fmt: skip
_ITSELF = N_("No better than naive: on the validation part no method did better than {benchmark}, so it is what is shown "
             "({step} ahead: {horizon}).")  # fmt: skip


def compared(found: Backtest) -> dict[str, tuple[Comparison, float]]:
    """Each method against the benchmark on the test part, with Holm's p, the smallest loss first."""
    losses = {name: _a_forecast(found.losses(name)) for name in found.forecasts}
    other = losses.pop(found.benchmark)
    tests = {name: diebold_mariano(of, other, found.problem.horizon) for name, of in losses.items()}
    adjusted = holm({name: one.p for name, one in tests.items()})
    return {name: (tests[name], adjusted[name]) for name in sorted(tests, key=lambda name: tests[name].difference)}


def _a_forecast(losses: np.ndarray) -> np.ndarray:
    """The mean loss of each origin over the steps that were observed; NaN of none."""
    known = np.isfinite(losses)
    counts = known.sum(1)
    return np.where(counts > 0, np.where(known, losses, 0).sum(1) / np.maximum(counts, 1), np.nan)


def finding(found: Backtest, comparisons: dict[str, tuple[Comparison, float]]) -> Message:
    problem = found.problem
    common = {"benchmark": Message(found.benchmark), "horizon": problem.horizon, "step": Message(STEPS[problem.step])}
    if found.chosen == found.benchmark:
        return Message(_ITSELF, common)
    one, p = comparisons[found.chosen]
    told = verdict(one, p)
    sentences = _VARIANCES if problem.kind == "volatility" else _RESULTS
    naive = accuracy.mean(found.losses(found.benchmark))
    change = 100 * one.difference / naive if naive else 0.0
    values = {
        **common, "method": Message(found.chosen), "loss": Message(loss_name(found)),
        "count": f"{int(found.is_test.sum()):,}",
        "share": f"{abs(change):.1f}", "change": f"{change:+.1f}", "size": f"{abs(one.difference):.3f}",
        "difference": f"{one.difference:+.3f}", "p": probability(p),
    }  # fmt: skip
    return Message(sentences[told], values)
