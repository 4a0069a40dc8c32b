"""A conversation survives F5 by a name in the URL, belongs to its documents, and is gone when a new one is begun."""

import pytest
from streamlit.testing.v1 import AppTest

from core.home import home
from core.intake import spool

MINE = b"The lamp is behind the door.\n\nThe oven is in the kitchen."


def page() -> None:
    from core.ui.panel import field_page
    from models.text import answer, search

    field_page(answer.CAPABILITY, search.CAPABILITY)


def opened(**query: str) -> AppTest:
    app = AppTest.from_function(page, default_timeout=120)
    for name, value in query.items():
        app.query_params[name] = value
    return app.run()


def said(app: AppTest) -> str:
    return " ".join(element.proto.body for element in app.get("html"))


def value(app: AppTest, name: str) -> str:
    found = app.query_params.get(name, "")
    return found if isinstance(found, str) else found[-1]


@pytest.fixture
def asked() -> tuple[AppTest, str]:
    digest = spool(MINE, "mine.txt").digest
    app = opened(data=digest)
    app.chat_input[0].set_value("Where is the lamp?").run()
    assert not app.exception and "Where is the lamp?" in said(app)
    return app, digest


def test_it_is_there_after_f5_and_goes_on(asked):
    app, digest = asked
    name = value(app, "talk")
    again = opened(data=digest, talk=name)
    assert not again.exception and "Where is the lamp?" in said(again) and "behind the door" in said(again)
    again.chat_input[0].set_value("Where is the oven?").run()
    assert value(again, "talk") == name
    third = opened(data=digest, talk=name)
    assert "Where is the lamp?" in said(third) and "Where is the oven?" in said(third)
    assert [path.stat().st_mode & 0o077 for path in home("talks").iterdir()] == [0]


def test_it_belongs_to_its_documents(asked):
    app, _digest = asked
    other = opened(data=spool(b"Something else is here.\n\nNothing of a light.", "other.txt").digest, talk=value(app, "talk"))
    assert not other.exception and "Where is the lamp?" not in said(other)


@pytest.mark.parametrize("name", ["", "../../etc/passwd", "0" * 32, "x" * 32])
def test_nobody_elses_is_found_by_guessing(asked, name):
    _app, digest = asked
    assert "Where is the lamp?" not in said(opened(data=digest, talk=name))


def test_a_new_one_leaves_nothing_of_the_old(asked):
    app, digest = asked
    name = value(app, "talk")
    app.button(key="text.answer.new").click().run()
    assert not app.exception and list(home("talks").iterdir()) == []
    assert "Where is the lamp?" not in said(opened(data=digest, talk=name))


def test_a_sample_stands_in_the_url_and_documents_have_no_filter():
    app = opened(capability="text.search", sample="debian_faq")
    assert app.selectbox(key="document.sample").value == "debian_faq" == value(app, "sample")
    assert "Value" not in [element.label for element in (*app.text_input, *app.selectbox)]
    app.segmented_control(key="document.way").set_value("paste").run()
    assert not value(app, "sample")
