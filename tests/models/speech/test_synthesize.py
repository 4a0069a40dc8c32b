"""Text to speech: what is said and when, by whom, how it sounds, and what a job keeps."""

import av
import numpy as np
import pytest

from core.contracts import Audio, Cancelled, Context, Documents, InputError, Metrics, Transcript, dump, load
from core.intake import spool
from core.intake.documents import read_documents
from core.intake.sound import read_sound
from core.intake.sound import samples as decoded
from core.sound import keeping
from models.speech import synthesize
from models.speech.recognition import scoring
from models.speech.synthesis import engines, marking, phonemes, sayings, speaking, trial, voices
from models.speech.synthesis.marking import Saying
from models.speech.synthesis.speaking import Reader
from models.speech.synthesis.voices import PIPER, Voice
from models.speech.synthesize import SynthesizeParams

JOE = SynthesizeParams(voice=PIPER)


class Hearing(Context):
    """Notes the parts; stops before the sentence `stop`."""

    def __init__(self, folder=None, stop: int | None = None):
        self.parts: list[Audio] = []
        self.folder, self.stop = folder, stop

    def part(self, result):
        self.parts.append(result)

    def check(self):
        if self.stop is not None and len(self.parts) >= self.stop:
            raise Cancelled("Stopped.")


def script(text: str, language="auto", pause=0.3, most=marking.MOST_CHARACTERS):
    return marking.script(Documents.of(text), language, pause, most)


@pytest.mark.parametrize(
    ("mark", "seconds"),
    [
        ('<break time="500ms"/>', 0.5), ("<break time='2s' />", 2.0), ("<BREAK/>", marking.BREAK_SECONDS),
        ('<break time="900s"/>', marking.MOST_BREAK_SECONDS), ('<break time="0.25s"/><break time="250ms"/>', 0.5),
    ],
)  # fmt: skip
def test_breaks_are_silence_and_not_words(mark, seconds):
    first, second = script(f"One two.{mark}Three four.").sayings
    assert (first.text, second.text) == ("One two.", "Three four.")
    assert first.pause == pytest.approx(0.3 + seconds) and second.pause == 0


@pytest.mark.parametrize("text", ["<script>alert(1)</script> hello.", "<break time='x'/> hello.", "&lt;a&gt; <p>hello</p>.",
                                  "DOCTYPE a <b ENTITY b 'c'> &b; hello."])  # fmt: skip
def test_everything_else_in_brackets_is_text(text):
    assert "".join(saying.text for saying in script(text).sayings).replace(" ", "") == text.replace(" ", "")


def test_the_frame_of_ssml_is_left_out():
    assert [one.text for one in script("<speak version='1.0'>Hello there.</speak>").sayings] == ["Hello there."]


def test_the_language_is_found_sentence_by_sentence():
    found = script("Good morning to you. 大家早上好。 Das ist nicht die richtige Sprache.")
    assert [one.language for one in found.sayings] == ["en", "zh", "en"]
    assert found.foreign == 1
    assert {one.language for one in script("Good morning. 大家好。", "zh").sayings} == {"zh"}


def test_paragraphs_are_further_apart_than_sentences():
    first, second, third = script("One two. Three four.\n\nFive six.").sayings
    assert first.pause == 0.3 and second.pause == pytest.approx(0.3 * marking.PARAGRAPH_PAUSES) and third.pause == 0


@pytest.mark.parametrize("text", ["", "😀😀 🎉", "… !!! ---", "\u200b\u200d"])
def test_without_words_there_is_one_sentence_of_ours(text):
    with pytest.raises(InputError, match="no words to read aloud"):
        synthesize.run(Documents.of(text), JOE, Context())


