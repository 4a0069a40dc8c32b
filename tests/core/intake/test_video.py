"""Videos: facts from the header, frames in order, nothing but the file is ever opened."""

import socket

import numpy as np
import pytest

from core.contracts import Cancelled, Context, InputError, LimitError, UserError, Video
from core.intake import spool
from core.intake.video import frames, read_video
from core.source import Source, open_input
from tests.hostile.bad_pictures import BAD_PICTURES, irregular, picture, video, without_frames


def opened(content: bytes, name: str = "x.mp4") -> Video:
    return read_video(spool(content, name))


@pytest.mark.parametrize("container", ["mp4", "matroska", "avi"])
def test_facts_and_frames(container):
    given = opened(video(12, container=container))
    assert (given.width, given.height, round(given.rate)) == (64, 48, 10)
    found = list(frames(given))
    assert [number for number, _, _ in found] == list(range(12)) and given.frames in (12, 13)
    assert found[3][1] == pytest.approx(0.3, abs=0.02)
    left = [int(np.argmax(array[15, :, 0] > 128)) for _, _, array in found]
    assert left == sorted(left) and left[-1] - left[0] == pytest.approx(22, abs=2)


def test_a_part_and_every_nth():
    given = opened(video(20))
    assert [number for number, _, _ in frames(given, start=0.5, stop=1.0)] == [5, 6, 7, 8, 9, 10]
    assert [number for number, _, _ in frames(given, every=7)] == [0, 7, 14]


def test_large_frames_are_scaled_down_with_a_notice(monkeypatch):
    monkeypatch.setattr("core.intake.video.MAX_FRAME_SIDE", 32)
    given = opened(video())
    assert (given.width, given.height) == (32, 24) and "scaled" in str(given.notices[0])
    assert next(frames(given))[2].shape == (24, 32, 3)


def test_frames_stop_at_the_limit_and_when_asked(monkeypatch):
    given = opened(video(20))
    monkeypatch.setattr("core.intake.video.MAX_VIDEO_FRAMES", 6)
    assert len(list(frames(given))) == 6

    class Stopping(Context):
        def check(self):
            raise Cancelled("Stopped.")

    with pytest.raises(Cancelled):
        list(frames(given, Stopping()))


@pytest.mark.parametrize("bad", BAD_PICTURES)
def test_a_bad_file_gets_one_sentence_and_no_socket(bad, monkeypatch):
    def refuse(*arguments, **options):
        raise AssertionError("a socket was opened")

    monkeypatch.setattr(socket, "socket", refuse)
    case = BAD_PICTURES[bad]
    try:
        given = opened(case.make(), case.name)
        assert next(frames(given))[2].ndim == 3
    except UserError as error:
        assert str(error).endswith(".") and "Traceback" not in str(error)


@pytest.mark.parametrize("name", ["a playlist named MP4", "a video of no frames", "a video without moov"])
def test_these_are_no_videos(name):
    with pytest.raises(InputError):
        opened(BAD_PICTURES[name].make(), BAD_PICTURES[name].name)


def test_a_video_of_changing_rate_keeps_its_times():
    found = [(number, round(seconds, 2)) for number, seconds, _pixels in frames(opened(irregular(), "uneven.mkv"))]
    assert found == [(0, 0.0), (1, 0.1), (2, 0.2), (3, 0.4), (4, 0.8), (5, 1.6)]


def test_a_whole_video_without_frames_says_so():
    with pytest.raises(InputError, match="not one frame"):
        opened(without_frames())


def test_8k_is_scaled_down_and_more_is_refused():
    given = opened(video(2, (7680, 4320)))
    assert (given.width, given.height) == (1920, 1080) and "scaled" in str(given.notices[0])
    assert [pixels.shape for _, _, pixels in frames(given)] == [(1080, 1920, 3)] * 2
    with pytest.raises(LimitError, match="too large"):
        opened(video(1, (7744, 4320)))


def test_a_picture_is_refused_by_name_where_videos_are_taken():
    upload = spool(picture(), "x.png")
    with pytest.raises(InputError, match="PNG"):
        open_input(Source(kind="upload", name="x.png", digest=upload.digest), (Video,))
