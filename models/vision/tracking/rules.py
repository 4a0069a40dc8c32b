"""What happens in a scene, told from the feet of those who are followed: crossings, stays, speed and alarms.

One `Watch` belongs to one video; it is fed frame by frame, so nothing here depends on pictures and all of it can be tried by
hand.
"""

from __future__ import annotations

from collections import defaultdict, deque
from dataclasses import dataclass, field

import numpy as np

from core.contracts.shapes import Shape
from core.language import N_
from models.vision.tracking.tracker import Tracks

MARGIN = 0.01  # of the picture's height: a point must be so far beyond a line to have crossed it, or it would tremble across
SPEED_SECONDS = 1.0  # over which a speed is measured
CALM_SECONDS = 2.0  # after which the same alarm may sound again
TRAIL_SECONDS = 3.0
GRID = 96  # columns of the heat map

IN, OUT = N_("in"), N_("out")
INTRUSION, LOITERING, RUNNING, CROWDING = N_("intrusion"), N_("loitering"), N_("running"), N_("crowding")
EVERYWHERE = N_("whole picture")


@dataclass(frozen=True)
class Limits:
    """When to sound: seconds in a zone, metres a second, objects in a zone; 0 is never. `scale` is metres per pixel, 0:
    unknown.
    """

    intrusion: bool = False
    loitering: float = 0.0
    running: float = 0.0
    crowding: int = 0
    scale: float = 0.0


@dataclass(frozen=True)
class Event:
    """`kind` is a crossing (in, out) or an alarm; `track` is 0 where it is about no single object; `value` as `kind` has it."""

    seconds: float
    kind: str
    place: str
    track: int = 0
    value: float = 0.0

    @property
    def is_alarm(self) -> bool:
        return self.kind not in (IN, OUT)


@dataclass
class Life:
    """All of one track that is told of it."""

    kind: int
    first: float
    last: float
    frames: int = 0
    metres: float = 0.0
    fastest: float = 0.0
    dwell: dict[str, float] = field(default_factory=lambda: defaultdict(float))
    recent: deque[tuple[float, float, float]] = field(default_factory=deque)  # seconds, x, y


