"""Measures of prices against scikit-learn's, and on orders whose answer is known."""

import numpy as np
import pytest
from sklearn.metrics import mean_tweedie_deviance

from core.learning import pricing

RANDOM = np.random.default_rng(3)
OBSERVED = RANDOM.gamma(2.0, 3.0, 200) * (RANDOM.random(200) < 0.5)
EXPECTED, EXPOSURE = RANDOM.gamma(5.0, 1.0, 200), RANDOM.random(200) + 0.1


@pytest.mark.parametrize("power", [1.0, 1.4, 1.9, 2.0])
def test_the_deviance_is_that_of_scikit_learn(power: float) -> None:
    observed = OBSERVED + (power == 2)
    ours = pricing.mean_deviance(observed, EXPECTED, EXPOSURE, power)[0]
    assert ours == pytest.approx(mean_tweedie_deviance(observed, EXPECTED, sample_weight=EXPOSURE, power=power))


def test_gini_of_one_price_for_all_is_zero_and_turned_prices_turn_its_sign() -> None:
    assert pricing.gini(np.ones(200), OBSERVED, EXPOSURE)[0] == pytest.approx(0)
    there = pricing.gini(EXPECTED, OBSERVED, EXPOSURE)[0]
    assert pricing.gini(-EXPECTED, OBSERVED, EXPOSURE)[0] == pytest.approx(-there)


def test_gini_of_one_loser_among_four_is_three_quarters() -> None:
    loss = np.array([0.0, 0, 0, 8])
    assert pricing.gini(np.array([1.0, 2, 3, 4]), loss, np.ones(4))[0] == pytest.approx(0.75)


def test_rows_drawn_twice_count_as_two_rows() -> None:
    times = np.array([[2.0], [1.0], [0.0], [1.0]])
    prices, seen = np.array([1.0, 2, 3, 4]), np.array([1.0, 0, 9, 3])
    rows = [0, 0, 1, 3]
    assert pricing.gini(prices, seen, np.ones(4), times)[0] == pytest.approx(
        pricing.gini(prices[rows], seen[rows], np.ones(4))[0]
    )
    drawn = pricing.mean_deviance(seen, prices, np.ones(4), 1.0, times)[0]
    assert drawn == pytest.approx(pricing.mean_deviance(seen[rows], prices[rows], np.ones(4), 1.0)[0])


def test_tenths_hold_equal_exposure_and_means_weigh_it() -> None:
    groups = pricing.tenths(EXPECTED, EXPOSURE)
    sums = np.bincount(groups, EXPOSURE)
    assert len(sums) == 10 and sums.max() - sums.min() < 2 * EXPOSURE.max()
    inside = groups == 4
    assert pricing.means(OBSERVED, EXPOSURE, groups)[4, 0] == pytest.approx(
        np.average(OBSERVED[inside], weights=EXPOSURE[inside])
    )
