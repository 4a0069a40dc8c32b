"""What the browser sent is spooled once, whatever number of times the page is drawn again."""

from streamlit.testing.v1 import AppTest

SCRIPT = """
import streamlit as st
from core.ui.area import Area
from core.intake import spool

area = Area("thing")
st.session_state.setdefault("spooled", 0)

def once():
    st.session_state["spooled"] += 1
    return spool(b"a text", "a.txt")

ids = st.session_state.get("ids")
upload = area.sent(ids, once, str) if ids else area.again("Give one.", str)
st.write(area.uploader)
st.button("again")
st.session_state["given"] = upload and upload.name
"""


def test_it_is_spooled_once_and_taken_out_of_the_url_with_its_file():
    app = AppTest.from_string(SCRIPT)
    app.session_state["ids"] = ("1",)
    app.run()
    for _ in range(3):
        app.button[0].click().run()
    assert not app.exception and app.session_state["given"] == "a.txt"
    assert app.session_state["spooled"] == 1
    assert app.query_params["data"]
    app.session_state["ids"] = ("2",)
    app.run()
    assert app.session_state["spooled"] == 2, "another file"
    app.session_state["ids"] = None
    app.run()
    assert app.session_state["given"] is None and "data" not in app.query_params
    assert [caption.value for caption in app.caption] == ["Give one."]


def test_what_the_url_names_is_given_again():
    from core.intake import spool

    app = AppTest.from_string(SCRIPT)
    app.query_params["data"] = spool(b"before", "before.txt").digest
    app.session_state["ids"] = None
    app.run()
    assert app.session_state["given"] == "before.txt"
