import json

import numpy as np
import pandas as pd
import pytest

from core.contracts import Cancelled, Context, InputError, Metrics, Ranking, Records, Report, Section, Table, dump, load
from core.ui import outcome, report
from models.finance.advisor import CAPABILITY, AdvisorParams, is_slow
from models.finance.portfolio.results import NOT_ADVICE
from tests.models.finance.portfolio.made import prices, returns
from tests.untranslated import untranslated

QUICK = {"compare": False, "window": 1, "level": "5", "rebalance": "year"}
NAMES = ("甲", "乙", "丙", "丁")


@pytest.fixture(scope="module")
def table() -> Table:
    return Table(prices(returns(4, spreads=(0.01,) * 4, means=(0.0004,) * 4), names=NAMES), "shares.csv", "digest")


@pytest.fixture(scope="module")
def answer(table: Table):
    return CAPABILITY.run(table, AdvisorParams(**{**QUICK, "compare": True}), Context())


def part(found, kind: type, title: str = ""):
    return next(s.result for s in found.sections if isinstance(s.result, kind) and title in str(getattr(s.result, "title", "")))


def test_weights_are_whole_and_the_table_to_take_away_says_that_it_is_no_advice(answer):
    shown = part(answer, Ranking, "What to hold")
    assert sum(shown.values) == pytest.approx(100, abs=0.5) and set(shown.names) <= {*NAMES, "Cash"}
    frame = outcome.frame_of(answer)
    assert frame["weight, %"].sum() == pytest.approx(100, abs=0.1) and set(frame["note"]) == {"Not investment advice"}
    assert frame["amount"].sum() == pytest.approx(10_000, abs=0.05)  # cents are rounded


def test_the_report_says_that_it_is_no_advice_in_both_languages(answer):
    assert str(answer.notices[0]) == NOT_ADVICE
    assert NOT_ADVICE in report.render(answer, "en").decode() and "不构成投资建议" in report.render(answer, "zh").decode()


def test_of_chance_nothing_is_better_than_one_over_n(answer):
    """All shares are alike: whatever a method finds in their past is chance."""
    assert "is not better than that of 1/N" in str(answer.summary)
    low, high = answer.evidence.interval
    assert low <= answer.evidence.score <= high and low < 0 < high and answer.evidence.baseline == 0


def test_methods_stand_side_by_side_with_intervals(answer):
    frame = part(answer, Records, "Methods side by side").frame
    assert len(frame) == 7 and (frame["95 % from"] <= frame["95 % to"]).all()
    ranked = part(answer, Ranking, "Sharpe ratios")
    assert all(low <= value <= high for value, low, high in zip(ranked.values, ranked.low, ranked.high))
    values = {metric.name: metric for metric in part(answer, Metrics).items}
    assert values["Risk level"].value == 5 and values["Largest draw-down"].value < 0


def test_the_report_survives_json_and_is_chinese_where_it_can_be(answer, table):
    assert dump(load(json.loads(json.dumps(dump(answer))))) == dump(answer)
    assert not untranslated(answer, table)


def test_a_method_that_is_better_is_called_better():
    """One asset earns and is calm, four lose: a method that sees it beats 1/N."""
    moves = returns(5, spreads=(0.004, 0.01, 0.01, 0.01, 0.01), means=(0.002, -0.001, -0.001, -0.001, -0.001))
    params = AdvisorParams(**{**QUICK, "method": "min_variance", "most": 100})
    found = CAPABILITY.run(Table(prices(moves)), params, Context())
    assert "is better than that of 1/N" in str(found.summary) and found.evidence.interval[0] > 0
    assert part(found, Ranking, "What to hold").names[0] == "s0"


def test_a_lower_level_holds_more_cash(table):
    cash = []
    for level in ("1", "3"):
        found = CAPABILITY.run(table, AdvisorParams(**{**QUICK, "level": level}), Context())
        shown = part(found, Ranking, "What to hold")
        cash.append(dict(zip(shown.names, shown.values)).get("Cash", 0.0))
    assert cash[0] > cash[1] + 20


def test_returns_give_weights_without_shares_and_a_small_table_is_quick(table):
    moves = returns(4, spreads=(0.01,) * 4, means=(0.0004,) * 4)
    frame = table.frame.iloc[1:].assign(**dict(zip(NAMES, moves.T)))
    params = AdvisorParams(**QUICK)
    assert "whole shares" not in outcome.frame_of(CAPABILITY.run(Table(frame), params, Context())).columns
    assert not is_slow(table, params) and is_slow(table, AdvisorParams(rebalance="month", window=1))


@pytest.mark.parametrize(
    ("params", "said"),
    [
        ({"method": "black_litterman", "views": "ibm: 3%"}, "no asset ibm"),
        ({"groups": "all 50%: 甲, 乙, 丙, 丁"}, "groups"),
        ({"window": 10}, "Shorten the window"),
        ({"assets": ("甲",)}, "at least two assets"),
    ],
)
def test_settings_that_cannot_be_get_a_sentence(table, params, said):
    with pytest.raises(InputError, match=said):
        CAPABILITY.run(table, AdvisorParams(**{**QUICK, **params}), Context())


def test_two_assets_are_enough_and_the_raised_limit_is_said(table):
    found = CAPABILITY.run(Table(table.frame[["date", "甲", "乙"]]), AdvisorParams(**QUICK), Context())
    assert any("the largest weight was raised to 50 %" in str(notice) for notice in found.notices)


def test_views_are_not_taken_into_the_past(table):
    params = AdvisorParams(**{**QUICK, "method": "black_litterman", "views": "甲: 30%", "most": 60})
    found = CAPABILITY.run(table, params, Context())
    assert part(found, Ranking, "What to hold").names[0] == "甲"
    assert any("made without them" in str(notice) for notice in found.notices)
    assert abs(found.evidence.score) < 0.1


def test_it_stops_when_asked(table):
    class Stopped(Context):
        def check(self) -> None:
            raise Cancelled("Stopped.")

    with pytest.raises(Cancelled):
        CAPABILITY.run(table, AdvisorParams(**QUICK), Stopped())


def test_an_index_of_the_table_stands_beside(table):
    frame = table.frame.assign(指数=100 * np.cumprod(1 + np.random.default_rng(5).normal(0, 0.01, len(table))))
    found = CAPABILITY.run(Table(frame), AdvisorParams(**QUICK, benchmark="指数"), Context())
    assert "指数" in list(part(found, Records, "Methods side by side").frame["portfolio"])
    assert "指数" not in part(found, Ranking, "What to hold").names
    assert isinstance(found.sections[0].result, Metrics) and isinstance(frame, pd.DataFrame)


def test_the_main_table_goes_before_a_longer_one():
    short, long = (Records("", pd.DataFrame({"a": range(rows)}), main=rows == 2) for rows in (2, 9))
    assert len(outcome.frame_of(Report("", "", (Section("", long), Section("", short))))) == 2


def test_whether_it_is_slow_is_no_place_for_errors(table):
    assert not is_slow(Table(pd.DataFrame({"a": [1.0]})), AdvisorParams())
    assert is_slow(Table(pd.concat([table.frame] * 3)), AdvisorParams(**QUICK))