@pytest.mark.parametrize("text", ["x" * 100_000, "你好" * 50_000, "word " * 20_000, "A sentence of words. " * 5_000])
def test_a_hundred_thousand_characters_are_cut_into_what_can_be_said_and_to_the_limit(text):
    found = script(text)
    said = sum(len(one.text) for one in found.sayings)
    assert max(marking.weight(one.text) for one in found.sayings) <= marking.LONGEST
    assert 0.9 * marking.MOST_CHARACTERS <= said <= marking.MOST_CHARACTERS
    assert found.left_out == pytest.approx(len(text) - marking.MOST_CHARACTERS, abs=2)


def test_what_is_left_out_is_said():
    report = synthesize.run(Documents.of("Hello there, my friend. " * 4), JOE.model_copy(update={"most": 30}), Context())
    assert any("Only the first 30 characters" in str(notice) for notice in report.notices)


def test_english_words_in_a_chinese_sentence_are_read_in_english():
    from kokoro_onnx.tokenizer import Tokenizer

    tokenizer = Tokenizer()
    assert phonemes.of_english("Panorama", "en-us", tokenizer) in phonemes.of_chinese("请打开 Panorama 页面。", tokenizer)
    assert phonemes.of_chinese("百分之二十", tokenizer) == phonemes.of_chinese("20%", tokenizer)
    assert phonemes.of_chinese("1,234,567", tokenizer) == phonemes.of_chinese("一百二十三万四千五百六十七", tokenizer)
    assert "3" not in phonemes.of_chinese("3" * 60, tokenizer)


def test_a_blend_lies_between_its_voices():
    from core import weights

    kokoro = engines.Kokoro(weights.locate(voices.KOKORO), weights.locate(voices.KOKORO_VOICES))
    first, second = (kokoro._style(Voice(name)) for name in ("af_heart", "bm_george"))
    half = kokoro._style(voices.voice("af_heart", "bm_george", 0.25))
    assert np.allclose(half, 0.75 * first + 0.25 * second)
    assert voices.voice("af_heart", "af_heart", 0.5) == Voice("af_heart")
    assert voices.voice("af_heart", "bm_george", 0.25).label == "af_heart 75%, bm_george 25%"


@pytest.mark.parametrize("field", ["voice", "chinese_voice", "blend"])
def test_an_unknown_voice_names_the_choices(field):
    with pytest.raises(InputError, match=r"af_heart|zf_xiaoxiao"):
        synthesize.run(Documents.of("Hello."), SynthesizeParams(**{field: "nobody"}), Context())


def test_playing_faster_raises_the_pitch_as_much():
    tone = np.sin(2 * np.pi * 200 * np.arange(engines.RATE) / engines.RATE).astype(np.float32)
    higher = engines.resampled(tone, 2 ** (4 / 12))
    peak = np.abs(np.fft.rfft(higher)).argmax() * engines.RATE / len(higher)
    assert peak == pytest.approx(200 * 2 ** (4 / 12), rel=0.01)
    assert len(higher) == pytest.approx(len(tone) / 2 ** (4 / 12), rel=0.01)


def test_pitch_keeps_the_tempo_and_speed_changes_it():
    saying = Saying("This is a sentence of a middling length.", "en", 0)
    joe = Voice(PIPER)
    plain, high, fast = (len(Reader(joe, joe, speed, pitch).say(saying)) for speed, pitch in ((1, 0), (1, 4), (1.5, 0)))
    assert high == pytest.approx(plain, rel=0.15)
    assert plain / 1.5 * 0.85 <= fast <= plain * 0.85  # the voice does not shorten everything alike


def test_the_sound_says_that_it_is_synthetic_and_lasts_as_long_as_its_sentences():
    hearing = Hearing()
    report = synthesize.run(Documents.of('Good morning. <break time="1s"/> And good night.'), JOE, hearing)
    audio, read = report.sections[0].result, report.sections[1].result
    assert isinstance(audio, Audio) and isinstance(read, Transcript) and audio.generated
    with av.open(str(keeping.path_of(audio))) as file:
        assert "Synthetic" in file.metadata["comment"] and PIPER in file.metadata["comment"]
    first, second = read.utterances
    assert second.start - first.end == pytest.approx(1.3, abs=0.05)
    assert audio.seconds == pytest.approx(second.end, abs=0.02)
    assert [part.title for part in hearing.parts] == ["Good morning.", "And good night."]
    assert all(part.generated for part in hearing.parts)
    assert dump(load(dump(report))) == dump(report)
    silence = decoded(read_sound(spool(keeping.path_of(audio).read_bytes(), "x.flac")), 16_000)
    assert np.abs(silence[round(16_000 * (first.end + 0.1)) : round(16_000 * (second.start - 0.1))]).max() < 0.002


