"""The items of a table and what is written of them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from core.contracts import InputError, Table
from core.language import N_
from core.lifecycle.targets import class_names

if TYPE_CHECKING:
    import pandas as pd

MOST_ITEMS = 50_000  # the encoder reads some tens a second
LONG = 60  # characters above which a cell is a description, not a tag
MOST_FACTS = 8  # columns
LOOKED_AT = 60  # columns, the first ones, among which facts are looked for
BEGINNING = 100  # characters of a description that are shown
_TAGS = re.compile(r"\s*[|;；、]\s*")
_SPACES = re.compile(r"\s+")


@dataclass(frozen=True, eq=False)
class Catalogue:
    """n items in the order in which they first stand in the table: id, title, short facts, tags, and the text that is encoded.

    `rows` (rows of the table,) is the place of each row's item, -1 where the row names none.
    """

    ids: tuple[str, ...]
    titles: tuple[str, ...]
    facts: tuple[str, ...]
    tags: tuple[tuple[str, ...], ...]
    texts: tuple[str, ...]
    rows: np.ndarray

    def __len__(self) -> int:
        return len(self.ids)


def catalogue(table: Table, item: str, title: str, without: set[str]) -> Catalogue:
    """From the first row of each item. Columns that differ between the rows of an item tell of the row, not of the item
    (a rating, a date): they are left out, as are those of `without`.

    Raises InputError where the column names no item, or more than `MOST_ITEMS`.
    """
    import pandas as pd

    frame = table.frame
    codes, distinct = pd.factorize(frame[item])
    named = pd.Series([name or None for name in class_names(pd.Series(distinct))], dtype=object)
    numbers, names = pd.factorize(named)
    places, first_seen = pd.factorize(np.append(numbers, -1)[codes])
    places, ids = _without_none(places, [str(names[code]) if code >= 0 else "" for code in first_seen])
    if not len(ids):
        raise InputError(N_("The column {column} names no item. Choose the column with the items."), column=item)
    if len(ids) > MOST_ITEMS:
        raise InputError(
            N_("There are {count} items; texts of at most {most} are read at once. Give fewer, for example one kind of goods."),
            count=f"{len(ids):,}", most=f"{MOST_ITEMS:,}",
        )  # fmt: skip
    first = frame[places >= 0].groupby(places[places >= 0]).first()
    described = _telling(frame, places, {item, title, *without})
    titles = _cells(first[title]) if title else [""] * len(ids)
    titles = [own or str(name) for own, name in zip(titles, ids)]
    return of_facts(ids, titles, first[described], np.asarray(places))


def of_facts(ids: Sequence[str], titles: Sequence[str], known: pd.DataFrame, rows: np.ndarray | None = None) -> Catalogue:
    """From what is known of each item: a row of `known` each, in the order of `ids`."""
    count, columns = len(ids), [str(name) for name in known.columns]
    short = {name: _cells(known[name]) for name in columns}
    long = [name for name in columns if np.mean([len(cell) for cell in short[name]]) > LONG]
    tagged = [name for name in columns if name not in long and any(_TAGS.search(cell) for cell in short[name][:1000])]
    rest = [name for name in columns if name not in (*tagged, *long)]
    tags = [tuple(tag for name in tagged for tag in _TAGS.split(short[name][i]) if tag) for i in range(count)]
    facts = [" · ".join(short[name][i] for name in rest if short[name][i]) for i in range(count)]
    texts = [_written(titles[i], facts[i], tags[i], [short[name][i] for name in long]) for i in range(count)]
    if long and not any(facts):
        facts = [_beginning(short[long[0]][i]) for i in range(count)]
    places = np.zeros(0, np.int64) if rows is None else rows
    return Catalogue(tuple(map(str, ids)), tuple(titles), tuple(facts), tuple(tags), tuple(texts), places)


def _without_none(places: np.ndarray, ids: list[str]) -> tuple[np.ndarray, list[str]]:
    """Without the name "" for rows that name no item."""
    if "" not in ids:
        return places, ids
    gone = ids.index("")
    moved = np.where(places == gone, -1, places - (places > gone))
    return moved, [name for name in ids if name]


def _telling(frame: pd.DataFrame, places: np.ndarray, without: set[str]) -> list[str]:
    """Columns that say the same in all rows of an item, and something."""
    found: list[str] = []
    for name in frame.columns[:LOOKED_AT]:
        if name in without or len(found) == MOST_FACTS:
            continue
        cells = frame[name][places >= 0]
        if cells.notna().any() and cells.groupby(places[places >= 0]).nunique().max() <= 1:
            found.append(str(name))
    return found


def _cells(column: pd.Series) -> list[str]:
    """What is in the cells, whole numbers without a point, gaps empty."""
    written = []
    for cell, missing in zip(column.tolist(), column.isna().tolist()):
        whole = isinstance(cell, float) and cell == cell and abs(cell) < 1e15 and cell == int(cell)
        written.append("" if missing else _SPACES.sub(" ", str(int(cell) if whole else cell)).strip())
    return written


def _beginning(text: str) -> str:
    return text if len(text) <= BEGINNING else text[: BEGINNING - 1].rstrip() + "…"


def _written(title: str, facts: str, tags: tuple[str, ...], long: list[str]) -> str:
    parts = [f"{title} ({facts})" if facts else title, ", ".join(tags), *long]
    return ". ".join(part for part in parts if part)
