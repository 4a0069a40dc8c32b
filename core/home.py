"""Where Panorama keeps what it must not lose, and how a file is written so that a crash cannot tear it."""

from __future__ import annotations

import io
import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np


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


def write_arrays(path: Path, arrays: Mapping[str, np.ndarray], *, compressed: bool = False) -> None:
    """As an npz file; none of them may hold objects."""
    import numpy as np

    content, given = io.BytesIO(), dict(arrays)
    (np.savez_compressed if compressed else np.savez)(content, allow_pickle=False, **given)  # type: ignore[arg-type]
    write_bytes(path, content.getvalue())


def read_arrays(path: Path) -> dict[str, np.ndarray]:
    """What `write_arrays` wrote. Raises OSError, ValueError, EOFError, zipfile.BadZipFile or zlib.error for what is torn."""
    import numpy as np

    with np.load(path, allow_pickle=False) as file:
        return {name: file[name] for name in file.files}


def make_room(folder: Path, pattern: str, most_bytes: int) -> None:
    """Of the files of that pattern, removes those not used for longest until the others are at most `most_bytes` together.

    A file is used when it is written; whoever reads it says so by `used`.
    """
    found = []
    for path in folder.glob(pattern):
        try:
            facts = path.stat()
        except FileNotFoundError:  # another process swept it
            continue
        found.append((facts.st_mtime, facts.st_size, path))
    total = sum(size for _time, size, _path in found)
    for _time, size, path in sorted(found):
        if total <= most_bytes:
            return
        total -= size
        path.unlink(missing_ok=True)


def used(path: Path) -> None:
    """Notes that a file was read, so that `make_room` keeps it longer."""
    try:
        os.utime(path)
    except OSError:  # it went meanwhile, or may only be read
        return


def sync_tree(folder: Path) -> None:
    """Makes sure that all files below `folder` are on the disk, not only on their way to it."""
    for path in [*folder.rglob("*"), folder]:
        descriptor = os.open(path, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
