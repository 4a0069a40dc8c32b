"""The language of the session: the browser's at first, then the switch and the URL."""

import pytest
from streamlit.testing.v1 import AppTest


def page() -> None:
    import streamlit as st

    from core.contracts import Message
    from core.ui import language

    language.switch()
    st.session_state["seen"] = language.language()
    st.session_state["said"] = language.say(Message("The column {name} is empty.", {"name": "**<b>x</b>**"}))


@pytest.mark.parametrize(
    ("locale", "expected"), [("zh-CN", "zh"), ("zh-TW", "zh"), ("en-GB", "en"), ("fr-FR", "en"), (None, "en")]
)
def test_it_follows_the_browser(locale, expected):
    app = AppTest.from_function(page)
    app.context["locale"] = locale
    assert app.run().session_state["seen"] == expected


def test_the_url_and_then_the_switch_decide():
    app = AppTest.from_function(page)
    app.context["locale"] = "en-US"
    app.query_params["lang"] = "zh"
    assert app.run().session_state["seen"] == "zh"
    app.segmented_control(key="lang").set_value("en").run()
    assert app.session_state["seen"] == "en"


def test_nonsense_in_the_url_is_ignored():
    app = AppTest.from_function(page)
    app.query_params["lang"] = "../../etc"
    assert app.run().session_state["seen"] == "en"
    assert not app.exception


def test_values_are_escaped_where_markdown_renders_them():
    said = AppTest.from_function(page).run().session_state["said"]
    assert "\\*\\*\\<b\\>x" in said
