"""Boxes that come with an archive of pictures: COCO's JSON, or YOLO's text files with a `data.yaml`.

COCO: Lin et al. 2014, "images", "annotations" with `bbox` (x, y, width, height in pixels), "categories". YOLO: a text file for
each picture, in `labels/` or beside it, a line an object: class, then centre, width and height (or a polygon) as shares of the
picture.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import Any

from core.contracts import InputError, Message, Picture, Pictures
from core.intake.limits import MAX_JSON_BYTES
from core.language import N_

Box = tuple[str, float, float, float, float]  # class, x0, y0, x1, y1 in pixels of the upright picture
Outline = tuple[str, list[list[float]]]
LEAST = 1.0  # pixels of a side that is still a box
NAMES_FILES = ("classes.txt", "obj.names", "names.txt", "labels.txt")


@dataclass(frozen=True)
class Annotations:
    """The right answers: for each annotated picture (by its name) its boxes, maybe none; `classes` in the file's order."""

    classes: tuple[str, ...]
    boxes: Mapping[str, tuple[Box, ...]]
    notices: tuple[Message, ...] = ()
    # Of each picture, the objects that COCO outlines: class, and polygons x, y, x, y… in pixels.
    outlines: Mapping[str, tuple[Outline, ...]] = field(default_factory=dict)


@dataclass
class _Faults:
    """What was found wrong, for the notices."""

    clipped: int = 0
    outside: int = 0
    unread: int = 0
    crowds: int = 0
    strangers: set[str] = field(default_factory=set)

    def notices(self) -> tuple[Message, ...]:
        strangers = ", ".join(sorted(self.strangers)[:5])
        sentences = (
            (self.clipped, N_("{count} boxes reached beyond their picture and were cut at its edge.")),
            (self.outside, N_("{count} boxes lie outside of their picture or have no area, and were left out.")),
            (self.unread, N_("{count} annotations could not be read and were left out.")),
            (self.crowds, N_("{count} boxes around crowds were left out: they stand for no single object.")),
            (len(self.strangers), N_("{count} annotated pictures are not in the archive, e.g. {names}.")),
        )
        return tuple(Message(said, {"count": count, "names": strangers} if "{names}" in said else {"count": count})
                     for count, said in sentences if count)  # fmt: skip


def read(given: Pictures) -> Annotations | None:
    """The annotations among `given.files`, COCO's first; None where there are none.

    Raises InputError where a file is COCO's but is damaged.
    """
    return _coco(given) or _yolo(given)


def _coco(given: Pictures) -> Annotations | None:
    faults, classes = _Faults(), dict[str, None]()
    found: dict[str, list[Box]] = {}
    outlines: dict[str, list[Outline]] = {}
    for shown, path in sorted(given.files.items()):
        whole = _json(shown, path)
        if whole is None:
            continue
        try:
            names = {_key(item["id"]): str(item["name"]) for item in whole["categories"]}
            pictures = {_key(item["id"]): str(item["file_name"]) for item in whole["images"]}
            classes |= dict.fromkeys(names.values())
            _fill_coco(given, shown, whole["annotations"], names, pictures, found, outlines, faults)
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            raise InputError(
                N_("{name} looks like COCO's annotations but is damaged: {problem} is missing or wrong. Export it anew."),
                name=shown, problem=str(error)[:80],
            ) from error  # fmt: skip
    if not found:
        return None
    drawn = {name: tuple(outlines.get(name, ())) for name in found} if outlines else {}
    return Annotations(tuple(classes), {name: tuple(rows) for name, rows in found.items()}, faults.notices(), drawn)


def _json(shown: str, path: Path) -> dict[str, Any] | None:
    """The content of a JSON file in COCO's form; None for any other file."""
    if not shown.lower().endswith(".json") or path.stat().st_size > MAX_JSON_BYTES:
        return None
    try:
        whole = json.loads(path.read_bytes())
    except (ValueError, RecursionError):
        return None
    return whole if isinstance(whole, dict) and {"images", "annotations"} <= set(whole) else None


def _key(value: Any) -> str:
    if isinstance(value, dict | list):
        raise ValueError("id")
    return str(value)


def _fill_coco(
    given: Pictures, shown: str, annotations: Iterable[dict[str, Any]], names: dict[str, str], pictures: dict[str, str],
    found: dict[str, list[Box]], outlines: dict[str, list[Outline]], faults: _Faults,
) -> None:  # fmt: skip
    by_name = {item.name: item for item in given.items}
    by_end: dict[str, list[Picture]] = {}
    for item in given.items:
        by_end.setdefault(PurePosixPath(item.name).name, []).append(item)
    beside = str(PurePosixPath(shown).parent)
    known: dict[str, Picture] = {}
    for key, name in pictures.items():
        alike = by_end.get(PurePosixPath(name).name, [])
        meant = by_name.get(f"{beside}/{name}") or by_name.get(name) or (alike[0] if len(alike) == 1 else None)
        if meant is None:
            faults.strangers.add(name)
            continue
        known[key] = meant
        found.setdefault(meant.name, [])
    for annotation in annotations:
        picture = known.get(_key(annotation["image_id"]))
        if picture is None:
            continue
        if annotation.get("iscrowd"):
            faults.crowds += 1
            continue
        label, corners = names.get(_key(annotation["category_id"])), annotation.get("bbox")
        if label is None or not _are_numbers(corners, 4):
            faults.unread += 1
            continue
        rings = annotation.get("segmentation")
        if isinstance(rings, list) and rings and all(_is_ring(ring) for ring in rings):
            outlines.setdefault(picture.name, []).append((label, rings))
        x, y, width, height = (float(value) for value in corners or ())
        _add(found[picture.name], picture, label, (x, y, x + width, y + height), faults)