@dataclass
class Watch:
    """Follows lines, zones and limits through a video of `width` × `height` pixels; `step` is the time between two frames."""

    width: int
    height: int
    step: float
    shapes: tuple[Shape, ...] = ()
    limits: Limits = Limits()
    lives: dict[int, Life] = field(default_factory=dict)
    events: list[Event] = field(default_factory=list)
    crossed: dict[str, dict[str, int]] = field(default_factory=dict)
    inside: dict[str, list[int]] = field(default_factory=dict)  # who is in each zone now
    heat: np.ndarray = field(default_factory=lambda: np.zeros((1, 1), np.float32))
    _sides: dict[tuple[str, int], tuple[int, np.ndarray]] = field(default_factory=dict)  # last sure side of a line, and where
    _sounded: dict[tuple[str, str, int], float] = field(default_factory=dict)

    def __post_init__(self) -> None:
        rows = max(1, round(GRID * self.height / self.width))
        self.heat = np.zeros((rows, GRID), np.float32)
        self.lines = [(shape.name, shape.on(self.width, self.height)) for shape in self.shapes if shape.kind == "line"]
        self.zones = [(shape.name, shape.on(self.width, self.height)) for shape in self.shapes if shape.kind == "zone"]
        self.crossed = {name: {IN: 0, OUT: 0} for name, _ in self.lines}

    def see(self, seconds: float, tracks: Tracks) -> list[Event]:
        """One more frame; what happened in it."""
        before = len(self.events)
        feet = tracks.feet
        for number, kind, foot in zip(tracks.ids.tolist(), tracks.classes.tolist(), feet):
            self._move(seconds, number, kind, foot)
            for name, line in self.lines:
                self._cross(seconds, number, name, line, foot)
        self._dwell(seconds, tracks.ids.tolist(), feet)
        return self.events[before:]

    def trails(self, tracks: Tracks) -> list[np.ndarray]:
        """Where each track came from in the last seconds, float (n, 2) each."""
        return [np.array([place[1:] for place in self.lives[number].recent]) for number in tracks.ids.tolist()]

    def forget(self, before: float) -> None:
        """Lets go of who was last seen, and of what happened, before that second: a camera may film for days."""
        gone = {number for number, life in self.lives.items() if life.last < before}
        self.lives = {number: life for number, life in self.lives.items() if number not in gone}
        self.events = [event for event in self.events if event.seconds >= before]
        self._sides = {key: side for key, side in self._sides.items() if key[1] not in gone}
        self._sounded = {key: when for key, when in self._sounded.items() if when >= before}

    def _move(self, seconds: float, number: int, kind: int, foot: np.ndarray) -> None:
        life = self.lives.setdefault(number, Life(kind, seconds, seconds))
        life.kind, life.last, life.frames = kind, seconds, life.frames + 1
        life.recent.append((seconds, *foot.tolist()))
        while seconds - life.recent[0][0] > TRAIL_SECONDS:
            life.recent.popleft()
        x = int(min(GRID - 1, max(0, foot[0] * GRID / self.width)))
        y = int(min(len(self.heat) - 1, max(0, foot[1] * len(self.heat) / self.height)))
        self.heat[y, x] += self.step
        speed = self.speed(number)
        if speed is None:
            return
        life.metres += speed * (seconds - life.recent[-2][0])  # from frame to frame a box trembles, over a second it moves
        life.fastest = max(life.fastest, speed)
        if self.limits.running and speed >= self.limits.running:
            self._sound(seconds, RUNNING, EVERYWHERE, number, speed)

    def speed(self, number: int) -> float | None:
        """Metres a second over the last second; None without a scale or as long as the track is younger."""
        recent = self.lives[number].recent
        now = recent[-1]
        past = next((place for place in reversed(recent) if now[0] - place[0] >= SPEED_SECONDS - 1e-6), None)
        if past is None or not self.limits.scale:
            return None
        return float(np.hypot(now[1] - past[1], now[2] - past[2])) * self.limits.scale / (now[0] - past[0])

    def _cross(self, seconds: float, number: int, name: str, line: np.ndarray, foot: np.ndarray) -> None:
        """In is from the left of the line to its right, as one looks from its first point to its second."""
        along = line[1] - line[0]
        away = float(along[0] * (foot[1] - line[0][1]) - along[1] * (foot[0] - line[0][0])) / float(np.hypot(*along))
        if abs(away) < MARGIN * self.height:
            return
        side = 1 if away > 0 else -1  # y goes down: positive is to the right
        known = self._sides.get((name, number))
        self._sides[name, number] = (side, foot)
        if known is None or known[0] == side or not _meet(known[1], foot, line):
            return
        kind = IN if side > 0 else OUT
        self.crossed[name][kind] += 1
        self.events.append(Event(seconds, kind, name, number))

    def _dwell(self, seconds: float, ids: list[int], feet: np.ndarray) -> None:
        """Who is in which zone, for how long, and what that sounds. Without zones, the picture is one for loitering and
        crowds.
        """
        zones: list[tuple[str, np.ndarray | None]] = [*self.zones] or [(EVERYWHERE, None)]
        for name, corners in zones:
            here = [number for number, foot in zip(ids, feet) if corners is None or _holds(corners, foot)]
            came = set(here) - set(self.inside.get(name, []))
            self.inside[name] = here
            for number in here:
                dwell = self.lives[number].dwell
                is_new = name not in dwell
                dwell[name] += self.step
                if self.limits.intrusion and corners is not None and number in came and is_new:
                    self._sound(seconds, INTRUSION, name, number)
                if self.limits.loitering and dwell[name] - self.step < self.limits.loitering <= dwell[name]:
                    self._sound(seconds, LOITERING, name, number, dwell[name])
            if self.limits.crowding and len(here) >= self.limits.crowding:
                self._sound(seconds, CROWDING, name, 0, len(here))

    def _sound(self, seconds: float, kind: str, place: str, track: int, value: float = 0.0) -> None:
        """An alarm, unless the same goes on: it sounds again after `CALM_SECONDS` without it."""
        key = (kind, place, track)
        last = self._sounded.get(key)
        self._sounded[key] = seconds
        if last is None or seconds - last > CALM_SECONDS:
            self.events.append(Event(seconds, kind, place, track, value))


def _meet(start: np.ndarray, end: np.ndarray, line: np.ndarray) -> bool:
    """Whether the way from `start` to `end` meets the line between its two ends."""
    way, along = end - start, line[1] - line[0]
    below = float(way[0] * along[1] - way[1] * along[0])
    if not below:
        return False
    between = line[0] - start
    on_way = float(between[0] * along[1] - between[1] * along[0]) / below
    on_line = float(between[0] * way[1] - between[1] * way[0]) / below
    return 0 <= on_way <= 1 and 0 <= on_line <= 1


def _holds(corners: np.ndarray, point: np.ndarray) -> bool:
    """Whether the point lies in the polygon: a ray to the right meets its sides an odd number of times."""
    x, y = point
    ends = np.roll(corners, -1, 0)
    spans = (corners[:, 1] > y) != (ends[:, 1] > y)
    height = np.where(ends[:, 1] == corners[:, 1], 1.0, ends[:, 1] - corners[:, 1])
    meets = x < (ends[:, 0] - corners[:, 0]) * (y - corners[:, 1]) / height + corners[:, 0]
    return bool((spans & meets).sum() % 2)
