import numpy as np
import pytest

from core.contracts import InputError
from models.finance.portfolio import methods
from models.finance.portfolio.methods import Rules, need_possible, weigh
from models.finance.portfolio.wording import Group, View

RETURNS = np.random.default_rng(0).normal((0.0004, 0.0004, 0.0004, 0.0004), (0.01, 0.01, 0.02, 0.02), (3000, 4))


def test_minimum_variance_and_risk_parity_are_those_of_independent_assets():
    """Weights go with one over the variance, and with one over the volatility."""
    spread = np.array([0.01, 0.01, 0.02, 0.02])
    for method, power in ((methods.LEAST_RISK, 2), (methods.EVEN_RISK, 1)):
        expected = spread**-power / (spread**-power).sum()
        assert weigh(method, RETURNS, Rules()).weights == pytest.approx(expected, abs=0.02)


def test_the_highest_ratio_goes_to_what_earns():
    returns = RETURNS + np.array([0.002, 0, 0, 0])
    assert weigh(methods.BEST_RATIO, returns, Rules()).weights.argmax() == 0


@pytest.mark.parametrize("method", methods.METHODS)
def test_limits_are_kept_and_nothing_is_sold_short_or_borrowed(method):
    rules = Rules(most=0.4, groups=(Group("calm", 0.5, (0, 1)),), volatility=0.006)
    weights = weigh(method, RETURNS, rules).weights
    assert weights.min() >= 0 and weights.sum() <= 1 + 1e-9
    if method != methods.EQUAL:
        assert weights.max() <= 0.4 + 1e-4 and weights[:2].sum() <= 0.5 + 1e-4
    assert np.sqrt(weights @ np.cov(RETURNS.T) @ weights) <= 0.006 * 1.02


def test_views_move_the_portfolio_where_they_point_and_none_leave_the_market():
    even = weigh(methods.VIEWS, RETURNS, Rules()).weights
    assert even == pytest.approx(np.full(4, 0.25), abs=0.01)
    up = weigh(methods.VIEWS, RETURNS, Rules(views=(View(2, 0.30 / 252),))).weights
    apart = weigh(methods.VIEWS, RETURNS, Rules(views=(View(0, 0.03 / 252, 1),), confidence=0.9)).weights
    assert up[2] > even[2] + 0.05
    assert apart[0] > even[0] > apart[1]


def test_without_an_answer_one_over_n_stands_in_and_says_so():
    falling = RETURNS - 0.01
    found = weigh(methods.BEST_RATIO, falling, Rules())
    assert found.fallback and found.weights == pytest.approx(np.full(4, 0.25))


def test_limits_that_leave_less_than_the_whole_get_a_sentence():
    with pytest.raises(InputError, match="groups"):
        need_possible(Rules(groups=(Group("all", 0.5, (0, 1, 2, 3)),)), 4)
    need_possible(Rules(groups=(Group("some", 0.5, (0, 1)),)), 4)


def test_the_frontier_rises_and_the_least_risk_lies_at_its_left():
    across, up, at = methods.frontier(RETURNS, Rules())
    assert (np.diff(across) > -1e-9).all() and (np.diff(up) > -1e-9).all()
    assert at(weigh(methods.LEAST_RISK, RETURNS, Rules()).weights)[0] == pytest.approx(across[0], rel=1e-2)
