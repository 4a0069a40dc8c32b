"""Sounds: what is in the file, piece by piece, within limits; nothing but the file is ever opened."""

import socket

import numpy as np
import pytest

from core.contracts import Cancelled, Context, InputError, LimitError, Sound, UserError
from core.intake import spool
from core.intake.sound import blocks, read_sound, samples
from core.source import Source, kind_of, open_input
from tests.hostile.bad_pictures import picture
from tests.hostile.bad_sounds import BAD_SOUNDS, coded, tone, wav


def opened(content: bytes, name: str = "x.wav") -> Sound:
    return read_sound(spool(content, name))


def told(sound: Sound) -> str:
    return " ".join(str(notice) for notice in sound.notices)


def height(found: np.ndarray, rate: int) -> float:
    """The frequency of the strongest line of the spectrum."""
    return float(np.abs(np.fft.rfft(found * np.hanning(len(found)))).argmax() * rate / len(found))


@pytest.mark.parametrize(
    ("container", "codec"),
    [("wav", "pcm_s16le"), ("wav", "pcm_f32le"), ("mp3", "libmp3lame"), ("flac", "flac"), ("ogg", "libopus"),
     ("ipod", "aac"), ("webm", "libopus"), ("matroska", "libmp3lame"), ("mp4", "aac"), ("aiff", "pcm_s16be")],
)  # fmt: skip
def test_a_tone_stays_a_tone_in_every_format(container, codec):
    given = opened(coded(container, codec, tone(1.0, 48_000, 440.0)), f"x.{container}")
    found = samples(given)
    assert (given.rate, given.channels) == (48_000, 1) and given.seconds == pytest.approx(1.0, abs=0.08)
    assert found.dtype == np.float32 and len(found) == pytest.approx(16_000 * given.seconds, abs=64)
    assert height(found[2_000:14_000], 16_000) == pytest.approx(440, abs=4)
    coarse = 0.25 if codec == "aac" else 0.06  # FFmpeg's own AAC encoder does not keep the level of a lone tone
    assert np.abs(found[4_000:12_000]).max() == pytest.approx(0.5, abs=coarse)


def test_an_mp3_without_a_tag_is_known_by_its_frames():
    content = coded("mp3", "libmp3lame")
    bare = content[content.index(b"\xff\xfb") :]
    upload = spool(bare, "unnamed")
    assert upload.kind == "mp3" and read_sound(upload).seconds > 0.9
    assert spool(b"\xff\xfb" + b"no frame follows here" * 9, "x").kind != "mp3"


def test_channels_are_averaged_not_summed_and_kept_where_asked_for():
    both = np.concatenate([tone(0.5, height=300, loud=0.8), tone(0.5, height=300, loud=0.8)])
    assert np.abs(samples(opened(wav(both)))).max() == pytest.approx(0.8, abs=0.01)  # FFmpeg's own mixing would give 1.1
    eight = opened(wav(tone(0.5, channels=8)))
    assert eight.channels == 8 and samples(eight, 16_000, mono=False).shape == (8, 8_000)
    assert samples(eight, 48_000, mono=False).shape[1] == pytest.approx(24_000, abs=48)


def test_no_frequency_folds_back_when_192_khz_become_16():
    given = opened(wav(tone(1.0, 192_000, 30_000.0), 192_000))
    assert np.abs(samples(given)[500:-500]).max() < 0.01


def test_what_is_no_number_is_silence_and_said():
    given = opened(BAD_SOUNDS["floats that are no numbers"].make())
    found = samples(given)
    assert np.isfinite(found).all() and not found[120:180].any() and "101 samples" in told(given)


def test_clipping_silence_and_offset_are_said():
    assert "clipped" in told(opened(wav((3 * tone()).clip(-1, 1))))
    assert "silent" in told(opened(wav(np.zeros((1, 8_000), np.float32))))
    tilted = opened(wav(tone(loud=0.2) + 0.1))
    assert "offset of 10 %" in told(tilted) and abs(float(samples(tilted).mean())) < 1e-3
    assert not opened(wav(tone())).notices


def test_a_header_that_lies_is_said_and_its_samples_are_used():
    given = opened(BAD_SOUNDS["a cut FLAC"].make(), "cut.flac")
    assert 0.1 < given.seconds < 1.0
    long = opened(wav(tone(4.0))[:64_044])
    assert long.seconds == pytest.approx(2.0, abs=0.05) and (not long.notices or "header" in told(long))


def test_a_long_one_is_cut_with_a_notice(monkeypatch):
    monkeypatch.setattr("core.intake.sound.MAX_SOUND_SECONDS", 0.25)
    given = opened(wav(tone(0.5)))
    assert given.seconds == 0.25 and "left out" in told(given)
    assert len(samples(given)) == 4_000


def test_it_comes_in_pieces_and_stops_when_asked():
    given = opened(wav(tone(20.0)))
    pieces = list(blocks(given))
    assert len(pieces) > 10 and np.array_equal(np.concatenate(pieces, axis=1)[0], samples(given))

    class Stopping(Context):
        def check(self):
            raise Cancelled("Stopped.")

    with pytest.raises(Cancelled):
        list(blocks(given, context=Stopping()))


@pytest.mark.parametrize("bad", BAD_SOUNDS)
def test_a_bad_file_gets_one_sentence_and_no_socket(bad, monkeypatch):
    def refuse(*arguments, **options):
        raise AssertionError("a socket was opened")

    monkeypatch.setattr(socket, "socket", refuse)
    case = BAD_SOUNDS[bad]
    try:
        given = opened(case.make(), case.name)
        found = samples(given)
        assert np.isfinite(found).all() and np.abs(found).max() <= 1 and len(found)
    except UserError as error:
        assert str(error).endswith(".") and "Traceback" not in str(error) and "/" not in str(error)


@pytest.mark.parametrize(
    ("name", "kind"),
    [("a playlist named WAV", InputError), ("a video without sound", InputError), ("a header without samples", InputError),
     ("one sample", InputError), ("100 samples a second", LimitError), ("a thousand channels", LimitError)],
)  # fmt: skip
def test_these_are_refused(name, kind):
    with pytest.raises(kind):
        opened(BAD_SOUNDS[name].make(), BAD_SOUNDS[name].name)


def test_a_picture_is_refused_by_name_where_sounds_are_taken():
    upload = spool(picture(), "x.png")
    with pytest.raises(InputError, match="PNG"):
        open_input(Source(kind="upload", name="x.png", digest=upload.digest), (Sound,))


def test_a_recording_is_a_sound_and_the_sound_of_a_video_is_taken():
    source = Source(kind="upload", name="x.wav", digest=spool(wav(tone()), "x.wav").digest)
    assert kind_of(source) == "sound" and isinstance(open_input(source, (Sound,)), Sound)
    film = Source(kind="upload", name="x.mp4", digest=spool(coded("mp4", "aac"), "x.mp4").digest)
    assert kind_of(film) == "video" and isinstance(open_input(film, (Sound,)), Sound)
