"""The Fréchet distance against what is known of normal distributions."""

import numpy as np
import pytest

from core.lifecycle import frechet


def features(shift: float = 0.0, scale: float = 1.0, seed: int = 0, rows: int = 4_000) -> np.ndarray:
    return np.random.default_rng(seed).standard_normal((rows, 5)) * scale + shift


def test_it_is_what_the_formula_gives_for_normal_distributions() -> None:
    assert frechet.distance(features(), features()) == pytest.approx(0, abs=1e-6)
    assert frechet.distance(features(), features(2.0)) == pytest.approx(5 * 4, rel=1e-6)  # |mean|² alone
    assert frechet.distance(features(), features() * 3) == pytest.approx(5 * (3 - 1) ** 2, rel=0.05)  # trace alone


def test_it_sees_correlation_although_means_and_variances_are_equal() -> None:
    one, other = features(), features(seed=1)
    tied = np.concatenate([one[:, :1]] * 5, 1)
    assert frechet.distance(one, other) < 0.05 < 3 < frechet.distance(one, tied)


def test_an_interval_holds_its_score_and_tells_far_from_near() -> None:
    held = features(rows=300)
    drawn = {"near": features(seed=1, rows=300), "far": features(1.0, seed=2, rows=300)}
    point = {name: frechet.distance(held, part) for name, part in drawn.items()}
    bounds = frechet.intervals(held, drawn, lambda found: found, resamples=50)
    assert all(low <= point[name] <= high for name, (low, high) in bounds.items())
    assert bounds["near"][1] < bounds["far"][0]
    assert frechet.intervals(held, drawn, lambda found: found, resamples=50) == bounds
