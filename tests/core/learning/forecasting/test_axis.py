"""Dated columns become one series with even steps, and what was done to them is said."""

import numpy as np
import pandas as pd
import pytest

from core.contracts import InputError
from core.learning.forecasting import axis
from core.learning.forecasting.axis import read_series


def table(dates, values=None, **more) -> pd.DataFrame:
    return pd.DataFrame({"date": dates, "value": np.arange(len(dates), dtype=float) if values is None else values, **more})


def said(series: axis.TimeSeries) -> str:
    return " / ".join(str(notice) for notice in series.notices)


def days(count: int, start: str = "2024-01-01") -> pd.DatetimeIndex:
    return pd.date_range(start, periods=count, freq="D")


@pytest.mark.parametrize(
    ("frequency", "step", "next_one"),
    [("h", "h", "2024-01-05T04:00"), ("D", "D", "2024-04-10"), ("B", "B", "2024-05-20"), ("W-MON", "W", "2025-12-01"),
     ("MS", "M", "2032-05-01"), ("QS", "Q", "2049-01-01"), ("YS", "Y", "2124-01-01")],
)  # fmt: skip
def test_the_step_is_found_and_goes_on(frequency, step, next_one):
    series = read_series(table(pd.date_range("2024-01-01", periods=100, freq=frequency).astype(str)), "date", "value")
    assert (series.step, len(series), series.observed.all()) == (step, 100, True)
    assert series.after(1)[0] == np.datetime64(next_one)
    assert (np.diff(series.after(30)) > np.timedelta64(0)).all()


def test_gaps_are_filled_from_the_past_and_named():
    frame = table(days(100)).drop(index=[50, 51, 70])
    series = read_series(frame, "date", "value")
    assert series.values[[50, 51, 52, 70]].tolist() == [49, 49, 52, 69]
    assert np.flatnonzero(~series.observed).tolist() == [50, 51, 70]
    assert "3 of 100" in said(series) and "2024-02-20" in said(series)


def test_a_gap_of_a_seasonal_series_takes_the_value_of_a_season_before():
    values = np.tile([5.0, 1, 2, 3, 4, 9, 9], 20)
    series = read_series(table(days(140), values).drop(index=[73]), "date", "value")
    assert series.season == 7 and series.values[73] == values[73]


@pytest.mark.parametrize(("combine", "expected"), [("mean", 7.0), ("sum", 14.0), ("last", 10.0)])
def test_rows_of_one_date_are_combined_and_named(combine, expected):
    frame = pd.concat([table(days(60), np.full(60, 4.0)), table(days(60)[[3]], [10.0])])
    series = read_series(frame, "date", "value", combine=combine)
    assert series.values[3] == expected and len(series) == 60 and ": 1." in said(series)


def test_trading_days_have_no_gaps_at_weekends_and_holidays_but_long_pauses_are_said():
    whole = pd.bdate_range("2024-01-01", periods=200)
    series = read_series(table(whole.delete([30, *range(100, 110)])), "date", "value")
    assert series.step == "B" and len(series) == 189 and "1, the longest after 2024-05-17" in said(series)


def test_chinese_dates_and_prices_as_text_are_read():
    dates = [f"{day.year}年{day.month}月{day.day}日" for day in days(60)]
    series = read_series(pd.DataFrame({"日期": dates, "价格": [f"¥1,{i:03}" for i in range(60)]}), "日期", "价格")
    assert series.values[5] == 1005 and series.step == "D"


def test_what_cannot_be_read_is_left_out_and_counted():
    frame = table(days(100).astype(str)).astype({"value": object})
    frame.loc[3, "date"], frame.loc[4, "value"], frame.loc[5, "value"] = "no date", "n/a", np.inf
    series = read_series(frame, "date", "value")
    assert "1 of 100" in said(series) and "2 of 100" in said(series) and np.isfinite(series.values).all()


def test_many_rows_within_a_week_make_weeks():
    dice = np.random.default_rng(0)
    dates = np.datetime64("2020-01-01") + np.sort(dice.choice(2000, 700, replace=False))
    assert read_series(table(dates), "date", "value").step == "W"


@pytest.mark.parametrize(
    ("frame", "words"),
    [
        (table([]), "no dates"),
        (table(days(1)), "40 or more"),
        (table(days(60), ["a"] * 60), "no numbers"),
        (table(days(60), [np.nan] * 60), "no numbers"),
        (table(days(60), [np.inf] * 60), "no numbers"),
        (table(["x"] * 60), "no dates"),
        (table(days(60), np.linspace(1e299, 1e300, 60)), "another unit"),
        (table(days(60), np.linspace(1e-300, 2e-300, 60)), "another unit"),
        (table([*days(20).astype(str), "0001-01-01", "9999-12-31"]), "gaps"),
        (table([days(1)[0]] * 60), "40 or more"),
        (table(days(60)).rename(columns={"value": "other"}), "There is no column value"),
    ],
)
def test_what_is_no_series_gets_a_sentence(frame, words):
    with pytest.raises(InputError, match=words):
        read_series(frame, "date", "value")


def test_only_the_latest_steps_of_a_long_series_are_used(monkeypatch):
    monkeypatch.setattr(axis, "MOST", 50)
    series = read_series(table(days(80)), "date", "value")
    assert len(series) == 50 and series.values[-1] == 79 and "50 of 80" in said(series)


def test_a_season_is_found_where_there_is_one_only():
    dice = np.random.default_rng(0)
    week = np.tile([0, 1, 2, 3, 4, 9, 9], 30)
    assert read_series(table(days(210), week + dice.normal(0, 0.5, 210)), "date", "value").season == 7
    assert read_series(table(days(210), dice.normal(0, 1, 210).cumsum()), "date", "value").season == 1
    assert read_series(table(days(210), week), "date", "value", season=14).season == 14
    with pytest.raises(InputError, match="four seasons"):
        read_series(table(days(210), week), "date", "value", season=100)
