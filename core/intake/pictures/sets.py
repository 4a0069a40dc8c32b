"""Sets of labelled pictures as tables, so that guard, split and evaluation work on them as on any table.

A row is a picture. The column `picture` holds a reference (`find` opens it), `name` what the user calls it, `label` its class by
its folder; a table in the archive adds its own columns; `split` follows from folders called train, val or test. Where the archive
brings boxes, the column `boxes` holds those of each picture as JSON: a list of [class, x0, y0, x1, y1] in pixels. Where it brings
masks, the column `mask` holds a cell of `core.intake.pictures.masks` for each.
"""

from __future__ import annotations

import json
import re
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

from core.contracts import InputError, Message, NotFoundError, Picture, Pictures, Table, UserError
from core.home import home
from core.intake import sniff
from core.intake.pictures import boxes, masks
from core.intake.pictures.pixels import header
from core.intake.tables import read_table
from core.intake.uploads import Upload
from core.language import N_
from core.weights import checks

if TYPE_CHECKING:
    import pandas as pd

PICTURE, NAME, LABEL, SPLIT, BOXES, MASK = "picture", "name", "label", "split", "boxes", "mask"
PARTS = {"train": "train", "training": "train", "test": "test", "testing": "test", "val": "validation", "valid": "validation",
         "validation": "validation"}  # fmt: skip
_REFERENCE = re.compile(r"[0-9a-f]{64}/[0-9]{6}\.[a-z]{3,5}")
_NOT_LABELS = ("images", "image", "pictures", "img", "imgs", "图片")  # folders that say nothing of what is in them


def reference(picture: Picture) -> str:
    """What stands for the picture in a table: the archive's digest and the file's number in it."""
    found = reference_if_any(picture)
    assert found, "only pictures of an archive have one"
    return found


def reference_if_any(picture: Picture) -> str:
    """The same; empty for a picture that did not come in an archive."""
    path = picture.path
    found = f"{path.parent.name}/{path.name}" if path is not None else ""
    return found if is_reference(found) else ""


def is_reference(cell: object) -> bool:
    """Whether a table's cell has the form of a reference."""
    return isinstance(cell, str) and bool(_REFERENCE.fullmatch(cell))


def path_of(reference: str) -> Path:
    """The file of the picture that a table names. Raises NotFoundError where it is gone or the text is no reference."""
    if not is_reference(reference):
        raise NotFoundError(N_("This is not the name of an uploaded picture. Upload the archive again."))
    path = home("pictures") / reference
    if not path.is_file():
        raise NotFoundError(N_("This picture is not on the server any more. Upload the archive again."))
    return path


def find(reference: str) -> Picture:
    """The picture that a table names. Raises NotFoundError where it is gone or the text is no reference."""
    path = path_of(reference)
    width, height, _ = header(path, path.name)
    return Picture(path.name, width, height, checks.digest(path), path)


def table_of(given: Pictures) -> Table:
    """The pictures of an archive as a table. Raises InputError for pictures that did not come in one."""
    import pandas as pd

    if not all(reference_if_any(item) for item in given.items):
        raise InputError(N_("To learn from pictures, give them as one ZIP archive: a folder for each class, or with a table."))
    masked = masks.read(given)
    names = [item.name for item in given.items]
    folders = [folders_of(name) for name in names]
    frame = pd.DataFrame({PICTURE: [reference(item) for item in given.items], NAME: names})
    marked = None if masked else boxes.read(given)
    described, notices = (None, marked.notices) if marked else _described(given, frame)
    if masked is not None:
        frame[MASK] = [masked.cells.get(name) for name in names]
        notices = masked.notices
    elif marked is not None:
        if marked.outlines:
            sizes = {item.name: (item.width, item.height) for item in given.items}
            frame[MASK] = [masks.polygons_cell(marked.outlines[name], *sizes[name]) if name in marked.outlines else None
                           for name in names]  # fmt: skip
        frame[BOXES] = [json.dumps(marked.boxes[name], ensure_ascii=False) if name in marked.boxes else None for name in names]
    elif described is not None:
        frame = described
    elif any(label for label, _ in folders):
        frame[LABEL] = pd.Series([label or None for label, _ in folders], dtype="str")
    parts = [part for _, part in folders]
    if "train" in parts and "test" in parts and all(parts) and SPLIT not in frame:
        frame[SPLIT] = parts
    return Table(frame, given.name, given.digest, (*given.notices, *notices))


def folders_of(name: str, passed_over: tuple[str, ...] = _NOT_LABELS) -> tuple[str, str]:
    """Label and part by the folders of a name: train/cat/1.png is a cat to learn from. Some folders' names say nothing."""
    inner = list(PurePosixPath(name).parts[:-1])
    part = next((PARTS[folder.lower()] for folder in inner if folder.lower() in PARTS), "")
    labels = [folder for folder in inner if folder.lower() not in PARTS and folder.lower() not in passed_over]
    return (labels[-1] if labels else ""), part


def _described(given: Pictures, frame: pd.DataFrame) -> tuple[pd.DataFrame | None, tuple[Message, ...]]:
    """The frame with the columns of a table in the archive, where one names its pictures; else None."""
    by_name = {name: row for row, name in enumerate(frame[NAME])}
    by_end = {PurePosixPath(name).name: row for name, row in by_name.items()}
    for shown, path in given.files.items():
        if not shown.lower().endswith((".csv", ".tsv", ".xlsx", ".jsonl")):
            continue
        try:
            table = read_table(Upload(checks.digest(path), shown, path.stat().st_size, sniff.kind_of(path, shown), path))
        except UserError:
            continue
        for column in table.columns:
            cells = ["" if missing else str(cell) for cell, missing in zip(table.frame[column], table.frame[column].isna())]
            rows = [by_name.get(cell.lstrip("./"), by_end.get(PurePosixPath(cell).name, -1)) for cell in cells]
            if sum(row >= 0 for row in rows) * 2 > len(rows):
                return _joined(frame, table.frame.drop(columns=[column]), rows), table.notices
    return None, ()


def _joined(frame: pd.DataFrame, described: pd.DataFrame, rows: list[int]) -> pd.DataFrame:
    """The pictures that the table names, with its columns; of several lines for one picture the first counts."""
    kept, seen = [], set()
    for place, row in enumerate(rows):
        if row >= 0 and row not in seen:
            seen.add(row)
            kept.append(place)
    left = frame.iloc[[rows[place] for place in kept]].reset_index(drop=True)
    right = described.iloc[kept].reset_index(drop=True)
    right = right[[name for name in right.columns if name not in left.columns]]
    left[list(right.columns)] = right
    return left
