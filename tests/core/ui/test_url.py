"""A choice that stands in the URL, and one that the page makes for the user."""

from streamlit.testing.v1 import AppTest


def page() -> None:
    import streamlit as st

    from core.ui import url

    st.button("go", on_click=url.choose, args=("what", "b"))
    st.write(url.choice("What", ["a", "b", "c"], str, key="what"))


def test_what_the_page_chose_outlives_the_old_value_that_a_slow_browser_still_sends():
    app = AppTest.from_function(page, default_timeout=30).run()
    app.button[0].click().run()
    assert app.markdown[0].value == "b"
    app.session_state["what"] = "a"  # the control from before, late
    app.run()
    assert app.markdown[0].value == "b" and not app.exception
    app.segmented_control(key="what.1").set_value("c").run()
    assert app.markdown[0].value == "c"
