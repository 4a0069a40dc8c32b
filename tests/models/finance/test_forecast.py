"""The report of forecasts: honest where nothing can be forecast, and better than naive where something can."""

import numpy as np
import pandas as pd
import pytest

from core.contracts import Context, InputError, Ranking, Records, Report, Series, Table, dump, load
from core.learning.forecasting import recurrent, trees
from models.finance import forecast
from models.finance.forecast import CAPABILITY, ForecastParams
from tests.untranslated import untranslated


@pytest.fixture(autouse=True)
def quick(monkeypatch):
    monkeypatch.setattr(recurrent, "EPOCHS", 2)
    monkeypatch.setattr(trees, "ROUNDS", 60)


def walk(count: int = 400, freq: str = "B") -> Table:
    dice = np.random.default_rng(5)
    prices = 100 * np.exp(np.cumsum(dice.normal(0, 0.01, count)))
    return Table(
        pd.DataFrame({"日期": pd.date_range("2022-01-03", periods=count, freq=freq).strftime("%Y年%m月%d日"), "收盘价": prices})
    )


def demand(count: int = 560) -> Table:
    dice = np.random.default_rng(0)
    values = 20 + np.tile([0.0, 1, 2, 3, 4, 9, 12], count // 7) + dice.normal(0, 1.5, count)
    return Table(pd.DataFrame({"date": pd.date_range("2022-01-03", periods=count), "sales": values.round(2)}), "sales.csv")


def run(table: Table, **params) -> Report:
    return CAPABILITY.run(table, ForecastParams(**params), Context())


def of(report: Report, title: str):
    return next(section.result for section in report.sections if str(section.title) == title)


def test_a_random_walk_is_no_better_than_naive_and_the_report_says_so():
    report = run(walk(), horizon=3, folds=2)
    assert str(report.summary).startswith("No better than naive")
    assert any("No investment advice" in str(notice) for notice in report.notices)
    assert set(of(report, "Is it better than naive?").frame["verdict"]) <= {"no clear difference", "worse"}
    assert not untranslated(report, walk())


def test_a_season_is_better_than_naive():
    report = run(demand(), methods="fast", folds=2)
    assert str(report.summary).startswith("Better than naive")
    assert report.evidence.score < report.evidence.baseline and report.evidence.lower_is_better
    assert report.evidence.interval[0] < report.evidence.score < report.evidence.interval[1]
    first = report.sections[0].result
    assert isinstance(first, Series) and first.x[-1] == "2023-07-23" and list(first.bands) == ["forecast"]
    table = of(report, "What comes next")
    assert isinstance(table, Records) and len(table.frame) == 7
    assert (table.frame["lower end"] < table.frame["forecast"]).all()
    assert isinstance(of(report, "What drives LightGBM"), Ranking)
    assert not untranslated(report, demand())


@pytest.mark.parametrize("what", ["returns", "volatility"])
def test_returns_and_volatility(what):
    report = run(walk(), what=what, horizon=2, folds=1)
    assert dump(load(dump(report))) == dump(report)
    assert not untranslated(report, walk())
    scores = of(report, "All scores").frame
    assert ("QLIKE" in scores) == (what == "volatility") and ("direction right, %" in scores) == (what == "returns")


def test_the_same_question_is_answered_from_what_was_kept(monkeypatch):
    first = run(demand(140), methods="fast")

    def never(*_):
        raise AssertionError

    monkeypatch.setattr("core.learning.forecasting.backtest.run", never)
    assert dump(run(demand(140), methods="fast")) == dump(first)
    with pytest.raises(AssertionError):
        run(demand(140), methods="fast", horizon=8)


def test_the_same_seed_gives_the_same_forecast():
    table, params = walk(420), ForecastParams(what="returns", horizon=2, folds=1)
    first = forecast.run(table, params, Context())
    for path in forecast.home("forecasts").glob("*.json"):
        path.unlink()
    again = forecast.run(table, params, Context())
    assert of(first, "All scores").frame.equals(of(again, "All scores").frame)


def test_months_without_a_learner_are_forecast_and_it_is_said_who_was_left_out():
    values = np.tile(np.arange(12.0), 6) + np.random.default_rng(0).normal(0, 0.3, 72)
    table = Table(pd.DataFrame({"month": pd.date_range("2018-01-01", periods=72, freq="MS").strftime("%Y-%m"), "销量": values}))
    report = run(table, horizon=3)
    assert any("LightGBM is left out" in str(notice) for notice in report.notices)
    assert of(report, "What comes next").frame["date"].tolist() == ["2024-01-01", "2024-02-01", "2024-03-01"]


@pytest.mark.parametrize(
    ("frame", "words"),
    [
        (pd.DataFrame(), "looks like dates"),
        (pd.DataFrame({"date": [], "price": []}), "looks like dates"),
        (pd.DataFrame({"date": ["2024-01-01"], "price": [1.0]}), "40 or more"),
        (pd.DataFrame({"date": pd.date_range("2024-01-01", periods=90), "price": ["cheap"] * 90}), "holds numbers"),
        (pd.DataFrame({"date": pd.date_range("2024-01-01", periods=90), "price": [np.nan] * 90}), "numbers"),
        (pd.DataFrame({"date": pd.date_range("2024-01-01", periods=90), "price": [7.0] * 90}), "one value only"),
        (pd.DataFrame({"a": ["x"] * 90, "price": np.arange(90.0)}), "looks like dates"),
        (pd.DataFrame({"date": pd.date_range("2024-01-01", periods=44), "price": np.arange(44.0)}), "too few"),
    ],
)
def test_what_cannot_be_forecast_gets_a_sentence(frame, words):
    with pytest.raises(InputError, match=words):
        run(Table(frame), horizon=30)


def test_negative_prices_have_no_returns_but_values():
    table = Table(pd.DataFrame({"date": pd.date_range("2024-01-01", periods=120), "price": np.sin(np.arange(120.0)) - 0.2}))
    with pytest.raises(InputError, match="above 0"):
        run(table, what="returns")
    assert run(table, methods="fast", horizon=2).evidence.score > 0
