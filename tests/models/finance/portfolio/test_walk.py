import numpy as np
import pytest

from core.contracts import Context, InputError
from models.finance.portfolio import methods, walk
from models.finance.portfolio.methods import METHODS, Rules
from tests.models.finance.portfolio.made import market, prices, returns

RULES = Rules(most=1.0, volatility=0.01)


def walked(moves: np.ndarray, method: str = methods.BEST_RATIO):
    found = market(prices(moves))
    at = walk.steps(found, 1, "quarter")
    return found, at, walk.weights_of(method, found, at, RULES, Context())[0]


@pytest.mark.parametrize("method", [method for method in METHODS if method != methods.VIEWS])
def test_what_comes_at_the_trade_or_later_changes_no_weight(method):
    """Whatever happens on the day of the trade and after it, the weights bought on that day are the same."""
    moves = returns(2)
    _, at, weights = walked(moves, method)
    changed = moves.copy()
    row = at[2].row - 1  # of the return of the day of the trade: the first price has none
    changed[row:] = returns(2, seed=9)[row:]
    changed[row, 2] = 0.9
    _, _, again = walked(changed, method)
    assert (again[:3] == weights[:3]).all()
    assert method == methods.EQUAL or (again[3:] != weights[3:]).any()


def test_a_share_that_jumps_tomorrow_is_not_bought_today():
    moves = returns(2, means=(0.001, 0.001, -0.001))
    _, at, _ = walked(moves)
    moves[at[2].row, 2] = 1.0  # the return of the day after the trade
    found, at, weights = walked(moves)
    assert weights[2, 2] < 0.05 < weights[3, 2]
    assert found.returns[at[2].row + 1, 2] == pytest.approx(1.0)


def test_who_buys_at_a_close_does_not_earn_that_day():
    moves = np.full((520, 2), 0.0001) * [1, -1]
    moves[::2] *= -1
    _, at, _ = walked(moves, methods.EQUAL)
    moves[at[0].row - 1] = 0.5
    found, at, weights = walked(moves, methods.EQUAL)
    held = walk.hold(found, at, np.full_like(weights, 0.5), cost=0)
    assert abs(held.returns).max() < 0.01 and len(held.returns) == len(found.days) - at[0].row - 1


def test_one_row_lies_between_what_is_learnt_and_the_trade():
    found, at, _ = walked(returns(2))
    assert all(step.stop == step.row for step in at)  # rows up to the day before the trade
    for step in at:
        assert found.days[step.row].astype("datetime64[M]") != found.days[step.row + 1].astype("datetime64[M]")


def test_prices_move_weights_and_trading_costs():
    moves = np.zeros((520, 2))
    moves[::2, 0], moves[1::2, 0] = 0.001, 0.002
    moves[::2, 1] = 0.0001
    found = market(prices(moves))
    at = walk.steps(found, 1, "quarter")
    weights = np.full((len(at), 2), 0.5)
    free, dear = (walk.hold(found, at, weights, cost) for cost in (0.0, 0.01))
    grown = np.prod(1 + found.returns[at[0].row + 1 : at[1].row + 1], axis=0)
    drifted = 0.5 * grown / (0.5 * grown).sum()
    assert free.turnover[0] == pytest.approx(0.5) and free.turnover[1] == pytest.approx(abs(drifted - 0.5).sum() / 2)
    lost = np.prod(1 + dear.returns) / np.prod(1 + free.returns)
    assert lost == pytest.approx(np.prod(1 - 0.01 * 2 * free.turnover), rel=1e-6)
    assert np.prod(1 + free.returns[: at[1].row - at[0].row]) == pytest.approx((0.5 * grown).sum())


def test_cash_earns_interest():
    found = market(prices(returns(2)))
    at = walk.steps(found, 1, "year")
    held = walk.hold(found, at, np.zeros((len(at), 3)), 0.0, interest=0.0001)
    assert held.returns == pytest.approx(np.full(len(held.returns), 0.0001))


def test_assets_that_come_late_are_bought_once_known_and_those_that_end_are_sold():
    frame = prices(returns(3, spreads=(0.01,) * 4, means=(0.0,) * 4))
    frame.loc[:400, "s1"] = np.nan
    frame.loc[500:, "s2"] = np.nan
    found = market(frame)
    at = walk.steps(found, 1, "quarter")
    weights, _ = walk.weights_of(methods.EQUAL, found, at, Rules(), Context())
    for step, own in zip(at, weights):
        assert (own[1] > 0) == (step.start > 401) and (own[2] > 0) == (step.stop <= 500)
    assert np.isfinite(walk.hold(found, at, weights, 0.001).returns).all()
    assert set(walk.today(found, 1).places) == {0, 1, 3}


def test_too_short_a_past_gets_a_sentence():
    with pytest.raises(InputError, match="Shorten the window"):
        walk.steps(market(prices(returns(1))), 3, "quarter")
