"""Every method on series whose best forecast is known; none of them sees the future."""

from dataclasses import replace

import numpy as np
import pytest

from core.contracts import Context, InputError
from core.learning.forecasting import backtest, recurrent, simple, state_space, trees, volatility
from core.learning.forecasting.axis import TimeSeries
from core.learning.forecasting.problem import Problem, pose
from core.learning.forecasting.walk import Fold

ORDERS = {"ets": (None, False, 7), "arima": ((1, 0, 0), (0, 1, 1, 7), None)}  # choosing takes seconds
METHODS = {
    "naive": simple.naive, "drift": simple.drift, "seasonal": simple.seasonal_naive,
    "ets": state_space.Chosen("ets", ORDERS["ets"]), "arima": state_space.Chosen("arima", ORDERS["arima"]), "trees": trees.fit,
    "lstm": recurrent.fit,
}  # fmt: skip
OF_VARIANCES = {
    "naive": simple.naive, "mean": simple.drift, "ewma": volatility.ewma, "garch": volatility.garch, "trees": trees.fit,
    "lstm": recurrent.fit,
}  # fmt: skip


def series(values: np.ndarray, step="D", season: int = 1) -> TimeSeries:
    dates = np.datetime64("2020-01-06T00:00:00") + np.arange(len(values)) * np.timedelta64(1, "D")
    return TimeSeries("x", dates, values, np.ones(len(values), bool), step, season)


