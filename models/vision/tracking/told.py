"""What was followed, as results to look at."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np

from core.contracts import Gallery, Message, Metric, Metrics, Ranking, Records, Section, Series
from core.language import N_
from models.vision.detection.films import over_time
from models.vision.tracking import measures
from models.vision.tracking.rules import CROWDING, EVERYWHERE, IN, LOITERING, OUT, RUNNING, Event

if TYPE_CHECKING:
    from models.vision.tracking.follow import Followed

LINES = 6
MOST_ROWS = 5000
SHORT = 1.0  # seconds: a shorter track is often a false alarm or a piece of another


def clock(seconds: float) -> str:
    """Minutes and seconds of the video."""
    return f"{int(seconds // 60):02d}:{seconds % 60:04.1f}"


def what(event: Event) -> Message:
    """An event in a few words."""
    values: dict[str, object] = {
        "place": Message(event.place) if event.place == EVERYWHERE else event.place,
        "track": event.track,
    }
    if event.kind == CROWDING:
        return Message(N_("{place}: {count} at once"), {**values, "count": int(event.value)})
    if event.kind == LOITERING:
        return Message(N_("{place}: number {track} for {seconds} seconds"), {**values, "seconds": f"{event.value:.0f}"})
    if event.kind == RUNNING:
        return Message(N_("number {track} at {speed} m/s"), {**values, "speed": f"{event.value:.1f}"})
    return Message(N_("{place}: number {track}"), values)


def summary(followed: Followed) -> Message:
    lives = followed.watch.lives.values()
    alarms = sum(event.is_alarm for event in followed.watch.events)
    values: dict[str, object] = {
        "tracks": len(lives), "long": sum(life.last - life.first >= SHORT for life in lives), "frames": len(followed.moments),
        "mean": f"{np.mean([sum(c.values()) for c in followed.counts]):.1f}" if followed.counts else "0", "alarms": alarms,
    }  # fmt: skip
    return Message(N_("{tracks} were followed ({long} for a second or longer), {mean} at a time, in {frames} frames; "
                      "{alarms} alarms. One that "
                      "is lost for long comes back under a new number."), values)  # fmt: skip


def sections(followed: Followed, measured: dict[str, float] | None) -> Iterator[Section]:
    """The film, what happened, counts, lines, zones, the map, every track, speed; and the score where there is a truth."""
    speed = Message(N_("{frames} frames in {seconds} seconds, {rate} a second."),
                    {"frames": len(followed.moments), "seconds": f"{followed.seconds:.0f}",
                     "rate": f"{len(followed.moments) / max(followed.seconds, 1e-9):.1f}"})  # fmt: skip
    yield Section(N_("Who was followed"), followed.film, speed)
    if measured:
        yield Section(N_("Against the truth"), measures.metrics(measured),
                      N_("On the frames looked at, by TrackEval, at overlap 0.5 (HOTA: 0.05 to 0.95)."))  # fmt: skip
    if followed.alarms:
        pictures = tuple(image for _, image in followed.alarms)
        yield Section(N_("Alarms"), Gallery(N_("Alarms"), pictures, N_("The moment at which each of the first alarms sounds.")))
    names = [name for name, _ in sum(followed.counts, Counter[str]()).most_common(LINES)]
    if names:
        yield Section(N_("Counts over time"), over_time(followed.moments, followed.counts, names))
    watch = followed.watch
    if watch.lines:
        yield Section(N_("Lines"), _lines(followed))
    if watch.zones:
        yield Section(N_("Zones over time"), _zones_over_time(followed))
        yield Section(N_("Time in zones"), _dwell(followed))
    if followed.ground is not None and watch.heat.any():
        yield Section(N_("Where they were"), _heat(followed))
    if watch.events:
        yield Section(N_("Events"), _events(followed))
    yield Section(N_("Every track"), _tracks(followed))
    yield Section(N_("Speed of the work"), _work(followed))


def _lines(followed: Followed) -> Records:
    import pandas as pd

    crossed = followed.watch.crossed
    frame = pd.DataFrame({N_("line"): list(crossed), N_("in"): [one[IN] for one in crossed.values()],
                          N_("out"): [one[OUT] for one in crossed.values()]})  # fmt: skip
    caption = N_(
        "In is from the left of the line to its right, as one looks from its first point to its second. On the film: in / out."
    )
    return Records(N_("Crossings of each line"), frame, caption)


def _zones_over_time(followed: Followed) -> Series:
    names = [name for name, _ in followed.watch.zones]
    counts = [Counter({name: one.get(name, 0) for name in names}) for one in followed.inside]
    found = over_time(followed.moments, counts, names)
    return Series(
        N_("Zones over time"), found.x, found.lines, found.x_label, found.y_label, N_("How many are in each zone at a time.")
    )


def _dwell(followed: Followed) -> Ranking | Records:
    import pandas as pd

    rows = [(name, number, followed.names[life.kind], round(seconds, 2))
            for number, life in followed.watch.lives.items() for name, seconds in life.dwell.items()]  # fmt: skip
    frame = pd.DataFrame(rows, columns=[N_("zone"), N_("number"), N_("class"), N_("seconds")])
    frame = frame.sort_values([N_("zone"), N_("seconds")], ascending=[True, False], ignore_index=True).head(MOST_ROWS)
    return Records(N_("Time in zones"), frame, N_("How long each was in each zone, by the middle of the lower edge of its box."),
                   words=("class",))  # fmt: skip


def _heat(followed: Followed) -> object:
    import cv2

    from core.visual import draw, encode

    assert followed.ground is not None
    soft = cv2.GaussianBlur(followed.watch.heat, (0, 0), 1.2)
    caption = N_("The lighter, the longer somebody stood or walked there.")
    return encode.image(N_("Where they were"), draw.heat(followed.ground, np.sqrt(soft)), caption=caption)


def _events(followed: Followed) -> Records:
    import pandas as pd

    rows = [(round(e.seconds, 2), clock(e.seconds), e.kind, e.place, e.track or None, round(e.value, 2) if e.value else None)
            for e in followed.watch.events[:MOST_ROWS]]  # fmt: skip
    columns = [N_("seconds"), N_("time"), N_("event"), N_("place"), N_("number"), N_("value")]
    caption = N_(
        "Crossings and alarms in the order of time. The value is seconds of loitering, metres a second, or objects at once."
    )
    return Records(N_("Events"), pd.DataFrame(rows, columns=columns), caption, words=("event",))


def _tracks(followed: Followed) -> Records:
    import pandas as pd

    watch = followed.watch
    rows = []
    for number, life in list(watch.lives.items())[:MOST_ROWS]:
        row = [
            number,
            followed.names[life.kind],
            clock(life.first),
            clock(life.last),
            round(life.last - life.first, 2),
            life.frames,
        ]
        if watch.limits.scale:
            row += [round(life.metres, 1), round(life.fastest, 2)]
        rows.append(row)
    columns = [N_("number"), N_("class"), N_("from"), N_("until"), N_("seconds"), N_("frames")]
    columns += [N_("metres"), N_("fastest, m/s")] if watch.limits.scale else []
    return Records(N_("Every track"), pd.DataFrame(rows, columns=columns), N_("One row for each number."), words=("class",))


def _work(followed: Followed) -> Metrics:
    frames, seconds = len(followed.moments), max(followed.seconds, 1e-9)
    lives = followed.watch.lives.values()
    return Metrics((
        Metric(N_("Frames a second"), frames / seconds, N_("frames a second"), None, N_("Detecting, following, drawing "
                                                                                        "and writing the film.")),
        Metric(N_("Detecting"), 1000 * followed.detecting / max(frames, 1), N_("ms a frame")),
        Metric(N_("Numbers given"), float(len(lives)), N_("numbers")),
        Metric(N_("Median time under one number"), float(np.median([life.last - life.first for life in lives]) if lives else 0.0),
               N_("seconds")),
    ))  # fmt: skip
