"""Masks that come with an archive of pictures: beside each picture one that says of every pixel to which class it belongs.

Layouts: `images/` and `masks/` with the same names, `name_mask.png` beside `name.jpg`, Pascal VOC's `JPEGImages/` and
`SegmentationClass/` (Everingham et al. 2010). A mask holds 0 and 255, class numbers, places of a palette, or a colour for each
class. What its values mean is decided once for the whole archive; where a file names the classes (a list, or lines such as
`road:128,64,128`), it is believed.

In a table a mask is a cell of JSON: the reference of its file and the class of each value that occurs in it (null where pixels
do not count), or polygons.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any

import numpy as np

from core.contracts import InputError, Message, Picture, Pictures
from core.device import cores
from core.home import home, read_json, write_json
from core.intake import sniff
from core.intake.pictures import mask_values
from core.intake.pictures.mask_values import BACKGROUND, Scan
from core.intake.pictures.pixels import as_stored
from core.language import N_

VOID = 255  # of decoded masks: pixels that do not count
MASK_FOLDERS = ("masks", "mask", "segmentationclass", "segmentationclasspng", "labels", "annotations")
PICTURE_FOLDERS = ("images", "image", "imgs", "img", "jpegimages", "pictures", "photos", "图片")
PASSED_OVER = ("segmentationobject",)  # VOC's numbers of objects, which are no classes
SUFFIX = re.compile(r"[ ._-](mask|label|seg|segmentation)$", re.IGNORECASE)
RATIO_APART = 0.02  # of width to height, up to which a mask of another size is that of its picture
FORM = 1  # of what is kept of an archive's masks


@dataclass(frozen=True)
class Masks:
    """`cells` by the names of the pictures; `classes` in the order of their values."""

    cells: Mapping[str, str]
    classes: tuple[str, ...]
    notices: tuple[Message, ...] = ()


def apart(items: Sequence[Picture]) -> tuple[tuple[Picture, ...], dict[str, Path]]:
    """The pictures of an archive, and the files, by their names, that are masks of them."""
    pairs, others = _pairs([item.name for item in items])
    if not pairs:
        return tuple(items), {}
    masks = set(others)
    return (tuple(item for item in items if item.name not in masks),
            {item.name: item.path for item in items if item.name in masks and item.path})  # fmt: skip


def read(given: Pictures) -> Masks | None:
    """The masks among `given.files`; None where there are none.

    Raises InputError where all of them are unlike their pictures, or their values are no classes.
    """
    drawn = {name: path for name, path in given.files.items() if path.suffix[1:] in sniff.PICTURE_KINDS}
    pairs, _ = _pairs([*(item.name for item in given.items), *drawn]) if drawn else ({}, [])
    pairs = {name: mask for name, mask in pairs.items() if mask in drawn}
    if not pairs:
        return None
    scans = _scanned({mask: drawn[mask] for mask in pairs.values()})
    sizes = {item.name: (item.width, item.height) for item in given.items}
    damaged = [mask for mask in pairs.values() if mask not in scans]
    strange = [mask for name, mask in pairs.items() if mask in scans and not _alike(sizes[name], scans[mask].size)]
    fitting = {name: mask for name, mask in pairs.items() if mask in scans and mask not in set(strange)}
    if not scans:
        raise InputError(N_("None of the masks can be opened. Save them as PNG and upload them again."))
    if not fitting:
        raise InputError(N_("No mask has the size of its picture, e.g. {name}. Give each picture a mask of its own size."),
                         name=strange[0])  # fmt: skip
    scans = {mask: scans[mask] for mask in fitting.values()}
    meaning, notices = mask_values.meaning(scans, mask_values.listed_names(given), mask_values.listed_colors(given))
    by_color = any(value.startswith("#") for value in meaning)
    cells = {}
    for name, mask in fitting.items():
        values = mask_values.colors_of(scans[mask]) if by_color else scans[mask].counts
        known = {value: meaning[value] for value in values if value in meaning}
        file = f"{drawn[mask].parent.name}/{drawn[mask].name}"
        cells[name] = json.dumps({"file": file, "classes": known}, ensure_ascii=False)
    told = _told(len(given) - len(pairs), strange, damaged)
    return Masks(cells, tuple(dict.fromkeys(name for name in meaning.values() if name)), (*notices, *told))


def polygons_cell(outlines: Sequence[tuple[str, Sequence[Sequence[float]]]], width: int, height: int) -> str:
    """The cell of a mask that is given as polygons (class, points x, y, x, y… in pixels each), the later ones on top."""
    return json.dumps({"size": [width, height], "polygons": outlines}, ensure_ascii=False)


def names_in(cell: str) -> tuple[str, ...]:
    """The classes that occur in a mask. Raises InputError where the cell is none of ours."""
    known = _parsed(cell)
    if "polygons" in known:
        return tuple(dict.fromkeys((BACKGROUND, *(str(name) for name, _ in known["polygons"]))))
    return tuple(dict.fromkeys(name for name in known["classes"].values() if name))


def decoded(cell: str, classes: Sequence[str], others: int = VOID) -> np.ndarray:
    """The mask, uint8 (height, width): the place of each pixel's class in `classes`, `VOID` where it does not count, `others`
    where it is of another class.

    Raises InputError where the cell is none of ours or the file is damaged, NotFoundError where it is gone.
    """
    known = _parsed(cell)
    place = {name: number for number, name in enumerate(classes)}
    if "polygons" in known:
        return _filled(known, place, others)
    from core.intake.pictures.sets import path_of

    stored = _packed(as_stored(path_of(known["file"]), PurePosixPath(known["file"]).name), known["classes"])
    values = np.array([int(value.lstrip("#"), 16 if value.startswith("#") else 10) for value in known["classes"]], np.int64)
    targets = np.array([VOID if name is None else place.get(name, others) for name in known["classes"].values()], np.uint8)
    order = np.argsort(values)
    values, targets = values[order], targets[order]
    # A compressed mask has values between those that are listed: the nearest one is meant.
    nearest = np.searchsorted((values[1:] + values[:-1]) / 2, stored.ravel(), side="right")
    return targets[nearest].reshape(stored.shape)


def _parsed(cell: str) -> dict[str, Any]:
    try:
        known = json.loads(cell)
        if "polygons" in known:
            assert all(isinstance(name, str) for name, _ in known["polygons"]) and len(known["size"]) == 2
        else:
            assert isinstance(known["file"], str) and known["classes"]
        return dict(known)
    except (ValueError, TypeError, KeyError, AssertionError, AttributeError) as error:
        raise InputError(N_("A mask in this table cannot be read. Upload the archive again.")) from error


def _packed(stored: np.ndarray, classes: dict[str, Any]) -> np.ndarray:
    """A number for each pixel: colours as one of 24 bits, where the classes are told by colours."""
    if not any(value.startswith("#") for value in classes):
        return stored if stored.ndim == 2 else stored[..., 0]
    if stored.ndim == 2:
        stored = np.repeat(stored[..., None], 3, 2)
    wide = stored.astype(np.int64)
    return wide[..., 0] << 16 | wide[..., 1] << 8 | wide[..., 2]


def _filled(known: dict[str, Any], place: dict[str, int], others: int) -> np.ndarray:
    import cv2

    width, height = (int(side) for side in known["size"])
    mask = np.full((height, width), place.get(BACKGROUND, others), np.uint8)
    for name, rings in known["polygons"]:
        corners = [np.array(ring, np.float64).reshape(-1, 2).round().astype(np.int32) for ring in rings]
        cv2.fillPoly(mask, corners, place.get(name, others))
    return mask


def _pairs(names: Sequence[str]) -> tuple[dict[str, str], list[str]]:
    """Pictures with their masks, by name, and everything that is no picture to look at."""
    masks: dict[tuple[tuple[str, ...], str], str] = {}
    pictures: dict[tuple[tuple[str, ...], str], str] = {}
    passed: list[str] = []
    for name in names:
        *folders, file = PurePosixPath(name).parts
        low, stem = [folder.lower() for folder in folders], PurePosixPath(file).stem
        inner = tuple(folder for folder in low if folder not in (*MASK_FOLDERS, *PICTURE_FOLDERS))
        if any(folder in PASSED_OVER for folder in low):
            passed.append(name)
        elif SUFFIX.search(stem) or any(folder in MASK_FOLDERS for folder in low):
            masks.setdefault((inner, SUFFIX.sub("", stem)), name)
            masks.setdefault((inner, stem), name)
        else:
            pictures.setdefault((inner, stem), name)
    found = {name: masks[key] for key, name in pictures.items() if key in masks}
    every = list(dict.fromkeys(masks.values()))
    if 2 * len(found) < len(every):  # folders that are called so by chance
        return {}, []
    return found, every + passed


def _alike(first: tuple[int, int], second: tuple[int, int]) -> bool:
    return abs(first[0] * second[1] / max(first[1] * second[0], 1) - 1) <= RATIO_APART


def _scanned(masks: Mapping[str, Path]) -> dict[str, Scan]:
    """Every mask's values, by its name; damaged ones are missing. What was seen is kept beside the prints."""
    kept = {archive: _kept(archive) for archive in {path.parent.name for path in masks.values()}}
    wanted = [(name, path) for name, path in masks.items() if path.name not in kept[path.parent.name]]
    with ThreadPoolExecutor(cores()) as pool:
        for (_, path), scan in zip(wanted, pool.map(lambda pair: mask_values.scan(*pair), wanted)):
            kept[path.parent.name][path.name] = scan
    for archive in {path.parent.name for _, path in wanted}:
        write_json(home("masks") / f"{archive}.json", {"form": FORM, "masks": kept[archive]})
    found = {name: kept[path.parent.name][path.name] for name, path in masks.items()}
    return {name: Scan(scan["kind"], tuple(scan["size"]), scan["counts"], scan["palette"])
            for name, scan in found.items() if scan is not None}  # fmt: skip


def _kept(archive: str) -> dict[str, Any]:
    try:
        known = read_json(home("masks") / f"{archive}.json")
        return dict(known["masks"]) if known["form"] == FORM else {}
    except (OSError, ValueError, KeyError, TypeError):
        return {}


def _told(without: int, strange: list[str], damaged: list[str]) -> tuple[Message, ...]:
    sentences = (
        (without, N_("{count} pictures have no mask: they are not learnt from.")),
        (len(strange), N_("{count} masks have another shape than their picture and were left out, e.g. {name}.")),
        (len(damaged), N_("{count} masks cannot be opened and were left out, e.g. {name}.")),
    )
    first = {1: strange, 2: damaged}
    return tuple(Message(said, {"count": count, **({"name": first[place][0]} if place else {})})
                 for place, (count, said) in enumerate(sentences) if count)  # fmt: skip
