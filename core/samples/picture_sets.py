"""Samples of labelled pictures, unpacked once into `home("pictures")` like an uploaded archive."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np

from core.contracts import Pictures
from core.home import home, read_json, write_json
from core.intake.pictures.reading import FOLDER, FORM, INDEX, from_folder
from core.weights import checks, folders

TEST_FIFTH = 5
SCENES = 240  # of the simulated shapes
ORL_TEST = (3, 6, 9)  # pictures of each person that are put aside


class ChangedError(Exception):
    """The file or folder is not the one that was recorded."""


def mnist(name: str, path: Path, sha256: str) -> Pictures:
    """MNIST as rows of 784 pixels and the digit, split by a hash of the pixels."""
    if checks.sha256(path) != sha256:
        raise ChangedError

    def rows() -> Iterator[tuple[str, np.ndarray]]:
        import pandas as pd

        values = pd.read_csv(path, header=None).to_numpy(np.uint8)
        for place, row in enumerate(values):
            part = "test" if hashlib.sha256(row[:-1].tobytes()).digest()[0] % TEST_FIFTH == 0 else "train"
            yield f"{part}/{row[-1]}/{place:04d}.png", row[:-1].reshape(28, 28)

    return _filled(name, sha256, rows)


def orl(name: str, path: Path, sha256: str) -> Pictures:
    """The ORL faces: a folder for each person, s1 to s40, with ten PGM files."""
    if folder_sha256(path) != sha256:
        raise ChangedError

    def rows() -> Iterator[tuple[str, np.ndarray]]:
        from core.intake.pictures.pixels import read

        for person in range(1, 41):
            for number in range(1, 11):
                part = "test" if number in ORL_TEST else "train"
                pixels = read(path / f"s{person}" / f"{number}.pgm", f"{number}.pgm")
                yield f"{part}/s{person:02d}/{number:02d}.png", pixels[:, :, 0]

    return _filled(name, sha256, rows)


def archive(name: str, path: Path, sha256: str) -> Pictures:
    """A ZIP archive, read as an upload is."""
    from core.intake.pictures.reading import read_pictures
    from core.intake.uploads import spool

    if checks.sha256(path) != sha256:
        raise ChangedError
    with path.open("rb") as stream:
        return read_pictures(spool(stream, path.name))


def folder_sha256(folder: Path) -> str:
    """One SHA-256 over the names and contents of all PGM files below `folder`."""
    whole = hashlib.sha256()
    for path in sorted(folder.rglob("*.pgm"), key=lambda path: path.relative_to(folder).as_posix()):
        whole.update(path.relative_to(folder).as_posix().encode() + b"\0" + path.read_bytes())
    return whole.hexdigest()


def _filled(name: str, sha256: str, rows: Callable[[], Iterator[tuple[str, np.ndarray]]]) -> Pictures:
    """The grey pictures of `rows` as PNG files, written when they are not there yet."""

    def fill(folder: Path) -> None:
        from PIL import Image

        found: list[list[Any]] = []
        for place, (shown, grey) in enumerate(rows()):
            path = folder / f"{place:06d}.png"
            Image.fromarray(grey).save(path)
            found.append([path.name, shown, grey.shape[1], grey.shape[0], checks.digest(path)])
        write_json(folder / INDEX, {"form": FORM, "pictures": found, "files": [], "notices": []})

    return _kept(name, sha256, fill)


def _kept(name: str, sha256: str, fill: Callable[[Path], None]) -> Pictures:
    """The pictures below `home("pictures")` under that digest, which `fill(folder)` puts there when they are not there yet."""
    folder = home(FOLDER) / sha256
    try:
        index = read_json(folder / INDEX)
    except (OSError, ValueError):
        index = {}
    if index.get("form") != FORM:
        folders.make(folder, fill)
    return from_folder(sha256, name)


def shapes(name: str) -> Pictures:
    """Simulated scenes with masks of their classes, drawn anew whenever the code that draws them changes."""
    from core.samples import shapes as drawing

    def fill(folder: Path) -> None:
        from PIL import Image

        found: list[list[Any]] = []
        for seed in range(SCENES):
            for kind, pixels in zip(("images", "masks"), drawing.scene(seed)):
                path = folder / f"{len(found):06d}.png"
                Image.fromarray(pixels).save(path)
                found.append([path.name, f"{kind}/{seed:03d}.png", pixels.shape[1], pixels.shape[0], checks.digest(path)])
        (folder / "classes.txt").write_text("\n".join(("background", *drawing.KINDS)), "utf-8")
        write_json(folder / INDEX, {"form": FORM, "pictures": found, "files": [["classes.txt"] * 2], "notices": []})

    return _kept(name, checks.digest(Path(drawing.__file__)), fill)


MAKERS: dict[str, Callable[[str, Path, str], Pictures]] = {"mnist": mnist, "orl": orl, "zip": archive}
DRAWERS: dict[str, Callable[[str], Pictures]] = {"shapes": shapes}
