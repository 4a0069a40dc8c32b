"""Clips recorded on the page make an archive that is read like an uploaded one."""

from core.intake import sound_sets, spool
from core.ui.recorder import _clean, packed
from tests.core.intake.test_sound_sets import tone


def test_recorded_clips_are_a_set():
    clips = [("stop", "", tone(300)), ("stop", "Ann", tone(310)), ("go", "", tone(500))]
    assert packed(clips) == packed(clips)
    frame = sound_sets.read_table(spool(packed(clips), "recorded.zip")).frame
    assert sorted(zip(frame["label"], frame["speaker"])) == [("go", "me"), ("stop", "Ann"), ("stop", "me")]


def test_a_word_never_leaves_its_folder():
    assert _clean("../a\\b:c  d") == "a b c d"
