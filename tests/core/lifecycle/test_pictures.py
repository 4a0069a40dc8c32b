"""The leak guard on pictures: copies are found whatever was done to them, and nothing else is."""

import io
import os
import time
import zipfile
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageEnhance

from core import samples
from core.contracts import Context, InputError, Table, TrainingParams, column
from core.intake import roles, spool
from core.intake.pictures import path_of, read, read_pictures, table_of
from core.lifecycle import baselines, guard, picture_prints
from core.lifecycle.columns import resolve, with_roles
from core.lifecycle.mends import mend
from core.lifecycle.split import split_rows


class Params(TrainingParams):
    picture: str = column("picture", title="Picture column", help="The pictures.")


CLASSES = ("cat", "dog")


def scene(seed: int, size: tuple[int, int] = (96, 80)) -> Image.Image:
    """A picture that is like no other: smooth blobs with a few hard edges."""
    dice = np.random.default_rng(seed)
    image = Image.fromarray(dice.integers(0, 256, (6, 7, 3), dtype=np.uint8)).resize(size, Image.Resampling.BICUBIC)
    pixels = np.asarray(image).copy()
    for _ in range(4):
        x, y = dice.integers(0, size[0] - 20), dice.integers(0, size[1] - 20)
        pixels[y : y + 18, x : x + 12] = dice.integers(0, 256, 3)
    return Image.fromarray(pixels)


def as_bytes(image: Image.Image, kind: str = "PNG", **options: object) -> bytes:
    stream = io.BytesIO()
    image.save(stream, kind, **options)
    return stream.getvalue()


def zipped(files: dict[str, bytes]) -> Table:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return table_of(read_pictures(spool(stream.getvalue(), "pictures.zip")))


COPIES = {
    "half as large": lambda image: as_bytes(image.resize((48, 40), Image.Resampling.LANCZOS)),
    "larger": lambda image: as_bytes(image.resize((150, 125), Image.Resampling.BICUBIC)),
    "recompressed": lambda image: as_bytes(image, "JPEG", quality=35),
    "brighter": lambda image: as_bytes(ImageEnhance.Brightness(image).enhance(1.1)),
}
NO_COPIES = {
    "mirrored": lambda image: as_bytes(image.transpose(Image.Transpose.FLIP_LEFT_RIGHT)),
    "other colours": lambda image: as_bytes(Image.merge("RGB", [image.convert("L")] * 3)),
    "another cut": lambda image: as_bytes(image.crop((24, 20, 96, 80))),
}


@pytest.fixture(scope="module")
def originals() -> dict[str, bytes]:
    return {f"{part}/{CLASSES[k % 2]}/{k:02d}.png": as_bytes(scene(k)) for part, numbers in
            (("train", range(24)), ("test", range(24, 36))) for k in numbers}  # fmt: skip


def kinds(table: Table, params: Params | None = None) -> dict[str, guard.Finding]:
    return {finding.kind: finding for finding in guard.inspect(table, params or Params())}


def test_a_clean_set_has_no_findings(originals: dict[str, bytes]) -> None:
    assert kinds(zipped(originals)) == {}


@pytest.mark.parametrize("how", COPIES)
def test_a_copy_across_the_split_is_found_and_mended(originals: dict[str, bytes], how: str) -> None:
    table = zipped({**originals, "test/cat/copy": COPIES[how](scene(0))})
    found = kinds(table)
    assert set(found) == {"near_duplicates"} and found["near_duplicates"].rows == 1
    assert found["near_duplicates"].examples[0][1] == "test/cat/copy"
    params = Params(mends=guard.recommended(tuple(found.values())))
    mended = mend(table, params.mends, params)
    split = split_rows(mended, params)
    learnt = set(mended.frame["name"].iloc[np.concatenate([split.train, split.validation])])
    assert "train/cat/00.png" not in learnt and len(learnt) == 23
    assert kinds(mended, params) == {}


@pytest.mark.parametrize("how", NO_COPIES)
def test_what_is_no_copy_is_none(originals: dict[str, bytes], how: str) -> None:
    assert kinds(zipped({**originals, "test/cat/other.png": NO_COPIES[how](scene(0))})) == {}


def test_same_pixels_in_another_format_are_exact_duplicates(originals: dict[str, bytes]) -> None:
    table = zipped({**originals, "test/cat/same.bmp": as_bytes(scene(0), "BMP")})
    found = kinds(table)
    assert set(found) == {"exact_duplicates"} and found["exact_duplicates"].message.values["straddling"] == 1
    mended = mend(table, ("drop_exact_duplicates",), Params())
    assert "train/cat/00.png" not in set(mended.frame["name"]) and "test/cat/same.bmp" in set(mended.frame["name"])


def test_one_picture_under_two_labels_contradicts_itself(originals: dict[str, bytes]) -> None:
    table = zipped({**originals, "train/dog/same.png": originals["train/cat/00.png"]})
    found = kinds(table)
    assert found["contradictions"].rows == 2
    assert len(mend(table, ("drop_contradictions",), Params())) == len(table) - 2


