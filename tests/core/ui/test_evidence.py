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
