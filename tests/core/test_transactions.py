"""Simulated payments: the three kinds of fraud are what the handbook says they are, and the same seed gives the same world."""

import numpy as np
import pandas as pd
import pytest

from core.samples.transactions import FIRST_DAY, World, simulate, transactions


@pytest.fixture(scope="module")
def world():
    return World(customers=200, terminals=400, days=60, side=20.0, terminals_a_day=1 / 400, customers_a_day=1 / 200)


@pytest.fixture(scope="module")
def payments(world):
    frame = simulate(world)
    return frame.assign(day=(pd.to_datetime(frame["date_time"]) - pd.Timestamp(FIRST_DAY)).dt.days)


def test_rows_are_in_order_and_within_the_days(world, payments):
    assert pd.to_datetime(payments["date_time"]).is_monotonic_increasing
    assert payments["day"].between(0, world.days - 1).all() and payments["amount"].ge(0).all()
    assert payments["customer_id"].nunique() <= world.customers


def test_the_number_of_payments_is_what_the_habits_say(world, payments):
    within = 2 * 0.98454  # mean of a uniform from 0 to 4, and the share of a normal that falls within the day
    assert len(payments) / world.customers / world.days == pytest.approx(within, rel=0.15)


def test_large_honest_payments_do_not_exist(world, payments):
    assert payments.loc[payments["scenario"] == 1, "amount"].gt(world.largest).all()
    assert payments.loc[payments["scenario"] == 0, "amount"].le(world.largest).all()


def test_a_terminal_in_wrong_hands_lets_no_honest_payment_through_for_so_many_days(world, payments):
    of_terminals = payments[payments["terminal_id"].isin(payments.loc[payments["scenario"] == 2, "terminal_id"])]
    assert len(of_terminals)
    for _, paid in of_terminals.groupby("terminal_id"):
        hit = paid.loc[paid["scenario"] == 2, "day"]
        last = hit[hit < hit.min() + world.terminal_days].max()
        assert paid[paid["day"].between(hit.min(), last)]["scenario"].gt(0).all()


def test_copied_cards_pay_five_times_as_much_for_a_third_of_their_payments(payments):
    copied = payments[payments["scenario"] == 3]
    own = payments[payments["scenario"] == 0].groupby("customer_id")["amount"].mean()
    ratio = copied["amount"] / own.reindex(copied["customer_id"]).to_numpy()
    assert len(copied) > 50 and ratio.median() == pytest.approx(5, rel=0.2)


def test_the_sample_is_the_same_each_time_keeps_the_published_rates_and_hides_the_scenario():
    frame = transactions()
    pd.testing.assert_frame_equal(frame, transactions())
    assert "scenario" not in frame
    assert 0.006 < frame["fraud"].mean() < 0.011  # theirs: .0083
    assert (
        simulate(World(customers=20, days=5, seed=1)).to_numpy().tolist()
        != simulate(World(customers=20, days=5)).to_numpy().tolist()
    )


def test_a_world_where_nobody_reaches_a_terminal_is_empty():
    assert simulate(World(customers=3, terminals=2, days=3, side=1e6)).empty
    assert np.isfinite(World().side)
