"""Weights from past returns, by skfolio: nothing in here knows of time.

Mean and covariance are shrunk (James and Stein 1961 for means, Ledoit and Wolf 2004 for covariances): plain estimates from a few
years are so noisy that an optimiser chases their errors.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from core.contracts import InputError
from core.language import N_
from models.finance.portfolio.wording import Group, View

if TYPE_CHECKING:
    import pandas as pd

TARGET, BEST_RATIO, LEAST_RISK, EVEN_RISK, TREE, VIEWS, EQUAL = (
    "target", "max_sharpe", "min_variance", "risk_parity", "hrp", "black_litterman", "equal",
)  # fmt: skip
METHODS = {
    EVEN_RISK: N_("Risk parity"),
    TREE: N_("Hierarchical risk parity"),
    LEAST_RISK: N_("Minimum variance"),
    BEST_RATIO: N_("Mean-variance, highest Sharpe ratio"),
    TARGET: N_("Mean-variance at the risk level"),
    VIEWS: N_("Black–Litterman with my views"),
    EQUAL: "1/N",
}
MOST_RISK_AVERSE = 2.5  # of the market as a whole: He and Litterman 1999
FRONTIER_POINTS = 24


@dataclass(frozen=True)
class Rules:
    """What a portfolio must keep to. `volatility` (of one period, share of 1; None: no limit) is kept to by holding cash.

    Short positions and borrowed money are never taken.
    """

    most: float = 1.0
    groups: tuple[Group, ...] = ()
    volatility: float | None = None
    interest: float = 0.0  # of cash, per period
    views: tuple[View, ...] = ()
    confidence: float = 0.5


@dataclass(frozen=True, eq=False)
class Weighed:
    """`weights` (assets,) sum to at most 1, the rest is cash. `fallback`: the method had no answer, 1/N stands in."""

    weights: np.ndarray
    fallback: bool = False


def weigh(method: str, returns: np.ndarray, rules: Rules, places: Sequence[int] | None = None) -> Weighed:
    """The portfolio of `method` from `returns` (rows, assets), all finite.

    `places` are the places of these assets among all that groups and views speak of.
    """
    count = returns.shape[1]
    rules = here(rules, range(count) if places is None else places)
    if method == EQUAL:
        return Weighed(_with_cash(np.full(count, 1 / count), returns, rules))
    from skfolio.exceptions import OptimizationError

    try:
        weights = _fitted(method, returns, rules)
    except OptimizationError:
        return Weighed(_with_cash(np.full(count, 1 / count), returns, rules), fallback=True)
    weights = np.clip(np.nan_to_num(np.asarray(weights, dtype=float)), 0, None)
    weights /= max(1.0, weights.sum())
    return Weighed(weights if method == TARGET else _with_cash(weights, returns, rules))


def need_possible(rules: Rules, count: int) -> None:
    """Raises `InputError` where no portfolio of `count` assets keeps to the limits of the groups."""
    from scipy.optimize import linprog

    if rules.groups:
        left, right = _inequality(rules, count)
        found = linprog(np.zeros(count), A_ub=left, b_ub=right, A_eq=np.ones((1, count)), b_eq=[1.0], bounds=(0, rules.most))
        if not found.success:
            raise InputError(N_("The limits of the groups leave less than the whole to invest: raise one of them."))


def frontier(returns: np.ndarray, rules: Rules) -> tuple[np.ndarray, np.ndarray, Callable[[np.ndarray], tuple[float, float]]]:
    """Volatilities and expected returns of one period along the efficient frontier, and a function that gives both for
    weights.
    """
    prior = _prior(rules, bool(rules.views))
    prior.fit(_named(returns))
    mean, covariance = prior.return_distribution_.mu, prior.return_distribution_.covariance

    def at(weights: np.ndarray) -> tuple[float, float]:
        cash = 1 - weights.sum()
        return float(np.sqrt(weights @ covariance @ weights)), float(weights @ mean + cash * rules.interest)

    optimiser = _mean_risk(rules, returns.shape[1], efficient_frontier_size=FRONTIER_POINTS)
    optimiser.fit(_named(returns))
    points = sorted(at(weights) for weights in np.atleast_2d(optimiser.weights_))
    return np.array([x for x, _ in points]), np.array([y for _, y in points]), at


def here(rules: Rules, places: Sequence[int]) -> Rules:
    """The rules as they are for the assets at `places`. Where these are too few to hold the whole, each may be larger."""
    at = {place: here for here, place in enumerate(places)}
    groups = [Group(g.name, g.most, tuple(at[place] for place in g.assets if place in at)) for g in rules.groups]
    views = [View(at[v.asset], v.value, at[v.other] if v.other >= 0 else -1) for v in rules.views
             if v.asset in at and (v.other < 0 or v.other in at)]  # fmt: skip
    return replace(
        rules, most=max(rules.most, 1 / len(places)), groups=tuple(group for group in groups if group.assets), views=tuple(views)
    )


def _fitted(method: str, returns: np.ndarray, rules: Rules) -> np.ndarray:
    from skfolio.exceptions import OptimizationError
    from skfolio.optimization import HierarchicalRiskParity, ObjectiveFunction, RiskBudgeting

    count, named = returns.shape[1], _named(returns)
    prior = _prior(rules, method == VIEWS)
    if method == TREE:
        found = HierarchicalRiskParity(prior_estimator=prior, max_weights=rules.most).fit(named).weights_
        return _nearest(found, rules) if rules.groups else found
    if method == EVEN_RISK:
        left, right = _inequality(rules, count)
        budget = RiskBudgeting(prior_estimator=prior, max_weights=rules.most, left_inequality=left, right_inequality=right)
        return budget.fit(named).weights_
    if method == LEAST_RISK:
        return _mean_risk(rules, count).fit(named).weights_
    if method == TARGET and rules.volatility is not None:
        most_return = _mean_risk(
            rules, count, objective_function=ObjectiveFunction.MAXIMIZE_RETURN, max_standard_deviation=rules.volatility,
            budget=None, min_budget=0.0, max_budget=1.0,
        )  # fmt: skip
        return most_return.fit(named - rules.interest).weights_
    prior = _prior(rules, method == VIEWS).fit(named)
    if prior.return_distribution_.mu.max() <= rules.interest:
        raise OptimizationError("no asset is expected to earn more than cash")
    best = _mean_risk(
        rules, count, method == VIEWS, objective_function=ObjectiveFunction.MAXIMIZE_RATIO, risk_free_rate=rules.interest
    )
    return best.fit(named).weights_


def _named(returns: np.ndarray) -> pd.DataFrame:
    """With names that views can be written in, whatever the user calls the assets."""
    import pandas as pd

    return pd.DataFrame(returns, columns=[f"x{place}" for place in range(returns.shape[1])])


def _mean_risk(rules: Rules, count: int, opinions: bool = False, **settings: Any) -> Any:
    from skfolio.optimization import MeanRisk

    left, right = _inequality(rules, count)
    return MeanRisk(
        prior_estimator=_prior(rules, opinions or bool(settings.get("efficient_frontier_size") and rules.views)), min_weights=0.0,
        max_weights=rules.most, left_inequality=left, right_inequality=right, **settings,
    )  # fmt: skip


def _prior(rules: Rules, opinions: bool) -> Any:
    """Shrunk estimates; with `opinions`, those of Black and Litterman (1992) around the returns that would make 1/N the best
    choice.

    How sure the user is of the views sets their spread after Idzorek (2005).
    """
    from skfolio.moments import EquilibriumMu, LedoitWolf, ShrunkMu
    from skfolio.prior import BlackLitterman, EmpiricalPrior

    if not opinions:
        return EmpiricalPrior(mu_estimator=ShrunkMu(), covariance_estimator=LedoitWolf())
    market = EmpiricalPrior(mu_estimator=EquilibriumMu(risk_aversion=MOST_RISK_AVERSE), covariance_estimator=LedoitWolf())
    if not rules.views:
        return market
    spoken = [
        f"x{v.asset} - x{v.other} == {v.value:.12f}" if v.other >= 0 else f"x{v.asset} == {v.value:.12f}" for v in rules.views
    ]
    return BlackLitterman(views=spoken, prior_estimator=market, view_confidences=[rules.confidence] * len(spoken),
                          risk_free_rate=rules.interest)  # fmt: skip


def _inequality(rules: Rules, count: int) -> tuple[np.ndarray | None, np.ndarray | None]:
    """The limits of the groups as `left @ weights <= right`."""
    if not rules.groups:
        return None, None
    left = np.zeros((len(rules.groups), count))
    for row, group in zip(left, rules.groups):
        row[list(group.assets)] = 1.0
    return left, np.array([group.most for group in rules.groups])


def _nearest(weights: np.ndarray, rules: Rules) -> np.ndarray:
    """The permitted portfolio nearest to `weights`: the tree knows no limits for groups."""
    import cvxpy

    left, right = _inequality(rules, len(weights))
    free = cvxpy.Variable(len(weights))
    problem = cvxpy.Problem(cvxpy.Minimize(cvxpy.sum_squares(free - weights)),
                            [free >= 0, free <= rules.most, cvxpy.sum(free) == 1, left @ free <= right])  # fmt: skip
    problem.solve(solver="CLARABEL")
    if free.value is None:
        from skfolio.exceptions import OptimizationError

        raise OptimizationError("no permitted portfolio")
    return np.asarray(free.value)


def _with_cash(weights: np.ndarray, returns: np.ndarray, rules: Rules) -> np.ndarray:
    """As much of the portfolio as keeps its volatility under the limit; the rest is cash. Nothing is borrowed to reach it."""
    if rules.volatility is None:
        return weights
    from skfolio.moments import LedoitWolf

    swing = float(np.sqrt(weights @ LedoitWolf().fit(returns).covariance_ @ weights))
    return weights * min(1.0, rules.volatility / swing) if swing > 0 else weights
