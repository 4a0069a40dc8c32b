"""Speech to text: both libraries on the same clips, times, sentences, voices, scores, and what a job keeps."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import numpy as np
import pytest

from core import samples
from core.contracts import Context, InputError, Message, Transcript, Utterance, Word, dump, load
from core.intake import spool
from core.intake.sound import read_sound
from core.sound import encode
from models.speech import transcribe
from models.speech.recognition import activity, engines, listening, scoring, script
from models.speech.recognition.engines import Asked
from models.speech.recognition.sentences import sentences
from models.speech.transcribe import TranscribeParams
from models.speech.voices import encoder, grouping
from tests.hostile.bad_sounds import tone

BASE = transcribe.BASE


@pytest.fixture(scope="module")
def clip():
    """The shortest sentence of the novel."""
    with pytest.MonkeyPatch.context() as patch:
        patch.delenv("PANORAMA_HOME", raising=False)
    return lambda: next((sound, said) for sound, said in samples.clips("librivox") if "ill disposed young" in said)


def recording(values: np.ndarray, name: str = "x.wav"):
    return read_sound(spool(encode.encode(values, 16_000, kind="wav"), name))


class Reading(Context):
    """Notes what can be read along."""

    def __init__(self, folder=None):
        self.said: list[str] = []
        self.shares: list[float] = []
        self.folder = folder

    def text(self, piece):
        self.said.append(piece)

    def progress(self, share, message="", **values):
        self.shares.append(share)


def test_both_libraries_hear_the_same_words(clip):
    """Equal up to what 8 bits and half a minute of padding change: one word in eight at most."""
    sound, said = clip()
    texts = []
    for library in ("faster", "openai"):
        heard = listening.listen(sound, engines.library_of(library, BASE), Asked(), Context(), language="en")
        texts.append(" ".join(one.text for one in heard.utterances))
        assert scoring.score([(said, texts[-1])], "en").rate <= 1 / 8
        words = [word for one in heard.utterances for word in one.words]
        assert words and all(0 <= word.start <= word.end <= sound.seconds + 0.1 for word in words)
        assert all(0 < word.probability <= 1 for word in words)
    assert scoring.score([(texts[0], texts[1])], "en").rate <= 1 / 8


def test_eight_sessions_at_once_hear_the_same_as_one_after_another():
    """Through the panel's own `run`: clips of two voices, so that a mix-up between sessions would be seen."""
    clips = [clip for name in ("librivox", "cards") for clip, _ in samples.clips(name)][:8]

    def text(given) -> str:
        report = transcribe.run(given, TranscribeParams(language="en", beam=1), Context())
        return next(one.result.text for one in report.sections if isinstance(one.result, Transcript))

    alone = [text(clip) for clip in clips]
    assert len(set(alone)) == 8
    with ThreadPoolExecutor(8) as sessions:
        assert list(sessions.map(text, clips)) == alone


def test_a_report_of_a_sample_has_all_of_it_and_survives_json():
    context = Reading()
    report = transcribe.run(samples.sound("two_voices"), TranscribeParams(speakers=True), context)
    transcript = report.sections[0].result
    assert isinstance(transcript, Transcript) and transcript.language == "en" and len(transcript.speakers) == 2
    assert context.said == [one.text for one in transcript.utterances] and context.shares[-1] == pytest.approx(1, abs=0.1)
    # The two recordings take turns, and so do the voices: novel, address, novel, novel, address, novel.
    who = {round(one.start): one.speaker for one in transcript.utterances}
    novel = {speaker for start, speaker in who.items() if start < 7 or 19 <= start < 31 or start >= 42}
    address = {speaker for start, speaker in who.items() if 7 <= start < 19 or 31 <= start < 42}
    assert len(novel) == len(address) == 1 and novel != address
    assert report.evidence is not None and report.evidence.score <= 0.05 and report.evidence.lower_is_better
    assert dump(load(dump(report))) == dump(report)


def test_no_speech_is_said():
    for values in (np.zeros(32_000, np.float32), tone(2.0)[0]):
        report = transcribe.run(recording(values), TranscribeParams(), Context())
        assert report.sections[0].result.utterances == () and "No speech" in str(report.summary)


