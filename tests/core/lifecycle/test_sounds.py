"""Guard and baselines on recordings: copies, silence, speakers on both sides, the nearest neighbour."""

import io

import numpy as np
import pandas as pd
import pytest

from core import samples
from core.contracts import Table, TrainingParams, column
from core.intake import sound_sets, spool
from core.intake.sound import samples as decoded
from core.lifecycle import baselines_sounds, guard, sound_prints
from core.sound import encode, features
from tests.core.intake.test_sound_sets import packed


class Params(TrainingParams):
    sound: str = column("sound", title="Recording", help="")


def heard(name: str) -> np.ndarray:
    frame = samples.load("letters_all").frame
    return decoded(sound_sets.find(frame.loc[frame["name"] == name, "sound"].iloc[0]))


def as_table(clips: dict[str, np.ndarray]) -> Table:
    files = {name: encode.encode(values, 16_000, kind="wav") for name, values in clips.items()}
    return sound_sets.read_table(spool(packed(files), "clips.zip"))


def test_a_quieter_copy_is_a_near_duplicate_and_another_speaker_is_none():
    one, other = heard("m/de_nohash_0.ogg"), heard("m/cs_nohash_0.ogg")
    table = as_table({"m/1.wav": one, "m/2.wav": one * 0.2, "m/3.wav": other, "s/4.wav": heard("s/de_nohash_0.ogg")})
    found = sound_prints.prints(table.frame["sound"].tolist())
    assert len(set(found.keys)) == 4 and found.readable.all()
    assert sound_prints.near_pairs(found, np.arange(4)).tolist() == [[0, 1]]


def test_no_two_clips_of_the_sample_are_copies():
    found = sound_prints.prints(samples.load("letters_all").frame["sound"].tolist())
    assert found.readable.all() and not len(sound_prints.near_pairs(found, np.arange(len(found))))


def test_the_guard_finds_copies_silence_and_speakers():
    table = samples.load("letters")
    frame = pd.concat([table.frame, table.frame.tail(6)], ignore_index=True)
    silent = as_table({"a/x_nohash_0.wav": np.zeros(16_000, np.float32)}).frame
    found = {one.kind: one for one in guard.inspect(Table(pd.concat([frame, silent], ignore_index=True)), Params(target="label"))}
    assert {"exact_duplicates", "broken_sound", "speakers_on_both_sides"} <= set(found)
    assert found["broken_sound"].rows == 1 and found["exact_duplicates"].rows == 6
    assert found["speakers_on_both_sides"].mend == "split_by_group:speaker"
    apart = guard.inspect(table, Params(target="label", group="speaker"))
    assert "speakers_on_both_sides" not in {one.kind for one in apart}


@pytest.mark.parametrize("warped", [False, True])
def test_the_nearest_neighbour_of_a_clip_is_itself_louder(warped: bool):
    clips = {letter: heard(f"{letter}/de_nohash_0.ogg") for letter in "aims"}
    known = sound_prints.prints(as_table({f"{k}/1.wav": v for k, v in clips.items()}).frame["sound"].tolist())
    asked = sound_prints.prints(as_table({f"{k}/2.wav": v * 0.3 for k, v in clips.items()}).frame["sound"].tolist())
    answer = baselines_sounds.nearest(known, [(k,) for k in sorted(clips)], asked, sorted(clips), warped=warped)
    assert answer.best == tuple(sorted(clips))


def test_log_mel_tells_pitch_and_not_loudness():
    low, high = (np.sin(2 * np.pi * pitch * np.arange(16_000) / 16_000).astype(np.float32) for pitch in (300, 3_000))
    assert np.allclose(features.log_mel(low), features.log_mel(0.1 * low), atol=0.1)
    assert features.log_mel(low).mean(0).argmax() < features.log_mel(high).mean(0).argmax()
    silence = np.zeros(8_000, np.float32)
    start, end = features.heard_frames(features.log_mel(np.concatenate([silence, low, silence])))
    assert start == pytest.approx(45, abs=3) and end == pytest.approx(155, abs=3)


def test_prints_that_are_damaged_on_disk_are_made_anew(own_home):
    table = as_table({"m/1.wav": heard("m/de_nohash_0.ogg")})
    first = sound_prints.prints(table.frame["sound"].tolist())
    (path,) = (path for path in (own_home / "prints").glob("*.sounds.npz") if table.digest in path.name)
    path.write_bytes(io.BytesIO(b"junk").getvalue())
    assert sound_prints.prints(table.frame["sound"].tolist()).keys == first.keys
