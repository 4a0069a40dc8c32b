"""Walk-forward, scores, bands and comparison against answers that are known."""

import numpy as np
import pytest

from core.contracts import InputError
from core.learning.forecasting import accuracy, bands
from core.learning.forecasting.comparison import diebold_mariano, holm
from core.learning.forecasting.walk import ahead, folds


def test_an_embargo_parts_what_is_fitted_from_what_is_forecast():
    parts = folds(100, 5, 60, 3)
    assert np.concatenate([fold.origins for fold in parts]).tolist() == list(range(59, 95))
    for fold in parts:
        assert fold.start == 0 and ahead(fold.origins, 5).min() - (fold.end - 1) == 5 + 1
    assert ahead(parts[-1].origins, 5).max() == 99
    assert all(fold.end - fold.start == 20 for fold in folds(100, 5, 60, 3, window=20))


@pytest.mark.parametrize(("length", "horizon", "first", "count"), [(20, 15, 10, 1), (20, 5, 5, 1), (20, 2, 15, 30)])
def test_too_short_a_series_gets_a_sentence(length, horizon, first, count):
    with pytest.raises(InputError, match="too few"):
        folds(length, horizon, first, count)


def test_scores_by_hand():
    assert accuracy.scale(np.array([1.0, 2, 4, 8]), 1) == pytest.approx(7 / 3)
    assert accuracy.scale(np.array([1.0, 2, 4, 8]), 2) == pytest.approx(4.5)
    assert np.isnan(accuracy.scale(np.ones(9), 1))
    assert accuracy.symmetric(np.array([0.0, 1.0]), np.array([0.0, 3.0])).tolist() == [0, 1]
    losses = accuracy.qlike(np.full(3, 2.0), np.array([1.0, 2.0, 4.0]))
    assert losses.argmin() == 1  # the true variance


def test_the_interval_of_a_mean_holds_the_true_mean_although_neighbours_err_together():
    dice, inside = np.random.default_rng(0), 0
    for trial in range(60):
        noise = np.convolve(dice.normal(0, 1, 604), np.ones(5) / 5, "valid")
        low, high = accuracy.means({"a": 3 + noise}, 20, seed=trial)["a"][1]
        inside += low <= 3 <= high
    assert 50 <= inside <= 60


def test_missing_outcomes_are_not_scored():
    losses = np.array([[1.0, np.nan], [3.0, 5.0]])
    assert accuracy.means({"a": losses}, 1)["a"] == (3.0, None)


def test_diebold_mariano_one_step_is_the_paired_t_test():
    from scipy.stats import ttest_rel

    dice = np.random.default_rng(1)
    first, second = dice.normal(1, 1, 50) ** 2, dice.normal(1.2, 1, 50) ** 2
    found, known = diebold_mariano(first, second, 1), ttest_rel(first, second)
    assert (found.statistic, found.p) == (pytest.approx(known.statistic), pytest.approx(known.pvalue))
    assert found.difference == pytest.approx((first - second).mean())


def test_diebold_mariano_of_more_steps_by_its_formula():
    dice = np.random.default_rng(2)
    differences = np.convolve(dice.normal(0.3, 1, 82), np.ones(3), "valid")
    n, h = 80, 3
    centred = differences - differences.mean()
    variance = (centred @ centred + 2 * (centred[1:] @ centred[:-1]) + 2 * (centred[2:] @ centred[:-2])) / n
    plain = differences.mean() / np.sqrt(variance / n)
    corrected = plain * np.sqrt((n + 1 - 2 * h + h * (h - 1) / n) / n)
    assert diebold_mariano(differences, np.zeros(n), h).statistic == pytest.approx(corrected)


def test_diebold_mariano_seldom_cries_wolf_where_there_is_no_difference():
    dice = np.random.default_rng(3)
    alarms = sum(diebold_mariano(dice.normal(0, 1, 200) ** 2, dice.normal(0, 1, 200) ** 2, 1).p < 0.05 for _ in range(400))
    assert 8 <= alarms <= 34


@pytest.mark.parametrize("losses", [np.ones(50), np.full(50, np.nan), np.arange(5.0)])
def test_nothing_is_said_of_equal_unknown_or_few_losses(losses):
    assert np.isnan(diebold_mariano(losses, np.ones(len(losses)), 2).p)


def test_holm_by_hand():
    found = holm({"a": 0.01, "b": 0.04, "c": 0.03, "d": float("nan")})
    assert {name: round(p, 3) for name, p in found.items() if name != "d"} == {"a": 0.03, "b": 0.06, "c": 0.06}
    assert np.isnan(found["d"])


def test_bands_cover_what_they_promise_and_know_nothing_of_later_errors():
    dice = np.random.default_rng(4)
    scores = np.abs(dice.normal(0, 1, (800, 3)))
    width = bands.walk(scores, 0.9)
    share, count = bands.covered(scores, width)
    assert 0.88 <= share <= 0.92 and count > 2_000
    changed = scores.copy()
    changed[500:] = 99.0
    assert np.array_equal(bands.walk(changed, 0.9)[:501], width[:501], equal_nan=True)
    # Three steps ahead, the error of origin 499 is known from origin 502 on.
    assert np.array_equal(bands.walk(changed, 0.9)[502, 2:], width[502, 2:])
    assert np.isnan(bands.walk(scores, 0.9)[:9]).all()


def test_a_band_needs_enough_errors():
    assert np.isnan(bands.half_width(np.arange(18.0), 0.95)) and bands.half_width(np.arange(19.0), 0.95) == 18