def test_two_voices_are_equally_loud():
    reader = Reader(Voice(PIPER), Voice("zf_xiaoxiao"))
    both = [reader.say(Saying(*one, 0)) for one in (("Good morning to all of you.", "en"), ("大家早上好。", "zh"))]
    loudness = [20 * np.log10(np.sqrt(np.mean(np.square(one)))) for one in both]
    assert abs(loudness[0] - loudness[1]) < 1.5
    assert all(np.abs(one).max() <= speaking.LOUDEST + 1e-6 for one in both)


def test_piper_hands_chinese_over_and_says_so():
    report = synthesize.run(Documents.of("你好。"), JOE, Context())
    assert report.evidence is not None and "Kokoro" in report.evidence.answered_by and str(report.evidence.fallback)


def test_a_job_that_was_cut_off_goes_on_with_the_next_sentence(tmp_path, monkeypatch):
    text = Documents.of("One and one. Two and two. Three and three.")
    with pytest.raises(Cancelled):
        synthesize.run(text, JOE, Hearing(tmp_path, stop=2))
    said, say = [], engines.say
    monkeypatch.setattr(engines, "say", lambda text, *rest: said.append(text) or say(text, *rest))
    again = Hearing(tmp_path)
    synthesize.run(text, JOE, again)
    assert said == ["Three and three."] and len(again.parts) == 3


def test_every_voice_of_the_language_reads_the_first_sentence(monkeypatch):
    monkeypatch.setattr(engines, "say", lambda text, language, voice, speed: np.full(2_400, 0.1, np.float32))
    report = synthesize.run(Documents.of("你好。 Hello."), SynthesizeParams(preview=True), Context())
    sounds = [section.result for section in report.sections if isinstance(section.result, Audio)]
    assert [sound.title for sound in sounds] == list(voices.CHINESE.values())
    assert isinstance(report.sections[-1].result, Metrics)


def test_long_texts_are_jobs_and_short_ones_are_not():
    short, long = Documents.of("Good morning."), Documents.of("Good morning to you. " * 100)
    assert not synthesize.is_slow(short, SynthesizeParams()) and synthesize.is_slow(long, SynthesizeParams())
    assert not synthesize.is_slow(long, SynthesizeParams(most=100)) and not synthesize.is_slow(long, JOE)


@pytest.mark.parametrize(("voice", "language"), [("af_heart", "en"), (PIPER, "en"), ("zf_xiaoxiao", "zh")])
def test_a_recogniser_understands_it_and_not_silence(voice, language):
    """A sentence of each; the bars measure all of them."""
    text = {"en": "The button makes one file with the charts.", "zh": "您上传的任何内容都不会离开这台机器。"}[language]
    spoken = engines.say(text, language, Voice(voice))
    heard, silent = trial.understood([spoken, np.zeros_like(spoken)], language, Context())
    assert scoring.score([(text, heard)], language).rate <= 0.25
    assert scoring.score([(text, silent)], language).rate >= 0.9


def test_the_sentences_of_the_bars_are_those_of_the_rule():
    for language in ("en", "zh"):
        found = sayings.handbook(language)
        assert len(set(found)) == 20
        assert not any(mark in one for one in found for mark in "`/_")
    assert len(sayings.novel()) == 5


def test_a_typed_break_survives_the_door():
    documents = read_documents(spool(b'Good morning. <break time="700ms"/> Good night.', "typed.txt"))
    assert marking.script(documents, "auto", 0.3).sayings[0].pause == pytest.approx(1.0)
