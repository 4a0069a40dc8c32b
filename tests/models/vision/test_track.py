"""Following: planted walkers, lines, zones, alarms by hand, the measures of the MOT challenge, a real scene."""

from __future__ import annotations

import io
import itertools

import numpy as np
import pytest

from core import samples
from core.contracts import Context, Film, InputError, Metrics, Records, UserError, dump, load
from core.contracts.shapes import parse_shapes
from core.intake import spool
from core.intake.video import frames
from core.source import Source, open_input
from models.vision.detection.detector import Found
from models.vision.track import CAPABILITY, Track
from models.vision.tracking import follow, measures
from models.vision.tracking.rules import CROWDING, IN, INTRUSION, LOITERING, OUT, RUNNING, Limits, Watch
from models.vision.tracking.scenes import scene
from models.vision.tracking.tracker import Tracker, Tracks
from tests.hostile.bad_pictures import BAD_PICTURES, archive, picture

WIDTH, HEIGHT, RATE = 200, 100, 10.0


def tracks(*feet: tuple[int, float, float]) -> Tracks:
    """Boxes of 10 × 20 pixels that stand on those points: (number, x, y)."""
    boxes = np.array([[x - 5, y - 20, x + 5, y] for _, x, y in feet], np.float32).reshape(-1, 4)
    count = len(feet)
    return Tracks(np.array([number for number, _, _ in feet], np.int64), boxes, np.zeros(count, np.int64), np.ones(count))


def walk(watch: Watch, *paths: list[tuple[float, float]]) -> Watch:
    """Everybody goes a step a frame."""
    for frame in range(max(map(len, paths))):
        here = [(number, *path[frame]) for number, path in enumerate(paths, 1) if frame < len(path)]
        watch.see(frame / RATE, tracks(*here))
    return watch


def across(start: tuple[float, float], end: tuple[float, float], steps: int = 40) -> list[tuple[float, float]]:
    return [tuple(np.array(start) + (np.array(end) - start) * k / (steps - 1)) for k in range(steps)]


def watch(text: str = "", **limits: object) -> Watch:
    return Watch(WIDTH, HEIGHT, 1 / RATE, parse_shapes(text), Limits(**limits))


def test_a_line_counts_who_crosses_it_and_which_way():
    seen = walk(
        watch("line l: 0,0.5 1,0.5"), across((50, 20), (50, 90)), across((90, 90), (90, 20)), across((120, 20), (150, 40))
    )
    assert seen.crossed == {"l": {IN: 1, OUT: 1}}  # looking to the right, down is the right-hand side
    assert [(event.kind, event.track) for event in seen.events] == [(IN, 1), (OUT, 2)]


def test_only_the_line_between_its_ends_counts_and_trembling_does_not():
    seen = walk(watch("line l: 0,0.5 0.3,0.5"), across((150, 20), (150, 90)))
    assert not seen.events
    trembling = [(50, 50 + (0.8 if k % 2 else -0.8)) for k in range(60)]
    assert not walk(watch("line l: 0,0.5 1,0.5"), trembling).events
    turned = walk(watch("line l: 1,0.5 0,0.5"), across((50, 20), (50, 90)))
    assert turned.crossed == {"l": {IN: 0, OUT: 1}}


def test_time_in_a_zone_intrusion_and_loitering():
    standing = [(100.0, 50.0)] * 40
    seen = walk(watch("zone z: 0.4,0.2 0.6,0.2 0.6,0.8 0.4,0.8", intrusion=True, loitering=2.0), standing, [(10.0, 50.0)] * 40)
    assert seen.lives[1].dwell["z"] == pytest.approx(4.0) and "z" not in seen.lives[2].dwell
    alarms = {event.kind: event for event in seen.events}
    assert set(alarms) == {INTRUSION, LOITERING} and alarms[INTRUSION].seconds == 0
    assert alarms[LOITERING].seconds == pytest.approx(1.9) and all(event.track == 1 for event in seen.events)


