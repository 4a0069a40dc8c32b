"""Where Panorama keeps what it must not lose, and how a file is written so that a crash cannot tear it."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any


def home(*parts: str) -> Path:
    """A folder below `PANORAMA_HOME` (default `~/.panorama`), created on demand."""
    folder = Path(os.environ.get("PANORAMA_HOME") or Path.home() / ".panorama").expanduser().joinpath(*parts)
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def write_bytes(path: Path, content: bytes) -> None:
    """Writes to a temporary name, syncs and renames: a reader sees the old file or the new one, never half of it."""
    temporary = path.with_name(f".{path.name}.{os.getpid()}.{os.urandom(3).hex()}")
    try:
        with temporary.open("wb") as stream:
            stream.write(content)
            stream.flush()
            os.fsync(stream.fileno())
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)


def write_json(path: Path, value: Any) -> None:
    write_bytes(path, json.dumps(value, ensure_ascii=False, allow_nan=False).encode("utf-8", "surrogatepass"))


def read_json(path: Path) -> Any:
    return json.loads(path.read_bytes().decode("utf-8", "surrogatepass"))


def sync_tree(folder: Path) -> None:
    """Makes sure that all files below `folder` are on the disk, not only on their way to it."""
    for path in [*folder.rglob("*"), folder]:
        descriptor = os.open(path, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
