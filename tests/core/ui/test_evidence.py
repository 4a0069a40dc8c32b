"""What the evidence card says in words."""

from dataclasses import replace

from core.ui.evidence import verdicts
from tests.core.ui.examples import EVIDENCE


def words(**changes: object) -> str:
    return " / ".join(text for text, _color in verdicts(replace(EVIDENCE, **changes)))


def test_verdicts():
    assert words() == "+25.3 points over the baseline / Meets its bar"
    assert "Below its bar" in words(bar=0.9)


def test_an_interval_that_reaches_the_baseline_is_no_win():
    assert words(baseline=0.865).startswith("Not clearly better")


def test_no_score_is_said():
    assert words(score=None).startswith("No score")


def test_a_score_with_a_unit_is_told_in_it():
    loud = {"unit": "dB", "score": 8.6, "interval": (7.9, 9.1), "baseline": 5.5, "bar": 8.0}
    assert words(**loud) == "+3.1 dB better than the baseline / Meets its bar"
    assert words(**{**loud, "baseline": 8.0}).startswith("Not clearly better than the baseline (+0.6 dB)")
    lower = {**loud, "lower_is_better": True, "baseline": 10.0}
    assert words(**lower).startswith("+1.4 dB better")


def test_a_small_difference_is_not_rounded_away():
    small = {"unit": "Sharpe", "score": 0.0123, "interval": (-0.04, 0.06), "baseline": 0.0, "bar": None}
    assert words(**small) == "Not clearly better than the baseline (+0.01 Sharpe)"
