"""AppTest would take pages/ for Streamlit's old kind of pages and run one without app.py; the server does not."""

import pytest
from streamlit.runtime.pages_manager import PagesManager


@pytest.fixture(autouse=True)
def pages_of_the_navigation(monkeypatch: pytest.MonkeyPatch):
    start = PagesManager.__init__

    def init(self, *args, **kwargs):
        PagesManager.uses_pages_directory = False
        start(self, *args, **kwargs)

    monkeypatch.setattr(PagesManager, "__init__", init)
