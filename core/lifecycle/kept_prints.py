"""Prints of pictures and recordings on disk, a file for each archive: every check and every mend after the first is quick."""

from __future__ import annotations

import logging
import zipfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np

from core.contracts import Context
from core.home import home, read_arrays, write_arrays

Print = tuple[Any, ...]  # its key, "" where there is nothing to compare, and the values of the other fields

_logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Form:
    """What a kind of print is made of: `fields` name its key and its other values, as they stand in the file.

    `compute(archive, names, context, found)` adds the prints of those files to `found`; `is_reference` says whether a cell names
    a file of an archive that is here; `nothing` is the print of what cannot be read.
    """

    ending: str
    fields: tuple[str, ...]
    nothing: Print
    is_reference: Callable[[str], bool]
    compute: Callable[[str, list[str], Context, dict[str, Print]], None]


def prints_of(references: Sequence[object], form: Form, context: Context) -> list[Print]:
    """The print of each reference; `nothing` where it cannot be read."""
    cells = [str(cell).partition("/") for cell in references]
    by_archive: dict[str, list[str]] = {}
    for archive, _, name in cells:
        by_archive.setdefault(archive, []).append(name)
    known = {archive: _of_archive(archive, names, form, context) for archive, names in by_archive.items()}
    return [known[archive].get(name, form.nothing) for archive, _, name in cells]


def _of_archive(archive: str, names: list[str], form: Form, context: Context) -> dict[str, Print]:
    """Prints by file name. What is not on disk yet is computed, and kept."""
    wanted = [name for name in dict.fromkeys(names) if form.is_reference(f"{archive}/{name}")]
    if not wanted:
        return {}
    path = home("prints") / f"{archive}{form.ending}"
    known = _kept(path, path.stat().st_mtime_ns if path.exists() else 0, form.fields)
    missing = [name for name in wanted if name not in known]
    if not missing:
        return known
    known = dict(known)
    try:
        form.compute(archive, missing, context, known)
    finally:  # what was read before somebody stopped it need not be read again
        if known:
            columns: dict[str, Any] = {field: np.array(values) for field, values in zip(form.fields, zip(*known.values()))}
            write_arrays(path, {"names": np.array(list(known)), **columns})
    return known


@lru_cache(maxsize=4)
def _kept(path: Path, written: int, fields: tuple[str, ...]) -> dict[str, Print]:
    """What stands in the file as it was at that moment."""
    if not written:
        return {}
    try:
        file = read_arrays(path)
        columns = [file[fields[0]].tolist(), *(file[field] for field in fields[1:])]
        return {name: tuple(values) for name, *values in zip(file["names"].tolist(), *columns, strict=True)}
    except (OSError, ValueError, KeyError, zipfile.BadZipFile) as error:
        _logger.warning("the prints in %s are made anew: %s", path.name, error)
        return {}
