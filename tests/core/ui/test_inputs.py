"""The input area of a capability that takes tables only: a sample, a file, or pasted rows."""

from streamlit.testing.v1 import AppTest


def page() -> None:
    import streamlit as st

    from core.contracts import Capability, Params, Records, Table
    from core.ui import inputs

    capability = Capability("probe.rows", "Rows", "", (Table,), Records, Params, lambda given, params, context: None)
    st.session_state["given"] = inputs.choose(capability, "probe", ways=("paste", "upload", "sample"), samples=("credit_data",))


def test_a_table_comes_as_a_sample_first():
    app = AppTest.from_function(page, default_timeout=30).run()
    assert app.segmented_control(key="probe.way").options == ["Sample data", "Upload a file", "Paste or type"]
    assert app.session_state["given"].source.name == "credit_data"


def test_pasted_rows_are_a_table_with_its_columns_and_too_few_get_a_sentence():
    app = AppTest.from_function(page, default_timeout=30).run()
    app.segmented_control(key="probe.way").set_value("paste").run()
    assert not app.exception and app.session_state["given"] is None
    assert any("at least one row" in caption.value for caption in app.caption)
    app.text_area(key="probe.rows").set_value("年龄\t金额\n30\t1200\n41\t800").run()
    given = app.session_state["given"]
    assert given.table.columns == ["年龄", "金额"] and given.table.frame["金额"].tolist() == [1200, 800]
    assert given.texts is None and given.columns is given.table
    app.text_area(key="probe.rows").set_value("a,b\n1,2").run()
    assert app.session_state["given"].table.columns == ["a", "b"]


def test_a_generator_of_pictures_takes_none_but_learns_from_an_archive_of_them():
    def page() -> None:
        from core.ui import inputs
        from models.vision.generate import CAPABILITY

        inputs.choose(CAPABILITY, "probe", ways=("sample", "upload"), samples=CAPABILITY.training_samples)

    app = AppTest.from_function(page, default_timeout=30).run()
    app.segmented_control(key="probe.way").set_value("upload").run()
    assert [box.label for box in app.get("file_uploader")] == ["ZIP of pictures"]
