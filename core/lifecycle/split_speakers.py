"""Recordings of speech on the three sides of a training: no speaker, and no file, stands on two of them."""

from __future__ import annotations

import hashlib
from typing import Any

import numpy as np

from core.contracts import InputError, Message, Table
from core.intake import sound_sets
from core.language import N_
from core.lifecycle.columns import PICTURE_NAME, SPLIT_COLUMN, need_column
from core.lifecycle.findings import Finding, fault
from core.lifecycle.split import Split

LEAST_UNITS = 3  # speakers, or clips where speakers are not known: to learn from, to measure with, and one more
VALIDATION_SHARE, LEAST_TO_CHOOSE = 0.15, 4  # of the units that are not measured with; below so many none is put aside

NOT_KNOWN = N_("Who speaks is not known: voices may stand on both sides of the split, and the score may be too good. Name the "
               "speaker column.")  # fmt: skip
FOLDERS = N_("Each folder of the archive is taken for a speaker. If they are something else, choose another speaker column.")
TWICE = N_("Recordings that come twice: {rows}. All copies of one, and the speakers who share it, stay on one side of the split.")


def recordings_of(table: Table, params: Any) -> str:
    """The column that names the recordings. Raises InputError where there is none."""
    from core.intake.roles import guess

    found = params.target or guess(table.frame, "sound") or sound_sets.SOUND
    if found not in table.frame or not len(table) or not all(map(sound_sets.is_reference, table.frame[found])):
        raise InputError(N_("There are no recordings in the column {column}. Give a ZIP archive of clean "
                            "recordings of speech."), column=found)  # fmt: skip
    return str(found)


def speakers_of(table: Table, params: Any) -> str:
    """The column that says who speaks; "" where nothing does. Raises InputError for one that is not there."""
    from core.intake.roles import guess

    need_column(table, params.group)
    return str(params.group or guess(table.frame, "speaker"))


def units_of(table: Table, params: Any) -> list[str]:
    """What must stay on one side, for each row: the speaker, or the file where speakers are not known.

    Folders count from the outermost on, so that the chapters of one reader are one reader. Speakers who share a file are one.
    """
    files = _files(table, params)
    column = speakers_of(table, params)
    if not column:
        return files
    if column == sound_sets.LABEL and PICTURE_NAME in table.frame:
        named = sound_sets.outer_folders(table.frame[PICTURE_NAME].tolist())
    else:
        named = [str(one) for one in table.frame[column]]
    return _joined(named, files)


def inspect(table: Table, params: Any) -> tuple[Finding, ...]:
    """What the leak guard says: too few speakers, nobody known, folders taken for speakers, files that come twice."""
    try:
        split_speakers(table, params)
    except InputError as error:
        return (Finding("split_impossible", "stop", Message(error.message_id, error.values)),)
    known_by = speakers_of(table, params)
    found = []
    if not known_by:
        found.append(fault("no_speakers", "warn", NOT_KNOWN, 0))
    elif known_by == sound_sets.LABEL:
        found.append(fault("folders", "note", FOLDERS, 0))
    files = _files(table, params)
    if twice := len(files) - len(set(files)):
        found.append(fault("twice", "note", TWICE, twice))
    return tuple(found)


def _files(table: Table, params: Any) -> list[str]:
    """The content of each row's recording, as its SHA-256."""
    return [hashlib.sha256(sound_sets.path_of(one).read_bytes()).hexdigest() for one in table.frame[recordings_of(table, params)]]


def _joined(units: list[str], files: list[str]) -> list[str]:
    """The units with those as one that have a file in common."""
    same = {unit: unit for unit in units}

    def first_of(unit: str) -> str:
        while same[unit] != unit:
            unit = same[unit]
        return unit

    holder: dict[str, str] = {}
    for unit, file in zip(units, files):
        same[first_of(unit)] = first_of(holder.setdefault(file, unit))
    return [first_of(unit) for unit in units]


def split_speakers(table: Table, params: Any) -> tuple[Split, list[str]]:
    """Whole speakers on one side, as the column `split` says where it does; and the unit of each row.

    Raises InputError for no recordings, too few speakers, or a split that leaves nothing to learn from.
    """
    units = units_of(table, params)
    names = sorted(set(units))
    if len(names) < LEAST_UNITS:
        raise InputError(
            N_("There are {count} speakers: too few to learn from some and measure with others. Give recordings of at least "
               "{least}, or choose another speaker column."), count=len(names), least=LEAST_UNITS,
        )  # fmt: skip
    said = table.frame[SPLIT_COLUMN].astype(str).str.lower() if SPLIT_COLUMN in table.frame else None
    if params.split in ("auto", "given") and said is not None and {"train", "test"} <= set(said):
        kind, test = "given", {unit for unit, part in zip(units, said) if part == "test"}
    else:
        order = np.random.default_rng(params.seed).permutation(len(names))
        kind, test = "group", {names[k] for k in order[: min(len(names) - 2, max(1, round(params.test_share * len(names))))]}
    rest = [name for name in np.random.default_rng(params.seed + 1).permutation(names).tolist() if name not in test]
    aside = max(1, round(VALIDATION_SHARE * len(rest))) if len(rest) >= LEAST_TO_CHOOSE else 0
    if not rest:
        raise InputError(
            N_("The split leaves no rows to learn from or none to measure with: choose another split or test share.")
        )
    part = {**dict.fromkeys(rest[aside:], 0), **dict.fromkeys(rest[:aside], 1), **dict.fromkeys(test, 2)}
    numbers = np.array([part[unit] for unit in units])
    rows = [np.flatnonzero(numbers == k) for k in range(3)]
    values: dict[str, object] = {"train": len(rest) - aside, "validation": aside, "test": len(test)}
    how = (
        Message(N_("Speakers: {train} to learn from, {validation} to choose by, {test} to measure with."), values)
        if speakers_of(table, params) else
        Message(N_("Recordings: {train} to learn from, {validation} to choose by, {test} to measure with; who speaks is not "
                   "known."), values)
    )  # fmt: skip
    return Split(rows[0], rows[1], rows[2], how, kind), units
