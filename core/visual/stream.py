"""Frames of a camera in, marked frames out, without ever holding up whoever hands them over: what is too much is dropped."""

from __future__ import annotations

import logging
import time
from collections import deque
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Lock
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from core.contracts import Message, UserError
from core.language import N_

if TYPE_CHECKING:
    import av

LONGEST = 1280  # pixels of a frame's longer side; larger ones are scaled down before anything looks at them
PACE_SECONDS = 3.0  # over which the pace is measured
BROKEN = N_("The camera's picture cannot be worked on: something went wrong on our side. Press stop, then start.")

_logger = logging.getLogger(__name__)


class Pace(NamedTuple):
    """How it goes: frames a second that come and that are marked, and the median time in ms from one's coming to its marks."""

    given: float
    marked: float
    latency: float


class Stream:
    """One camera of one session. `recv` takes a frame and answers at once with the last one that was marked.

    While one frame is marked, in a thread of its own, only the last of those that come meanwhile waits and the others are
    dropped, so that none is ever late. Before the first one is marked, and where marking fails, the answer is a dark frame and
    never the camera's own: what hides faces must not show them for a moment. Nothing is kept but the last marked frame.
    """

    def __init__(self, mark: Callable[[np.ndarray], np.ndarray]) -> None:
        self.mark = mark  # may be exchanged for another one while frames come
        self.fault: Message | None = None  # why the last frame has no marks
        self.signature = ""  # of what `mark` was opened with, for whoever exchanges it
        self.last: float | None = None  # when the last frame came, by the clock `time.monotonic`
        self._worker = ThreadPoolExecutor(1, "live")
        self._lock = Lock()  # of the two below
        self._waiting: tuple[av.VideoFrame, float] | None = None  # the next frame, and when it came
        self._working = False
        self._shown: av.VideoFrame | None = None
        self._given: deque[float] = deque()
        self._marked: deque[tuple[float, float]] = deque()  # when, and the seconds that it took
        self._ended = False

    def recv(self, frame: av.VideoFrame) -> av.VideoFrame:
        """The last marked frame; `frame` is marked next, unless a newer one comes before its turn."""
        now = time.monotonic()
        self.last = now
        self._given.append(now)
        with self._lock:
            if not self._ended:
                self._waiting = frame, now
                if not self._working:
                    self._working = True
                    self._worker.submit(self._work)
        if self._shown is None or self.fault is not None:
            return _dark(frame)
        return self._shown

    def on_ended(self) -> None:
        """The camera is off: the thread ends with the frame it works on."""
        with self._lock:
            self._ended, self._waiting = True, None
        self._worker.shutdown(wait=False, cancel_futures=True)

    @property
    def pace(self) -> Pace:
        """Over the last `PACE_SECONDS`."""
        since = time.monotonic() - PACE_SECONDS
        given = [moment for moment in tuple(self._given) if moment >= since]
        marked = [taken for moment, taken in tuple(self._marked) if moment >= since]
        latency = 1000 * float(np.median(marked)) if marked else 0.0
        return Pace(len(given) / PACE_SECONDS, len(marked) / PACE_SECONDS, latency)

    def _work(self) -> None:
        """Marks what waits until nothing does."""
        while True:
            with self._lock:
                waiting, self._waiting = self._waiting, None
                self._working = waiting is not None
            if waiting is None:
                return
            self._mark(*waiting)

    def _mark(self, frame: av.VideoFrame, came: float) -> None:
        try:
            self._shown, self.fault = _frame(self.mark(_pixels(frame))), None
        except UserError as error:
            self.fault = Message(error.message_id, error.values)
        except Exception:
            if self.fault is None:  # once, not thirty times a second
                _logger.exception("a frame of the camera could not be marked")
            self.fault = Message(BROKEN)
        now = time.monotonic()
        self._marked.append((now, now - came))
        for times, first in ((self._given, lambda one: one), (self._marked, lambda one: one[0])):
            while times and first(times[0]) < now - PACE_SECONDS:
                times.popleft()


def _pixels(frame: av.VideoFrame) -> np.ndarray:
    """The frame as uint8 RGB, no side above `LONGEST`."""
    scale = min(1.0, LONGEST / max(frame.width, frame.height))
    return frame.to_ndarray(format="rgb24", width=_even(frame.width * scale), height=_even(frame.height * scale))


def _frame(pixels: np.ndarray) -> av.VideoFrame:
    """As the coding of the way back takes it, which wants even sides."""
    import av

    found = av.VideoFrame.from_ndarray(np.ascontiguousarray(pixels), format="rgb24")
    return found.reformat(width=_even(found.width), height=_even(found.height), format="yuv420p")


def _dark(frame: av.VideoFrame) -> av.VideoFrame:
    return _frame(np.zeros((_even(frame.height), _even(frame.width), 3), np.uint8))


def _even(side: float) -> int:
    return max(2, 2 * round(side / 2))
