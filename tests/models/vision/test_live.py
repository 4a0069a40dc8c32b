"""What a camera films: every capability that looks at one marks a real scene, and remembers what it must."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from core import registry, samples
from core.contracts import Context, InputError
from core.intake.video import frames
from models.vision.recognition import blazeface
from models.vision.track import CAPABILITY as TRACK
from models.vision.track import Track
from models.vision.tracking import camera

LIVE = {name: capability for name, capability in registry.capabilities().items() if capability.live is not None}


@pytest.fixture(scope="module")
def scene() -> list[np.ndarray]:
    found = itertools.islice(frames(samples.video("pedestrians")), 12)
    return [pixels for _number, _seconds, pixels in found]


def opened(name: str, **params: object):
    capability = LIVE[name]
    fixed = {key: allowed[0] for key, allowed in capability.live.allows.items()}
    return capability.live.open(capability.params(**{**fixed, **params}), Context())


@pytest.mark.parametrize("name", ["vision.detect", "vision.track", "vision.pose", "vision.segment"])
def test_people_are_marked_and_an_empty_frame_is_not_an_error(name: str, scene: list[np.ndarray]):
    mark, empty = opened(name), np.full((480, 640, 3), 150, np.uint8)
    assert mark(empty).shape == empty.shape
    mark = opened(name)
    for pixels in scene[:4]:
        given = pixels.copy()
        marked = mark(pixels)
        assert marked.dtype == np.uint8 and np.array_equal(pixels, given), "the frame itself is left as it was"
    small = marked.shape != pixels.shape  # cut out, it is brought to a size that is quick
    assert small or (marked != pixels).any(2).mean() > 0.001


def test_faces_are_hidden_and_stay_so_for_a_moment():
    (picture,) = samples.pictures("two_people").items
    from core.intake.pictures import pixels

    seen = pixels(picture)
    before = blazeface.find(seen)
    hide = opened("vision.faces", way="box")
    marked = hide(seen)
    x0, y0, x1, y1 = before.boxes[0].astype(int)
    assert not marked[y0:y1, x0:x1].any() and marked.any()
    gone = hide(np.full_like(seen, 200))  # the face is lost in this frame, its place is not shown yet
    assert not gone[y0:y1, x0:x1].any()


def test_numbers_stay_lines_count_and_each_session_has_its_own(scene: list[np.ndarray], monkeypatch: pytest.MonkeyPatch):
    clock = itertools.count(step=0.1)
    monkeypatch.setattr(camera.time, "monotonic", lambda: next(clock))
    first, second = (TRACK.live.open(Track(shapes="line l: 0,0.5 1,0.5"), Context()) for _ in range(2))
    for pixels in scene:
        drawn = first(pixels)
    lives = first._watch.lives
    assert 4 <= len(lives) <= 12 and sum(life.frames > 8 for life in lives.values()) >= 4
    assert first._watch.crossed == {"l": {"in": 0, "out": 0}} and second._watch is None
    assert (drawn[286:291, 20:60] != scene[-1][286:291, 20:60]).any()  # the line is on the picture


def test_a_change_of_size_on_the_way_keeps_numbers(scene: list[np.ndarray]):
    import cv2

    follow = TRACK.live.open(Track(), Context())
    for place, pixels in enumerate(scene):
        follow(cv2.resize(pixels, (384, 288)) if place > 5 else pixels)
    lives = follow._watch.lives.values()
    assert sum(life.frames > 8 for life in lives) >= 2


def test_who_is_gone_for_long_is_forgotten(scene: list[np.ndarray], monkeypatch: pytest.MonkeyPatch):
    now = [0.0]
    monkeypatch.setattr(camera.time, "monotonic", lambda: now[0])
    follow = TRACK.live.open(Track(crowding=1), Context())
    for pixels in scene[:3]:
        now[0] += 0.1
        follow(pixels)
    assert follow._watch.lives and follow._watch.events
    now[0] += camera.KEPT_SECONDS + 1
    follow(np.full_like(scene[0], 150))
    assert not follow._watch.lives and not follow._watch.events


@pytest.mark.parametrize(("name", "params"), [
    ("vision.track", {"shapes": "circle"}), ("vision.track", {"running": 2.0}), ("vision.detect", {"classes": "unicorn"}),
    ("vision.segment", {"color": "green"}),
])  # fmt: skip
def test_bad_settings_are_one_sentence_before_the_camera_starts(name: str, params: dict[str, object]):
    with pytest.raises(InputError):
        opened(name, **params)