def test_running_needs_speed_and_walking_is_none():
    fast, slow = across((0, 50), (195, 50), 40), across((0, 80), (48, 80), 40)  # 5 and 1.23 pixels a frame
    seen = walk(watch(running=2.5, scale=0.1), fast, slow)
    assert [(event.kind, event.track) for event in seen.events] == [(RUNNING, 1)]
    assert seen.lives[1].fastest == pytest.approx(5.0, rel=0.02) and seen.lives[2].fastest == pytest.approx(1.23, rel=0.02)


def test_a_crowd_sounds_once_as_long_as_it_lasts():
    three = [[(100.0 + k, 50.0)] * 30 for k in range(3)]
    seen = walk(watch("zone z: 0.4,0.2 0.6,0.2 0.6,0.8 0.4,0.8", crowding=3), *three)
    assert [(event.kind, event.value) for event in seen.events] == [(CROWDING, 3)]
    assert not walk(watch("zone z: 0,0 0.1,0 0.1,0.1", crowding=3), *three).events


def test_the_heat_map_is_where_they_stood():
    seen = walk(watch(), [(150.0, 25.0)] * 20)
    row, column = np.unravel_index(seen.heat.argmax(), seen.heat.shape)
    assert column == int(150 * 96 / 200) and row == int(25 * 48 / 100) and seen.heat.sum() == pytest.approx(2.0, rel=1e-3)


@pytest.mark.parametrize("text", [
    "line a: 0,0 1,1; zone b: 0,0 1,0 1,1", "LINE: 0,0 1,1\nzone: 0,0 1,0 1,1",
    '[{"kind": "line", "points": [[0,0],[1,1]]}, {"kind": "zone", "name": "b", "points": [[0,0],[1,0],[1,1]]}]',
])  # fmt: skip
def test_shapes_are_read(text: str):
    found = parse_shapes(text)
    assert [shape.kind for shape in found] == ["line", "zone"] and found[1].on(200, 100).max() == 200


@pytest.mark.parametrize("text", [
    "circle: 0,0 1,1", "line: 0,0", "line: 0,0 2,2", "line: 0,0 nan,1", "line: 0,0 0,0", "zone: 0,0 1,1", "zone: 0,0 0.5,0.5 1,1",
    "line a: 0,0 1,1; line a: 0,1 1,0", "[", '[{"kind": "line"}]', '[{"kind": "x", "points": [[0,0],[1,1]]}]', "line: a,b c,d",
    "; ".join("line: 0,0 1,1" for _ in range(21)), "[" * 3000,
])  # fmt: skip
def test_shapes_that_cannot_be_read_are_one_sentence(text: str):
    with pytest.raises(InputError):
        parse_shapes(text)


@pytest.mark.parametrize("method", ["bytetrack", "botsort"])
def test_two_walkers_keep_their_numbers_and_each_tracker_has_its_own(method: str):
    ground = np.random.default_rng(0).integers(0, 255, (HEIGHT, WIDTH, 3)).astype(np.uint8)
    seen = []
    for _ in range(2):
        tracker = Tracker(method, 0.3, RATE)
        numbers = []
        for frame in range(30):
            boxes = np.array([[10 + 4 * frame, 10, 30 + 4 * frame, 50], [160 - 4 * frame, 55, 180 - 4 * frame, 95]], np.float32)
            found = Found(boxes, np.zeros(2, np.int64), np.array([0.9, 0.2 if 10 < frame < 14 else 0.8], np.float32))
            answer = tracker(found, ground)
            numbers.append(dict(zip(answer.ids.tolist(), answer.boxes[:, 1].round().tolist())))
        seen.append(numbers)
    assert seen[0] == seen[1] and set(itertools.chain(*seen[0])) == {1, 2}
    assert all(abs(frame[1] - 10) < 4 and abs(frame[2] - 55) < 4 for frame in seen[0])


