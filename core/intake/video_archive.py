"""A ZIP archive that holds one video and what describes it: the truth of a MOT sequence, for example."""

from __future__ import annotations

import zipfile
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path, PurePosixPath
from typing import Any

from core.contracts import Context, InputError, Message, Video
from core.home import home, read_json, write_json
from core.intake import archive, sniff
from core.intake.uploads import Upload
from core.language import N_
from core.weights import folders

FOLDER, INDEX = "videos", "index.json"
FORM = 1  # of the index; another number unpacks anew
VIDEOS = (".mp4", ".mov", ".m4v", ".avi", ".mkv", ".webm")
PICTURES = (".png", ".jpg", ".jpeg", ".webp", ".bmp", ".tif", ".tiff", ".gif", ".ppm", ".pgm")
BESIDE = (".txt", ".ini", ".csv", ".json")  # files that may describe a video
MOST_NAMED = 5  # of those, in the notice


def holds_video(path: Path) -> bool:
    """Whether an archive is one of a video, by the names in it; a single picture beside it is its cover, several are a
    sequence.
    """
    names = _names(path)
    return bool(_ending(names, VIDEOS)) and len(_ending(names, PICTURES)) < 2


def read_archive(upload: Upload, context: Context | None = None) -> Video:
    """The only video of a ZIP archive, with its other files in `files`; unpacked once, whole or not at all.

    Raises InputError where there is not exactly one video, LimitError above a limit of `core.intake.limits`.
    """
    from core.intake.video import read_file

    folder = home(FOLDER) / upload.digest
    index = _index(folder)
    if index is None:
        folders.make(folder, lambda target: _unpack(upload, target, context))
        index = read_json(folder / INDEX)
    file, shown = index["video"]
    path = folder / file
    video = read_file(Upload(upload.digest, shown, path.stat().st_size, sniff.kind_of(path, shown), path))
    beside = {name: folder / file for file, name in index["files"]}
    notices = [Message(sentence, values) for sentence, values in index["notices"]]
    return replace(video, files=beside, notices=(*video.notices, *notices))


def _index(folder: Path) -> dict[str, Any] | None:
    """What was noted when the archive was unpacked; None where it was not, or by an earlier form."""
    try:
        index = read_json(folder / INDEX)
    except (OSError, ValueError):
        return None
    return index if isinstance(index, dict) and index.get("form") == FORM else None


def _names(path: Path) -> list[str]:
    """The names in an archive as they are shown; none where its list cannot be read."""
    if not sniff.directory_is_small(path):
        return []
    try:
        with zipfile.ZipFile(path) as opened:
            return [name for entry in opened.infolist() if not entry.is_dir() and (name := archive.inner_name(entry.filename))]
    except archive.DAMAGED:
        return []


def _ending(names: Iterable[str], endings: tuple[str, ...]) -> list[str]:
    return [name for name in names if PurePosixPath(name).suffix.lower() in endings]


def _unpack(upload: Upload, folder: Path, context: Context | None) -> None:
    from core.intake.video import read_file

    names = _names(upload.path)
    videos = _ending(names, VIDEOS)
    if len(videos) != 1:
        raise InputError(N_("{name} holds {count} videos. Give an archive with one video, and with what describes it."),
                         name=upload.name, count=len(videos))  # fmt: skip
    wanted = {*videos, *_ending(names, BESIDE)}
    video: list[str] = []
    beside: list[list[str]] = []
    for member in archive.unpack(upload.path, upload.name, folder, wanted.__contains__, context):
        if member.name in videos:
            kind = sniff.kind_of(member.path, member.name) if member.path.stat().st_size else "binary"
            read_file(Upload(upload.digest, member.name, member.path.stat().st_size, kind, member.path))  # or its sentence
            video = [member.path.name, member.name]
        else:
            beside.append([member.path.name, member.name])
    notices: list[tuple[str, dict[str, object]]] = []
    if beside:
        shown = ", ".join(name for _, name in beside[:MOST_NAMED]) + (" …" if len(beside) > MOST_NAMED else "")
        notices.append((N_("Beside the video: {names}"), {"names": shown}))
    if ignored := len(names) - len(wanted):
        notices.append((N_("Files in {name} that are neither a video nor describe one: {count}"),
                        {"name": upload.name, "count": ignored}))  # fmt: skip
    write_json(folder / INDEX, {"form": FORM, "video": video, "files": beside, "notices": notices})
