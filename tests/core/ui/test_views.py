"""Every result type shows without an exception, chart first, with a caption below, and nothing of the user's runs."""

import pytest
from streamlit.testing.v1 import AppTest

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
