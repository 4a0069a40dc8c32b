"""Frames of a camera: never held up, never late, never shown without their marks."""

import threading
import time

import av
import numpy as np
import pytest

from core.contracts import BusyError
from core.visual.stream import BROKEN, LONGEST, Stream


def frame(value: int = 0, size: tuple[int, int] = (64, 48)) -> av.VideoFrame:
    return av.VideoFrame.from_ndarray(np.full((size[1], size[0], 3), value, np.uint8), format="rgb24")


def grey(answer: av.VideoFrame) -> float:
    return float(answer.to_ndarray(format="rgb24").mean())


def until(condition, seconds: float = 5.0) -> None:
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "it never came to that"
        time.sleep(0.01)


def test_a_marked_frame_comes_back_and_never_an_unmarked_one():
    stream = Stream(lambda pixels: np.full_like(pixels, 200))
    assert grey(stream.recv(frame(90))) < 2  # nothing is marked yet: dark, not the camera's own
    until(lambda: grey(stream.recv(frame(90))) > 190)
    assert stream.fault is None
    stream.on_ended()


def test_frames_are_dropped_while_one_is_marked_and_the_newest_is_next():
    seen, go_on = [], threading.Event()

    def slow(pixels: np.ndarray) -> np.ndarray:
        seen.append(round(float(pixels.mean())))
        go_on.wait(5)
        return pixels

    stream = Stream(slow)
    started = time.monotonic()
    for value in range(0, 200, 10):
        stream.recv(frame(value))
        if not value:
            until(lambda: seen)
    assert time.monotonic() - started < 2 and seen == [0]
    go_on.set()
    until(lambda: len(seen) > 1 and stream.pace.marked > 0)
    time.sleep(0.1)
    assert seen == [0, 190]  # eighteen were dropped
    assert stream.pace.given > stream.pace.marked and stream.pace.latency > 0
    stream.on_ended()


@pytest.mark.parametrize(("error", "told"), [(BusyError("Busy with {what}.", what="x"), "Busy with x."), (KeyError("k"), BROKEN)])
def test_a_failure_is_one_sentence_a_dark_frame_and_over_when_it_is_over(error: Exception, told: str):
    broken = [False]

    def mark(pixels: np.ndarray) -> np.ndarray:
        if broken[0]:
            raise error
        return np.full_like(pixels, 200)

    stream = Stream(mark)
    until(lambda: grey(stream.recv(frame(90))) > 190)
    broken[0] = True
    until(lambda: stream.recv(frame(90)) and stream.fault is not None)
    assert str(stream.fault) == told and grey(stream.recv(frame(90))) < 2
    broken[0] = False
    until(lambda: grey(stream.recv(frame(90))) > 190)
    assert stream.fault is None
    stream.on_ended()


def test_after_its_end_nothing_is_marked():
    seen = []
    stream = Stream(lambda pixels: seen.append(1) or pixels)
    stream.recv(frame())
    until(lambda: seen)
    stream.on_ended()
    time.sleep(0.1)
    stream.recv(frame())
    time.sleep(0.1)
    assert seen == [1]


def test_large_and_odd_frames_are_brought_into_shape():
    shapes = []
    stream = Stream(lambda pixels: shapes.append(pixels.shape) or pixels[:-1, :-1])
    until(lambda: stream.recv(frame(90, (2 * LONGEST, 333))) and shapes)
    assert shapes[0] == (166, LONGEST, 3)
    until(lambda: grey(stream.recv(frame(90, (2 * LONGEST, 333)))) > 80)
    answer = stream.recv(frame(90))
    assert answer.width % 2 == answer.height % 2 == 0
    stream.on_ended()


def test_the_marks_may_be_exchanged_on_the_way():
    stream = Stream(lambda pixels: np.full_like(pixels, 200))
    until(lambda: grey(stream.recv(frame(90))) > 190)
    stream.mark = lambda pixels: np.full_like(pixels, 30)
    until(lambda: grey(stream.recv(frame(90))) < 40)
    stream.on_ended()
