"""Finding objects: what is on known pictures, tiles, threads, archives with the truth, training, and no network ever."""

from __future__ import annotations

import io
import json
import socket
import subprocess
import threading
from pathlib import Path

import numpy as np
import pytest

from core import cache, samples
from core.contracts import Boxes, Cancelled, Context, Film, Gallery, InputError, Pictures, Records, Table, UserError, dump, load
from core.intake import spool
from core.intake.pictures import pixels, read_pictures
from core.lifecycle.train import train
from core.source import Source, open_input
from models.vision.detect import CAPABILITY, Detect
from models.vision.detection import choose, detector, library, tiles
from models.vision.detection.detector import Settings
from models.vision.detection.training import _lines
from models.vision.names import COCO
from tests.hostile.bad_pictures import BAD_PICTURES, archive, picture, video


@pytest.fixture(autouse=True)
def no_network(monkeypatch: pytest.MonkeyPatch):
    """Whoever opens a socket to anywhere, or starts an installer, fails the test."""
    start = subprocess.Popen.__init__

    def refuse(*given: object, **named: object) -> None:
        raise AssertionError(f"the network or an installer was asked for: {given[:2]}")

    def watched(self: object, command: object, *given: object, **named: object) -> None:
        if {"pip", "uv", "apt", "apt-get", "conda"} & set(str(command).replace("'", " ").replace(",", " ").split()):
            refuse(command)
        start(self, command, *given, **named)

    monkeypatch.setattr(socket.socket, "connect", refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)
    monkeypatch.setattr(subprocess.Popen, "__init__", watched)


@pytest.fixture(scope="module")
def street() -> np.ndarray:
    return pixels(samples.pictures("street").items[0])


def run(given: object, **params: object):
    return CAPABILITY.run(given, Detect(**params), Context())


def test_the_bus_and_its_people_are_found_where_they_are():
    report = run(samples.pictures("street"))
    boxes = report.sections[0].result
    assert isinstance(boxes, Boxes) and sorted(boxes.labels) == ["bus", "person", "person", "person"]
    bus = boxes.boxes[boxes.labels.index("bus")]
    assert np.allclose(bus, (7, 228, 799, 737), atol=30)  # by eye, on the picture
    assert "NanoDet" in report.evidence.answered_by and "no YOLO" in str(report.evidence.caveats[0])
    assert dump(load(dump(report))) == dump(report)


def test_the_library_is_silent_and_offline():
    loaded = library.ultralytics()
    from ultralytics.utils import AUTOINSTALL, ONLINE
    from ultralytics.utils.events import events

    assert not ONLINE and not AUTOINSTALL and not events.enabled
    assert not any(loaded.settings[name] for name in library.SILENT)


def test_classes_are_chosen_in_english_and_chinese_and_unknown_ones_are_named():
    assert choose.wanted(COCO, "Person, bus") == (0, 5) == choose.wanted(COCO, "人，公交车") and choose.wanted(COCO, " ") == ()
    with pytest.raises(InputError, match="dragon"):
        run(samples.pictures("street"), classes="person, dragon")
    report = run(samples.pictures("street"), classes="bus")
    assert set(report.sections[0].result.labels) == {"bus"}


