"""A failing call becomes one sentence with an error id; what is ours to mend stays in the log."""

import logging

from streamlit.testing.v1 import AppTest


def page() -> None:
    import streamlit as st

    from core.contracts import InputError
    from core.ui.trouble import attempt

    def bad_input() -> None:
        raise InputError("The column {name} is empty. Choose another one.", name="**x**")

    def bug() -> None:
        raise RuntimeError("/secret/path and **more**")

    st.session_state["first"] = attempt(bad_input)
    st.session_state["second"] = attempt(bug)
    st.session_state["third"] = attempt(lambda: 7)


def test_sentences_ids_and_log(caplog):
    with caplog.at_level(logging.INFO, logger="panorama"):
        app = AppTest.from_function(page).run()
    assert not app.exception
    told, general = (error.value for error in app.error)
    assert told.startswith("The column \\*\\*x\\*\\* is empty. Choose another one.") and "Error id: `" in told
    assert "secret" not in general and "RuntimeError" not in general
    logged = next(record for record in caplog.records if record.exc_info)
    assert logged.getMessage().split("[")[1].rstrip("]") in general
    assert (app.session_state["first"], app.session_state["third"]) == (None, 7)
