"""A model whose licence is not open source waits for a click, wherever it is chosen."""

from typing import Any

from streamlit.testing.v1 import AppTest

from core import weights
from core.contracts import Params, UnavailableError

NAME = "gemma-3-270m"


class Chosen(Params):
    model: str = NAME
    other: int = 1


def page(model: str) -> None:
    import streamlit as st

    from core.ui import terms
    from tests.core.ui.test_terms import Chosen

    st.session_state["may"] = terms.accepted(Chosen(model=model), "k")


def opened(model: str) -> AppTest:
    return AppTest.from_function(page, args=(model,), default_timeout=60).run()


def test_the_terms_are_asked_for_and_accepted_once(monkeypatch: Any, tmp_path: Any) -> None:
    monkeypatch.setenv("PANORAMA_HOME", str(tmp_path))  # what is accepted here is not accepted for other tests

    def absent(*arguments: Any) -> None:
        raise UnavailableError("Not fetched in a test.")

    monkeypatch.setattr(weights, "locate", absent)  # a quarter of a gigabyte
    app = opened(NAME)
    assert app.session_state["may"] is False and len(app.warning) == 1
    app.button(key="k.accept").click().run()
    assert not app.exception and weights.status(NAME).state != "needs acceptance"
    assert opened(NAME).session_state["may"] is True


def test_open_weights_and_other_names_need_nothing() -> None:
    for model in ("smollm2-135m", "tfidf", ""):
        app = opened(model)
        assert app.session_state["may"] is True and not app.warning
