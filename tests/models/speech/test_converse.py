"""A spoken question, a spoken answer: from documents and from a language model, turn by turn."""

import numpy as np
import pytest

from core import cache, samples
from core.contracts import Audio, Context, InputError, Metrics, NotFoundError, Text, dump, load
from core.intake import spool
from core.intake.sound import read_sound
from core.sound import encode
from models.speech import converse
from models.speech.conversation import replying
from models.speech.converse import ConverseParams


def asked(name: str = "question_en"):
    return samples.sound(name)


def texts(report):
    return [section.result for section in report.sections if isinstance(section.result, Text)]


def silence(seconds: float):
    return read_sound(spool(encode.encode(np.zeros(round(16_000 * seconds), np.float32), 16_000, kind="wav"), "quiet.wav"))


def test_documents_answer_word_for_word_and_aloud():
    report = converse.run(asked(), ConverseParams(), Context())
    question, answer = texts(report)
    assert "first start" in question.text.lower() and "five minutes" in answer.text and not answer.generated
    assert any(isinstance(section.result, Audio) and section.result.generated for section in report.sections)
    times = {one.name: one.value for s in report.sections if isinstance(s.result, Metrics) for one in s.result.items}
    assert times["First word after"] <= sum(times[name] for name in ("Listening", "Answering", "Speaking")) + 0.1
    assert report.evidence is not None and "→" in report.evidence.answered_by
    assert dump(load(dump(report))) == dump(report)


def test_own_documents_are_named_by_their_digest():
    upload = spool(b"The first start takes eleven hours. A cake needs three eggs.", "cake.txt")
    report = converse.run(asked(), ConverseParams(documents=upload.digest), Context())
    assert "eleven hours" in texts(report)[1].text


def test_documents_that_are_gone_are_said_to_be():
    with pytest.raises(NotFoundError):
        converse.run(asked(), ConverseParams(documents="0" * 64), Context())


def test_a_model_answers_sentence_by_sentence(monkeypatch):
    """Each sentence is spoken before the next one is written."""
    from models.text import llm

    order: list[str] = []

    class Writing:
        notices, engine = (), "a test"

        def __iter__(self):
            for piece in ("One and one. ", "Two and ", "two. Three", " and three."):
                order.append(piece)
                yield piece

        def close(self):
            order.append("closed")

    given: list[object] = []
    monkeypatch.setattr(llm, "stream", lambda name, turns, *rest: given.append(turns) or Writing())

    class Hearing(Context):
        def part(self, result):
            order.append("♪ " + result.title)

    history = (("user", "Hello"), ("assistant", "Good day."))
    report = converse.run(asked(), ConverseParams(answers="model", history=history), Hearing())
    assert order.index("♪ One and one.") < order.index("two. Three") < order.index("♪ Two and two.")
    assert order[-1] == "♪ Three and three." and "closed" in order
    assert texts(report)[1].text == "One and one. Two and two. Three and three." and texts(report)[1].generated
    assert given[0][1:3] == history and given[0][-1][0] == "user"


def test_an_empty_answer_is_said_to_be_none(monkeypatch):
    from models.text import llm

    class Writing(list):
        notices, engine = (), "a test"

        def close(self):
            pass

    monkeypatch.setattr(llm, "stream", lambda *given: Writing())
    replier = replying.FromModel("你好吗？", (), Context(), llm.DEFAULT)
    assert list(replier.sentences()) == ["这个问题我回答不了。"]


@pytest.mark.parametrize(("seconds", "said"), [(1.0, "No words were heard"), (61.0, "61 seconds long")])
def test_what_is_no_question_is_refused(seconds, said):
    with pytest.raises(InputError, match=said):
        converse.run(silence(seconds), ConverseParams(), Context())


def test_after_warming_nothing_is_loaded_any_more(monkeypatch):
    """All that a turn loads was loaded beforehand, for both languages."""
    with monkeypatch.context() as quickly:
        quickly.setattr(cache.gc, "collect", lambda: 0)  # hundreds of models of other tests: one collection at the end will do
        for one in cache.loaded():
            cache.forget(one.key)
    converse.warm(ConverseParams())
    before = {one.key for one in cache.loaded()}
    for name in ("question_en", "question_zh"):
        converse.run(samples.sound(name), ConverseParams(), Context())
    assert {one.key for one in cache.loaded()} <= before
