"""Every result type shows without an exception, chart first, with a caption below, and nothing of the user's runs."""

import pandas as pd
import pytest
from streamlit.testing.v1 import AppTest

from core.contracts import Records, Report, Section
from core.language import translate
from core.ui import outcome, report
from core.ui.numbers import beside_a_mark
from core.ui.views import worded
from tests.core.ui import examples


def page() -> None:
    import streamlit as st

    from core.ui.views import show
    from tests.core.ui import examples

    show([*examples.ALL, examples.REPORT][int(st.query_params["which"])], "shown")


@pytest.fixture(params=range(len(examples.ALL) + 1))
def app(request):
    app = AppTest.from_function(page, default_timeout=30)
    app.query_params["which"] = str(request.param)
    return app.run()


def test_it_shows(app):
    assert not app.exception
    assert not app.error
    for kind in ("markdown", "caption", "subheader"):
        for element in app.get(kind):
            assert "<script" not in getattr(element, "value", "").replace("\\<", "&lt;")
    charts = len(app.get("plotly_chart"))
    assert len(app.caption) >= charts


def test_our_own_words_in_a_table_are_translated_and_the_users_are_not():
    frame = pd.DataFrame({"text": ["positive", "好"], "polarity": ["positive", None], "n": [1, 2]})
    shown = worded(Records("", frame, words=("polarity",), given=("text",)), "zh")
    assert list(shown["text"]) == ["positive", "好"]
    assert list(shown.columns)[::2] == ["text", "n"] and shown.columns[1] == translate("polarity", "zh") != "polarity"
    assert shown.iloc[0, 1] == translate("positive", "zh") != "positive"
    assert worded(Records("", frame, words=("polarity",)), "en").equals(frame) and frame["polarity"][0] == "positive"


def test_a_report_and_a_file_have_the_same_words_as_the_page(monkeypatch):
    records = Records("", pd.DataFrame({"kind": ["person"]}), words=("kind",))
    page = report.render(Report("t", "", (Section("s", records),)), "zh").decode()
    assert f"<td>{translate('person', 'zh')}</td>" in page and "<td>person</td>" not in page
    monkeypatch.setattr(outcome, "language", lambda: "zh")
    assert list(outcome.frame_of(records).iloc[:, 0]) == [translate("person", "zh")]


@pytest.mark.parametrize(("unit", "expected"), [("%", "1 %"), ("", "1"), ("mentions", "1"), ("次", "1 次")])
def test_long_units_stand_on_the_axis_only(unit, expected):
    assert beside_a_mark(1.0, unit) == expected
