"""The link that opens the same again, and the API call."""

import json
import shlex
from urllib.parse import parse_qs, urlsplit

from streamlit.testing.v1 import AppTest

from core.source import Source
from core.ui import share
from tests.core.ui.form_params import Everything


def test_link_carries_sample_and_changed_values_only():
    address = share.link("text.classify", Source(kind="sample", name="reviews_zh"), Everything(epochs=9))
    query = parse_qs(urlsplit(address).query)
    assert query["capability"] == ["text.classify"] and query["sample"] == ["reviews_zh"]
    assert json.loads(query["params"][0]) == {"epochs": 9}


def test_an_upload_travels_as_its_digest():
    query = parse_qs(urlsplit(share.link("a.b", Source(kind="upload", name="secret.csv", digest="f" * 64), Everything())).query)
    assert query["data"] == ["f" * 64]
    assert "secret" not in str(query)


def test_the_command_survives_the_shell():
    texts = ('it\'s $HOME `x` "quoted"', "好")
    words = shlex.split(share.curl("text.classify", texts, Everything()).replace("\\\n", ""))
    assert json.loads(words[words.index("-d") + 1])["texts"] == list(texts)


def test_nonsense_in_the_link_counts_as_none():
    def page() -> None:
        import streamlit as st

        from core.ui import share

        st.session_state["values"] = share.shared_values()

    for text, expected in (("{", {}), ("[1]", {}), ('{"epochs": 3}', {"epochs": 3}), ("x" * 9999, {})):
        app = AppTest.from_function(page)
        app.query_params["params"] = text
        assert app.run().session_state["values"] == expected
