import numpy as np
import pytest

from models.finance.portfolio import stress
from models.finance.portfolio.prices import Market
from models.finance.portfolio.shares import whole_shares


def market(start: str, end: str) -> Market:
    days = np.arange(start, end, dtype="datetime64[D]").astype("datetime64[us]")
    returns = np.zeros((len(days), 2))
    returns[days == np.datetime64("2020-03-02"), 0] = -0.4
    return Market(("a", "b"), days, returns, np.isfinite(returns), 365.0, None)


def test_todays_weights_go_through_the_bad_times_that_the_data_cover():
    found = stress.known_times(market("2019-01-01", "2021-01-01"), np.array([0.5, 0.25]))
    assert [one.start for one in found] == ["2020-02-19"]
    assert found[0].total[0] == pytest.approx(-0.2) and found[0].total[1] == pytest.approx(-0.15) and np.isnan(found[0].total[2])
    assert stress.known_times(market("2020-03-01", "2021-01-01"), np.array([0.5, 0.5])) == []


def test_years_of_bad_months_are_worse():
    random = np.random.default_rng(0)
    months = np.repeat(np.arange(60), 21)
    returns = random.normal(0.0005, 0.01, (len(months), 2))
    ordinary, bad = stress.drawn_years(returns, months, 0)
    assert bad.total[0] < ordinary.total[0] and bad.total[1] < 0 < ordinary.total[1]
    assert ordinary.low < ordinary.total[0] < ordinary.high and bad.fall[0] < 0
    assert stress.drawn_years(returns[:200], months[:200], 0) == []


def test_whole_shares_cost_no_more_than_there_is():
    random = np.random.default_rng(0)
    for _ in range(50):
        weights, prices = random.dirichlet(np.ones(6)) * 0.9, random.uniform(1, 400, 6)
        counts = whole_shares(weights, prices, 5000)
        assert counts.min() >= 0 and counts @ prices <= 0.9 * 5000 + 1e-6
        assert (abs(counts * prices - 5000 * weights) <= prices + 1e-9).all()
    assert list(whole_shares(np.array([0.5, 0.5]), np.array([10.0, 25.0]), 100)) == [5, 2]