def test_a_job_goes_on_behind_what_it_has_heard(tmp_path, monkeypatch):
    """The second attempt decodes only what the first one has not kept, and ends with the same text."""
    monkeypatch.setattr(activity, "WINDOW_SECONDS", 8.0)
    sound, recogniser = samples.sound("two_voices"), engines.library_of("faster", BASE)
    whole = listening.listen(sound, recogniser, Asked(), Reading(), language="en", voices=True)

    class Killed(Reading):
        def progress(self, share, message="", **values):
            if share > 0.3:
                raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        listening.listen(sound, recogniser, Asked(), Killed(tmp_path), language="en", voices=True)
    decoded: list[int] = []
    spy = replace(recogniser)
    monkeypatch.setattr(
        engines.Recogniser, "decode",
        lambda self, windows, *rest, real=engines.Recogniser.decode: decoded.append(len(windows)) or real(self, windows, *rest),
    )  # fmt: skip
    context = Reading(tmp_path)
    again = listening.listen(sound, spy, Asked(), context, language="en", voices=True)
    assert [one.text for one in again.utterances] == [one.text for one in whole.utterances] == context.said
    windows = list(activity.windows(iter([samples_of(sound)]), detect=True))
    assert 0 < sum(decoded) < len(windows) and len(again.voices) == len(again.utterances)


def samples_of(sound):
    from core.intake.sound import samples as decoded

    return decoded(sound)[None]


def test_a_glossary_changes_the_spelling():
    sound = samples.clips("librivox")[0][0]
    plain = transcribe.run(sound, TranscribeParams(), Context()).sections[0].result.text
    told = transcribe.run(sound, TranscribeParams(glossary="Mister Jon Dashwud"), Context()).sections[0].result.text
    assert "Dashwood" in plain and "Dashwud" in told and "power" in told


@pytest.mark.parametrize(("language", "model"), [("klingon", BASE), ("zh", transcribe.TINY)])
def test_a_language_that_the_model_does_not_know_is_told(language, model):
    with pytest.raises(InputError, match=r"language|English"):
        transcribe.run(recording(tone()[0]), TranscribeParams(language=language[:8], model=model), Context())


def test_a_reference_of_the_user_is_compared(clip):
    sound, _said = clip()
    report = transcribe.run(sound, TranscribeParams(reference="he was an ill disposed old man indeed"), Context())
    shown = report.sections[-3].result  # before the two pictures
    assert {kind for *_ends, kind in shown.spans} >= {scoring.ADDED, scoring.REPLACED}
    with pytest.raises(InputError, match="not one word"):
        transcribe.run(sound, TranscribeParams(reference="…!?"), Context())


# Windows of speech


def spoken(*parts: float) -> np.ndarray:
    """A clip of speech where a part is positive, so many seconds of silence where it is negative."""
    from core.intake.sound import samples as decoded

    clip = decoded(samples.clips("librivox")[0][0])
    silence = np.zeros(100 * 16_000, np.float32)
    return np.concatenate([(np.tile(clip, 9) if part > 0 else silence)[: round(abs(part) * 16_000)] for part in parts])


def test_speech_is_found_and_silence_is_left_out():
    found = activity.speech(spoken(-3, 5, -4, 3, -2))
    ends = [(start / 16_000, end / 16_000) for start, end in found]
    assert ends[0][0] == pytest.approx(3, abs=0.5) and ends[-1][1] == pytest.approx(15, abs=0.6)
    assert not any(8.6 < start < 11.4 for start, _ in ends)


def test_windows_part_at_long_pauses_fit_half_a_minute_and_lose_nothing(monkeypatch):
    monkeypatch.setattr(activity, "PORTION_SECONDS", 40.0)
    whole = spoken(60, -5, 30, -1, 4)
    pieces = [whole[start : start + 7_000][None] for start in range(0, len(whole), 7_000)]
    found = list(activity.windows(pieces, detect=True))
    assert all(window.seconds <= 30 for window in found)
    covered = np.zeros(len(whole), int)
    for window in found:
        start = round(window.start * 16_000)
        assert np.array_equal(window.samples, whole[start : start + len(window.samples)])
        covered[start : start + len(window.samples)] += 1
    loud = np.abs(whole) > 0.05
    assert (covered[loud] >= 1).mean() > 0.995 and covered.max() == 1


def test_without_detection_everything_is_a_window():
    found = list(activity.windows([np.random.default_rng(0).normal(0, 0.1, (1, 70 * 16_000)).astype(np.float32)], detect=False))
    assert sum(window.seconds for window in found) == pytest.approx(70) and len(found) > 2


# Sentences, script, scores


def words(*given: tuple[str, float, float]) -> list[Word]:
    return [Word(*one) for one in given]


def test_sentences_end_at_points_and_pauses_but_not_after_mister():
    found = sentences(words((" Mr.", 0, 0.3), (" Smith", 0.3, 0.8), (" left.", 0.8, 1.2), (" It", 1.3, 1.4), (" was", 1.4, 1.6),
                            (" late", 4.0, 4.4)), "en", 10.0)  # fmt: skip
    assert [(one.text, one.start, one.end) for one in found] == [
        ("Mr. Smith left.", 10, 11.2), ("It was", 11.3, 11.6), ("late", 14.0, 14.4),
    ]  # fmt: skip


