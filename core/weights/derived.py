"""Files made on this machine from verified weights for speed (a compiled or converted model), kept and checked like weights."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from core.home import home, read_json, write_json
from core.weights import checks, folders
from core.weights.manifest import entry

RECORD = "made.json"


def derived(name: str, variant: str, made_with: dict[str, str], source: Path, fill: Callable[[Path], None]) -> Path:
    """The folder of `variant` of the weights `name`; `fill(folder)` makes it when it is not there or not good any more.

    It is good while the weights in `source` and the library versions `made_with` are those that it was made from, and its own
    files have the checksums noted when it was made.
    """
    folder = home("weights") / f"{entry(name).folder_name}.{variant}"
    origin = {"weights": {file.path: checks.sha256(source / file.path) for file in entry(name).files}, "made_with": made_with}
    if not _is_good(folder, origin):
        folders.make(folder, fill)
        made = {path.name: checks.sha256(path) for path in sorted(folder.iterdir()) if path.is_file()}
        write_json(folder / RECORD, {**origin, "files": made})
    return folder


def _is_good(folder: Path, origin: dict[str, Any]) -> bool:
    try:
        record = read_json(folder / RECORD)
        files = record.pop("files")
        return bool(record == origin and files) and all(checks.sha256(folder / name) == sha for name, sha in files.items())
    except (OSError, json.JSONDecodeError, UnicodeDecodeError, AttributeError, KeyError):
        return False
