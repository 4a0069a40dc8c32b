"""Sets of labelled recordings as tables, so that guard, split and evaluation work on them as on any table.

A row is a clip of an archive. The column `sound` holds a reference (`find` opens it), `name` what the user calls it, `label` its
folder, `speaker` what stands before `_nohash_` in its name (as in Speech Commands, Warden 2018), `split` follows from folders
called train, val or test.
"""

from __future__ import annotations

import re
import zipfile
from collections.abc import Sequence
from pathlib import Path, PurePosixPath
from typing import Any

from core.contracts import Context, InputError, Message, NotFoundError, Sound, Table, UserError
from core.home import home, read_json, write_json
from core.intake import archive, sniff
from core.intake.limits import MAX_SOUNDS
from core.intake.pictures.reading import natural
from core.intake.pictures.sets import PARTS, folders_of
from core.intake.sound import read_sound
from core.intake.uploads import Upload
from core.language import N_
from core.weights import folders

SOUND, NAME, LABEL, SPEAKER, SPLIT = "sound", "name", "label", "speaker", "split"
FOLDER, INDEX, FORM = "recordings", "index.json", 1
ENDINGS = (".wav", ".mp3", ".flac", ".ogg", ".oga", ".opus", ".m4a", ".aac", ".aif", ".aiff", ".webm")
MOST_NAMED = 5  # damaged files that a notice names
_REFERENCE = re.compile(r"[0-9a-f]{64}/[0-9]{6}\.(wav|mp3|flac|ogg|m4a|aiff|matroska|mp4)")
_SPEAKER = re.compile(r"(.+)_nohash_\d+\.\w+")
_NOT_LABELS = ("sounds", "sound", "audio", "clips", "wav", "_background_noise_", "录音")


def holds_sounds(path: Path) -> bool:
    """Whether most files of a ZIP archive are recordings, by their names."""
    try:
        with zipfile.ZipFile(path) as opened:
            names = [archive.inner_name(entry.filename) for entry in opened.infolist()[:2_000] if not entry.is_dir()]
    except (zipfile.BadZipFile, OSError, ValueError):
        return False
    seen = [name for name in names if name]
    return bool(seen) and 2 * sum(name.lower().endswith(ENDINGS) for name in seen) > len(seen)


def is_reference(cell: object) -> bool:
    """Whether a table's cell has the form of a reference."""
    return isinstance(cell, str) and bool(_REFERENCE.fullmatch(cell))


def path_of(reference: str) -> Path:
    """The file of the clip that a table names. Raises NotFoundError where it is gone or the text is no reference."""
    if not is_reference(reference):
        raise NotFoundError(N_("This is not the name of an uploaded recording. Upload the archive again."))
    path = home(FOLDER) / reference
    if not path.is_file():
        raise NotFoundError(N_("This recording is not on the server any more. Upload the archive again."))
    return path


def find(reference: str) -> Sound:
    """The clip that a table names. Raises what `path_of` and `read_sound` raise."""
    path = path_of(reference)
    return read_sound(Upload("", path.name, path.stat().st_size, sniff.kind_of(path, path.name), path))


def read_table(upload: Upload, context: Context | None = None) -> Table:
    """The clips of an archive as a table; unpacked once below `home("recordings")`, whole or not at all.

    Raises InputError where there is no clip in it, LimitError above a limit of `core.intake.limits`.
    """
    context = context or Context()
    folder = home(FOLDER) / upload.digest
    try:
        index = read_json(folder / INDEX)
    except (OSError, ValueError):
        index = None
    if not isinstance(index, dict) or index.get("form") != FORM:
        folders.make(folder, lambda target: _unpack(upload, target, context))
        index = read_json(folder / INDEX)
    return _table(upload, index)


def _table(upload: Upload, index: dict[str, Any]) -> Table:
    import pandas as pd

    names = [shown for _, shown in index["sounds"]]
    told = [folders_of(name, _NOT_LABELS) for name in names]
    frame = pd.DataFrame({SOUND: [f"{upload.digest}/{file}" for file, _ in index["sounds"]], NAME: names})
    if any(label for label, _ in told):
        frame[LABEL] = pd.Series([label or None for label, _ in told], dtype="str")
    speakers = [_SPEAKER.fullmatch(PurePosixPath(name).name) for name in names]
    if all(speakers):
        frame[SPEAKER] = pd.Series([match[1] for match in speakers if match], dtype="str")
    parts = [part for _, part in told]
    if "train" in parts and "test" in parts and all(parts):
        frame[SPLIT] = parts
    return Table(frame, upload.name, upload.digest, tuple(Message(sentence, values) for sentence, values in index["notices"]))


def outer_folders(names: Sequence[str]) -> list[str]:
    """For each clip the outermost folder in which the clips differ: the speaker, where folders are speakers and hold chapters.

    Folders called train or test, and such as say nothing, are passed over; "" for a clip that stands in none.
    """
    inner = [[folder for folder in PurePosixPath(name).parts[:-1] if folder.lower() not in (*PARTS, *_NOT_LABELS)]
             for name in names]  # fmt: skip
    while all(inner) and len({folders[0] for folders in inner}) == 1:
        inner = [folders[1:] for folders in inner]
    return [folders[0] if folders else "" for folders in inner]


def _unpack(upload: Upload, folder: Path, context: Context) -> None:
    found: list[list[str]] = []
    damaged: list[str] = []
    over = ignored = 0
    for member in archive.unpack(upload.path, upload.name, folder, lambda name: True, context):
        kind = sniff.kind_of(member.path, member.name) if member.path.stat().st_size else "binary"
        if kind not in (*sniff.SOUND_KINDS, "matroska", "mp4"):
            ignored += 1
        elif len(found) >= MAX_SOUNDS:
            over += 1
        elif _is_sound(member, kind):
            path = member.path.rename(member.path.with_name(f"{member.path.name}.{kind}"))
            found.append([path.name, member.name])
            continue
        else:
            damaged.append(member.name)
        member.path.unlink()
    if not found:
        raise InputError(
            N_("There is no recording in {name}. Give a ZIP of WAV, MP3, FLAC, OGG or M4A files, a folder for each word."),
            name=upload.name,
        )  # fmt: skip
    found.sort(key=lambda row: natural(row[1]))
    write_json(folder / INDEX, {"form": FORM, "sounds": found, "notices": _notices(upload.name, damaged, over, ignored)})


def _is_sound(member: archive.Member, kind: str) -> bool:
    try:
        read_sound(Upload("", member.name, member.path.stat().st_size, kind, member.path))
    except UserError:
        return False
    return True


def _notices(name: str, damaged: list[str], over: int, ignored: int) -> list[tuple[str, dict[str, object]]]:
    notices: list[tuple[str, dict[str, object]]] = []
    if damaged:
        names = ", ".join(damaged[:MOST_NAMED]) + (" …" if len(damaged) > MOST_NAMED else "")
        notices.append((N_("Recordings that cannot be opened and were left out: {names}"), {"names": names}))
    if over:
        notices.append((N_("The first {limit} recordings of {name} are used; {over} more are left out."),
                        {"limit": f"{MAX_SOUNDS:,}", "name": name, "over": over}))  # fmt: skip
    if ignored:
        notices.append((N_("Files in {name} that are no recordings: {count}"), {"count": ignored, "name": name}))
    return notices
