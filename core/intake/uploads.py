"""Spools uploads to disk at once: named by what is in them, so a name that a user gives never becomes a path."""

from __future__ import annotations

import errno
import hashlib
import io
import os
import re
import tempfile
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from core.contracts import InputError, LimitError, NotFoundError, UnavailableError
from core.home import home, read_json, write_json
from core.intake import sniff
from core.intake.limits import CHUNK_BYTES, MAX_FILE_NAME_CHARACTERS, MAX_UPLOAD_BYTES
from core.language import N_

_DIGEST = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True)
class Upload:
    """A file that a user gave, safe on disk.

    `digest` is the SHA-256 of its bytes, `name` is for display only, `size` is in bytes, `kind` is what the content is
    (`csv`, `tsv`, `xlsx`, `parquet`, `jsonl`, `json`, `txt`, or the key of something that is no table, such as `png`).
    """

    digest: str
    name: str
    size: int
    kind: str
    path: Path


def spool(content: bytes | BinaryIO, name: str) -> Upload:
    """Writes `content` below `home("uploads")` under its SHA-256 and answers with what it is.

    Safe to call from many sessions and processes at once, also with the same content. Raises LimitError above
    MAX_UPLOAD_BYTES, InputError when there is nothing in it, UnavailableError when the disk is full.
    """
    folder, shown = home("uploads"), clean_name(name)
    handle, temporary = tempfile.mkstemp(dir=folder, prefix=".", suffix=".part")
    try:
        with os.fdopen(handle, "wb") as stream:
            digest, size = _copy(content, stream, shown)
        path = folder / digest
        os.replace(temporary, path)
        _sync_folder(folder)
        upload = Upload(digest, shown, size, sniff.kind_of(path, shown), path)
        write_json(folder / f"{digest}.json", {"name": shown, "size": size, "kind": upload.kind})
    except OSError as error:
        if error.errno not in (errno.ENOSPC, errno.EDQUOT):
            raise
        raise UnavailableError(
            N_("The server's disk is full, so the file was not kept. Ask whoever runs it for room.")
        ) from error
    finally:
        Path(temporary).unlink(missing_ok=True)
    return upload


def find_upload(digest: str, name: str = "") -> Upload:
    """The upload with that SHA-256, spooled before; `name` is the one it was given this time (default: the latest one).

    Raises NotFoundError when there is none, or when `digest` is not 64 hexadecimal digits.
    """
    if not isinstance(digest, str) or not _DIGEST.fullmatch(digest):
        raise NotFoundError(N_("This is not the name of an upload. Upload the file again."))
    path = home("uploads") / digest
    if not path.is_file():
        raise NotFoundError(N_("This upload is not on the server any more. Upload the file again."))
    try:
        noted = read_json(path.with_name(f"{digest}.json"))["name"]
    except (OSError, ValueError, KeyError, TypeError):
        noted = "upload"  # the server died between the two writes: the content is what counts
    shown = clean_name(name or noted)
    return Upload(digest, shown, path.stat().st_size, sniff.kind_of(path, shown), path)


def clean_name(name: str) -> str:
    """A file name that is fit to be shown: no folders, no control or direction characters, not too long."""
    last = re.split(r"[/\\]", unicodedata.normalize("NFC", str(name)))[-1]
    visible = "".join(character for character in last if unicodedata.category(character) not in ("Cc", "Cf", "Cs", "Zl", "Zp"))
    visible = visible.strip(" .") or "upload"
    stem, dot, ending = visible.rpartition(".")
    if len(visible) <= MAX_FILE_NAME_CHARACTERS:
        return visible
    if not dot or len(ending) > 10:
        return visible[: MAX_FILE_NAME_CHARACTERS - 1] + "…"
    return f"{stem[: MAX_FILE_NAME_CHARACTERS - len(ending) - 2]}….{ending}"


def _copy(content: bytes | BinaryIO, target: BinaryIO, name: str) -> tuple[str, int]:
    """Copies in pieces, hashing on the way, and syncs; SHA-256 and number of bytes."""
    digest, size = hashlib.sha256(), 0
    for piece in _pieces(content):
        size += len(piece)
        if size > MAX_UPLOAD_BYTES:
            raise LimitError(
                N_("{name} is larger than {limit} MB. Give a part of it."), name=name, limit=MAX_UPLOAD_BYTES // 1024**2
            )
        digest.update(piece)
        target.write(piece)
    if not size:
        raise InputError(N_("{name} is empty: there is not one byte in it. Choose another file."), name=name)
    target.flush()
    os.fsync(target.fileno())
    return digest.hexdigest(), size


def _pieces(content: bytes | BinaryIO) -> Iterator[bytes]:
    stream = io.BytesIO(content) if isinstance(content, bytes) else content
    if stream.seekable():
        stream.seek(0)
    while piece := stream.read(CHUNK_BYTES):
        yield piece


def _sync_folder(folder: Path) -> None:
    """Makes a rename survive a power cut."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
