"""The look for leaks shows a bar after two seconds, can be stopped, and goes on where it was stopped."""

import pytest
from streamlit.testing.v1 import AppTest

from core.intake import spool
from tests.core.ui.test_thumbnails import png
from tests.hostile.bad_pictures import archive


def page() -> None:
    import streamlit as st

    from core.contracts import TrainingParams, column
    from core.source import Source, open_source
    from core.ui.guard_panel import guard_panel

    class Sorting(TrainingParams):
        picture: str = column("picture", title="p", help="h")
        target: str = column("label", title="t", help="h")

    params = Sorting(picture="picture", target="label")
    table = open_source(Source(kind="upload", name="set.zip", digest=st.query_params["data"]))
    st.session_state["of"] = (table.digest, params.model_dump_json())
    guard_panel(table, params, (), "guard")


@pytest.fixture
def app():
    files = {f"{kind}/{place}.png": png(shade + place) for place in range(12) for kind, shade in (("a", 40), ("b", 200))}
    app = AppTest.from_function(page, default_timeout=60)
    app.query_params["data"] = spool(archive(files), "set.zip").digest
    return app


def test_stopped_it_says_so_and_goes_on_when_asked(app):
    app.run()
    findings = len(app.expander)
    app.session_state["guard.stopped"] = app.session_state["of"]
    app.run()
    assert "stopped" in app.info[0].value and not app.expander and not app.exception
    app.button(key="guard.again").click().run()
    assert not app.info and len(app.expander) == findings


@pytest.mark.parametrize(("seconds", "is_shown"), [(0.0, True), (600.0, False)])
def test_a_bar_and_a_button_to_stop_for_what_takes_long(app, monkeypatch, seconds, is_shown):
    from core.contracts import Context
    from core.lifecycle import guard
    from core.ui import guard_panel

    monkeypatch.setattr(guard_panel, "PATIENCE", seconds)
    seen: list[tuple[int, int]] = []
    real = guard.inspect

    def inspect(table, params, text_columns, context: Context):
        context.progress(0.5, "half")
        drawn = context._bar is not None
        seen.append((drawn, drawn and context._slot is not context._bar))
        return real(table, params, text_columns, context)

    monkeypatch.setattr(guard, "inspect", inspect)
    monkeypatch.setattr("core.cache.lease", _unshared)
    app.run()
    assert not app.exception and seen == [(is_shown, is_shown)]


def _unshared(key, loader, **options):
    from contextlib import nullcontext

    return nullcontext(loader())
