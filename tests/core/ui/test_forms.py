"""Every kind of parameter becomes the right widget, and what the widget holds becomes params."""

import pytest
from streamlit.testing.v1 import AppTest

from core.ui import forms
from tests.core.ui.form_params import Everything


def page() -> None:
    import pandas as pd
    import streamlit as st

    from core.contracts import Table
    from core.ui import forms
    from tests.core.ui.form_params import Everything

    table = Table(pd.DataFrame({"text": ["a b c", "d e f"], "<img onerror=x> **b**": ["x", "y"]}), digest="d" * 64)
    start = {"epochs": 7} if st.query_params.get("shared") else {}
    st.session_state["params"] = forms.form(Everything, "f", table=table, start=start)


@pytest.fixture
def app():
    return AppTest.from_function(page, default_timeout=20).run()


def kinds() -> dict[str, str]:
    return {item.name: item.kind for item in forms.fields(Everything)}


def test_kinds_and_limits_follow_from_the_model():
    assert kinds() == {
        "method": "choice", "many": "choice", "pattern": "choice", "epochs": "whole", "share": "real", "rate": "real",
        "balanced": "switch", "note": "text", "text": "column", "group": "column", "value": "text",
        "limit": "whole", "protected": "columns",
    }  # fmt: skip
    epochs = next(item for item in forms.fields(Everything) if item.name == "epochs")
    assert (epochs.low, epochs.high, epochs.unit) == (1, 50, "rounds")


def test_untouched_form_gives_the_defaults_and_guessed_columns(app):
    assert not app.exception
    params = app.session_state["params"]
    assert params.model_dump(exclude={"text"}) == Everything().model_dump(exclude={"text"})
    assert params.text == "text"


def test_when_hides_and_shows(app):
    assert not [box for box in app.number_input if box.key == "f.epochs"]
    app.segmented_control(key="f.method").set_value("net").run()
    app.number_input(key="f.epochs").set_value(9).run()
    assert app.session_state["params"].epochs == 9


def test_advanced_is_folded_and_ranges_reach_the_widget(app):
    assert [fold.label for fold in app.expander] == ["More settings"]
    slider = app.slider(key="f.share")
    assert (slider.min, slider.max) == (0.05, 0.5)


def test_a_shared_link_preselects(app):
    app.query_params["shared"] = "1"
    fresh = AppTest.from_function(page, default_timeout=20)
    fresh.query_params["shared"] = "1"
    fresh.run().segmented_control(key="f.method").set_value("net").run()
    assert fresh.number_input(key="f.epochs").value == 7


def test_columns_are_offered_and_an_optional_folded_one_starts_empty(app):
    box = next(box for box in app.selectbox if box.key.startswith("f.group"))
    assert box.value == ""
    assert box.options == ["None", "text", "<img onerror=x> **b**"]  # options are text, not markdown
    box.set_value("<img onerror=x> **b**").run()
    assert app.session_state["params"].group == "<img onerror=x> **b**"


def test_several_columns_are_chosen_and_those_guessed_stand_there_first():
    def page() -> None:
        import pandas as pd
        import streamlit as st

        from core.contracts import Table
        from core.ui import forms
        from tests.core.ui.form_params import Everything

        table = Table(pd.DataFrame({"text": ["a b", "c d"] * 5, "sex": ["m", "f"] * 5, "age": range(10)}), digest="e" * 64)
        st.session_state["params"] = forms.form(Everything, "f", table=table)

    app = AppTest.from_function(page, default_timeout=20).run()
    box = next(box for box in app.multiselect if box.key.startswith("f.protected"))
    assert box.options == ["text", "sex", "age"] and app.session_state["params"].protected == ("sex", "age")
    box.set_value(["age"]).run()
    assert app.session_state["params"].protected == ("age",)


def test_the_values_of_a_column_are_offered_once_it_is_chosen(app):
    assert not [box for box in (*app.selectbox, *app.text_input) if box.key.startswith("f.value")]
    next(box for box in app.selectbox if box.key.startswith("f.group")).set_value("<img onerror=x> **b**").run()
    box = next(box for box in app.selectbox if box.key.startswith("f.value"))
    assert box.options == ["x", "y"] and app.session_state["params"].value == ""
    box.set_value("y").run()
    assert app.session_state["params"].value == "y"


def test_too_many_values_are_typed(monkeypatch):
    monkeypatch.setattr(forms, "MOST_VALUES", 1)
    app = AppTest.from_function(page, default_timeout=20).run()
    next(box for box in app.selectbox if box.key.startswith("f.group")).set_value("text").run()
    app.text_input(key="f.value").set_value("a b c").run()
    assert app.session_state["params"].value == "a b c"


def test_values_out_of_range_give_a_sentence_not_a_crash():
    def wrong() -> None:
        import streamlit as st

        from core.ui import forms
        from tests.core.ui.form_params import Everything

        st.session_state["params"] = forms.build(Everything, {"epochs": 1000})

    app = AppTest.from_function(wrong, default_timeout=20).run()
    assert not app.exception
    assert app.session_state["params"] is None
    assert "Epochs" in app.error[0].value


def test_a_form_without_a_table_has_no_column_fields():
    def bare() -> None:
        from core.ui import forms
        from tests.core.ui.form_params import Everything

        forms.form(Everything, "f")

    app = AppTest.from_function(bare, default_timeout=20).run()
    assert not app.exception
    assert not [box for box in app.selectbox if box.key.startswith("f.text")]


def test_a_hanzi_is_as_wide_as_two_letters():
    assert (forms._width("Array"), forms._width("阵列：ab")) == (5, 8)


def test_a_table_is_looked_at_once_for_all_fields_and_reruns(monkeypatch):
    from core.intake import roles

    looked = []
    real = roles.look
    monkeypatch.setattr(roles, "look", lambda frame: looked.append(1) or real(frame))
    forms._looked.clear()
    AppTest.from_function(page, default_timeout=20).run().run()
    assert len(looked) == 1
