import time

import numpy as np
import pandas as pd
import pytest

from core.contracts import InputError, Table, UserError
from models.finance.advisor import AdvisorParams
from models.finance.portfolio.prices import read
from tests.models.finance.portfolio.made import market, prices, returns


def said(found) -> str:
    return " ".join(str(notice) for notice in found.notices)


def test_a_wide_and_a_long_table_are_the_same_market():
    wide = prices(returns(1), names=("甲", "乙", "丙"))
    long = wide.melt("date", var_name="代码", value_name="收盘价").sample(frac=1, random_state=0)
    a, b = market(wide), market(long.rename(columns={"date": "日期"}))
    order = [b.names.index(name) for name in a.names]
    assert np.allclose(a.returns[1:], b.returns[1:, order]) and (a.days == b.days).all()
    assert "a wide table" in said(a) and "a long table" in said(b) and "of prices" in said(b)
    assert a.periods == pytest.approx(261, abs=3)


@pytest.mark.parametrize(("factor", "word"), [(1, "shares of 1"), (100, "percent")])
def test_returns_are_told_from_prices(factor, word):
    moves = returns(1)
    frame = prices(moves).iloc[1:].assign(**{f"s{place}": factor * moves[:, place] for place in range(3)})
    found = market(frame)
    assert np.allclose(found.returns, moves) and word in said(found) and found.last is None


def test_gaps_zeros_repeats_and_text_are_mended_and_said():
    moves = returns(1)
    frame = prices(moves)
    frame["s0"] = frame["s0"].astype(object)
    frame.loc[10, "s0"], frame.loc[20, "s1"], frame.loc[30, "s2"], frame.loc[31, "s2"] = "n/a", 0.0, -5.0, np.inf
    frame = pd.concat([frame, frame.iloc[[50]]])
    found = market(frame)
    assert np.isfinite(found.returns[1:]).all()
    assert np.allclose(np.prod(1 + found.returns[1:], axis=0), np.prod(1 + moves, axis=0))
    assert (
        "zero or below, taken for missing: 2" in said(found)
        and "more than once: 1" in said(found)
        and "carried: 4" in said(found)
    )
    assert found.last == pytest.approx(frame.iloc[-2][["s0", "s1", "s2"]].astype(float).to_numpy())


def test_a_split_is_named_and_a_crash_of_all_is_not():
    moves = returns(1)
    moves[100, 1] = -0.5
    moves[200] = -0.5
    text = said(market(prices(moves)))
    assert "look like splits" in text and "s1 2015-05-22" in text and "s0" not in text


def test_assets_that_start_late_end_early_or_stand_still_are_named():
    frame = prices(returns(1, spreads=(0.01,) * 4, means=(0,) * 4))
    frame.loc[:99, "s1"] = np.nan
    frame.loc[200:, "s2"] = np.nan
    found = market(frame.assign(still=5.0, empty=np.nan, words="x"))
    text = said(found)
    assert "start late: s1." in text and "end early: s2." in text and "never change: still" in text
    assert found.names == ("s0", "s1", "s2", "s3")
    assert np.isnan(found.returns[:101, 1]).all() and np.isnan(found.returns[200:, 2]).all()


def test_an_index_column_stands_beside_and_is_not_bought():
    found = market(prices(returns(1)), benchmark="s2")
    assert found.names == ("s0", "s1") and found.index_name == "s2" and np.isfinite(found.index[1:]).all()


def rows(**columns) -> pd.DataFrame:
    return pd.DataFrame(columns)


DAYS = pd.bdate_range("2020-01-01", periods=100).strftime("%Y-%m-%d")
HOSTILE = {
    "nothing": pd.DataFrame(),
    "no rows": rows(date=[], a=[], b=[]),
    "one row": rows(date=["2020-01-01"], a=[1.0], b=[2.0]),
    "no date": rows(x=np.arange(100.0), y=np.arange(100.0)),
    "dates that are none": rows(date=["soon"] * 100, a=np.arange(100.0), b=np.arange(100.0)),
    "one asset": rows(date=DAYS, a=np.arange(1, 101.0)),
    "only missing": rows(date=DAYS, a=[np.nan] * 100, b=[None] * 100),
    "only infinite": rows(date=DAYS, a=[np.inf] * 100, b=[-np.inf] * 100),
    "text": rows(date=DAYS, a=["dear"] * 100, b=["cheap"] * 100),
    "never changes": rows(date=DAYS, a=[1.0] * 100, b=[2.0] * 100),
    "one day": rows(date=["2020-01-01"] * 100, a=np.arange(1, 101.0), b=np.arange(1, 101.0)),
    "only negative": rows(date=DAYS, a=[-1e6] * 100, b=[-2e6] * 100),
    "a million assets": rows(date=list(DAYS) * 4, symbol=[f"s{i}" for i in range(400)], price=np.arange(400.0)),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_what_is_no_market_gets_one_sentence(name):
    with pytest.raises(UserError) as caught:
        read(Table(HOSTILE[name]), AdvisorParams())
    assert str(caught.value).endswith((".", "!", "?"))


def test_a_hundred_thousand_columns_of_nothing_are_answered_at_once():
    empty = pd.DataFrame(np.full((100, 100_000), np.nan), columns=[f"c{i}" for i in range(100_000)])
    started = time.perf_counter()
    with pytest.raises(InputError, match="dates"):
        read(Table(empty), AdvisorParams())
    assert time.perf_counter() - started < 5


def test_a_column_that_is_not_there_is_named():
    with pytest.raises(InputError, match="no column nowhere"):
        market(prices(returns(1)), asset="nowhere")


def test_dates_of_the_ends_of_time_do_not_change_the_number_of_rows_a_year():
    frame = prices(returns(1))
    frame.loc[len(frame) - 1, "date"] = "9999-12-31"
    assert market(frame).periods == pytest.approx(261, abs=3)
