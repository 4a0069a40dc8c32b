"""A model whose licence is not open source waits for a click, wherever it is chosen."""

from streamlit.testing.v1 import AppTest

from core import weights

NAME = "gemma-3-270m"


def page() -> None:
    import streamlit as st

    from core.ui import terms

    st.session_state["may"] = terms.accepted("gemma-3-270m", "k")


def test_the_terms_are_asked_for_and_accepted_once() -> None:
    app = AppTest.from_function(page, default_timeout=120).run()
    assert app.session_state["may"] is False and len(app.warning) == 1
    app.button(key="k.accept").click().run()
    assert not app.exception and weights.status(NAME).state != "needs acceptance"
    fresh = AppTest.from_function(page, default_timeout=60).run()
    assert fresh.session_state["may"] is True and not fresh.warning


def test_open_weights_and_other_names_need_nothing() -> None:
    def open_ones() -> None:
        import streamlit as st

        from core.ui import terms

        st.session_state["may"] = [terms.accepted(name, name) for name in ("smollm2-135m", "tfidf", "")]

    assert AppTest.from_function(open_ones, default_timeout=60).run().session_state["may"] == [True, True, True]
