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
from models.vision.tracking.scenes import Scene, read_truth, scene
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
    watched, sounding = parse_shapes(params.shapes, ("line", "zone")), limits(params)
    whole = scene(given, params.stride, params.rate)
    truth = read_truth(whole)
    watch = Watch(whole.width, whole.height, params.stride / whole.rate, watched, sounding)
    followed = follow(whole, watch, params, context, capability)
    measured = measures.measure(truth, followed.answer) if truth else None
    evidence = choose.evidence(
        capability, params.model, f"{followed.route}, {TRACKERS[params.method]}",
        seconds=followed.seconds, **_scored(measured, followed, given.name),
    )  # fmt: skip
    return Report(
        capability.title, told.summary(followed), tuple(told.sections(followed, measured)), evidence, tuple(whole.notices)
    )


def limits(params: Any) -> Limits:
    """When alarms sound. Raises InputError for an alarm that lacks its scale."""
    if params.running and not params.scale:
        raise InputError(N_("The alarm of running needs the scale: say how many metres a pixel is."))
    return Limits(params.intrusion, params.loitering, params.running, params.crowding, params.scale)


def settings(params: Any) -> Settings:
    """How to look: also for boxes that are too weak to begin a track, but may carry one on."""
    return Settings(min(LOW, params.confidence / 2), params.iou, params.size)


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
    look = settings(params)
    with FilmWriter(N_("Who was followed"), whole.width, whole.height, rate) as writer:
        for number, seconds, pixels in whole.frames(context):
            context.progress(number / max(whole.count, 1), N_("Frame {place} of {count}"), place=number + 1, count=whole.count)
            before = time.perf_counter()
            with choose.opened(capability, reference) as detector:
                found = detector(pixels, look, wanted)
            followed.detecting += time.perf_counter() - before
            tracks = tracker(found, pixels)
            happened = watch.see(seconds, tracks)
            drawn = draw_on(pixels, tracks, watch, happened)
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


def draw_on(pixels: np.ndarray, tracks: Tracks, watch: Watch, happened: list[Event]) -> np.ndarray:
    """The frame with zones, lines, trails, boxes with numbers, and a word where an alarm sounds."""
    from core.visual import colors, draw

    shown = pixels
    for name, corners in watch.zones:
        shown = draw.zone(shown, corners, f"{name}: {len(watch.inside.get(name, []))}")
    for name, line in watch.lines:
        counts = watch.crossed[name]
        shown = draw.line(shown, line[0], line[1], f"{name}: {counts['in']} / {counts['out']}")
    shades = [colors.color(number) for number in tracks.ids.tolist()]
    shown = draw.trails(shown, watch.trails(tracks), shades)
    shown = _numbered(shown, tracks, shades, draw.boxes)
    for place, event in enumerate(event for event in happened if event.is_alarm):
        shown = draw.tag(shown, 0, (place + 1) * draw.type_size(shown.shape) * 2, f"! {event.kind} {event.place}", ALARM)
    return shown


def _numbered(pixels: np.ndarray, tracks: Tracks, shades: list[str], boxes: Callable[..., np.ndarray]) -> np.ndarray:
    """Boxes in the colour of their number, which is what they are labelled with."""
    labels = [f"#{number}" for number in tracks.ids.tolist()]
    return boxes(pixels, tracks.boxes, labels, shades=dict(zip(labels, shades)))
