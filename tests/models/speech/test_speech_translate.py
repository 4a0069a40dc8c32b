"""Speech in one language to speech in another: ways, order, and what is refused."""

import numpy as np
import pytest

from core import samples
from core.contracts import Audio, Context, InputError, Records, Text, Transcript, dump, load
from core.intake import spool
from core.intake.sound import read_sound
from core.sound import encode
from models.speech import translate
from models.speech.interpretation import trial, ways
from models.speech.interpretation.meeting import PAIRS
from models.speech.synthesis.voices import PIPER
from models.speech.translate import SpeechTranslateParams
from models.text.translation import engines


class Reading(Context):
    def __init__(self):
        self.order: list[str] = []

    def text(self, piece):
        self.order.append(piece)

    def part(self, result):
        self.order.append("♪ " + result.title)


def talk(place: int = 0):
    return samples.clips("meeting_zh")[place][0]


def kinds(report, kind):
    return [section.result for section in report.sections if isinstance(section.result, kind)]


def test_chinese_is_heard_and_english_is_spoken():
    reading = Reading()
    report = translate.run(talk(), SpeechTranslateParams(voice=PIPER), reading)
    (text,), (sound,), (subtitles,) = (kinds(report, kind) for kind in (Text, Audio, Transcript))
    assert "good morning" in text.text.lower() and text.generated and sound.generated
    assert [part.removeprefix("♪ ") for part in reading.order] == [one.text for one in subtitles.utterances]
    assert subtitles.audio is not None and not subtitles.audio.generated
    assert dump(load(dump(report))) == dump(report)


def test_in_steps_what_was_heard_stands_beside_what_it_means(monkeypatch):
    monkeypatch.setattr(engines, "ask", lambda name, job, context: answered(job))
    params = SpeechTranslateParams(way="steps", engine="own", speak=False, language="zh")
    reading = Reading()
    report = translate.run(talk(1), params, reading)
    (records,) = kinds(report, Records)
    assert list(records.frame["translation"]) == [heard.upper() + "!" for heard in records.frame["heard"]] == reading.order
    assert not kinds(report, Audio)


def answered(job):
    from core.contracts import Evidence

    return engines.Answers("own", {one: one.upper() + "!" for one in job.sentences}, "x", 0.0, Evidence(caveats=("Beware.",)))


def test_silence_is_no_translation():
    quiet = read_sound(spool(encode.encode(np.zeros(32_000, np.float32), 16_000, kind="wav"), "quiet.wav"))
    report = translate.run(quiet, SpeechTranslateParams(), Context())
    assert "No speech" in str(report.summary) and not kinds(report, Audio)


@pytest.mark.parametrize(
    ("params", "said"), [({"target": "zh", "way": "direct"}, "into English only"),
                         ({"language": "en"}, "two different languages"), ({"voice": "nobody"}, "af_heart")],
)  # fmt: skip
def test_what_cannot_be_is_refused(params, said):
    with pytest.raises(InputError, match=said):
        translate.run(talk(), SpeechTranslateParams(**params), Context())


def test_what_is_in_the_language_already_stays_as_it_is():
    recogniser = translate.library_of("faster", translate.BASE)
    done = ways.interpret(talk(1), "steps", "zh", recogniser, "own", Context(), lambda sentence: None, language="zh")
    assert all(one.translated == one.heard for one in done.sentences) and not done.engine


def test_the_references_belong_to_the_recordings():
    assert [said for _, said in samples.clips("meeting_zh")] == [chinese for chinese, _ in PAIRS]
    assert trial.measured([english for _, english in PAIRS], [english for _, english in PAIRS])[0]["chrf"] == pytest.approx(1)
