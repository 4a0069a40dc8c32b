"""A ZIP of documents as several uploads: what a folder becomes when it is packed. Nothing is ever written under a packed name."""

from __future__ import annotations

import stat
import struct
import zipfile
import zlib
from collections import Counter
from collections.abc import Iterator

from core.contracts import Context, InputError, LimitError, Message
from core.intake import sniff
from core.intake.limits import CHUNK_BYTES, MAX_ARCHIVE_FILES, MAX_DOCUMENTS, MAX_INFLATED_BYTES, MAX_UPLOAD_BYTES
from core.intake.uploads import Upload, clean_name, spool
from core.language import N_

KINDS = tuple(kind for kind in sniff.DOCUMENT_KINDS if kind not in ("collection", "zip"))
_UTF8_NAME, _ENCRYPTED = 0x800, 0x1  # flag bits, PKWARE APPNOTE 4.4.4
# Left behind by file managers, and nobody's document.
_HOUSEKEEPING = ("__macosx", ".", "thumbs.db", "desktop.ini", "~$")
_BROKEN = (zipfile.BadZipFile, NotImplementedError, struct.error, zlib.error, EOFError, ValueError, OSError, RuntimeError)


def unpacked(upload: Upload, context: Context) -> tuple[list[Upload], tuple[Message, ...]]:
    """The documents of a ZIP in the order of their names, and what was left out. An archive inside of it is not opened.

    Raises InputError where it is damaged, locked or holds no document, LimitError above a limit of `core.intake.limits`.
    """
    found: list[Upload] = []
    others = over = 0
    room = MAX_INFLATED_BYTES
    if not sniff.directory_is_small(upload.path):
        raise InputError(N_("{name} is damaged. Pack the documents again."), name=upload.name)
    try:
        with zipfile.ZipFile(upload.path) as archive:
            for part, name in _named(_files(archive, upload.name)):
                context.check()
                if len(found) >= MAX_DOCUMENTS:
                    over += 1
                    continue
                content = _content(archive, part, room, upload.name)
                room -= len(content)
                one = spool(content, name) if content else None
                if one is not None and one.kind in KINDS:
                    found.append(one)
                else:
                    others += 1
    except _BROKEN as error:
        raise InputError(N_("{name} is damaged. Pack the documents again."), name=upload.name) from error
    if not found:
        raise InputError(N_("There is no document in {name}. Pack PDF, Word, HTML or text files."), name=upload.name)
    return found, _notices(upload.name, others, over)


def _notices(name: str, others: int, over: int) -> tuple[Message, ...]:
    notices = []
    if others:
        sentence = N_("{name}: files in it that are no documents were left out: {count}.")
        notices.append(Message(sentence, {"name": name, "count": others}))
    if over:
        sentence = N_("{name}: only the first {limit} documents were read; left out: {count}.")
        notices.append(Message(sentence, {"name": name, "limit": MAX_DOCUMENTS, "count": over}))
    return tuple(notices)


def _files(archive: zipfile.ZipFile, name: str) -> list[zipfile.ZipInfo]:
    parts = archive.infolist()
    if len(parts) > MAX_ARCHIVE_FILES:
        raise LimitError(
            N_("{name} holds {count} files: pack at most {limit}."), name=name, count=len(parts), limit=MAX_ARCHIVE_FILES
        )
    kept = [part for part in parts if not (part.is_dir() or _is_housekeeping(part) or stat.S_ISLNK(part.external_attr >> 16))]
    if any(part.flag_bits & _ENCRYPTED for part in kept):
        raise InputError(N_("{name} is protected by a password. Save it without one and upload it again."), name=name)
    return sorted(kept, key=lambda part: part.filename)


def _is_housekeeping(part: zipfile.ZipInfo) -> bool:
    pieces = part.filename.replace("\\", "/").lower().split("/")
    return any(piece.startswith(_HOUSEKEEPING) and piece not in (".", "..") for piece in pieces)


def _named(parts: list[zipfile.ZipInfo]) -> Iterator[tuple[zipfile.ZipInfo, str]]:
    """Each part with a name to show; its folder stands in front where two parts are called the same."""
    paths = [_path(part) for part in parts]
    last = [clean_name(path) for path in paths]
    often = Counter(last)
    for part, path, name in zip(parts, paths, last, strict=True):
        folder = clean_name(path.rpartition("/")[0]) if "/" in path and often[name] > 1 else ""
        yield part, clean_name(f"{folder} – {name}") if folder else name


def _path(part: zipfile.ZipInfo) -> str:
    """The packed name. Windows in Chinese writes GBK without saying so; the module takes that for code page 437."""
    if part.flag_bits & _UTF8_NAME or part.filename.isascii():
        return part.filename.replace("\\", "/")
    try:
        raw = part.filename.encode("cp437")
    except UnicodeEncodeError:
        return part.filename
    for encoding in ("utf-8", "gb18030"):
        try:
            return raw.decode(encoding).replace("\\", "/")
        except UnicodeDecodeError:
            continue
    return part.filename


def _content(archive: zipfile.ZipFile, part: zipfile.ZipInfo, room: int, name: str) -> bytes:
    """The bytes of a part, counted while they are unpacked: what the archive says of its size is not believed."""
    pieces: list[bytes] = []
    size = 0
    with archive.open(part) as stream:
        while piece := stream.read(CHUNK_BYTES):
            size += len(piece)
            if size > min(room, MAX_UPLOAD_BYTES):
                raise LimitError(N_("{name} unpacks to far more than documents need. Pack fewer or smaller files."), name=name)
            pieces.append(piece)
    return b"".join(pieces)
