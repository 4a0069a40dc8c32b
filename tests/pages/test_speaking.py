"""Reading aloud and the conversation, by real clicks. The models are replaced: they have tests of their own."""

import dataclasses
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import numpy as np
import pytest

from core import jobs
from core.contracts import Message, Metric, Metrics, Report, Section, Text
from core.sound import keeping
from core.ui import talking
from models.speech import converse, synthesize, translate
from tests.pages.test_pages import opened

TONE = 0.1 * np.sin(np.arange(12_000) / 10).astype(np.float32)


@contextmanager
def answering(module, run) -> Iterator[None]:
    """The capability with another `run`."""
    object.__setattr__(module.CAPABILITY, "run", run)
    try:
        yield
    finally:
        object.__setattr__(module.CAPABILITY, "run", module.run)


@pytest.mark.parametrize("module", [synthesize, translate, converse])
@pytest.mark.parametrize("locale", ["en-US", "zh-CN"])
def test_each_panel_opens_in_both_languages(module, locale):
    app = opened("pages/speech.py", locale, capability=module.CAPABILITY.id)
    assert not app.exception and not app.error


def test_models_are_loaded_while_one_still_speaks(monkeypatch):
    warmed = threading.Event()
    monkeypatch.setattr(talking, "is_served", lambda: True)
    chat = dataclasses.replace(converse.CAPABILITY.chat, warm=lambda params: warmed.set())
    object.__setattr__(converse.CAPABILITY, "chat", chat)
    try:
        app = opened("pages/speech.py", capability="speech.converse")
        assert warmed.wait(20)
        warmed.clear()
        assert not app.run().exception and not warmed.wait(1)  # once
    finally:
        object.__setattr__(converse.CAPABILITY, "chat", dataclasses.replace(chat, warm=converse.warm))


def test_a_short_text_is_read_aloud_by_one_click():
    def run(given, params, context):
        sound = keeping.keep("Read aloud", TONE, 24_000, generated=True)
        context.part(sound)
        return Report("t", "One sentence.", (Section("", sound),))

    with answering(synthesize, run):
        app = opened("pages/speech.py", capability="speech.synthesize")
        app.button(key="speech.synthesize.run").click().run()
    assert not app.exception and not app.error
    assert any("Sound (FLAC)" in button.proto.label for button in app.get("download_button"))


def test_a_long_text_is_a_job(monkeypatch):
    submitted = []

    def submit(capability_id, action, source, params, title=""):
        submitted.append((capability_id, source.name, params["voice"]))
        raise jobs.NotFoundError("Stopped here {name}.", name="on purpose")

    monkeypatch.setattr(jobs, "submit", submit)
    app = opened("pages/speech.py", capability="speech.synthesize")
    app.selectbox(key="document.sample").set_value("handbook_en").run()
    app.button(key="speech.synthesize.run").click().run()
    assert submitted == [("speech.synthesize", "handbook_en", "af_heart")]


def test_a_conversation_tells_each_turn_of_those_before():
    histories = []

    def run(given, params, context):
        histories.append(params.history)
        place = len(histories)
        sections = (
            Section("", Text("You said", f"Question {place}?")), Section("", Text("Answer", f"Answer {place}.")),
            Section("", keeping.keep("spoken", TONE * place, 24_000, generated=True)),
            Section("", Metrics((Metric("Listening", 0.5, "seconds"),))),
        )  # fmt: skip
        return Report("t", Message("You asked."), sections)

    with answering(converse, run):
        app = opened("pages/speech.py", capability="speech.converse")
        app.button(key="speech.converse.sample.question_en").click().run()
        app.button(key="speech.converse.sample.question_zh").click().run()
        assert not app.exception and not app.error
        assert histories == [(), (("user", "Question 1?"), ("assistant", "Answer 1."))]
        assert len(app.chat_message) == 4
        assert any("Listening: 0.5" in element.value for element in app.caption)
        app.button(key="speech.converse.new").click().run()
    assert not app.chat_message