def test_chinese_becomes_one_script():
    one = Utterance("漢語輸入", 0, 1, words=tuple(words(("漢語", 0, 0.5), ("輸入", 0.5, 1))))
    simple = script.written(one, "zh", "simplified")
    assert simple.text == "汉语输入" and [word.text for word in simple.words] == ["汉语", "输入"]
    assert script.written(simple, "zh", "traditional").text == "漢語輸入"
    assert script.written(one, "ja", "simplified") is one and script.written(one, "zh", "heard") is one


def test_error_rates():
    one = scoring.score([("the cat sat on the mat", "The cat, sat at mat.")], "en")
    assert (one.replaced, one.left_out, one.added, one.length) == (1, 1, 0, 6) and one.rate == pytest.approx(2 / 6)
    assert scoring.score([("我们去公园", "我們去公園了")], "zh").rate == pytest.approx(1 / 5)  # traditional is no error
    assert scoring.score([("Mister Brown paid twenty dollars", "mr. brown paid $20")], "en").rate == 0
    assert scoring.score([("a b", "")], "en").rate == 1
    five = scoring.score([("red blue", "red blue")] * 4 + [("red blue", "x y")], "en")
    assert five.rate == 0.2 and five.interval[0] == 0 < five.interval[1]


def test_differences_are_marked():
    shown = scoring.alignment("the cat sat here", "the dog sat", "en")
    marked = {shown.text[start:end]: kind for start, end, kind in shown.spans}
    assert marked == {"cat → dog": scoring.REPLACED, "here": scoring.LEFT_OUT}


# Voices


def test_one_voice_is_nearer_to_itself_than_to_another():
    from core.intake.sound import samples as decoded

    novel = [encoder.embed(decoded(sound)) for sound, _ in samples.clips("librivox")]
    address = encoder.embed(decoded(samples.sound("inaugural")))
    same = min(float(a @ b) for a in novel for b in novel)
    assert same > max(float(a @ address) for a in novel)
    assert all(np.linalg.norm(one) == pytest.approx(1, abs=1e-5) for one in novel)
    assert encoder.embed(np.zeros(1_000, np.float32)) is None


def test_groups_are_found_numbered_as_they_speak_and_short_ones_follow():
    dice = np.random.default_rng(0)
    first, second = np.zeros((2, 256))
    first[:128], second[128:] = np.abs(dice.normal(size=(2, 128))) / np.sqrt(128)  # nothing in common, whatever the distance

    def near(v):
        w = v + 0.02 * dice.normal(size=256)
        return (w / np.linalg.norm(w)).astype(np.float32)

    said = [Utterance(str(k), 3.0 * k, 3.0 * k + 2.5) for k in range(6)]
    voices = [None, near(second), near(first), near(second), None, near(first)]
    assert [one.speaker for one in grouping.group(said, voices)] == [0, 0, 1, 0, 0, 1]
    assert {one.speaker for one in grouping.group(said, voices, 1)} == {0}
    assert [one.speaker for one in grouping.group(said, [None] * 6)] == [-1] * 6


def test_names_of_speakers_are_sentences_in_the_readers_language():
    assert isinstance(transcribe.SPEAKER, str) and "{number}" in transcribe.SPEAKER
    assert Message(transcribe.SPEAKER, {"number": 2}).values["number"] == 2


def test_what_a_window_leaves_out_is_listened_to():
    """Two voices in one window: the text of one of them is taken away, and comes back."""
    from core.intake.sound import samples as decoded
    from models.speech.recognition import missed

    recogniser = engines.library_of("faster", BASE)
    window = activity.Window(7.0, decoded(samples.sound("two_voices"))[7 * 16_000 : 31 * 16_000])
    (whole,) = recogniser.decode([window.samples], "en", Asked())
    cut = engines.Heard("", [word for word in whole.words if word.end < 11 or word.start > 17.5])
    (again,) = missed.completed([window], [cut], recogniser, "en", Asked(), threshold=0.5)
    assert "selfish" not in "".join(word.text for word in cut.words) and "selfish" in again.text
    assert [word.start for word in again.words] == sorted(word.start for word in again.words)


def test_gaps_and_stretched_words_are_found():
    from models.speech.recognition import missed

    given = words((" a", 0.5, 1.0), (" b", 1.0, 6.0), (" c", 6.2, 6.5))
    assert missed.gaps(given, 7.0) == [(2.0, 6.2)]
    assert missed.gaps(given, 10.0) == [(2.0, 6.2), (6.5, 10.0)]


def test_counting_errors_needs_no_pytorch():
    import subprocess
    import sys

    code = (
        "import sys; from models.speech.recognition import scoring;"
        "assert scoring.score([('Mister Brown', 'mr. brown')], 'en').rate == 0 and scoring.score([('好', '好')], 'zh').rate == 0;"
        "sys.exit('torch' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