def test_the_measures_of_the_challenge_on_cases_that_one_can_count():
    box = np.array([[0.0, 0, 10, 20]])
    truth = {frame: (np.array([5]), box) for frame in range(1, 11)}
    assert measures.measure(truth, truth) == pytest.approx(
        {"hota": 1, "mota": 1, "idf1": 1, "deta": 1, "assa": 1, "switches": 0, "fragments": 0}
    )
    exchanged = {frame: (np.array([1 if frame <= 5 else 2]), box) for frame in range(1, 11)}
    found = measures.measure(truth, exchanged)
    assert found["mota"] == pytest.approx(0.9) and found["idf1"] == pytest.approx(0.5) and found["switches"] == 1
    assert found["assa"] == pytest.approx(0.5) and found["hota"] == pytest.approx(0.5**0.5)
    nothing = {frame: (np.zeros(0, np.int64), np.zeros((0, 4))) for frame in range(1, 11)}
    assert measures.measure(truth, nothing)["mota"] == 0 and measures.measure(truth, nothing)["hota"] == 0


def test_the_truth_is_read_as_the_challenge_reads_it(tmp_path):
    (tmp_path / "gt.txt").write_text("1,1,10,20,30,40,1,1,1.0\n1,2,0,0,5,5,0,1,1\n2,1,11,20,30,40,1,3,1\n3,4,1,1,2,2\n\n")
    truth = measures.read(tmp_path / "gt.txt", "gt.txt")
    assert set(truth) == {1, 3} and truth[1][0].tolist() == [1] and truth[1][1].tolist() == [[10, 20, 40, 60]]
    (tmp_path / "bad.txt").write_text("1,1,10,20,30,40\nx,y\n")
    with pytest.raises(InputError, match=r"Line 2 of bad\.txt"):
        measures.read(tmp_path / "bad.txt", "bad.txt")


def sequence(count: int, truth: bytes = b"") -> bytes:
    """Frames of the sample as a MOT sequence."""
    from PIL import Image

    files = {}
    for number, _, pixels in itertools.islice(frames(samples.video("pedestrians")), count):
        stream = io.BytesIO()
        Image.fromarray(pixels).save(stream, "JPEG")
        files[f"scene/img1/{number + 1:06d}.jpg"] = stream.getvalue()
    return archive({**files, "scene/gt/gt.txt": truth} if truth else files)


def run(content: bytes, name: str, **params: object):
    upload = spool(content, name)
    given = open_input(Source(kind="upload", name=upload.name, digest=upload.digest), CAPABILITY.takes)
    return CAPABILITY.run(given, Track(**params), Context())


def test_a_real_scene_is_followed_measured_and_told():
    first = run(sequence(12), "mot.zip", rate=10, shapes="line l: 0,0.5 1,0.5; zone z: 0,0 1,0 1,1 0,1", crowding=2)
    film = first.sections[0].result
    assert isinstance(film, Film) and film.seconds == pytest.approx(1.2)
    table = next(s.result for s in first.sections if isinstance(s.result, Records) and s.title == "Every track").frame
    assert 4 <= len(table) <= 12 and (table["frames"] > 8).sum() >= 4 and dump(load(dump(first))) == dump(first)
    # The same again with the truth: a person where number 1 stands would be found; here one who is nowhere near.
    far = "".join(f"{frame},1,1,1,4,4,1,1,1\n" for frame in range(1, 13)).encode()
    second = run(sequence(12, far), "truth.zip", rate=10)
    scores = second.sections[1].result
    assert isinstance(scores, Metrics) and second.evidence.score == 0 and scores.items[1].value < 0


