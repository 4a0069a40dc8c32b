"""Parallel texts: which columns and rows make the pairs of a translation. Pairs of one source stand on one side of the split."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from core.contracts import InputError, Message, Table, TrainingParams
from core.intake import roles
from core.language import N_
from core.lifecycle.columns import HIDDEN_GROUP, SPLIT_COLUMN, need_column

if TYPE_CHECKING:
    import pandas as pd

TASK = "translation"
CHINESE = "zh"
LANGUAGE_COLUMNS = ("language", "lang", "语言")
MOST_LANGUAGES = 50


def is_translation(params: TrainingParams) -> bool:
    return type(params).task == TASK


def chosen(table: Table, params: TrainingParams) -> Table:
    """The pairs of the language that `params` names; where it names none, the Chinese ones, else those of the commonest.

    A table without a column of languages stays as it is. Done twice it changes nothing.

    Raises:
        InputError: there is no such column or no such language in it.
    """
    if not is_translation(params):
        return table
    wanted: Any = params
    column = wanted.language_column or next((name for name in LANGUAGE_COLUMNS if name in table.frame.columns), "")
    need_column(table, column)
    if not column:
        return table
    codes = table.frame[column].astype("str").str.strip()
    names = codes.value_counts()
    if not wanted.language and (len(names) < 2 or len(names) > MOST_LANGUAGES):
        return table
    language = wanted.language or next((name for name in names.index if _is(str(name), CHINESE)), str(names.index[0]))
    kept = codes.map(lambda code: _is(code, language)).to_numpy(bool)
    if kept.all():
        return table
    if not kept.any():
        raise InputError(N_("No row has the language {language}. The column {column} has: {found}."),
                         language=language, column=column, found=", ".join(map(str, names.index[:20])))  # fmt: skip
    notice = Message(N_("Only the {rows} pairs of the language {language} were used."),
                     {"rows": int(kept.sum()), "language": language})  # fmt: skip
    return replace(table, frame=table.frame[kept].reset_index(drop=True), notices=(*table.notices, notice))


def _is(code: str, language: str) -> bool:
    """Whether `code` (zh-CN) is that language (zh)."""
    code, language = code.lower().replace("_", "-"), language.lower().replace("_", "-")
    return code == language or code.startswith(language + "-")


def source_and_target(table: Table, params: TrainingParams) -> tuple[str, str]:
    """The columns to translate from and into, in the direction that `params` asks; those not named are guessed.

    Raises:
        InputError: a named column is missing, or there are not two columns of text.
    """
    named: Any = params
    for name in (named.source, named.target):
        need_column(table, name)
    taken = {SPLIT_COLUMN, HIDDEN_GROUP, named.group, named.time, named.language_column, *LANGUAGE_COLUMNS}
    free = table.frame.drop(columns=[name for name in table.frame.columns if name in taken])
    found = [roles.guess(free, kind) for kind in ("source", "translation")]
    source = named.source or next((name for name in found if name != named.target), "")
    target = named.target or next((name for name in reversed(found) if name != source), "")
    if not source or not target:
        raise InputError(
            N_("Choose the columns of the source and of its translation: two columns with text are needed. "
               "The table has: {columns}."), columns=", ".join(map(str, table.columns[:20])),
        )  # fmt: skip
    if source == target:
        raise InputError(
            N_("The source and its translation cannot be the same column, {column}: choose another one."), column=source
        )
    return (target, source) if named.direction == "backward" else (source, target)


def grouped(frame: pd.DataFrame, source: str) -> pd.DataFrame:
    """`frame` with rows of one source numbered alike (case, spaces and punctuation aside), unless a mend has done so already."""
    if HIDDEN_GROUP in frame.columns:
        return frame
    from core.lifecycle import fingerprints

    numbers: dict[bytes, int] = {}
    texts = ["" if missing else str(cell) for cell, missing in zip(frame[source].tolist(), frame[source].isna())]
    keys = fingerprints.keys(texts)
    return frame.assign(**{HIDDEN_GROUP: [numbers.setdefault(key, len(numbers)) for key in keys]})


def units(frame: pd.DataFrame, column: str) -> np.ndarray | None:
    """A number for each row, equal in one group; a row without a group stands alone."""
    import pandas as pd

    if not column or column not in frame.columns:
        return None
    codes = pd.factorize(frame[column])[0]
    alone = codes < 0
    codes[alone] = codes.max() + 1 + np.arange(alone.sum())
    return codes
