import numpy as np
import pytest

from core.contracts import Context
from models.finance.portfolio import measures
from models.finance.portfolio.measures import drawdowns, measure, stationary


def test_measures_of_a_known_path():
    returns = np.array([0.1, -0.5, 0.2, 0.0])[:, None]
    found = measure(returns, 4, 0, Context(), draws=20)
    assert found.of("drawdown", 0)[0] == pytest.approx(-0.5)
    assert found.of("growth", 0)[0] == pytest.approx(1.1 * 0.5 * 1.2 - 1)
    assert found.of("tail", 0)[0] == pytest.approx(-0.5)
    assert found.of("volatility", 0)[0] == pytest.approx(returns.std(ddof=1) * 2)
    assert found.of("sharpe", 0)[0] == pytest.approx(returns.mean() / returns.std(ddof=1) * 2)


def test_a_fall_from_the_start_counts():
    returns = np.array([-0.2, 0.1, 0.3])
    assert drawdowns(returns)[0] == pytest.approx(-0.2)
    assert measure(returns[:, None], 3, 0, Context(), draws=20).of("drawdown", 0)[0] == pytest.approx(-0.2)


def test_blocks_are_as_long_as_asked_and_go_around():
    rows = stationary(500, 20, 200, np.random.default_rng(0))
    follows = (rows[:, 1:] == (rows[:, :-1] + 1) % 500).mean()
    assert follows == pytest.approx(1 - 1 / 20, abs=0.01)
    assert np.bincount(rows.ravel(), minlength=500).min() > 0


def test_the_interval_of_a_difference_is_paired():
    """Two portfolios that move together differ by little, though each of them is uncertain."""
    random = np.random.default_rng(1)
    common = random.normal(0.0005, 0.01, 1500)
    other = random.normal(0, 0.01, 1500)
    returns = np.stack([common + 0.0004, common, other - other.mean() + common.mean()], 1)
    found = measure(returns, 252, 1, Context(), draws=300)
    better, own = found.ahead_of("sharpe", 0)[1], found.of("sharpe", 0)[1]
    assert better[0] > 0 and better[1] - better[0] < (own[1] - own[0]) / 3
    assert found.ahead_of("sharpe", 1) == (0.0, (0.0, 0.0))
    low, high = found.ahead_of("sharpe", 2)[1]
    assert low < 0 < high


def test_intervals_hold_the_truth_about_as_often_as_they_say():
    truth, hits = 0.8, 0
    for seed in range(60):
        returns = np.random.default_rng(seed).normal(truth * 0.01 / np.sqrt(252), 0.01, (1000, 1))
        low, high = measure(returns, 252, 0, Context(), draws=200, seed=seed).of("sharpe", 0)[1]
        hits += low <= truth <= high
    assert hits / 60 >= 0.85


def test_rolling_ratios_begin_when_the_window_is_full():
    found = measures.rolling_sharpe(np.random.default_rng(0).normal(0.01, 0.01, (50, 1)), 10, 1)
    assert np.isnan(found[:9]).all() and np.isfinite(found[9:]).all()