def film(count: int, **beside: bytes) -> bytes:
    """Frames of the sample as one H.264 video in an archive, with those files: `gt__gt_txt` is gt/gt.txt."""
    import av

    stream = io.BytesIO()
    with av.open(stream, "w", format="mp4") as out:
        track = out.add_stream("libx264", rate=10, options={"crf": "18"})
        track.width, track.height, track.pix_fmt = 768, 576, "yuv420p"
        for _number, _seconds, pixels in itertools.islice(frames(samples.video("pedestrians")), count):
            out.mux(track.encode(av.VideoFrame.from_ndarray(pixels, format="rgb24")))
        out.mux(track.encode())
    return archive({"walk.mp4": stream.getvalue(), **{name.replace("__", "/").replace("_", "."): content
                                                      for name, content in beside.items()}})  # fmt: skip


def lines(boxes: dict[int, list[tuple[int, tuple[float, ...]]]]) -> bytes:
    """A `gt.txt` of numbered boxes by frame."""
    rows = (f"{frame},{number},{x0},{y0},{x1 - x0},{y1 - y0},1,1,1" for frame, found in boxes.items()
            for number, (x0, y0, x1, y1) in found)  # fmt: skip
    return "\n".join(rows).encode()


def test_a_video_is_measured_against_the_truth_beside_it():
    # The tracker's own answer as truth: then everything must be right, and what is left out of it is what is wrong.
    upload = spool(film(12), "plain.zip")
    given = open_input(Source(kind="upload", name=upload.name, digest=upload.digest), CAPABILITY.takes)
    params = Track()
    whole = scene(given, 1, 25.0)
    watch = Watch(whole.width, whole.height, 0.1)
    seen = follow.follow(whole, watch, params, Context(), CAPABILITY).answer
    own = {frame: list(zip(ids.tolist(), boxes.tolist())) for frame, (ids, boxes) in seen.items() if len(ids)}
    assert max(own) == 12
    info = b"[Sequence]\nname=walk\nframeRate=10\nseqLength=12\n"
    report = run(film(12, gt__gt_txt=lines(own), seqinfo_ini=info), "right.zip")
    scores = report.sections[1].result
    assert isinstance(scores, Metrics) and [round(item.value, 3) for item in scores.items[:3]] == [1, 1, 1]
    assert report.evidence.score == pytest.approx(1, abs=1e-6) and not any("counts as false" in str(n) for n in report.notices)
    fewer = {frame: found for frame, found in own.items() if frame <= 6}
    half = run(film(12, gt_txt=lines(fewer)), "half.zip")
    found, total = sum(map(len, fewer.values())), sum(map(len, own.values()))
    mota = half.sections[1].result.items[1].value
    assert mota == pytest.approx(1 - (total - found) / found, abs=1e-6)
    assert any("ends with frame 6 of 12" in str(notice) for notice in half.notices)


@pytest.mark.parametrize(("beside", "told"), [
    ({"gt_txt": b"13,1,1,1,9,9\n"}, "goes to frame 13, but there are 12"), ({"gt_txt": b"0,1,1,1,9,9\n"}, "from 0"),
    ({"gt_txt": b"1,1,1,1,9,9\n", "seqinfo_ini": b"[Sequence]\nseqLength=800\n"}, "says that there are 800 frames"),
    ({"gt_txt": b"what is this\n"}, "Line 1 of gt.txt"), ({"gt_txt": b"1,1,1,1,9,9,0\n"}, "no box"),
])  # fmt: skip
def test_the_truth_of_another_video_is_one_sentence(beside: dict[str, bytes], told: str):
    with pytest.raises(InputError, match=told):
        run(film(12, **beside), "other.zip")


def test_an_alarm_of_running_without_a_scale_is_refused():
    with pytest.raises(InputError, match="scale"):
        run(sequence(2), "mot.zip", running=2.0)


def test_one_picture_is_nothing_to_follow():
    with pytest.raises(InputError, match="sequence"):
        run(picture(), "a.png")


@pytest.mark.parametrize("bad", BAD_PICTURES)
def test_a_bad_file_gets_one_sentence_or_an_answer(bad: str):
    case = BAD_PICTURES[bad]
    try:
        assert run(case.make(), case.name).sections
    except UserError as error:
        assert str(error).endswith((".", "!", "?")) and "Traceback" not in str(error)
