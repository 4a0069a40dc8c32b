"""What is found in a video, or by a camera that films: frames with their boxes, and how many of each class over time."""

from __future__ import annotations

import time
from collections import Counter
from typing import Any

import numpy as np

from core.contracts import Capability, Context, Message, Records, Report, Section, Series, Video
from core.language import N_
from models.vision.detection import choose

LINES = 6  # classes of the chart


class Marks:
    """Finds and draws, frame by frame; a class keeps its colour from the first frame in which it is seen."""

    def __init__(self, params: Any, capability: Capability) -> None:
        self._model, self._capability = params.model, capability
        self._settings = choose.settings(params.model, params)
        with choose.opened(capability, params.model) as detector:
            self.names, self.route = detector.names, detector.route
            self._wanted = choose.wanted(self.names, params.classes)
        self._shades: dict[str, str] = {}

    def __call__(self, pixels: np.ndarray) -> tuple[np.ndarray, list[str]]:
        """The frame with its boxes, and the class of each."""
        from core.visual import colors, draw

        with choose.opened(self._capability, self._model) as detector:
            found = detector(pixels, self._settings, self._wanted)
        labels = [self.names[k] for k in found.classes]
        for label in labels:
            self._shades.setdefault(label, colors.color(len(self._shades)))
        return draw.boxes(pixels, found.boxes, labels, found.scores.tolist(), shades=self._shades), labels


def report(given: Video, params: Any, context: Context, capability: Capability) -> Report:
    """Looks at every `params.stride`th frame."""
    from core.intake.video import frames
    from core.visual.film import FilmWriter

    started = time.perf_counter()
    marks = Marks(params, capability)
    moments: list[float] = []
    counts: list[Counter[str]] = []
    with FilmWriter(N_("What was found"), given.width, given.height, given.rate / params.stride) as writer:
        for number, seconds, pixels in frames(given, context, every=params.stride):
            context.progress(number / max(given.frames, 1), N_("Frame {place} of {count}"), place=number + 1, count=given.frames)
            drawn, labels = marks(pixels)
            writer.add(drawn)
            moments.append(seconds)
            counts.append(Counter(labels))
    film = writer.film(Message(N_("Every frame looked at, with its boxes: {count} frames."), {"count": len(moments)}))
    seconds = time.perf_counter() - started
    most = sum(counts, Counter[str]()).most_common()
    speed = Message(N_("{frames} frames in {seconds} seconds, {rate} a second."),
                    {"frames": len(moments), "seconds": f"{seconds:.0f}", "rate": f"{len(moments) / seconds:.1f}"})  # fmt: skip
    sections = [Section(N_("What was found"), film, speed)]
    if most:
        sections += [Section(N_("Counts over time"), over_time(moments, counts, [name for name, _ in most[:LINES]])),
                     Section(N_("Counts"), _table(counts, [name for name, _ in most]))]  # fmt: skip
    values: dict[str, object] = {
        "classes": len(most), "frames": len(moments), "mean": f"{sum(n for _, n in most) / max(len(moments), 1):.1f}",
    }  # fmt: skip
    summary = Message(N_("Objects a frame on average: {mean}; classes: {classes}; frames: {frames}."), values)
    evidence = choose.evidence(capability, params.model, marks.route, seconds=seconds)
    return Report(capability.title, summary, tuple(sections), evidence, given.notices)


def over_time(moments: list[float], counts: list[Counter[str]], names: list[str], most: int = 400) -> Series:
    """How many of each name at a time: means over equal stretches where there are more than `most` frames."""
    values = np.array([[count[name] for name in names] for count in counts], float)
    pieces = np.array_split(np.arange(len(moments)), min(most, len(moments)))
    x = tuple(round(float(np.mean([moments[k] for k in piece])), 2) for piece in pieces)
    lines = {name: tuple(float(values[piece, place].mean()) for piece in pieces) for place, name in enumerate(names)}
    return Series(
        N_("Counts over time"), x, lines, N_("seconds"), N_("objects"), N_("How many of each class are seen at a time.")
    )


def _table(counts: list[Counter[str]], names: list[str]) -> Records:
    import pandas as pd

    frame = pd.DataFrame({
        N_("class"): names, N_("mean a frame"): [round(float(np.mean([count[name] for count in counts])), 2) for name in names],
        N_("most at once"): [max(count[name] for count in counts) for name in names],
        N_("frames with it"): [sum(count[name] > 0 for count in counts) for name in names],
    })  # fmt: skip
    return Records(N_("Counts"), frame, N_("One object seen in ten frames counts ten times here; tracking tells objects apart."),
                   words=("class",))  # fmt: skip
