"""What the values of masks mean: numbers, places of a palette or colours, told once for all masks of an archive."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any

import numpy as np

from core.contracts import InputError, Message, Pictures, UserError
from core.intake.pictures.boxes import NAMES_FILES
from core.intake.pictures.pixels import as_stored, palette
from core.language import N_

BACKGROUND, FOREGROUND = N_("background"), N_("foreground")
MOST_CLASSES = 100
NAMED_COLOR = re.compile(r"^\s*([^:,#]+?)\s*[:,]\s*(\d{1,3})\s*,\s*(\d{1,3})\s*,\s*(\d{1,3})\b")
DARK, LIGHT = 32, 223  # grey values that a compressed mask of two values stays within
VOC_VOID = "#E0E0C0"  # the colour of edges and doubt in Pascal VOC


@dataclass(frozen=True)
class Scan:
    """How often each value stands in a mask of that `size` (width, height). `kind` is grey, palette or color; of a palette, the
    colour of each value.
    """

    kind: str
    size: tuple[int, int]
    counts: dict[str, int]
    palette: dict[str, str]


def scan(name: str, path: Path) -> dict[str, Any] | None:
    """What `Scan` holds, as JSON keeps it; None where the file is damaged."""
    try:
        stored, shades = as_stored(path, name), palette(path, name)
    except UserError:
        return None
    size = [stored.shape[1], stored.shape[0]]
    if stored.ndim == 2:
        values, counts = np.unique(stored, return_counts=True)
        known = {str(int(value)): int(count) for value, count in zip(values, counts)}
        used = {value: shades[int(value)] for value in known if int(value) < len(shades)}
        return {"kind": "palette" if shades else "grey", "size": size, "counts": known, "palette": used}
    wide = stored.astype(np.int64)
    values, counts = np.unique(wide[..., 0] << 16 | wide[..., 1] << 8 | wide[..., 2], return_counts=True)
    order = np.argsort(-counts)[: 4 * MOST_CLASSES]  # more are no classes anyway, and need not be kept
    found = {f"#{int(values[k]):06X}": int(counts[k]) for k in order}
    return {"kind": "color", "size": size, "counts": found, "palette": {}}


def colors_of(scan: Scan) -> dict[str, int]:
    """How often each colour stands in a mask, whatever its kind."""
    if scan.kind == "color":
        return scan.counts
    return {scan.palette.get(value, f"#{min(int(value), 255) * 0x010101:06X}"): count for value, count in scan.counts.items()}


def meaning(
    scans: Mapping[str, Scan], names: dict[int, str], colors: dict[str, str]
) -> tuple[dict[str, str | None], list[Message]]:
    """The class of each value of the archive, None where it does not count, in the order of the values; what to tell of it."""
    as_colors = any(scan.kind == "color" for scan in scans.values()) or _palettes_differ(scans)
    total: Counter[str] = Counter()
    for scan in scans.values():
        total.update(colors_of(scan) if as_colors else scan.counts)
    if as_colors:
        return _by_color(total, colors), []
    return _by_number({int(value): count for value, count in total.items()}, names)


def _palettes_differ(scans: Mapping[str, Scan]) -> bool:
    """Whether places in palettes mean other colours from file to file; then the colours are meant, as long as they differ."""
    if any(len(set(scan.palette.values())) < len(scan.palette) for scan in scans.values()):
        return False
    pairs = {pair for scan in scans.values() for pair in scan.palette.items()}
    return len({value for value, _ in pairs}) < len(pairs) or len({shade for _, shade in pairs}) < len(pairs)


def _by_color(total: Counter[str], colors: dict[str, str]) -> dict[str, str | None]:
    unknown = [shade for shade in total if shade not in colors and shade != VOC_VOID]
    if colors and unknown:
        raise InputError(N_("The masks hold the colour {color}, which the list of classes does not have. Add it to the list, or "
                            "mend the masks."), color=sorted(unknown)[0])  # fmt: skip
    if len(total) > MOST_CLASSES:
        raise _too_many(len(total))
    named = colors or {shade: BACKGROUND if shade == "#000000" else shade for shade in total}
    return {shade: None if shade == VOC_VOID and shade not in colors else named[shade] for shade in sorted(total)}


def _by_number(total: dict[int, int], names: dict[int, str]) -> tuple[dict[str, str | None], list[Message]]:
    pixels = sum(total.values())
    ends = sum(count for value, count in total.items() if value <= DARK or LIGHT <= value <= 255)
    if any(LIGHT <= value < 255 for value in total) and max(total) <= 255 and ends >= 0.95 * pixels:
        only = Message(N_("The masks are not only black and white, as compressed pictures are: each pixel counts as the nearer "
                          "one."))  # fmt: skip
        return {"0": BACKGROUND, "255": names.get(1, FOREGROUND)}, [only]
    if len(total) > MOST_CLASSES:
        raise _too_many(len(total))
    if set(total) <= {0, 255}:
        return {"0": names.get(0, BACKGROUND), "255": names.get(1, FOREGROUND)}, []
    if set(total) <= {0, 1} and not names:
        return {"0": BACKGROUND, "1": FOREGROUND}, []
    found: dict[str, str | None] = {str(value): names.get(value, BACKGROUND if not value else f"class {value}")
                                      for value in sorted(total)}  # fmt: skip
    told: list[Message] = []
    if 255 in total and 255 not in names:
        found["255"] = None
        told.append(Message(N_("Pixels of the value 255 are left out, as edges and doubt are in Pascal VOC.")))
    return found, told


def _too_many(count: int) -> InputError:
    return InputError(
        N_("The masks hold {count} different values; at most {most} classes can be learnt. Save them as PNG, with a number or a "
           "colour for each class."), count=count, most=MOST_CLASSES,
    )  # fmt: skip


def listed_names(given: Pictures) -> dict[int, str]:
    """Classes by number, from a list with a name a line; without a line for the background, it starts from 1."""
    for shown, path in sorted(given.files.items()):
        if PurePosixPath(shown).name.lower() in NAMES_FILES:
            lines = [line.strip() for line in path.read_text("utf-8", "replace").splitlines() if line.strip()]
            first = 0 if lines and lines[0].lower() in ("background", "_background_", "背景") else 1
            return {0: BACKGROUND, **{place: line for place, line in enumerate(lines, first) if place}}
    return {}


def listed_colors(given: Pictures) -> dict[str, str]:
    """Classes by colour, from lines such as `road:128,64,128` or `road,128,64,128`."""
    for shown, path in sorted(given.files.items()):
        if not shown.lower().endswith((".txt", ".csv")):
            continue
        lines = path.read_text("utf-8", "replace").splitlines()
        found = {f"#{int(m[2]):02X}{int(m[3]):02X}{int(m[4]):02X}": m[1] for m in map(NAMED_COLOR.match, lines) if m}
        if found:
            return {shade: BACKGROUND if name.lower() == "background" else name for shade, name in found.items()}
    return {}
