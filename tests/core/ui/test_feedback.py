"""Thumbs are kept at once; a comment is added to them."""

from streamlit.testing.v1 import AppTest

from core.feedback import all_feedback


def page() -> None:
    from core.ui import feedback

    feedback.ask("k", input_digest="0123456789abcdef", model="m")


def test_thumbs_and_a_comment_are_one_opinion():
    app = AppTest.from_function(page, default_timeout=30).run()
    assert not app.text_input  # asked only of those who said something
    app.feedback(key="k.thumbs.0123456789ab").set_value(0).run()
    assert [(f.score, f.comment, f.model) for f in all_feedback()] == [(0, "", "m")]
    app.text_input[0].set_value("  The year is wrong. ")
    app.button[0].click().run()
    assert not app.exception
    assert [(f.score, f.comment) for f in all_feedback()] == [(0, "The year is wrong.")]
    app.run()
    assert len(all_feedback()) == 1
