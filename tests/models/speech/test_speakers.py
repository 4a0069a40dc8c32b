"""Voices: two recordings compared, people kept with consent and forgotten, a meeting told apart, measured error rates."""

import json

import numpy as np
import pytest

from core import people, samples
from core.contracts import Context, InputError, Records, Transcript, Utterance
from core.home import home
from core.intake import spool
from core.intake.sound import read_sound
from core.intake.sound import samples as decoded
from core.lifecycle import verification
from core.sound import encode
from models.speech import speakers
from models.speech.speakers import SpeakersParams
from models.speech.voices import encoder, meeting
from models.speech.voices.verification import calibration


def run(sound, **params):
    return speakers.run(sound, SpeakersParams(**params), Context())


def recording(values: np.ndarray, name: str = "x.wav"):
    return read_sound(spool(encode.encode(values.astype(np.float32), 16_000, kind="wav"), name))


def novel(place: int):
    return samples.clips("librivox")[place][0]


def first(report, kind):
    return next(section.result for section in report.sections if isinstance(section.result, kind))


def test_one_reader_is_one_person_and_two_are_two():
    upload = spool(novel(3).path.read_bytes(), "b.wav")
    assert "Probably the same person" in str(run(novel(0), action="compare", other=upload.digest).summary)
    assert "Probably two people" in str(run(novel(0), action="compare", other="sample:inaugural").summary)


def test_comparing_needs_a_second_recording():
    with pytest.raises(InputError, match="second recording"):
        run(novel(0), action="compare")


def test_a_meeting_is_told_apart():
    """Novel, address, novel, novel, address, novel: stretches of one kind have one voice, but for one in ten seconds."""
    report = run(samples.sound("two_voices"))
    found = first(report, Transcript)
    assert len(found.speakers) == 2
    address = [(7, 19), (31, 42)]
    seconds = np.zeros((2, 2))
    for one in found.utterances:
        middle = (one.start + one.end) / 2
        seconds[one.speaker, int(any(low <= middle < high for low, high in address))] += one.end - one.start
    wrong = min(seconds[0, 1] + seconds[1, 0], seconds[0, 0] + seconds[1, 1])
    assert wrong / seconds.sum() < 0.1


def test_neighbours_of_one_voice_are_joined():
    pieces = [Utterance("", 0, 2, 0), Utterance("", 2.1, 4, 0), Utterance("", 4.1, 5, 1), Utterance("", 9, 10, 1)]
    assert [(one.start, one.end, one.speaker) for one in meeting.joined(pieces)] == [(0, 4, 0), (4.1, 5, 1), (9, 10, 1)]


def test_who_agreed_is_known_and_can_be_forgotten():
    with pytest.raises(InputError, match="consent"):
        run(novel(0), action="enrol", name="Ann")
    assert people.everybody("voices") == []
    run(novel(0), action="enrol", name=" Ann  B ", consent=True)
    assert run(novel(0), action="enrol", name="ann b", consent=True).summary.values["fresh"] == 0
    assert "Probably Ann B" in str(run(novel(3), action="identify").summary)
    assert "Nobody who is known" in str(run(samples.sound("inaugural"), action="identify").summary)
    assert people.everybody("faces") == []
    run(novel(0), action="forget", name="ANN B")
    assert people.everybody("voices") == []
    with pytest.raises(InputError, match="Nobody called"):
        run(novel(0), action="forget", name="Ann B")


def test_no_sound_is_kept_and_nobody_else_may_read_the_file():
    run(novel(0), action="enrol", name="../../Ann", consent=True)
    (path,) = home("voices").iterdir()
    assert path.suffix == ".json" and path.stat().st_mode & 0o077 == 0
    assert set(json.loads(path.read_text())) == {"form", "name", "embedder", "agreed", "pictures", "vectors"}


def test_two_voices_in_one_recording_are_not_kept_as_one_person():
    with pytest.raises(InputError, match="alone"):
        run(samples.sound("two_voices"), action="enrol", name="Ann", consent=True)


@pytest.mark.parametrize("action", ["group", "compare", "identify", "enrol"])
def test_silence_and_half_a_second_get_one_sentence(action: str):
    people.remember("voices", "Ann", encoder.NAME, [("x", np.ones(256, np.float32) / 16)])
    for values in (np.zeros(32_000), decoded(novel(0))[16_000:24_000]):
        if action == "group" and values.any():
            continue  # half a second of speech is a stretch, too
        with pytest.raises(InputError):
            run(recording(values), action=action, other="sample:inaugural", name="Bob", consent=True)


def test_the_error_rates_are_those_of_voices_that_were_measured():
    told = calibration().facts
    assert told["equal_error_rate"] < told["baseline"] and told["voices_measured"] == 10
    low, high = told["interval"]
    assert low <= told["equal_error_rate"] <= high and high > 0.1  # few voices: no certainty
    card = run(novel(0), action="compare", other="sample:inaugural").evidence
    assert card.score == told["equal_error_rate"] and card.lower_is_better and len(card.caveats) == 4
    assert isinstance(first(run(novel(0), action="enrol", name="Ann", consent=True), Records), Records)


def test_without_an_error_the_interval_is_the_exact_one():
    vectors = np.eye(3)[[0, 0, 1, 1, 2, 2]]
    pairs = verification.Pairs.of(vectors, np.array([0, 0, 1, 1, 2, 2]))
    assert verification.equal_interval(pairs) == pytest.approx((0, 0.708), abs=1e-3)
