"""An upload as pictures: one file, a collection of files, or a ZIP archive with annotations beside them."""

from __future__ import annotations

import json
import re
from pathlib import Path, PurePosixPath
from typing import Any

from core.contracts import Context, InputError, Message, Picture, Pictures, UserError
from core.home import home, read_json, write_json
from core.intake import archive, sniff
from core.intake.limits import MAX_PICTURES
from core.intake.pictures.pixels import header
from core.intake.uploads import Upload, find_upload
from core.language import N_
from core.weights import checks, folders

FOLDER, INDEX = "pictures", "index.json"
FORM = 1  # of the index; another number unpacks anew
BESIDE = (".json", ".txt", ".csv", ".tsv", ".xlsx", ".yaml", ".yml", ".xml", ".jsonl")  # files that may describe pictures
MOST_NAMED = 5  # damaged files that a notice names


def read_pictures(upload: Upload, context: Context | None = None) -> Pictures:
    """The upload as pictures: one file, all of a collection, all of a ZIP archive (with its other files in `files`).

    Raises InputError where there is no picture in it, LimitError above a limit of `core.intake.limits`.
    """
    context = context or Context()
    if upload.kind == "collection":
        return _collection(upload, context)
    if upload.kind == "zip":
        return _archive(upload, context)
    if upload.kind not in sniff.PICTURE_KINDS:
        what = Message(sniff.REFUSED.get(upload.kind, N_("a table or a text")))
        raise InputError(
            N_("{name} is {what}, not a picture. Give a PNG, JPEG, WebP, BMP, TIFF or GIF file, or a ZIP archive of them."),
            name=upload.name, what=what,
        )  # fmt: skip
    width, height, animated = header(upload.path, upload.name)
    picture = Picture(upload.name, width, height, upload.digest, upload.path)
    notices = (Message(N_("{name} is animated: its first picture is used."), {"name": upload.name}),) if animated else ()
    return Pictures((picture,), upload.name, notices)


def _collection(upload: Upload, context: Context) -> Pictures:
    try:
        files = [(str(file["digest"]), str(file["name"])) for file in json.loads(upload.path.read_text("utf-8"))["files"]]
    except (ValueError, KeyError, TypeError) as error:
        raise InputError(N_("{name} is damaged. Upload the files again."), name=upload.name) from error
    items: list[Picture] = []
    notices: list[Message] = []
    beside: dict[str, Path] = {}
    for place, (digest, name) in enumerate(files):
        context.progress(place / len(files), N_("Reading {name}"), name=name)
        try:
            one = find_upload(digest, name)
            if one.kind == "collection":
                continue
            read = read_pictures(one, context)
        except UserError as error:
            if len(files) == 1:
                raise
            reason = Message(error.message_id, error.values)
            notices.append(Message(N_("{name} was left out. {reason}"), {"name": name, "reason": reason}))
            continue
        items += read.items
        notices += read.notices
        beside |= read.files
    if not items:
        raise InputError(N_("None of the files is a picture. Give PNG, JPEG, WebP, BMP, TIFF or GIF files."))
    return Pictures(tuple(items), upload.name, tuple(notices), beside)


def _archive(upload: Upload, context: Context) -> Pictures:
    """Unpacked once below `home("pictures")` under the archive's digest; whole or not at all."""
    folder = home(FOLDER) / upload.digest
    try:
        index = read_json(folder / INDEX)
    except (OSError, ValueError):
        index = None
    if not isinstance(index, dict) or index.get("form") != FORM:
        folders.make(folder, lambda target: _unpack(upload, target, context))
        index = read_json(folder / INDEX)
    return from_folder(upload.digest, upload.name, index)


def from_folder(digest: str, name: str, index: dict[str, Any] | None = None) -> Pictures:
    """The pictures that stand unpacked below `home("pictures")` under `digest`; masks of them are among the other files."""
    from core.intake.pictures import masks

    folder = home(FOLDER) / digest
    index = index or read_json(folder / INDEX)
    items = tuple(Picture(shown, width, height, sha, folder / file) for file, shown, width, height, sha in index["pictures"])
    notices = tuple(Message(sentence, values) for sentence, values in index["notices"])
    beside = {shown: folder / file for file, shown in index["files"]}
    items, drawn = masks.apart(items)
    return Pictures(items, name, notices, {**beside, **drawn})


def _unpack(upload: Upload, folder: Path, context: Context) -> None:
    found: list[list[Any]] = []
    beside: list[list[str]] = []
    damaged: list[str] = []
    over = ignored = 0
    for member in archive.unpack(upload.path, upload.name, folder, lambda name: True, context):
        kind = sniff.kind_of(member.path, member.name) if member.path.stat().st_size else "binary"
        if kind in sniff.PICTURE_KINDS and len(found) >= MAX_PICTURES:
            over += 1
        elif kind in sniff.PICTURE_KINDS:
            row = _picture(member, kind, damaged)
            if row is not None:
                found.append(row)
                continue
        elif PurePosixPath(member.name).suffix.lower() in BESIDE and kind != "binary":
            beside.append([member.path.name, member.name])
            continue
        else:
            ignored += 1
        member.path.unlink()
    if not found:
        raise InputError(
            N_("There is no picture in {name}. Give an archive with PNG, JPEG, WebP, BMP, TIFF or GIF files."), name=upload.name
        )
    found.sort(key=lambda row: natural(row[1]))
    notices = _notices(upload.name, damaged, over, ignored)
    write_json(folder / INDEX, {"form": FORM, "pictures": found, "files": beside, "notices": notices})


def natural(name: str) -> list[tuple[int, str]]:
    """A key that puts 2.png before 10.png."""
    return [(int(part), "") if part.isdecimal() and part.isascii() else (-1, part.lower()) for part in re.split(r"(\d+)", name)]


def _picture(member: archive.Member, kind: str, damaged: list[str]) -> list[Any] | None:
    """A row of the index: file, name, width, height, SHA-256; None for a file that cannot be opened."""
    try:
        width, height, _ = header(member.path, member.name)
    except UserError:
        damaged.append(member.name)
        return None
    path = member.path.rename(member.path.with_name(f"{member.path.name}.{kind}"))
    return [path.name, member.name, width, height, checks.digest(path)]


def _notices(name: str, damaged: list[str], over: int, ignored: int) -> list[tuple[str, dict[str, object]]]:
    notices: list[tuple[str, dict[str, object]]] = []
    if damaged:
        names = ", ".join(damaged[:MOST_NAMED]) + (" …" if len(damaged) > MOST_NAMED else "")
        notices.append((N_("Pictures that cannot be opened and were left out: {names}"), {"names": names}))
    if over:
        notices.append((N_("The first {limit} pictures of {name} are used; {over} more are left out."),
                        {"limit": f"{MAX_PICTURES:,}", "name": name, "over": over}))  # fmt: skip
    if ignored:
        notices.append(
            (N_("Files in {name} that are neither pictures nor annotations: {count}"), {"count": ignored, "name": name})
        )
    return notices
