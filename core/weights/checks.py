"""Checksums: what decides whether a file is used, and the memory that keeps start-up quick."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from pathlib import Path
from threading import Lock
from typing import Any

from core.home import home, read_json, write_json
from core.weights.manifest import Entry, WeightFile

PICKLES = (".bin", ".pt", ".pth", ".ckpt")  # never trusted on first use: opening one can run code
_BLOCK = 1 << 20
_lock = Lock()


@dataclass(frozen=True)
class Checked:
    """The outcome for one folder: names of files that are wrong, and of those that are trusted because they came first."""

    wrong: tuple[str, ...]
    trusted: tuple[str, ...]


def sha256(path: Path) -> str:
    """The file's SHA-256, remembered until its size or times change."""
    path = path.resolve()
    known = remembered(path)
    if known:
        return known
    stamp, found = _stamp(path), digest(path)
    _remember("verified.json", str(path), [*stamp, found])
    return found


def digest(path: Path) -> str:
    """The file's SHA-256, read anew and not remembered: for files by the thousand."""
    whole = hashlib.sha256()
    with path.open("rb") as stream:
        while block := stream.read(_BLOCK):
            whole.update(block)
    return whole.hexdigest()


def remembered(path: Path) -> str:
    """The SHA-256 that an earlier check found, when the file has not changed since; else ""."""
    noted = _memory("verified.json").get(str(path.resolve()))
    return str(noted[-1]) if noted and noted[:-1] == _stamp(path) else ""


def check(folder: Path, entry: Entry) -> Checked:
    """Compares every file of `entry` in `folder` with its checksum. A missing file is a wrong one."""
    wrong, trusted = [], []
    for file in entry.files:
        path = folder / file.path
        if not path.is_file():
            wrong.append(file.path)
        elif _expected(path, file):
            if not _is_right(path, _expected(path, file)):
                wrong.append(file.path)
        elif path.suffix in PICKLES or not _is_as_first_seen(path, f"{entry.name}/{file.path}"):
            wrong.append(file.path)
        else:
            trusted.append(file.path)
    return Checked(tuple(wrong), tuple(trusted))


def looks_complete(folder: Path, entry: Entry) -> bool:
    """Whether all files are there with the right size, without reading them; one that a check has refused counts as missing."""
    return all(_looks_right(folder / file.path, file) for file in entry.files)


def refused(folder: Path, entry: Entry) -> tuple[str, ...]:
    """The files that are there but known to be wrong: by their size, or because a check has found so."""
    return tuple(f.path for f in entry.files if (folder / f.path).is_file() and not _looks_right(folder / f.path, f))


def _looks_right(path: Path, file: WeightFile) -> bool:
    if not path.is_file() or (file.bytes and path.stat().st_size != file.bytes):
        return False
    known, expected = remembered(path), _expected(path, file)
    return not (known and len(expected) == len(known) and known != expected)


def _expected(path: Path, file: WeightFile) -> str:
    """The manifest's SHA-256, or the checksum that the hub's cache gives as the name of the file that is linked to.

    The hub names large files by their SHA-256 and small ones by git's SHA-1 of a blob. Only the first link counts: where the
    hub's client shares files between repositories, a second one leads to a name that is another kind of hash.
    """
    if file.sha256 or not path.is_symlink():
        return file.sha256
    blob = path.readlink()
    is_digest = len(blob.name) in (40, 64) and set(blob.name) <= set("0123456789abcdef")
    return blob.name if is_digest and blob.parent.name == "blobs" else ""


def _is_right(path: Path, expected: str) -> bool:
    if len(expected) == 64:
        return sha256(path) == expected
    content = path.read_bytes()
    return hashlib.sha1(b"blob %d\0" % len(content) + content, usedforsecurity=False).hexdigest() == expected


def _is_as_first_seen(path: Path, key: str) -> bool:
    first = _memory("trusted.json").get(key)
    if first is None:
        _remember("trusted.json", key, sha256(path))
        return True
    return bool(first == sha256(path))


def _stamp(path: Path) -> list[int]:
    facts = path.stat()
    return [facts.st_size, facts.st_mtime_ns, facts.st_ctime_ns]


def _memory(name: str) -> dict[str, Any]:
    try:
        noted = read_json(home("weights") / name)
    except (OSError, json.JSONDecodeError, UnicodeDecodeError):
        return {}
    return noted if isinstance(noted, dict) else {}


def _remember(name: str, key: str, value: object) -> None:
    with _lock:
        write_json(home("weights") / name, {**_memory(name), key: value})
