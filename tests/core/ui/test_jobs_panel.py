"""Learning curves out of the points that a job wrote."""

import math

from core.ui.jobs_panel import curve_series


def test_losses_and_scores_are_apart_and_gaps_stay_gaps():
    points = [{"step": 1, "train_loss": 0.9}, {"step": 2, "train_loss": 0.5, "accuracy": 0.7}, {"step": 3, "accuracy": 0.8}]
    found = curve_series(points)
    assert found["loss"].x == (1, 2, 3)
    assert found["loss"].lines["train_loss"][:2] == (0.9, 0.5)
    assert math.isnan(found["score"].lines["accuracy"][0])
    assert found["score"].lines["accuracy"][1:] == (0.7, 0.8)


def test_one_point_is_no_curve():
    assert curve_series([{"step": 1, "train_loss": 0.9}]) == {}
    assert curve_series([]) == {}


def test_losses_of_several_methods_are_better_when_lower_and_bear_their_names():
    points = [{"step": step, "loss: naive": 2.0, "loss: ETS": 1.0 / step} for step in (1, 2)]
    found = curve_series(points)
    assert list(found) == ["loss"] and "Lower" in str(found["loss"].caption)
    assert found["loss"].lines == {"naive": (2.0, 2.0), "ETS": (1.0, 0.5)}
