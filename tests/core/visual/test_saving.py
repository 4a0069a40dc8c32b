"""Results as files: drawn, named safely, one alone or several in a ZIP."""

import io
import zipfile

import numpy as np
import pytest
from PIL import Image as Pillow

from core.contracts import Boxes, Gallery, InputError, Message, Metrics, Report, Section
from core.visual import colors, encode, saving
from tests.core.visual.test_film import made

PIXELS = np.full((60, 80, 3), 128, np.uint8)
IMAGE = encode.image("cut", PIXELS, kind="webp", generated=True)
EVIL = Message("{name}", {"name": '../../etc/<p>:"a"\x00.png'})
BOXES = Boxes(EVIL, encode.image("", PIXELS), np.array([[10, 10, 50, 40]], np.float32), ("a",))


def report(*results: object) -> Report:
    return Report("t", "", tuple(Section("", result) for result in results))


def test_one_of_each():
    found = saving.files(report(BOXES, Metrics(()), Gallery("g", (IMAGE, IMAGE)), report(IMAGE)))
    assert [file.kind for file in found] == ["image/png", "image/webp", "image/webp", "image/webp"]
    assert len({file.name for file in found}) == 4
    assert not any(set(file.name) & set('/\\:<>"\x00') for file in found)
    assert saving.files(Metrics(())) == []
    assert saving.files(BOXES)[0].name.endswith(".png") and not saving.files(BOXES)[0].name.startswith(".")


def test_the_box_is_on_the_picture():
    drawn = np.asarray(Pillow.open(io.BytesIO(saving.files(BOXES)[0].content())))
    assert tuple(drawn[25, 10]) == colors.rgb(colors.color(0))


def test_the_zip_holds_all():
    found = saving.files(report(BOXES, IMAGE))
    with zipfile.ZipFile(io.BytesIO(saving.packed(found))) as archive:
        assert archive.testzip() is None
        assert archive.namelist() == [file.name for file in found]


@pytest.mark.parametrize(("ending", "kind"), [("png", "png"), ("jpg", "jpeg"), ("JPEG", "jpeg"), ("webp", "webp")])
def test_pictures_are_written_in_the_format_asked_for(tmp_path, ending, kind):
    paths = saving.write(report(BOXES, IMAGE), tmp_path / f"out.{ending}")
    assert [path.name for path in paths] == [f"out.{ending}", f"out-2.{ending}"]
    assert all(encode.media_type(path.read_bytes()) == f"image/{kind}" for path in paths)
    assert ["trainedAlgorithmicMedia" in str(Pillow.open(path).getxmp()) for path in paths] == [False, True]


def test_films_are_written(tmp_path):
    (path,) = saving.write(report(IMAGE, made()), tmp_path / "out.mp4")
    assert path.read_bytes()[4:8] == b"ftyp"
    (path,) = saving.write(report(IMAGE, made()), tmp_path / "out.zip")
    assert [name[-4:] for name in zipfile.ZipFile(path).namelist()] == ["webp", ".mp4"]


@pytest.mark.parametrize("name", ["out.gif", "out", "out.mp4", "nowhere/out.png"])
def test_what_cannot_be_written_is_told(tmp_path, name):
    with pytest.raises(InputError, match="out"):
        saving.write(IMAGE, tmp_path / name)
    with pytest.raises(InputError, match="nothing that could"):
        saving.write(Metrics(()), tmp_path / "out.png")
    assert not list(tmp_path.iterdir())