def weekly(count: int = 420) -> Problem:
    dice = np.random.default_rng(0)
    values = 20 + np.tile([0.0, 1, 2, 3, 4, 9, 12], count // 7) + dice.normal(0, 0.3, count)
    return pose(series(values, season=7), "value", 7)[0]


def garch_returns(count: int = 3_000) -> np.ndarray:
    """Prices whose returns follow GARCH(1,1) with alpha .1, beta .85 and variance 1 percent squared."""
    dice = np.random.default_rng(0)
    variance, returns = 1.0, []
    for shock in dice.normal(0, 1, count):
        returns.append(shock * np.sqrt(variance))
        variance = 0.05 + 0.1 * returns[-1] ** 2 + 0.85 * variance
    return 100 * np.exp(np.cumsum(returns) / 100)


@pytest.fixture(autouse=True)
def quick(monkeypatch):
    monkeypatch.setattr(recurrent, "EPOCHS", 2)
    monkeypatch.setattr(trees, "ROUNDS", 60)


@pytest.mark.parametrize("name", METHODS)
def test_no_method_sees_beyond_an_origin(name):
    problem, fold = weekly(), Fold(0, 380, np.array([390, 400]))
    outcome = problem.outcome.copy()
    outcome[401:] = -1e3
    found = [METHODS[name](one, fold, Context())(fold.origins) for one in (problem, replace(problem, outcome=outcome))]
    assert found[0].shape == (2, 7) and np.isfinite(found[0]).all()
    assert np.array_equal(*found)


@pytest.mark.parametrize("name", OF_VARIANCES)
def test_no_method_of_variances_sees_beyond_an_origin(name):
    problem, _ = pose(series(garch_returns(600), "B"), "volatility", 5)
    fold = Fold(0, 500, np.array([520, 540]))
    outcome = problem.outcome.copy()
    outcome[541:] = 1e3
    found = [OF_VARIANCES[name](one, fold, Context())(fold.origins) for one in (problem, replace(problem, outcome=outcome))]
    assert np.array_equal(*found) and (found[0] > 0).all()


@pytest.mark.parametrize("name", ["seasonal", "ets", "arima", "trees"])
def test_a_weekly_pattern_is_learnt(name):
    problem, fold = weekly(), Fold(0, 380, np.arange(386, 410))
    error = np.abs(METHODS[name](problem, fold, Context())(fold.origins) - problem.actual(fold.origins)).mean()
    assert error < 0.5 < np.abs(simple.naive(problem, fold, Context())(fold.origins) - problem.actual(fold.origins)).mean() / 4


def test_states_give_the_forecasts_of_statsmodels_themselves():
    problem = weekly()
    fold = Fold(0, 380, np.array([400]))
    for family, order in ORDERS.items():
        method = state_space.Chosen(family, order)
        found = method(problem, fold, Context())(fold.origins)[0]
        centre, spread = state_space._facts(problem.outcome[:380])
        result = state_space._fit(family, method.order, (problem.outcome[:380] - centre) / spread)
        known = centre + spread * result.apply((problem.outcome[:401] - centre) / spread).forecast(7)
        assert found == pytest.approx(known, abs=1e-8)


def test_the_order_is_chosen_by_aicc_once():
    problem, fold = weekly(210), Fold(0, 180, np.array([200]))
    method = state_space.Chosen("ets")
    method(problem, fold, Context())
    assert method.order[2] == 7 and method.tried[str(method.order)] == min(method.tried.values()) and len(method.tried) == 6
    tried = dict(method.tried)
    method(problem, Fold(0, 190, np.array([200])), Context())
    assert method.tried == tried


def test_the_order_of_a_random_walk_has_one_difference():
    values = 100 + np.random.default_rng(0).normal(0, 1, 200).cumsum()
    orders = list(state_space._orders(values, 1, "value"))
    assert {order[0][1] for order in orders} == {1} and {
        order[0][1] for order in state_space._orders(np.diff(values), 1, "returns")
    } == {0}


def test_drift_follows_a_line_and_naive_stays():
    problem = replace(pose(series(np.arange(50.0) + 1), "value", 3)[0], outcome=np.arange(50.0), logs=False)
    fold = Fold(0, 40, np.array([45]))
    assert simple.drift(problem, fold, Context())(fold.origins)[0].tolist() == [46, 47, 48]
    assert simple.naive(problem, fold, Context())(fold.origins)[0].tolist() == [45, 45, 45]


def test_garch_finds_what_made_the_returns():
    problem, _ = pose(series(garch_returns(), "B"), "volatility", 200)
    logged = []
    context = Context()
    context.log = logged.append  # type: ignore[method-assign]
    forecast = volatility.garch(problem, Fold(0, 2_900, np.array([2_900])), context)(np.array([2_900]))[0]
    alpha, beta = float(logged[0].split()[2].strip(",")), float(logged[0].split()[4].strip(","))
    assert abs(alpha - 0.1) < 0.04 and abs(beta - 0.85) < 0.07
    assert forecast[-1] == pytest.approx(problem.outcome[:2_900].mean(), rel=0.05)  # it returns to the mean


def test_the_season_drives_trees_where_there_is_one():
    problem, fold = weekly(), Fold(0, 380, np.arange(386, 400))
    drivers = trees.fit(problem, fold, Context()).drivers(fold.origins)
    assert next(iter(drivers)) in ("day of the week", "the same step of past seasons", "the latest values")
    assert sum(list(drivers.values())[:2]) > 0.5 * sum(drivers.values())


def test_a_backtest_chooses_on_the_validation_part_and_says_so_of_the_test_part():
    problem = weekly(560)
    found = backtest.run(problem, backtest.Plan(folds=2, slow=False), Context())
    assert found.benchmark == backtest.SEASONAL and found.chosen in found.forecasts
    validation = {name: np.nanmean(found.losses(name, test=False)) for name in found.forecasts}
    assert min(validation, key=validation.get) == found.chosen
    first_test = found.origins[found.is_test][0] + 1
    assert (found.origins[~found.is_test] + problem.horizon).max() < first_test
    assert set(found.next) == set(found.forecasts) and all(of.shape == (7,) for of in found.next.values())
    low, high = found.bounds(found.next[found.chosen], found.next_width)
    assert (low < found.next[found.chosen]).all() and (found.next[found.chosen] < high).all()


def test_who_is_good_on_the_test_part_only_is_not_chosen(monkeypatch):
    def knows(low: int, high: int):
        """A method that knows the future of the origins from `low` to before `high`, and nothing else."""

        def fit(problem, fold, context):
            return lambda origins: np.where(((origins >= low) & (origins < high))[:, None], problem.actual(origins), 0.0)

        return fit

    problem = weekly(280)
    first_test = backtest.parts(problem, backtest.Plan())[1].origins[0]
    known = {backtest.NAIVE: simple.naive, backtest.SEASONAL: simple.seasonal_naive, "early": knows(0, first_test),
             "late": knows(first_test, 280)}  # fmt: skip
    monkeypatch.setattr(backtest, "methods", lambda *_: (known, ()))
    found = backtest.run(problem, backtest.Plan(), Context())
    assert found.chosen == "early"
    assert np.nanmean(found.losses("late")) == 0 < np.nanmean(found.losses("early"))


STRANGE = {
    "still, then not": np.r_[np.full(100, 5.0), 5 + np.random.default_rng(0).normal(size=60)],
    "still at the end": np.r_[5 + np.random.default_rng(0).normal(size=100), np.full(60, 5.0)],
    "a spike": np.where(np.arange(160) == 158, 1e9, 1.0),
    "no noise": np.tile([1.0, 2.0], 80),
}  # fmt: skip


@pytest.mark.parametrize("name", STRANGE)
def test_strange_series_are_answered_with_numbers(name, monkeypatch):
    monkeypatch.setattr(state_space, "_orders", lambda *_: [((1, 1, 0), (0, 0, 0, 0), None)])
    found = backtest.run(pose(series(STRANGE[name]), "value", 3)[0], backtest.Plan(folds=1), Context())
    assert all(np.isfinite(forecast).all() for forecast in (*found.forecasts.values(), *found.next.values()))


def test_what_never_moves_is_stationary():
    assert state_space._is_stationary(np.zeros(50)) and state_space._is_stationary(np.full(50, 1e9))


def test_a_cancelled_backtest_stops():
    from core.contracts import Cancelled

    class Stopped(Context):
        def check(self) -> None:
            raise Cancelled("stopped")

    with pytest.raises(Cancelled):
        backtest.run(weekly(), backtest.Plan(), Stopped())


@pytest.mark.parametrize("kind", ["returns", "volatility"])
def test_returns_need_prices_above_zero(kind):
    with pytest.raises(InputError, match="above 0"):
        pose(series(np.linspace(-1, 5, 100)), kind, 5)


def test_a_series_that_never_changes_gets_a_sentence():
    with pytest.raises(InputError, match="one value only"):
        pose(series(np.ones(100)), "value", 5)
