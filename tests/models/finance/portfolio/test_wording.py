import pytest

from core.contracts import InputError
from models.finance.portfolio.wording import Group, View, groups, views

NAMES = ("aapl", "msft", "股票 A")


def test_views_are_read_in_either_script():
    assert views("AAPL: 5%; aapl > msft: 2 %\n股票 A：-3％", NAMES) == (View(0, 0.05), View(0, 0.02, 1), View(2, -0.03))
    assert views("  ; ", NAMES) == ()


def test_groups_are_read():
    assert groups("tech 40%: aapl, msft; 中国 <= 20%：股票 A", NAMES) == (Group("tech", 0.4, (0, 1)), Group("中国", 0.2, (2,)))


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("aapl", "cannot be read"),
        ("aapl: much", "cannot be read"),
        ("ibm: 5%", "no asset ibm"),
        ("aapl > ibm: 5%", "no asset ibm"),
        ("aapl > aapl: 5%", "with itself"),
        ("aapl: 500%", "more than 100 %"),
    ],
)
def test_a_view_that_makes_no_sense_gets_a_sentence(text, said):
    with pytest.raises(InputError) as caught:
        views(text, NAMES)
    assert said in str(caught.value)


@pytest.mark.parametrize("text", ["tech: aapl", "tech 40%:", "tech 140%: aapl", "tech 40%: ibm"])
def test_a_limit_that_makes_no_sense_gets_a_sentence(text):
    with pytest.raises(InputError):
        groups(text, NAMES)
