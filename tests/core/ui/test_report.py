"""The report: one file that needs nothing else, and in which no text of a user can run."""

import html.parser
import re

import pandas as pd
import pytest

from core.contracts import Curves, Evidence, Records, Report, Section, Series
from core.ui import drawing, numbers, report
from tests.core.ui import examples

VOID = {"meta", "br", "img"}


class Tags(html.parser.HTMLParser):
    """Counts tags and notes every one that is closed in the wrong place."""

    def __init__(self) -> None:
        super().__init__()
        self.open, self.seen, self.wrong, self.attributes = [], [], [], []

    def handle_starttag(self, tag, attrs):
        self.seen.append(tag)
        self.attributes += attrs
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.seen.append(tag)
        self.attributes += attrs

    def handle_endtag(self, tag):
        if not self.open or self.open.pop() != tag:
            self.wrong.append(tag)


@pytest.fixture(params=["en", "zh"])
def page(request):
    return report.render(examples.REPORT, request.param, data=examples.EVIL, card={"classes": ["a", examples.EVIL]}).decode()


def test_it_needs_nothing_from_outside(page):
    assert not re.search(r"""(src|href|poster)\s*=\s*(?!["']data:)|url\(|@import|https?://""", page)
    assert len(page) < 200_000


def test_no_script_and_well_formed(page):
    tags = Tags()
    tags.feed(page)
    assert "script" not in tags.seen
    assert not [name for name, _value in tags.attributes if name.startswith("on")]
    assert not tags.wrong and not tags.open


def test_everything_is_in_it(page):
    for expected in ("Sorting texts", "87.3 %", "Somebody 2017", "Labels are noisy.", "960", "=1+1"):
        assert expected in page
    assert page.count("<svg") >= 9
    assert page.count("&lt;script&gt;") >= 8


def test_its_language_is_declared():
    assert "lang='zh-CN'" in report.render(examples.REPORT, "zh").decode()


def test_long_tables_are_cut_and_say_so():
    frame = pd.DataFrame({"n": range(report.MOST_ROWS + 7)})
    page = report.render(Report("t", "", (Section("s", Records("", frame)),)), "en").decode()
    assert page.count("<tr>") == report.MOST_ROWS + 1
    assert f"The first {report.MOST_ROWS} of {report.MOST_ROWS + 7} rows." in page


def test_missing_points_leave_a_gap_not_nan():
    picture = drawing.svg(Series("", (1, 2, 3, 4), {"a": (1.0, float("nan"), 2.0, 3.0)}), "en")
    assert "nan" not in picture
    assert picture.count("<polyline") == 2


@pytest.mark.parametrize(("low", "high"), [(0.0, 1.0), (0.123, 0.124), (-5.0, 1e6), (2.0, 2.0), (float("nan"), 1.0)])
def test_ticks_cover_the_range(low, high):
    marks = drawing.ticks(low, high)
    assert 2 <= len(marks) <= 12
    assert marks == sorted(marks)
    if low == low:
        assert marks[0] <= low + 1e-9 and marks[-1] >= high - 1e-9


def test_a_logarithmic_axis_gives_equal_ratios_equal_steps():
    picture = drawing.svg(Series("", (1, 2, 3), {"a": (1.0, 10.0, 100.0)}, log=True), "en")
    (points,) = re.findall(r'polyline points="([^"]+)"', picture)
    heights = [float(point.split(",")[1]) for point in points.split()]
    assert heights[0] - heights[1] == pytest.approx(heights[1] - heights[2], abs=0.2)
    assert numbers.log_ticks(0.9, 30) == pytest.approx([0.5, 1, 2, 5, 10, 20, 50])
    assert numbers.log_ticks(1.0, 1.0) == [1, 2]


def test_marks_stand_beside_curves_with_their_names():
    picture = drawing.svg(Curves("", {"line": ((0.0, 1.0), (0.0, 1.0))}, marks={"Your portfolio": (2.0, 3.0)}), "en")
    assert "Your portfolio" in picture and picture.count("<circle") == 1


def test_a_score_of_a_hundredth_of_its_unit_has_a_scale_of_its_own():
    card = Evidence(metric="a", score=0.0123, interval=(-0.04, 0.06), baseline=0.0, unit="Sharpe")
    assert "0.05 Sharpe" in drawing.svg(card, "en") and "0.5 Sharpe" not in drawing.svg(card, "en")
    assert drawing.svg(Evidence(metric="a", score=0.0, baseline=0.0, unit="Sharpe"), "en")
