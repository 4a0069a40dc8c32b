"""People in a video, or before a camera that films: frames with their skeletons, and the angles of their joints over time."""

from __future__ import annotations

from contextlib import closing
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from core.contracts import Context, Film, Message, Records, Section, Series, Video
from core.language import N_
from models.vision.bodies import movenet
from models.vision.bodies.angles import JOINTS, angles
from models.vision.bodies.following import Following

if TYPE_CHECKING:
    from models.vision.pose import PoseParams

PEOPLE_DRAWN = 2  # whose angles are drawn as lines: those seen longest
LEAST_FRAMES = 5  # that somebody must be seen in
Seen = tuple[float, np.ndarray]  # seconds, angles of all joints


@dataclass
class Watched:
    """What was seen in a video. `people`: number → when, and which angles."""

    film: Film
    frames: int
    people: dict[int, list[Seen]] = field(default_factory=dict)


class Skeletons:
    """Finds and draws bodies, frame by frame, and gives each person a number that stays."""

    def __init__(self, params: PoseParams) -> None:
        self._params, self._following = params, Following()

    def __call__(self, pixels: np.ndarray, seconds: float) -> tuple[np.ndarray, dict[int, np.ndarray]]:
        """The frame with its skeletons, and the points of each person, float32 (17, 3), by number."""
        from core.visual import colors, draw
        from models.vision.pose import bodies_in

        boxes, points = bodies_in(pixels, self._params)
        drawn = draw.keypoints(pixels, points, movenet.BONES, threshold=self._params.threshold)
        numbers = self._following.numbers(boxes, seconds)
        for number, box in zip(numbers, boxes):
            drawn = draw.tag(drawn, box[0], box[1], f"#{number}", colors.color(number))
        return drawn, dict(zip(numbers, points))


def watch(video: Video, params: PoseParams, context: Context) -> Watched:
    """Looks at every `params.every`th frame up to `params.seconds`. Raises InputError where the video holds no frame."""
    from core.intake.video import frames
    from core.visual.film import FilmWriter

    skeletons, count = Skeletons(params), 0
    people: dict[int, list[Seen]] = {}
    until = min(params.seconds, video.seconds or params.seconds)
    looked_at = frames(video, context, stop=params.seconds, every=params.every)
    writer = FilmWriter(N_("Skeletons"), video.width, video.height, video.rate / params.every)
    with closing(looked_at), writer:
        for _number, seconds, pixels in looked_at:
            said = {"seconds": f"{seconds:.0f}", "until": f"{until:.0f}"}
            context.progress(min(0.99, seconds / until), N_("{seconds} of {until} seconds"), **said)
            drawn, bodies = skeletons(pixels, seconds)
            for number, body in bodies.items():
                people.setdefault(number, []).append((seconds, angles(body, params.threshold)))
            writer.add(drawn)
            count += 1
    return Watched(writer.film(), count, {k: seen for k, seen in people.items() if len(seen) >= LEAST_FRAMES})


def sections(watched: Watched) -> list[Section]:
    """The film, the angles of those seen longest, and a table of everybody."""
    found = [Section(watched.film.title, watched.film)]
    longest = sorted(watched.people, key=lambda number: -_known(watched.people[number]))[:PEOPLE_DRAWN]
    for number in longest:
        if (series := _series(number, watched.people[number])) is not None:
            found.append(Section(series.title, series))
    if watched.people:
        found.append(Section(N_("Range of the angles"), _table(watched)))
    return found


def _known(seen: list[Seen]) -> int:
    return int(sum(np.isfinite(values).sum() for _seconds, values in seen))


def _series(number: int, seen: list[Seen]) -> Series | None:
    """The angles of one person over time; joints that are seen in less than a third of the frames are left out."""
    values = np.array([row for _seconds, row in seen])
    known = np.isfinite(values).mean(0) >= 1 / 3
    if not known.any():
        return None
    lines = {JOINTS[k][0]: tuple(float(v) for v in values[:, k]) for k in np.flatnonzero(known)}
    return Series(
        Message(N_("Angles of person {number} over time"), {"number": number}),
        tuple(round(seconds, 3) for seconds, _row in seen), lines, N_("seconds"), N_("degrees"),
        N_("180° is a straight joint. Angles are those in the picture, not in space; gaps are frames in which it was not seen."),
    )  # fmt: skip


def _table(watched: Watched) -> Records:
    """A row for each person: how long it was seen, and the least and largest angle of each joint."""
    import pandas as pd

    rows: list[dict[str, Any]] = []
    for number, seen in watched.people.items():
        values = np.array([row for _seconds, row in seen])
        row: dict[str, Any] = {
            N_("Person"): number, N_("From second"): round(seen[0][0], 2), N_("To second"): round(seen[-1][0], 2),
            N_("Frames"): len(seen),
        }  # fmt: skip
        for place, (name, *_points) in enumerate(JOINTS):
            known = values[np.isfinite(values[:, place]), place]
            row[name] = f"{known.min():.0f}–{known.max():.0f}°" if len(known) else ""
        rows.append(row)
    caption = N_("People are told apart by where they are from frame to frame: where they cross, numbers may change.")
    return Records(N_("Range of the angles"), pd.DataFrame(rows), caption)
