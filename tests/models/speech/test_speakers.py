"""Voices: two recordings compared, people kept with consent and forgotten, a meeting told apart, measured error rates."""

import itertools
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
from models.speech.voices import encoder, grouping, meeting, simulated
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


def test_the_card_of_a_meeting_says_how_often_grouping_is_wrong():
    told = grouping.calibration()
    assert told["wrong"] < told["baseline"] and told["wrong_with_known_count"] <= told["wrong"]
    least = min(error for _, error in told["curve"])
    assert dict(map(tuple, told["curve"]))[told["distance"]] == least == round(told["chosen_on"], 4)
    card = run(samples.sound("two_voices")).evidence
    assert (card.score, card.baseline, card.interval) == (told["wrong"], told["baseline"], tuple(told["interval"]))


def planted(speakers: list[int], likeness: float) -> simulated.Meeting:
    """Turns of three seconds whose vectors of two voices have that cosine."""
    other = np.array([likeness, np.sqrt(1 - likeness**2)])
    turns = tuple((4.0 * k, 4.0 * k + 3, who) for k, who in enumerate(speakers))
    vectors = [np.array([1.0, 0.0]) if who == 0 else other for who in speakers]
    return simulated.Meeting(("a", "b"), turns, [Utterance("", start, end) for start, end, _ in turns], vectors)


@pytest.mark.parametrize(("distance", "wrong", "count"), [(0.3, 0.0, 2), (0.6, 1 / 3, 1)])
def test_speech_given_to_the_wrong_voice_is_counted(distance, wrong, count):
    assert simulated.confusion(planted([0, 1, 0], 0.5), distance) == (pytest.approx(wrong), count)


def test_one_voice_taken_for_two_is_an_error_too():
    one = planted([0, 1, 0], 0.5)
    alone = simulated.Meeting(("a",), tuple((a, b, 0) for a, b, _ in one.turns), one.pieces, one.vectors)
    assert simulated.confusion(alone, 0.3) == (pytest.approx(1 / 3), 2)


def test_meetings_follow_from_the_seed_and_no_voice_follows_itself():
    voices = {name: np.concatenate([decoded(clip) for clip, _ in samples.clips(name)]) for name in ("librivox", "cards")}
    first, second = (simulated._meeting(voices, 2, np.random.default_rng(3), Context()) for _ in range(2))
    assert first.turns == second.turns and first.voices == second.voices
    assert all(a[2] != b[2] and a[1] < b[0] for a, b in itertools.pairwise(first.turns))
    assert simulated.confusion(first, 2.0, 1)[1] == 1


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
