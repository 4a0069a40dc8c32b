"""Overlaps counted by hand, pixels that do not count, and intervals over pictures."""

from __future__ import annotations

import numpy as np
import pytest

from core.intake.pictures.masks import VOID
from core.lifecycle.baselines_segmentation import Trivial
from core.lifecycle.evaluate_segmentation import counted, evaluate, overlaps

NAMES = ("background", "cat", "dog")


def test_overlaps_are_those_counted_by_hand() -> None:
    truth = np.array([[0, 0, 1, 1], [0, 0, 1, VOID]], np.uint8)
    answer = np.array([[0, 1, 1, 1], [0, 0, 0, 2]], np.uint8)
    found = evaluate([counted("a", truth, answer, 3)], NAMES)
    # Background: 3 shared, 5 in either. Cat: 2 shared, 4 in either. The dog stands on a pixel that does not count.
    assert found.metrics["miou"] == pytest.approx((3 / 5 + 2 / 4) / 2)
    assert found.metrics["dice"] == pytest.approx((2 * 3 / 8 + 2 * 2 / 6) / 2)
    assert found.metrics["pixel_accuracy"] == pytest.approx(5 / 7)
    table = found.sections[1].result.frame
    assert table["IoU"].tolist()[:2] == pytest.approx([0.6, 0.5]) and np.isnan(table["IoU"][2])


def test_pixels_of_all_pictures_are_counted_together_and_the_worst_come_first() -> None:
    large, small = np.ones((10, 10), np.uint8), np.ones((1, 1), np.uint8)
    rows = [counted("right", large, large, 3), counted("wrong", small, 2 * small, 3)]
    found = evaluate(rows, NAMES)
    assert found.metrics["miou"] == pytest.approx((100 / 101 + 0) / 2)
    assert [overlaps(row) for row in rows] == [1, 0] and found.sections[-1].result.frame["picture"].tolist() == ["wrong", "right"]


def test_the_interval_draws_pictures_and_holds_the_score() -> None:
    dice = np.random.default_rng(0)
    rows = []
    for number in range(30):
        truth = dice.integers(0, 3, (8, 8), dtype=np.uint8)
        wrong = dice.random((8, 8)) < dice.random()
        rows.append(counted(str(number), truth, np.where(wrong, 0, truth).astype(np.uint8), 3))
    found = evaluate(rows, NAMES)
    for name, score in found.metrics.items():
        low, high = found.intervals[name]
        assert low < score < high
    again = evaluate(rows * 4, NAMES).intervals["miou"]
    assert again[1] - again[0] < 0.7 * (found.intervals["miou"][1] - found.intervals["miou"][0])


def test_the_nearest_mean_colour_and_the_commonest_class() -> None:
    base = Trivial(1, np.array([[0, 0, 0], [np.nan] * 3, [200, 0, 0]], np.float32))
    seen = np.zeros((3, 4, 3), np.uint8)
    seen[1] = (150, 10, 10)
    assert base.by_color(seen)[:, 0].tolist() == [0, 2, 0] and (base.everywhere(seen) == 1).all()
