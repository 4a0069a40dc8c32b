"""Which column plays which part."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from core.contracts import InputError, Table, TrainingParams
from core.contracts.params import ColumnKind, details
from core.language import N_

if TYPE_CHECKING:
    import pandas as pd

SPLIT_COLUMN = "split"
# Numbers of near-duplicate groups, written by the mend `group_near_duplicates`, read by the split, never shown to a learner.
HIDDEN_GROUP = "_panorama_near_duplicates"
PICTURE_NAME = "name"  # what the user calls a picture or a recording; its folders often say the class


@dataclass(frozen=True)
class Roles:
    """Names of columns; "" where there is none."""

    target: str
    texts: tuple[str, ...]
    group: str = ""
    time: str = ""
    pictures: str = ""
    sounds: str = ""

    @property
    def files(self) -> str:
        """The column that names pictures or recordings."""
        return self.pictures or self.sounds

    @property
    def taken(self) -> set[str]:
        """Columns that are not free features: target, texts, pictures or sounds and their names, split and the hidden group."""
        seen = {self.files, PICTURE_NAME} if self.files else set()
        return {self.target, *self.texts, *seen, SPLIT_COLUMN, HIDDEN_GROUP}


def resolve(table: Table, params: TrainingParams, text_columns: tuple[str, ...] = ()) -> Roles:
    """The columns that `params` names, guessed where left empty and not optional; all of them are there.

    Without `text_columns`, every field of `params` that stands for a text column gives one.

    Raises:
        InputError: a named column is missing, or the target cannot be guessed.
    """
    from core.lifecycle import pairs  # it stands on this module

    if pairs.is_translation(params):
        source, target = pairs.source_and_target(table, params)
        return Roles(target, (source,), params.group, params.time)
    pictures, sounds = _file_column(table, params, "picture"), _file_column(table, params, "sound")
    texts = text_columns or _text_columns(table, params)
    roles = Roles(target_of(table, params), texts, params.group, params.time, pictures, sounds)
    for name in (*roles.texts, roles.group, roles.time, roles.files):
        need_column(table, name)
    if roles.sounds and roles.target == roles.sounds:
        raise InputError(N_("The column {column} cannot be the recording and the target at once: choose another target."),
                         column=roles.target)  # fmt: skip
    if roles.target == roles.pictures:
        raise InputError(N_("The column {column} cannot be the picture and the target at once: choose another target."),
                         column=roles.target)  # fmt: skip
    if roles.target in roles.texts:
        raise InputError(N_("The column {column} cannot be the text and the target at once: choose another target."),
                         column=roles.target)  # fmt: skip
    return roles


def target_of(table: Table, params: TrainingParams) -> str:
    """The target column: the one named, else the likeliest. Raises `InputError` when there is none."""
    found = params.target or _guess(table, "label")
    if not found:
        raise InputError(
            N_("Choose the target column: none of the columns looks like a label. The table has: {columns}."),
            columns=", ".join(map(str, table.columns[:20])),
        )
    need_column(table, found)
    return found


def need_column(table: Table, name: str) -> None:
    """Raises `InputError` when `name` is neither empty nor a column of the table."""
    if name and name not in table.frame.columns:
        raise InputError(N_("There is no column {column}. The table has: {columns}."),
                         column=name, columns=", ".join(map(str, table.columns[:20])))  # fmt: skip


def with_roles(params: TrainingParams, roles: Roles) -> Any:
    """`params` with guessed columns filled in, so that a learner need not guess again."""
    from core.lifecycle import pairs

    if pairs.is_translation(params):  # the columns stand in the direction that was asked for: it is not to be turned again
        return params.model_copy(update={"source": roles.texts[0], "target": roles.target, "direction": "forward"})
    fields = [name for name in type(params).model_fields if details(type(params), name)["column"] == "text"]
    named = dict(zip(fields, roles.texts)) if len(fields) == len(roles.texts) else {}
    named |= dict.fromkeys(_file_fields(params, "picture"), roles.pictures) | dict.fromkeys(
        _file_fields(params, "sound"), roles.sounds
    )
    return params.model_copy(update={"target": roles.target, **named})


def joined_texts(frame: pd.DataFrame, columns: tuple[str, ...]) -> list[str]:
    """One text a row: the text columns one below the other, missing cells empty."""
    parts = [["" if missing else str(cell) for cell, missing in zip(frame[c].tolist(), frame[c].isna())] for c in columns]
    if len(parts) == 1:
        return parts[0]
    return ["\n".join(row) for row in zip(*parts)] if parts else [""] * len(frame)


def _text_columns(table: Table, params: TrainingParams) -> tuple[str, ...]:
    model = type(params)
    fields = [name for name in model.model_fields if details(model, name)["column"] == "text"]
    found = []
    for name in fields:
        chosen = getattr(params, name) or ("" if details(model, name)["optional"] else _guess(table, "text"))
        if chosen:
            found.append(chosen)
        elif not details(model, name)["optional"]:
            raise InputError(N_("Choose the text column: none of the columns looks like text. The table has: {columns}."),
                             columns=", ".join(map(str, table.columns[:20])))  # fmt: skip
    return tuple(dict.fromkeys(found))


def _file_fields(params: TrainingParams, kind: ColumnKind) -> list[str]:
    return [name for name in type(params).model_fields if details(type(params), name)["column"] == kind]


def _file_column(table: Table, params: TrainingParams, kind: ColumnKind) -> str:
    """The column of pictures, or of recordings; "" where `params` has no field for one."""
    for field in _file_fields(params, kind):
        found = getattr(params, field) or _guess(table, kind)
        if not found:
            raise InputError(_NONE[kind])
        return found
    return ""


_NONE = {
    "picture": N_("There are no pictures in this table. To learn from pictures, give one ZIP archive: a folder for each class, "
                  "or the pictures with a table of their labels."),
    "sound": N_("There are no recordings in this table. To learn from recordings, give one ZIP archive: a folder for each word."),
}  # fmt: skip


def _guess(table: Table, kind: ColumnKind) -> str:
    from core.intake.roles import guess

    return guess(table.frame, kind)
