"""Sounds and transcripts on the page and in the report, in both languages."""

import re

import pytest
from streamlit.testing.v1 import AppTest

from core.contracts import Message, Report, Section, Transcript, Utterance
from core.home import home
from core.sound import keeping, pictures
from core.ui import audible_report, report
from tests.hostile.bad_sounds import tone

SPEAKERS = (Message("Speaker {number}", {"number": 1}), Message("Speaker {number}", {"number": 2}))


def transcript() -> Transcript:
    said = (Utterance("Good <b>morning</b>.", 0, 1, 0), Utterance("And to you.", 61, 62, 1))
    return Transcript("Said", said, "en", SPEAKERS, keeping.keep("a", tone()[0], 16_000))


def page() -> None:
    import streamlit as st

    from core.sound import keeping
    from core.ui.views import show
    from tests.core.ui.test_audible import transcript
    from tests.hostile.bad_sounds import tone

    if st.query_params["which"] == "audio":
        show(keeping.keep("**a**", tone()[0], 16_000, generated=True), "shown")
    else:
        show(transcript(), "shown")


def shown(which: str, language: str = "en") -> AppTest:
    app = AppTest.from_function(page, default_timeout=60)
    app.query_params["which"] = which
    app.query_params["lang"] = language
    app.run()
    assert not app.exception and not app.error
    return app


@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_transcript_offers_its_files_and_the_speakers_names(language):
    app = shown("transcript", language)
    assert len(app.get("download_button")) == 5
    assert [field.label for field in app.text_input] == {"en": ["Speaker 1", "Speaker 2"], "zh": ["说话人 1", "说话人 2"]}[
        language
    ]


def test_a_synthetic_sound_says_so_and_names_are_shown_letter_by_letter():
    app = shown("audio")
    assert any("Synthetic" in element.value for element in app.get("markdown") if hasattr(element, "value"))
    assert any("\\*\\*a\\*\\*" in element.value for element in app.markdown)


def test_the_report_holds_the_sound_and_escapes_what_was_said():
    whole = Report(
        "t", "", (Section("Said", transcript()), Section("Made", keeping.keep("b", tone()[0], 16_000, generated=True)))
    )
    html = report.render(whole, "zh").decode()
    assert html.count("src='data:audio/flac;base64,") == 2 and "Good &lt;b&gt;morning" in html
    assert "说话人 1" in html and "1:01" in html and "合成" in html and "<script" not in html


def test_a_sound_that_is_gone_or_too_large_is_said(monkeypatch):
    made = keeping.keep("a", tone()[0], 16_000, pictures=pictures.pictures(tone()[0], 16_000))
    assert audible_report.heard(made, "en").count("<img") == 2
    monkeypatch.setattr(audible_report, "MOST_SOUND_BYTES", 10)
    assert "too large" in audible_report.heard(made, "en")
    (home("sounds") / made.file).unlink()
    assert "not kept" in re.sub(r"<[^>]+>", "", audible_report.heard(made, "en"))
