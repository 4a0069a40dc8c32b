"""What detectors find is what was planted; what is kept of them answers the same."""

from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from core.contracts import Context
from core.home import home
from models.finance.frauds import alerts, fitting
from models.finance.frauds.autoencoder import Autoencoder
from models.finance.frauds.forest import Forest, average_path
from models.finance.frauds.windows import DAY, Payments


@pytest.fixture(scope="module")
def design():
    """Two columns that are one, but in the last rows, which no single column gives away."""
    random = np.random.default_rng(0)
    first = random.normal(size=600)
    usual = np.column_stack([first, first + random.normal(0, 0.05, 600), random.normal(size=600)])
    odd = np.column_stack([random.choice([-2, 2], 20), random.choice([-2, 2], 20), random.normal(size=20)])
    odd[:, 1] = -odd[:, 0]
    return np.vstack([usual, odd]).astype(np.float32)


def test_the_forest_kept_as_arrays_is_that_of_scikit_learn(design):
    from sklearn.ensemble import IsolationForest

    reference = IsolationForest(n_estimators=25, max_samples=256, random_state=3).fit(design)
    own = Forest.fit(design, 25, 3)
    np.testing.assert_allclose(own.scores(design), -reference.score_samples(design), rtol=1e-12)
    folder = home("forest")
    again = Forest.read(folder, own.write(folder))
    np.testing.assert_array_equal(own.scores(design), again.scores(design))


def test_mean_path_lengths_are_those_of_the_paper():
    assert average_path(np.array([1, 2])).tolist() == [0, 1]
    assert average_path(np.array([256]))[0] == pytest.approx(10.2448, abs=1e-3)


def test_the_autoencoder_finds_what_no_single_column_gives_away(design):
    from sklearn.metrics import roc_auc_score

    odd = np.arange(len(design)) >= 600
    found = Autoencoder.fit(design[:500], design[500:600], 60, 0, Context())
    assert roc_auc_score(odd, found.scores(design)) > 0.9
    folder = home("autoencoder")
    again = Autoencoder.read(folder, found.write(folder))
    np.testing.assert_allclose(found.scores(design), again.scores(design), rtol=1e-6)


@pytest.mark.parametrize("balance", ["none", "weights", "fewer", "repeated"])
def test_log_odds_are_shifted_by_how_much_more_say_frauds_have(balance):
    event = np.arange(1000) < 10
    rows, shift = fitting.resampled(event, SimpleNamespace(balance=balance, ratio=5, seed=0))
    share = event[rows].mean() if balance != "weights" else 0.5
    assert np.log(share / (1 - share)) - shift == pytest.approx(np.log(10 / 990), abs=1e-9)
    assert event[rows].sum() >= 10


def test_weights_of_a_blend_are_never_negative():
    random = np.random.default_rng(0)
    event = (random.random(400) < 0.5).astype(float)
    useful, harmful = event + random.normal(0, 1, 400), -event + random.normal(0, 1, 400)
    weights, _ = fitting.nonnegative(np.column_stack([useful, harmful, random.normal(size=400)]), event)
    assert weights[0] > 0.5 and weights[1] == 0 and (weights >= 0).all()


def test_columns_that_number_the_rows_are_known():
    frame = pd.DataFrame({"id": range(200), "age": [20, 30] * 100, "amount": np.linspace(0, 1, 200)})
    assert fitting.numbering(frame) == {"id"}


def payments(days, customers, fraud):
    count = len(days)
    return Payments(np.array(days) * DAY, np.array(customers, np.uint64), np.zeros(count, np.uint64), np.ones(count),
                    np.array(fraud, float))  # fmt: skip


def test_card_precision_counts_customers_once_a_day_and_blocks_those_that_were_found():
    # Day 0: customers 1 (fraud, twice) and 2; day 1: customer 1 again, now blocked, and 3 (fraud).
    given = payments([0, 0.1, 0.2, 1, 1.1], [1, 1, 2, 1, 3], [1, 1, 0, 1, 1])
    precision, recall = alerts.card_precision(given, np.array([0.9, 0.8, 0.1, 0.9, 0.5]), 2)
    assert precision.tolist() == [1.0, 0.5]  # of one a day, and of two a day
    assert recall.tolist() == pytest.approx([2 / 3, 2 / 3])


def test_money_saved_is_what_is_found_less_what_looking_costs():
    scores, fraud, amount = np.array([4.0, 3, 2, 1]), np.array([True, False, True, False]), np.array([100.0, 50, 30, 10])
    x, y = alerts.savings(scores, fraud, amount, 10, 2)
    assert dict(zip(x.tolist(), y.tolist())) == {0: 0, 0.5: 45, 1: 40, 1.5: 50, 2: 45}
