"""vision.pose: points of real people, angles of planted bodies, people followed through a video."""

import io

import av
import cv2
import numpy as np
import pytest

from core import samples
from core.contracts import Context, Film, Gallery, Keypoints, Pictures, Ranking, Records, Series, UserError, Video, dump, load
from core.intake import spool
from core.intake.pictures import pixels
from core.intake.video import read_video
from core.source import Source, open_input
from models.vision import people, pose
from models.vision.bodies import movenet, trial
from models.vision.bodies.angles import JOINTS, angles
from models.vision.bodies.following import Following
from tests.hostile.bad_pictures import BAD_PICTURES


def run(given, **params):
    return pose.run(given, pose.PoseParams(**params), Context())


def first(report, kind):
    return next((section.result for section in report.sections if isinstance(section.result, kind)), None)


def street() -> np.ndarray:
    return pixels(samples.pictures("street").items[0])


def test_people_in_the_street_have_heads_above_their_feet():
    report = run(samples.pictures("street"))
    shown = first(report, Keypoints)
    assert len(shown.points) >= 3 and shown.points.shape[1:] == (17, 3)
    seen = shown.points[..., 2] >= 0.3
    for body, is_seen in zip(shown.points[:2], seen[:2]):
        feet = [k for k in (15, 16) if is_seen[k]]
        assert feet and body[feet, 1].min() > body[0, 1] + 200
    table = first(report, Records).frame
    assert len(table) == len(shown.points)
    assert table["left knee"].dropna().between(0, 180).all()
    assert dump(load(dump(report))) == dump(report)


def test_a_mirrored_picture_gives_mirrored_points():
    seen = street()
    boxes = people.find(seen)[0][:1]
    mirrored = boxes.copy()
    mirrored[:, [0, 2]] = seen.shape[1] - boxes[:, [2, 0]]
    one = movenet.points(seen, boxes)[0]
    two = movenet.points(np.ascontiguousarray(seen[:, ::-1]), mirrored)[0][list(movenet.MIRRORED)]
    two[:, 0] = seen.shape[1] - two[:, 0]
    sure = (one[:, 2] > 0.4) & (two[:, 2] > 0.4)
    height = boxes[0, 3] - boxes[0, 1]
    assert sure.sum() >= 8
    assert np.median(np.linalg.norm(one[sure, :2] - two[sure, :2], axis=1)) < 0.04 * height


def test_angles_of_a_planted_body():
    body = np.zeros((17, 3), np.float32)
    body[:, 2] = 1
    body[5, :2], body[7, :2], body[9, :2] = (0, 0), (0, 10), (10, 10)  # left arm at a right angle
    body[12, :2], body[14, :2], body[16, :2] = (0, 0), (0, 10), (0, 20)  # right leg straight
    body[8, 2] = 0.1  # right elbow not seen
    found = dict(zip((name for name, *_ in JOINTS), angles(body, 0.3)))
    assert found["left elbow"] == pytest.approx(90)
    assert found["right knee"] == pytest.approx(180)
    assert np.isnan(found["right elbow"]) and np.isnan(found["right shoulder"])
    assert np.isnan(angles(np.zeros((17, 3), np.float32), 0.0)).all()


def test_people_keep_their_numbers_as_they_walk():
    following = Following()
    for step in range(20):
        left, right = [10 + 3 * step, 0, 60 + 3 * step, 100], [400 - 3 * step, 0, 450 - 3 * step, 100]
        assert following.numbers(np.array([left, right] if step % 2 else [right, left], float), step / 10) == (
            [2, 1] if step % 2 else [1, 2]
        )
    assert following.numbers(np.array([[900, 0, 950, 100]], float), 2.0) == [3]
    assert following.numbers(np.zeros((0, 4)), 2.1) == []


def film_of(frames: list[np.ndarray], rate: int = 10) -> Video:
    stream = io.BytesIO()
    with av.open(stream, "w", format="mp4") as out:
        track = out.add_stream("libx264", rate=rate)
        track.height, track.width, track.pix_fmt = (*frames[0].shape[:2], "yuv420p")
        for frame in frames:
            out.mux(track.encode(av.VideoFrame.from_ndarray(frame, format="rgb24")))
        out.mux(track.encode())
    return read_video(spool(stream.getvalue(), "walk.mp4"))


def test_a_video_gives_a_film_and_angles_over_time():
    person = cv2.resize(street()[380:880, 20:360], (340, 500))
    frames = []
    for step in range(8):
        frame = np.full((512, 640, 3), 128, np.uint8)
        frame[6:506, 10 * step : 10 * step + 340] = person
        frames.append(frame)
    report = run(film_of(frames), every=1)
    film = first(report, Film)
    assert film.seconds == pytest.approx(0.8, abs=0.05)
    series = first(report, Series)
    assert len(series.x) >= 5 and all(len(line) == len(series.x) for line in series.lines.values())
    assert first(report, Records).frame["Frames"].max() >= 5
    assert dump(load(dump(report))) == dump(report)


def test_only_the_first_seconds_of_a_video_are_looked_at():
    report = run(film_of([np.full((64, 64, 3), 9 * k, np.uint8) for k in range(20)]), every=2, seconds=1.0)
    assert first(report, Film).seconds == pytest.approx(1.2, abs=0.25)
    assert report.summary.values["people"] == 0


def test_one_person_who_fills_the_picture():
    x0, y0, x1, y1 = people.find(street())[0][0].astype(int)
    report = run(Pictures.of(np.ascontiguousarray(street()[y0:y1, x0:x1])), people="one")
    assert len(first(report, Keypoints).points) == 1
    assert first(report, Ranking).unit == "°"


def test_a_batch_has_a_gallery_and_a_row_for_each_person():
    one = np.ascontiguousarray(street()[300:950])
    report = run(Pictures.of([one, np.full((90, 90, 3), 128, np.uint8)], "picture"))
    assert len(first(report, Gallery).images) == 2
    assert set(first(report, Records).frame["Picture"]) == {"picture 1"}


def test_nobody_is_found_where_nobody_is():
    assert "Nobody was found" in str(run(Pictures.of(np.full((90, 90, 3), 128, np.uint8))).summary)


def test_the_bar_is_met():
    evidence = trial.street(Context())
    assert evidence.baseline < pose.CAPABILITY.bars[0].value <= evidence.score


@pytest.mark.parametrize("bad", BAD_PICTURES)
def test_a_bad_picture_or_video_gets_one_sentence(bad):
    try:
        upload = spool(BAD_PICTURES[bad].make(), BAD_PICTURES[bad].name)
        given = open_input(Source(kind="upload", name=upload.name, digest=upload.digest), (Pictures, Video))
        report = run(given, seconds=1.0)
        assert dump(load(dump(report))) == dump(report)
    except UserError as error:
        assert str(error).endswith((".", "?"))