def test_a_picture_that_ends_too_early_is_named_and_left_out(originals: dict[str, bytes]) -> None:
    cut = as_bytes(scene(90, (640, 480)), "JPEG")[:4_000]
    table = zipped({**originals, "train/dog/cut.jpg": cut})
    found = kinds(table)
    assert found["broken_picture"].severity == "stop" and found["broken_picture"].examples[0][1] == "train/dog/cut.jpg"
    assert len(mend(table, ("drop_broken_pictures",), Params())) == len(originals)


@pytest.mark.parametrize("name", ["mnist_5k", "faces_orl"])
def test_no_false_alarm_on_the_samples(name: str) -> None:
    found = kinds(samples.load(name))
    assert found == {}


def test_the_role_is_guessed_and_filled_in(originals: dict[str, bytes]) -> None:
    table = zipped(originals)
    assert roles.guess(table.frame, "picture") == "picture"
    found = resolve(table, Params())
    assert found.pictures == "picture" and found.target == "label" and "name" in found.taken
    assert with_roles(Params(), found).picture == "picture"
    with pytest.raises(InputError, match="ZIP"):
        resolve(Table(table.frame.drop(columns="picture")), Params())
    with pytest.raises(InputError, match="another target"):
        resolve(table, Params(target="picture"))
    assert {finding.kind for finding in guard.inspect(table, Params(picture="name"))} == {"broken_picture"}


def test_prints_are_computed_once(originals: dict[str, bytes], monkeypatch: pytest.MonkeyPatch) -> None:
    table = zipped(originals)
    first = picture_prints.prints(table.frame["picture"].tolist())
    monkeypatch.setattr(picture_prints, "_print", lambda reference: pytest.fail("computed again"))
    picture_prints._kept.cache_clear()
    again = picture_prints.prints(table.frame["picture"].tolist()[::-1])
    assert again.keys == first.keys[::-1] and (again.grey == first.grey[::-1]).all()


def test_a_torn_file_of_prints_is_made_anew(originals: dict[str, bytes], own_home: Path) -> None:
    table = zipped(originals)
    first = picture_prints.prints(table.frame["picture"].tolist())
    (path,) = (own_home / "prints").glob("*.npz")
    path.write_bytes(path.read_bytes()[:100])
    os.utime(path, (time.time() + 5,) * 2)
    assert picture_prints.prints(table.frame["picture"].tolist()).keys == first.keys


def test_reading_stops_when_asked(originals: dict[str, bytes]) -> None:
    class Impatient(Context):
        def check(self) -> None:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        picture_prints.prints(zipped(originals).frame["picture"].tolist(), Impatient())


def test_the_pixel_baseline_learns_brightness_and_colour() -> None:
    dice = np.random.default_rng(0)
    files = {}
    for k in range(40):
        color = ((200, 60, 60), (60, 60, 200))[k % 2]
        pixels = np.clip(np.array(color) + dice.integers(-30, 30, (24, 24, 3)), 0, 255).astype(np.uint8)
        files[f"{('red', 'blue')[k % 2]}/{k}.png"] = as_bytes(Image.fromarray(pixels))
    table = zipped(files)
    values = baselines.pixel_values(table.frame["picture"].tolist())
    sets = [(label,) for label in table.frame["label"]]
    picked = np.arange(40) % 4 == 0  # both classes alternate within the folders
    answer = baselines.pixel_regression(
        (values[~picked], [s for s, p in zip(sets, picked) if not p]), (values[:0], []), (values[picked], ()),
        tuple(table.frame["name"][picked]), multilabel=False,
    )  # fmt: skip
    assert answer.best == tuple(table.frame["label"][picked])


def test_a_large_jpeg_is_read_small(own_home: Path) -> None:
    table = zipped({f"a/{k}.jpg": as_bytes(scene(k, (1600, 1200)), "JPEG") for k in range(2)})
    path = path_of(table.frame["picture"][0])
    assert read(path, "0.jpg").shape == (1200, 1600, 3)
    assert 64 <= min(read(path, "0.jpg", least=64).shape[:2]) <= 300


class Told(Context):
    """Notes the progress, and stops the work at the report with that number."""

    def __init__(self, stop_at: int = 0) -> None:
        self.shares: list[float] = []
        self.stop_at = stop_at

    def progress(self, share: float, message: str = "", **values: object) -> None:
        self.shares.append(share)
        if len(self.shares) == self.stop_at:
            raise KeyboardInterrupt  # like Streamlit's own: no Exception


def test_the_look_at_pictures_tells_how_far_it_is_and_keeps_what_it_read(originals, monkeypatch) -> None:
    monkeypatch.setattr(picture_prints, "CHUNK", 4)
    table = zipped(originals | {"train/cat/told.png": as_bytes(scene(77))})
    with pytest.raises(KeyboardInterrupt):
        guard.inspect(table, Params(), (), Told(stop_at=3))
    read_again: list[str] = []
    real = picture_prints._print
    monkeypatch.setattr(picture_prints, "_print", lambda reference: read_again.append(reference) or real(reference))
    told = Told()
    assert guard.inspect(table, Params(), (), told) == ()
    assert len(read_again) == len(table) - 12
    assert told.shares == sorted(told.shares) and told.shares[0] > 0 and 0.8 <= max(told.shares) <= 1
