"""Following what a camera films: numbers, trails, lines with what crossed them, zones and alarms, drawn on each frame."""

from __future__ import annotations

import time
from typing import Any

import numpy as np

from core.contracts import Capability
from core.contracts.shapes import parse_shapes
from models.vision.detection import choose
from models.vision.tracking import follow
from models.vision.tracking.rules import Watch
from models.vision.tracking.tracker import Tracker

# Frames a second that a processor manages, about: how long the tracker remembers who is out of sight follows from it. Lines,
# zones and alarms go by the clock.
RATE = 8.0
MOST_STEP = 1.0  # seconds that a frame stands for at most: after a pause nobody has been in a zone all the time
ALARM_SECONDS = 2.0  # for which the word of an alarm stays on the picture
KEPT_SECONDS = 60.0  # for which somebody who is gone is remembered


class Following:
    """Frame by frame; tracker, numbers and counts belong to this object. Raises what following a video raises."""

    def __init__(self, params: Any, capability: Capability) -> None:
        self._params, self._capability = params, capability
        self._shapes = parse_shapes(params.shapes, ("line", "zone"))
        self._limits = follow.limits(params)
        self._settings = follow.settings(params)
        with choose.opened(capability, params.model) as detector:
            self._wanted = choose.wanted(detector.names, params.classes)
        self._tracker = Tracker(params.method, params.confidence, RATE)
        self._watch: Watch | None = None
        self._before = time.monotonic()

    def __call__(self, pixels: np.ndarray) -> np.ndarray:
        """The frame with all that is told of it."""
        watch = self._watch
        if watch is None:
            self._watch = watch = Watch(pixels.shape[1], pixels.shape[0], 1 / RATE, self._shapes, self._limits)
        pixels = _sized(pixels, watch)
        with choose.opened(self._capability, self._params.model) as detector:
            found = detector(pixels, self._settings, self._wanted)
        tracks = self._tracker(found, pixels)
        now = time.monotonic()
        watch.step, self._before = min(MOST_STEP, now - self._before), now
        watch.see(now, tracks)
        lately = [event for event in watch.events if now - event.seconds < ALARM_SECONDS]
        drawn = follow.draw_on(pixels, tracks, watch, lately)
        watch.forget(now - KEPT_SECONDS)
        return drawn


def _sized(pixels: np.ndarray, watch: Watch) -> np.ndarray:
    """In the size of the first frame: a browser sends smaller ones while the network is slow, and tracks must not jump."""
    import cv2

    size = (watch.width, watch.height)
    return pixels if pixels.shape[1::-1] == size else cv2.resize(pixels, size, interpolation=cv2.INTER_LINEAR)