def test_tiles_find_people_that_are_too_small_for_the_whole_picture(street: np.ndarray):
    small = np.zeros((street.shape[0] * 3, street.shape[1] * 3, 3), np.uint8) + 110
    small[900 : 900 + street.shape[0] // 2, 900 : 900 + street.shape[1] // 2] = street[::2, ::2]
    person = (0,)
    with detector.lease("nanodet") as found:
        whole = found(small, Settings(), person)
        parts = found(small, Settings(tiles=3), person)
    assert len(parts) > len(whole)
    inside = parts.boxes[(parts.boxes[:, :2] > 880).all(1)]
    assert len(inside) == len(parts)


def test_tiles_cover_the_picture_and_merging_keeps_one_of_two():
    for width, height in ((1000, 700), (33, 5), (1, 1), (4000, 20)):
        for cut in (tiles.cut(width, height, 4), tiles.by_size(width, height, 64)):
            seen = np.zeros((height, width), bool)
            for x0, y0, x1, y1 in cut:
                assert 0 <= x0 < x1 <= width and 0 <= y0 < y1 <= height
                seen[y0:y1, x0:x1] = True
            assert seen.all()
    boxes = np.array([[0, 0, 10, 10], [0, 0, 10, 9], [0, 0, 10, 10]], np.float32)
    kept = tiles.merge(boxes, np.array([1, 1, 2]), np.array([0.5, 0.9, 0.4], np.float32), 0.5, 10)
    assert kept.tolist() == [1, 2]


def test_eight_sessions_at_once_get_the_boxes_that_one_after_another_gets_from_one_model(street: np.ndarray, monkeypatch):
    """From nothing loaded, through the capability itself, as sessions and requests do."""
    loads: list[str] = []
    real = detector.load
    monkeypatch.setattr(detector, "load", lambda name: loads.append(name) or real(name))
    given = [Pictures.of(np.roll(street, 40 * k, axis=1), f"street {k}") for k in range(8)]
    cache.forget(("detector", "nanodet"))
    together: dict[int, Boxes] = {}
    gate = threading.Barrier(len(given))

    def session(place: int) -> None:
        gate.wait()
        together[place] = run(given[place]).sections[0].result

    threads = [threading.Thread(target=session, args=(place,)) for place in range(len(given))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert loads == ["nanodet"] and sorted(together) == list(range(8))
    for place, one in enumerate(given):
        alone = run(one).sections[0].result
        assert np.array_equal(alone.boxes, together[place].boxes) and len(alone.boxes)
        assert (alone.labels, alone.scores) == (together[place].labels, together[place].scores)
    assert loads == ["nanodet"]


def zipped(truth: bool) -> Pictures:
    """Two pictures of which the truth, where it is given, is what the detector finds with a box moved away."""
    path = samples.pictures("street").items[0].path
    files = {"a.jpg": path.read_bytes(), "b.png": picture()}
    if truth:
        rows = [(1, [7, 228, 792, 509], 6), (1, [52, 397, 194, 508], 1), (1, [600, 100, 50, 50], 1), (1, [-50, 600, 100, 200], 1)]
        whole = {"images": [{"id": 1, "file_name": "a.jpg"}, {"id": 2, "file_name": "b.png"}],
                 "annotations": [{"image_id": i, "category_id": c, "bbox": b} for i, b, c in rows],
                 "categories": [{"id": 1, "name": "person"}, {"id": 6, "name": "bus"}]}  # fmt: skip
        files["ann.json"] = json.dumps(whole).encode()
    return read_pictures(spool(archive(files), "set.zip"))


def test_an_archive_gives_a_gallery_a_table_and_counts():
    report = run(zipped(truth=False))
    assert isinstance(report.sections[0].result, Gallery) and len(report.sections[0].result.images) == 2
    tables = [s.result.frame for s in report.sections if isinstance(s.result, Records)]
    assert set(tables[-1]["picture"]) == {"a.jpg"} and len(tables[-1]) == 4 and tables[0]["objects"].tolist() == [4, 0]
    assert report.evidence.score is None


def test_an_archive_with_the_truth_is_measured_and_a_box_outside_is_said():
    report = run(zipped(truth=True))
    assert report.evidence.score == pytest.approx((1 + 0.337) / 2, abs=0.02)  # the bus is right; one person of three
    assert report.evidence.baseline is not None and report.evidence.baseline < report.evidence.score
    assert any("reached beyond" in str(notice) for notice in report.notices)


def test_annotations_of_classes_that_the_model_does_not_know_are_said_and_not_measured():
    report = run(samples.pictures("trees"))
    assert report.evidence.score is None and any("Train a detector" in str(notice) for notice in report.notices)


def test_a_video_becomes_a_film_with_counts():
    upload = spool(video(), "v.mp4")
    given = open_input(Source(kind="upload", name=upload.name, digest=upload.digest), CAPABILITY.takes)
    report = run(given, stride=3)
    film = report.sections[0].result
    assert isinstance(film, Film) and film.seconds == pytest.approx(1.2, abs=0.05)


@pytest.mark.parametrize("bad", BAD_PICTURES)
def test_a_bad_picture_gets_one_sentence_or_an_answer(bad: str):
    case = BAD_PICTURES[bad]
    try:
        upload = spool(case.make(), case.name)
        given = open_input(Source(kind="upload", name=upload.name, digest=upload.digest), CAPABILITY.takes)
        assert run(given, tiles=2).sections
    except UserError as error:
        assert str(error).endswith((".", "!", "?")) and "Traceback" not in str(error)


def test_weights_that_cannot_be_had_are_one_sentence(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    monkeypatch.setenv("HF_HUB_CACHE", str(tmp_path))
    with pytest.raises(UserError, match="YOLO26"):
        run(samples.pictures("street"), model="yolo26n")


def test_a_file_of_weights_builds_nothing_but_layers(tmp_path: Path):
    import torch

    class Trap:
        def __reduce__(self):
            return (Path.write_text, (tmp_path / "sprung", "x"))

    torch.save({"model": Trap()}, tmp_path / "trap.pt")
    with pytest.raises(InputError, match="not opened"):
        detector.read(tmp_path / "trap.pt")
    assert not (tmp_path / "sprung").exists()


def test_the_librarys_own_files_are_read_and_their_fast_form_finds_the_same(tmp_path: Path, street: np.ndarray):
    import torch

    torch.manual_seed(0)
    yolo = library.ultralytics().YOLO("yolo11n.yaml", task="detect")
    for value in yolo.model.parameters():
        value.data += 0.01 * torch.randn_like(value)
    for branch in yolo.model.model[-1].cv3:  # random weights are sure of nothing
        branch[-1].bias.data += 6
    torch.save({"model": yolo.model.half(), "ema": None}, tmp_path / "yolo11n.pt")
    again = detector.read(tmp_path / "yolo11n.pt")
    assert all(torch.equal(a, b.half()) for a, b in zip(yolo.model.state_dict().values(), again.model.state_dict().values())
               if a.is_floating_point())  # fmt: skip
    plain = detector.Detector(again, detector.names_of(again), 320, "PyTorch")(street, Settings(0.001, size=320))
    (tmp_path / f"x{detector.FAST}").mkdir()
    detector.convert(again, tmp_path / f"x{detector.FAST}", 320)
    fast = detector.open_converted(tmp_path / f"x{detector.FAST}", 320)(street, Settings(0.001, size=320))
    assert len(plain) and plain.scores[0] == pytest.approx(fast.scores[0], rel=0.05)
    # Of boxes that are equally sure, either may come first.
    assert np.abs(fast.boxes - plain.boxes[0]).max(1).min() < 0.02 * max(street.shape)


def test_a_tile_has_the_boxes_of_which_it_shows_enough():
    boxes = np.array([[10, 10, 30, 30], [90, 10, 130, 30], [98, 10, 130, 30]], float)
    assert _lines(boxes, [0, 1, 1], (0, 0, 100, 100)) == ["0 0.200000 0.200000 0.200000 0.200000"]
    assert len(_lines(boxes, [0, 1, 1], (0, 0, 110, 100))) == 2


class Stopping(Context):
    """Asks to stop after some looks; notes what was told."""

    def __init__(self, folder: Path, after: int = 10**9) -> None:
        self.folder, self.after, self.looks = folder, after, 0
        self.points: dict[float, dict[str, float]] = {}

    def check(self) -> None:
        self.looks += 1
        if self.looks > self.after:
            raise Cancelled("Stopped.")

    def metric(self, step: float, **values: float) -> None:
        self.points[step] = values


def squares() -> Table:
    """Dark pictures with one white square each: anything that learns finds them."""
    from core.intake.pictures import table_of

    dice, files = np.random.default_rng(0), {}
    for number in range(8):
        x, y = dice.integers(0, 40, 2)
        canvas = np.zeros((64, 64, 3), np.uint8) + 40
        canvas[y : y + 20, x : x + 20] = 255
        import io

        from PIL import Image

        stream = io.BytesIO()
        Image.fromarray(canvas).save(stream, "PNG")
        files[f"images/{number}.png"] = stream.getvalue()
        files[f"labels/{number}.txt"] = f"0 {(x + 10) / 64} {(y + 10) / 64} {20 / 64} {20 / 64}".encode()
    return table_of(read_pictures(spool(archive(files), "squares.zip")))


def test_training_learns_saves_without_pickle_stops_and_goes_on(tmp_path: Path):
    params = CAPABILITY.learner.params(size=64, epochs=2, batch=4)
    context = Stopping(tmp_path)
    trained = train(CAPABILITY, squares(), params, context)
    assert len(trained.split.train) + len(trained.split.test) == 8 and set(context.points) == {1, 2}
    assert "train_box_loss" in context.points[1] and trained.report.evidence.baseline is not None
    assert dump(load(dump(trained.report))) == dump(trained.report)
    trained.model.save(tmp_path / "model")
    assert {path.suffix for path in (tmp_path / "model").rglob("*.*")} <= {".safetensors", ".json", ".xml", ".bin", ".yaml"}
    again = CAPABILITY.learner.load(tmp_path / "model")
    look = pixels(samples.pictures("counting").items[0])
    first, second = trained.model.boxes(look), again.boxes(look)
    assert abs(len(first[0]) - len(second[0])) <= 0.1 * len(first[0]) + 1

    folder = tmp_path / "broken"
    folder.mkdir()
    with pytest.raises(Cancelled):
        train(CAPABILITY, squares(), params, Stopping(folder, after=11))
    resumed = Stopping(folder)
    train(CAPABILITY, squares(), params, resumed)
    assert set(resumed.points) == {2}


def test_the_library_leaves_other_peoples_tools_alone() -> None:
    """Its own `Image.open` would look for a package wherever a file is no picture, in the whole process."""
    from PIL import Image, UnidentifiedImageError

    from models.vision.detection import library

    library.ultralytics()
    with pytest.raises(UnidentifiedImageError):
        Image.open(io.BytesIO(b"no picture at all"))
