"""YOLO's masks: weights with random numbers in a hub's cache, objects one by one, classes, and the hub out of reach."""

from __future__ import annotations

import hashlib
from pathlib import Path

import numpy as np
import pytest
import torch

from core import cache, samples
from core.contracts import Context, InputError, Records, Regions, UserError, dump, load
from core.intake.pictures import pixels
from models.vision import segment
from models.vision.detection import detector, library
from models.vision.detection.detector import Detector
from models.vision.segmentation import objects

# Noise has no areas, so that a smaller mask holds a little less or more of it.
NOISE = 3.0
NAME, REPOSITORY, COMMIT = "yolo11n-seg", "models--Ultralytics--YOLO11", "0" * 40


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A file as the library publishes it; its random numbers are made sure of something."""
    torch.manual_seed(0)
    yolo = library.ultralytics().YOLO(f"{NAME}.yaml", task="segment")
    for value in yolo.model.parameters():
        value.data += 0.01 * torch.randn_like(value)
    for branch in yolo.model.model[-1].cv3:
        branch[-1].bias.data += 8
    path = tmp_path_factory.mktemp("weights") / f"{NAME}.pt"
    torch.save({"model": yolo.model.half(), "ema": None}, path)
    return path


@pytest.fixture(autouse=True)
def nothing_loaded():
    """What one test has opened, no other finds."""
    yield
    for name in objects.KNOWN:
        cache.forget(("objects", name))


@pytest.fixture
def hub(file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The hub's cache with that file in it, as the hub's client leaves it."""
    content = file.read_bytes()
    blob = tmp_path / REPOSITORY / "blobs" / hashlib.sha256(content).hexdigest()
    place = tmp_path / REPOSITORY / "snapshots" / COMMIT
    for folder in (blob.parent, place, tmp_path / REPOSITORY / "refs"):
        folder.mkdir(parents=True)
    blob.write_bytes(content)
    (place / file.name).symlink_to(Path("../../blobs") / blob.name)
    (tmp_path / REPOSITORY / "refs" / "main").write_text(COMMIT)
    monkeypatch.setenv("HF_HUB_CACHE", str(tmp_path))
    return tmp_path


def run(**params: object):
    return segment.run(samples.pictures("street"), segment.SegmentParams(**params), Context())


def first(report, kind):
    return next(section.result for section in report.sections if isinstance(section.result, kind))


def test_each_object_is_a_region_and_classes_are_counted(hub: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    # The plain form: making the fast one takes a quarter of a minute, and is the same as that of the detectors.
    monkeypatch.setattr("core.device.best", lambda: "other")
    monkeypatch.setattr(detector, "device_name", lambda: "cpu")
    report = run(model=NAME, confidence=0.01)
    regions, table = first(report, Regions), first(report, Records).frame
    numbers = set(np.unique(regions.mask).tolist()) - {0}
    assert len(regions.names) > 1 and numbers <= set(range(1, len(regions.names) + 1))
    assert table["objects"].sum() == len(regions.names)
    assert dict(zip(table["class"], table["objects"])) == {name: regions.names.count(name) for name in set(regions.names)}
    share = 100 * (regions.mask > 0).mean()
    assert table["Share of the pixels (%)"].sum() == pytest.approx(share, abs=NOISE)
    assert "YOLO11-seg" in report.evidence.answered_by and report.evidence.license == "AGPL-3.0-only"
    assert dump(load(dump(report))) == dump(report)

    kind = regions.names[0]
    assert set(first(run(model=NAME, confidence=0.01, classes=kind), Regions).names) == {kind}
    with pytest.raises(InputError, match="dragon"):
        run(model=NAME, classes="dragon")


def test_a_file_that_was_changed_is_refused(hub: Path) -> None:
    blob = next((hub / REPOSITORY / "blobs").iterdir())
    blob.write_bytes(blob.read_bytes() + b"x")
    with pytest.raises(UserError, match="checksum"):
        run(model=NAME)


@pytest.mark.parametrize("name", sorted(objects.KNOWN))
def test_a_hub_out_of_reach_is_one_sentence(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HF_HUB_CACHE", str(tmp_path))
    with pytest.raises(UserError, match="model hub") as caught:
        run(model=name)
    assert "seg" in str(caught.value) and str(caught.value).endswith(".")


def test_the_surer_object_has_the_pixel_and_the_fast_form_finds_the_same_ground(file: Path, tmp_path: Path) -> None:
    street = pixels(samples.pictures("street").items[0])
    plain = detector.read(file, objects.TASK)
    found = objects.find(Detector(plain, detector.names_of(plain), 320, "PyTorch"), street, 0.001)
    assert found.whose.shape == street.shape[:2] and (np.diff(found.scores) <= 0).all()
    assert len(found.scores) == len(found.classes) <= objects.MOST
    folder = tmp_path / f"x{detector.FAST}"
    folder.mkdir()
    detector.convert(plain, folder, 320)
    fast = objects.find(detector.open_converted(folder, 320, objects.TASK), street, 0.001)
    assert ((fast.whose > 0) == (found.whose > 0)).mean() > 0.95


def test_nothing_found_is_said(hub: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("core.device.best", lambda: "other")
    monkeypatch.setattr(detector, "device_name", lambda: "cpu")
    report = run(model=NAME, confidence=0.99)
    assert "Nothing was found" in str(report.summary) and not first(report, Regions).names
