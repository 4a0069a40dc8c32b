"""ZIP archives, unpacked within limits: what the directory says is not believed, bytes are counted while they are written."""

from __future__ import annotations

import zipfile
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from core.contracts import Context, InputError, LimitError
from core.intake.limits import CHUNK_BYTES, MAX_ARCHIVE_BYTES, MAX_ARCHIVE_FILE_BYTES, MAX_UNPACKED_FILES
from core.intake.uploads import clean_name
from core.language import N_

DAMAGED = (zipfile.BadZipFile, zlib.error, EOFError, OSError, NotImplementedError, RuntimeError, ValueError, OverflowError)


@dataclass(frozen=True)
class Member:
    """One file of an archive: `name` with its folders, cleaned and relative; `path` where it was unpacked to."""

    name: str
    path: Path


def unpack(
    archive: Path, name: str, folder: Path, wanted: Callable[[str], bool], context: Context | None = None
) -> Iterator[Member]:
    """Unpacks the files whose cleaned name is `wanted` into `folder`, under numbers of our own, one after the other.

    Raises InputError for an archive that is damaged or locked, and LimitError above the limits of `core.intake.limits`.
    """
    context = context or Context()
    try:
        with zipfile.ZipFile(archive) as opened:
            entries = [entry for entry in opened.infolist() if not entry.is_dir()]
            if len(entries) > MAX_UNPACKED_FILES:
                raise LimitError(
                    N_("{name} holds more than {limit} files. Give a part of them."), name=name, limit=f"{MAX_UNPACKED_FILES:,}"
                )
            yield from _members(opened, entries, name, folder, wanted, context)
    except DAMAGED as error:
        raise InputError(N_("{name} is a damaged archive. Pack the files again and upload that."), name=name) from error


def _members(
    opened: zipfile.ZipFile, entries: list[zipfile.ZipInfo], name: str, folder: Path, wanted: Callable[[str], bool],
    context: Context,
) -> Iterator[Member]:  # fmt: skip
    total = 0
    for place, entry in enumerate(entries):
        shown = inner_name(entry.filename)
        if not shown or not wanted(shown):
            continue
        if entry.flag_bits & 1:
            raise InputError(N_("{name} is locked by a password. Pack the files without one."), name=name)
        context.check()
        context.progress(place / len(entries), N_("Unpacking {name}"), name=shown)
        path = folder / f"{place:06d}"
        total += _copy(opened, entry, path, MAX_ARCHIVE_BYTES - total, name)
        yield Member(shown, path)


def inner_name(name: str) -> str:
    """The name of a file of an archive, fit to be shown: relative, without `..`; "" for what an operating system left there."""
    parts = [part for part in PurePosixPath(name.replace("\\", "/")).parts if part not in ("/", "..", ".")]
    if not parts or parts[0] == "__MACOSX" or parts[-1].startswith(".") or parts[-1].lower() in ("thumbs.db", "desktop.ini"):
        return ""
    return "/".join(clean_name(part) for part in parts)


def _copy(opened: zipfile.ZipFile, entry: zipfile.ZipInfo, path: Path, room: int, name: str) -> int:
    """Writes one entry and answers with its bytes; a bomb is stopped where it passes the limit, whatever its header says."""
    size = 0
    with opened.open(entry) as packed, path.open("wb") as stream:
        while piece := packed.read(CHUNK_BYTES):
            size += len(piece)
            if size > min(room, MAX_ARCHIVE_FILE_BYTES):
                limit = MAX_ARCHIVE_FILE_BYTES if size > MAX_ARCHIVE_FILE_BYTES else MAX_ARCHIVE_BYTES
                raise LimitError(
                    N_("{name} holds more than {limit} MB once unpacked. Give a part of it."), name=name, limit=limit // 1024**2
                )
            stream.write(piece)
    return size
