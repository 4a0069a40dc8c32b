"""Windows look back and never ahead: the quick sums are those of a slow direct computation."""

import numpy as np
import pandas as pd
import pytest

from core.contracts import InputError
from models.finance.frauds import windows
from models.finance.frauds.windows import DAY, Columns, Payments

COLUMNS = Columns("when", "amount", "who", "where", "fraud")


@pytest.fixture(scope="module")
def frame():
    random = np.random.default_rng(0)
    rows = 300
    days = random.integers(0, 90, rows)  # whole days: many rows of one moment
    return pd.DataFrame({
        "when": pd.Timestamp("2024-01-01") + pd.to_timedelta(days, "D"),
        "amount": random.uniform(1, 100, rows).round(2),
        "who": random.choice(["张三", "b", "c", None], rows), "where": random.choice(["x", "y", "z"], rows),
        "fraud": random.integers(0, 2, rows),
    })  # fmt: skip


def payments(frame, labels=True):
    return Payments.of(frame, COLUMNS, frame["fraud"].to_numpy(float) if labels else None)


def slowly(frame, delay):
    """The same features, row by row."""
    found = {name: [] for name in (*windows.PAYMENTS.values(), *windows.MEANS.values(), *windows.VISITS.values(),
                                   *windows.RISKS.values(), windows.UNUSUAL)}  # fmt: skip
    for _, row in frame.iterrows():
        mine = frame[(frame["who"] == row["who"]) & (frame["when"] < row["when"])]
        there = frame[(frame["where"] == row["where"]) & (frame["when"] < row["when"] - pd.Timedelta(days=delay))]
        for days in windows.DAYS:
            lately = mine[mine["when"] >= row["when"] - pd.Timedelta(days=days)]
            found[windows.PAYMENTS[days]].append(len(lately) + 1)
            found[windows.MEANS[days]].append((lately["amount"].sum() + row["amount"]) / (len(lately) + 1))
            judged = there[there["when"] >= row["when"] - pd.Timedelta(days=days + delay)]
            found[windows.VISITS[days]].append(len(judged))
            found[windows.RISKS[days]].append(judged["fraud"].mean() if len(judged) else 0)
        found[windows.UNUSUAL].append(row["amount"] / lately["amount"].mean() if len(lately) else np.nan)
    return found


def test_they_are_those_of_a_slow_direct_computation(frame):
    quick = windows.features(payments(frame), COLUMNS, 7)
    for name, values in slowly(frame, 7).items():
        np.testing.assert_allclose(quick[name], values, err_msg=name)


def test_nothing_that_comes_later_changes_them(frame):
    """Later rows, and labels that are not yet known at the moment, are changed beyond recognition."""
    moment = frame["when"].sort_values().iloc[150]
    now = (frame["when"] == moment).to_numpy()
    changed = frame.copy()
    later = (frame["when"] > moment).to_numpy()
    changed.loc[later, ["amount", "who", "where"]] = [1e6, "b", "x"]
    unknown = (frame["when"] >= moment - pd.Timedelta(days=7)).to_numpy()
    changed.loc[unknown, "fraud"] = 1 - changed.loc[unknown, "fraud"]
    before, after = (windows.features(payments(one), COLUMNS, 7) for one in (frame, changed))
    for name in before:
        np.testing.assert_allclose(before[name][now], after[name][now], rtol=1e-9, err_msg=name)


def test_the_order_of_the_rows_does_not_matter(frame):
    order = np.random.default_rng(1).permutation(len(frame))
    plain, mixed = (windows.features(payments(one), COLUMNS, 7) for one in (frame, frame.iloc[order]))
    for name, values in plain.items():
        np.testing.assert_allclose(values[order], mixed[name], err_msg=name)


def test_earlier_payments_are_looked_back_on(frame):
    whole = payments(frame)
    late = whole.when >= np.median(whole.when)
    apart = windows.features(whole.rows(late), COLUMNS, 7, known=whole.rows(~late))
    together = windows.features(whole, COLUMNS, 7)
    for name, values in apart.items():
        np.testing.assert_allclose(values, together[name][late], err_msg=name)


def test_without_labels_there_is_no_risk_and_without_time_nothing(frame):
    assert not set(windows.RISKS.values()) & set(windows.features(payments(frame, labels=False), COLUMNS, 7))
    assert windows.features(payments(frame), Columns(customer="who"), 7) == {}


def test_weekend_and_night():
    frame = pd.DataFrame({"when": ["2024-03-02 03:00", "2024-03-04 12:00"]})  # a Saturday, a Monday
    found = windows.features(Payments.of(frame, Columns("when")), Columns("when"), 7)
    assert found[windows.WEEKEND].tolist() == [1, 0] and found[windows.NIGHT].tolist() == [1, 0]


def test_numbers_that_are_no_dates_are_seconds():
    assert windows.seconds(pd.Series([0.0, 3.5, 90_000.0]), "Time").tolist() == [0, 3.5, 90_000]
    assert windows.seconds(pd.Series(["1970-01-02"]), "t").tolist() == [DAY]


def test_a_cell_that_is_no_time_is_named():
    with pytest.raises(InputError, match='"soon" in row 2'):
        windows.seconds(pd.Series(["2024-01-01", "soon"]), "when")


def test_amounts_that_are_words_are_refused():
    with pytest.raises(InputError, match="amount"):
        Payments.of(pd.DataFrame({"when": ["2024-01-01"], "amount": ["dear"]}), Columns("when", "amount"))