def _are_numbers(values: Any, count: int) -> bool:
    return (
        isinstance(values, list)
        and len(values) == count
        and all(isinstance(value, int | float) and math.isfinite(value) for value in values)
    )


def _is_ring(values: Any) -> bool:
    return isinstance(values, list) and len(values) >= 6 and len(values) % 2 == 0 and _are_numbers(values, len(values))


def _add(rows: list[Box], item: Picture, name: str, corners: tuple[float, float, float, float], faults: _Faults) -> None:
    """One more box, cut at the picture's edge."""
    x0, x1 = (min(max(value, 0.0), float(item.width)) for value in (corners[0], corners[2]))
    y0, y1 = (min(max(value, 0.0), float(item.height)) for value in (corners[1], corners[3]))
    if x1 - x0 < LEAST or y1 - y0 < LEAST:
        faults.outside += 1
        return
    faults.clipped += max(abs(a - b) for a, b in zip((x0, y0, x1, y1), corners)) > 1.0
    rows.append((name, x0, y0, x1, y1))


def _yolo(given: Pictures) -> Annotations | None:
    names = _yolo_names(given)
    labels = {place: path for place, path in given.files.items() if place.lower().endswith(".txt")}
    faults, used = _Faults(), dict[int, None]()
    found: dict[str, list[Box]] = {}
    for item in given.items:
        path = next((labels[place] for place in _places(item.name) if place in labels), None)
        found[item.name] = []
        for line in path.read_text("utf-8", "replace").splitlines() if path else ():
            parsed = _line(line)
            if parsed is None:
                faults.unread += bool(line.strip())
                continue
            number, shares = parsed
            used[number] = None
            corners = tuple(share * side for share, side in zip(shares, (item.width, item.height) * 2))
            _add(found[item.name], item, _named(names, number), corners, faults)  # type: ignore[arg-type]
    if not any(found.values()):
        return None
    everything = [*names.values(), *(_named(names, number) for number in sorted(used))]
    empty = sum(not rows for rows in found.values())
    notices = faults.notices()
    if empty:
        notices += (Message(N_("{count} pictures have no boxes: they count as empty."), {"count": empty}),)
    return Annotations(tuple(dict.fromkeys(everything)), {name: tuple(rows) for name, rows in found.items()}, notices)


def _places(name: str) -> list[str]:
    """Where the labels of a picture may stand: in a folder `labels` in the place of `images`, or beside it."""
    plain = str(PurePosixPath(name).with_suffix(".txt"))
    parts = PurePosixPath(plain).parts
    swapped = [str(PurePosixPath(*parts[:k], "labels", *parts[k + 1 :])) for k, part in enumerate(parts[:-1]) if part == "images"]
    return [*reversed(swapped), str(PurePosixPath("labels") / parts[-1]), plain]


def _line(line: str) -> tuple[int, tuple[float, float, float, float]] | None:
    """Class and corners as shares of the picture, of a box or of the polygon around it."""
    cells = line.split()
    try:
        number, values = int(float(cells[0])), [float(cell) for cell in cells[1:]]
    except (ValueError, IndexError, OverflowError):
        return None
    if number < 0 or not all(map(math.isfinite, values)):
        return None
    if len(values) in (4, 5):  # a fifth is a confidence
        x, y, width, height = values[:4]
        return number, (x - width / 2, y - height / 2, x + width / 2, y + height / 2)
    if len(values) >= 6 and len(values) % 2 == 0:
        return number, (min(values[::2]), min(values[1::2]), max(values[::2]), max(values[1::2]))
    return None


def _named(names: dict[int, str], number: int) -> str:
    return names.get(number, f"class {number}")


def _yolo_names(given: Pictures) -> dict[int, str]:
    """The classes of a `data.yaml`, or of a list of names; empty where there is none."""
    import yaml

    for shown, path in sorted(given.files.items()):
        if not shown.lower().endswith((".yaml", ".yml")):
            continue
        try:
            names = yaml.safe_load(path.read_text("utf-8", "replace"))["names"]
            return {int(k): str(v) for k, v in (names.items() if isinstance(names, dict) else enumerate(names))}
        except (yaml.YAMLError, KeyError, TypeError, ValueError, RecursionError):
            continue
    for shown, path in given.files.items():
        if PurePosixPath(shown).name.lower() in NAMES_FILES:
            return dict(enumerate(line.strip() for line in path.read_text("utf-8", "replace").splitlines() if line.strip()))
    return {}
