import pytest

from models.finance.advisor import AdvisorParams
from models.finance.portfolio.questionnaire import LEVELS, VOLATILITY, profile, table

BOLD = {"age": 25, "horizon": 30, "income": "secure", "reserve": 24, "loss": "40", "fall": "buy", "experience": "long"}
TIMID = {"age": 80, "horizon": 1, "income": "unsteady", "reserve": 0, "loss": "5", "fall": "sell", "experience": "none"}


def level(**answers):
    return profile(AdvisorParams(**answers)).level


def test_the_ends_of_the_scale():
    assert level(**BOLD) == LEVELS
    assert level(**TIMID) == 1


def test_the_lower_side_counts():
    willing_only = {**TIMID, **{name: BOLD[name] for name in ("loss", "fall", "experience")}}
    able_only = {**BOLD, **{name: TIMID[name] for name in ("loss", "fall", "experience")}}
    for answers in (willing_only, able_only):
        found = profile(AdvisorParams(**answers))
        assert found.level == min(found.ability, found.willingness) == 1
        assert max(found.ability, found.willingness) == LEVELS


def test_hard_limits_and_a_level_set_by_hand():
    assert level(**{**BOLD, "loss": "none"}) == 1
    assert level(**{**BOLD, "horizon": 1}) == 2
    assert level(**TIMID, level="5") == 5


@pytest.mark.parametrize("name", ["horizon", "reserve"])
def test_more_of_it_never_lowers_the_level(name):
    levels = [level(**{**BOLD, name: amount}) for amount in range(40)]
    assert levels == sorted(levels) and len(set(levels)) > 1


def test_levels_allow_ever_more_volatility():
    assert list(VOLATILITY.values()) == sorted(VOLATILITY.values()) and list(VOLATILITY) == [1, 2, 3, 4, 5]


def test_the_table_names_every_answer():
    params = AdvisorParams()
    frame = table(params, profile(params)).frame
    assert (
        len(frame) == 7 and frame["points given"].between(0, 4).all() and set(frame["counts for"]) == {"ability", "willingness"}
    )
