"""Frame by frame: found, followed, watched, drawn; then told."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from core.contracts import Capability, Context, Film, Image, InputError, Message, Pictures, Report, Video
from core.contracts.shapes import parse_shapes
from core.language import N_
from models.vision.detection import choose
from models.vision.detection.detector import Settings
from models.vision.tracking import measures, told
from models.vision.tracking.measures import Seen
from models.vision.tracking.rules import Event, Limits, Watch
from models.vision.tracking.scenes import Scene, scene
from models.vision.tracking.tracker import LOW, Tracker, Tracks

TRACKERS = {"bytetrack": "ByteTrack", "botsort": "BoT-SORT"}
MOST_MOMENTS = 12  # pictures of alarms
MOMENT_PIXELS = 900
ALARM = "#D55E00"  # beside the colour, the frame says it in words


@dataclass
class Followed:
    """What is kept of a video once it went by."""

    watch: Watch
    names: tuple[str, ...]
    route: str = ""
    moments: list[float] = field(default_factory=list)
    counts: list[Counter[str]] = field(default_factory=list)
    inside: list[dict[str, int]] = field(default_factory=list)
    alarms: list[tuple[Event, Image]] = field(default_factory=list)
    answer: dict[int, Seen] = field(default_factory=dict)
    ground: np.ndarray | None = None  # the first frame, for the heat map
    film: Film | None = None
    detecting: float = 0.0
    seconds: float = 0.0


def report(given: Video | Pictures, params: Any, context: Context, capability: Capability) -> Report:
    """Follows and tells."""
    watched = parse_shapes(params.shapes, ("line", "zone"))
    if params.running and not params.scale:
        raise InputError(N_("The alarm of running needs the scale: say how many metres a pixel is."))
    whole = scene(given, params.stride, params.rate)
    truth = measures.read(whole.truth[1], whole.truth[0]) if whole.truth else {}
    limits = Limits(params.intrusion, params.loitering, params.running, params.crowding, params.scale)
    watch = Watch(whole.width, whole.height, params.stride / whole.rate, watched, limits)
    followed = follow(whole, watch, params, context, capability)
    measured = measures.measure(truth, followed.answer) if truth else None
    evidence = choose.evidence(
        capability, params.model, f"{followed.route}, {TRACKERS[params.method]}",
        seconds=followed.seconds, **_scored(measured, followed, given.name),
    )  # fmt: skip
    return Report(
        capability.title, told.summary(followed), tuple(told.sections(followed, measured)), evidence, tuple(whole.notices)
    )


def _scored(measured: dict[str, float] | None, followed: Followed, name: str) -> dict[str, Any]:
    if measured is None:
        return {}
    return {"metric": measures.TITLES["hota"][0], "score": measured["hota"], "data": name, "rows": len(followed.moments),
            "baseline": 0.0, "baseline_name": N_("nobody found")}  # fmt: skip


def follow(whole: Scene, watch: Watch, params: Any, context: Context, capability: Capability) -> Followed:
    """Goes through the scene once; nothing but the film grows with its length, and that is on disk."""
    from core.visual.film import FilmWriter

    started = time.perf_counter()
    reference = params.model
    with choose.opened(capability, reference) as detector:
        followed = Followed(watch, detector.names, detector.route)
        wanted = choose.wanted(detector.names, params.classes)
    rate = whole.rate / whole.every
    tracker = Tracker(params.method, params.confidence, rate)
    settings = Settings(min(LOW, params.confidence / 2), params.iou, params.size)
    with FilmWriter(N_("Who was followed"), whole.width, whole.height, rate) as writer:
        for number, seconds, pixels in whole.frames(context):
            context.progress(number / max(whole.count, 1), N_("Frame {place} of {count}"), place=number + 1, count=whole.count)
            before = time.perf_counter()
            with choose.opened(capability, reference) as detector:
                found = detector(pixels, settings, wanted)
            followed.detecting += time.perf_counter() - before
            tracks = tracker(found, pixels)
            happened = watch.see(seconds, tracks)
            drawn = _drawn(pixels, tracks, followed, happened)
            writer.add(drawn)
            _note(followed, number, seconds, pixels, drawn, tracks, happened)
    followed.film = writer.film()
    followed.seconds = time.perf_counter() - started
    return followed


def _note(
    followed: Followed, number: int, seconds: float, pixels: np.ndarray, drawn: np.ndarray, tracks: Tracks, happened: list[Event]
) -> None:
    from core.visual import encode

    if followed.ground is None:
        followed.ground = pixels.copy()
    followed.moments.append(seconds)
    followed.counts.append(Counter(followed.names[k] for k in tracks.classes))
    followed.inside.append({name: len(who) for name, who in followed.watch.inside.items()})
    followed.answer[number + 1] = (tracks.ids, tracks.boxes.astype(float))
    for event in happened:
        if event.is_alarm and len(followed.alarms) < MOST_MOMENTS:
            title = Message(N_("{kind}, {clock}"), {"kind": Message(event.kind), "clock": told.clock(event.seconds)})
            followed.alarms.append((event, encode.image(title, drawn, most=MOMENT_PIXELS, caption=told.what(event))))


def _drawn(pixels: np.ndarray, tracks: Tracks, followed: Followed, happened: list[Event]) -> np.ndarray:
    """The frame with zones, lines, trails, boxes with numbers, and a word where an alarm sounds."""
    from core.visual import colors, draw

    watch = followed.watch
    drawn = pixels
    for name, corners in watch.zones:
        drawn = draw.zone(drawn, corners, f"{name}: {len(watch.inside.get(name, []))}")
    for name, line in watch.lines:
        counts = watch.crossed[name]
        drawn = draw.line(drawn, line[0], line[1], f"{name}: {counts['in']} / {counts['out']}")
    shades = [colors.color(number) for number in tracks.ids.tolist()]
    drawn = draw.trails(drawn, watch.trails(tracks), shades)
    drawn = _numbered(drawn, tracks, shades, draw.boxes)
    for place, event in enumerate(event for event in happened if event.is_alarm):
        drawn = draw.tag(drawn, 0, (place + 1) * draw.type_size(drawn.shape) * 2, f"! {event.kind} {event.place}", ALARM)
    return drawn


def _numbered(pixels: np.ndarray, tracks: Tracks, shades: list[str], boxes: Callable[..., np.ndarray]) -> np.ndarray:
    """Boxes in the colour of their number, which is what they are labelled with."""
    labels = [f"#{number}" for number in tracks.ids.tolist()]
    return boxes(pixels, tracks.boxes, labels, shades=dict(zip(labels, shades)))
