"""The bars of the advisor: a method named before the test years, beside 1/N on them.

On 20 American shares: of four methods the one with the best Sharpe ratio out of sample up to 2007 is held from 2008 on. Weights
are learnt from three years, bought each quarter at 10 basis points; nothing is kept in cash.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from core.contracts import Context, Evidence
from core.language import N_
from models.finance.portfolio import measures, methods, walk

AHEAD = N_("Sharpe ratio minus that of 1/N")
FALL = N_("largest draw-down minus that of 1/N")
SHARPE = N_("Sharpe")
SAMPLE = "stocks_daily"
DATA = "stocks_daily, 2008–2022"
SPLIT = np.datetime64("2008-01-01")
CANDIDATES = (methods.BEST_RATIO, methods.LEAST_RISK, methods.EVEN_RISK, methods.TREE)
HINDSIGHT = N_(
    "The shares were picked with hindsight, for 1/N as for the method: their difference suffers less from it than their heights."
)


@dataclass(frozen=True, eq=False)
class Trial:
    """The method chosen on the years before the test years, and what it did on those, beside 1/N."""

    method: str
    before: dict[str, float]  # Sharpe ratios on the years that the choice was made on
    measured: measures.Measured
    rows: int


def sharpe(context: Context) -> Evidence:
    """The difference in Sharpe ratio a year, on the test years."""
    found = trial(context)
    ahead, interval = found.measured.ahead_of("sharpe", 0)
    return _evidence(AHEAD, ahead, interval, found, unit=SHARPE)


def drawdown(context: Context) -> Evidence:
    """The difference in the largest fall from a height (share of 1, below 0: the method fell less), on the test years."""
    found = trial(context)
    ahead, (low, high) = found.measured.ahead_of("drawdown", 0)
    return _evidence(FALL, -ahead, (-high, -low), found, lower_is_better=True)


def trial(context: Context) -> Trial:
    """Chooses and measures; once in a process, for both bars ask for it."""
    if not _kept:
        _kept.append(_trial(context))
    return _kept[0]


_kept: list[Trial] = []


def _trial(context: Context) -> Trial:
    from core import samples
    from models.finance.advisor import AdvisorParams
    from models.finance.portfolio.prices import read

    params = AdvisorParams()
    market = read(samples.load(SAMPLE), params)
    at, rules = walk.steps(market, params.window, params.rebalance), methods.Rules(most=params.most / 100)
    returns = {}
    for place, method in enumerate((*CANDIDATES, methods.EQUAL)):
        weights, _ = walk.weights_of(method, market, at, rules, context, (place / 5, (place + 1) / 5))
        returns[method] = walk.hold(market, at, weights, params.costs / 10_000).returns
    is_test = market.days[at[0].row + 1 :] >= SPLIT
    before = {method: _ratio(returns[method][~is_test], market.periods) for method in returns}
    best = max(CANDIDATES, key=lambda method: before[method])
    tested = np.stack([returns[best], returns[methods.EQUAL]], 1)[is_test]
    return Trial(best, before, measures.measure(tested, market.periods, 1, context), len(tested))


def _ratio(returns: np.ndarray, periods: float) -> float:
    return float(returns.mean() / returns.std(ddof=1) * np.sqrt(periods))


def _evidence(
    metric: str, score: float, interval: tuple[float, float], found: Trial, *, unit: str = "", lower_is_better: bool = False
) -> Evidence:
    return Evidence(
        metric=metric,
        score=score,
        interval=interval,
        baseline=0.0,
        baseline_name="1/N",
        bar=0.0,
        data=DATA,
        rows=found.rows,
        unit=unit,
        answered_by=f"{methods.METHODS[found.method]} (skfolio)",
        license="BSD-3-Clause",
        lower_is_better=lower_is_better,
        caveats=(HINDSIGHT,),
    )
