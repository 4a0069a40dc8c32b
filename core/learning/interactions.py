"""Who chose what, when and how well liked: a table of interactions as numbers of users and items, each pair once.

A rating says how well; without a column of ratings the interactions themselves count (implicit feedback).
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from core.contracts import InputError, LimitError, Message, Table
from core.home import read_arrays, read_json, write_arrays, write_json
from core.language import N_
from core.lifecycle.dates import moments

if TYPE_CHECKING:
    import pandas as pd
    from scipy.sparse import csr_matrix

MOST_INTERACTIONS = 20_000_000
MOST_FACTS = 12  # columns of facts that are looked for where none is named
FACT_NEEDED = 0.98  # share of the rows of an item that must agree for a column to be a fact of the item
_CHECKED = 50_000  # rows by which facts are told
NAMES, NUMBERS = "interactions.json", "interactions.npz"


@dataclass(frozen=True)
class Columns:
    """Names of columns; "" where there is none. `of_items` and `of_users` are facts; empty: columns that look like such."""

    user: str = ""
    item: str = ""
    rating: str = ""
    time: str = ""
    title: str = ""
    of_items: tuple[str, ...] = ()
    of_users: tuple[str, ...] = ()
    least: float = 0.0  # rating from which an item counts as liked


@dataclass(frozen=True, eq=False)
class Interactions:
    """n interactions of `users` with `items` (names as given, sorted by first appearance), no pair twice.

    `user`, `item`: int32 (n,), places in `users` and `items`; `weight` float32 (n,): 1 for a rating, else 1 + ln(times);
    `rating` float32 (n,) or None; `time` float64 (n,), growing, or None; `row` int64 (n,): place in the table (of several, the
    latest); `owner` int64 (rows of the table,): the interaction that a row belongs to, -1 where none. `titles`: what each item
    is called; `item_facts`, `user_facts`: one row for each item or user, in their order.
    """

    users: tuple[str, ...]
    items: tuple[str, ...]
    user: np.ndarray
    item: np.ndarray
    weight: np.ndarray
    rating: np.ndarray | None
    time: np.ndarray | None
    row: np.ndarray
    owner: np.ndarray
    titles: tuple[str, ...]
    item_facts: pd.DataFrame
    user_facts: pd.DataFrame
    notices: tuple[Message, ...] = field(default=())

    def __len__(self) -> int:
        return len(self.user)

    @cached_property
    def matrix(self) -> csr_matrix:
        """`weight` as float32 (users, items), sparse, columns sorted."""
        from scipy.sparse import csr_matrix

        shape = (len(self.users), len(self.items))
        found = csr_matrix((self.weight, (self.user, self.item)), shape=shape, dtype=np.float32)
        found.sort_indices()
        return found

    def recent(self, half_life: float) -> csr_matrix:
        """`matrix` with less weight on what lies back: half of it for every `half_life` choices that the user made afterwards.

        As `matrix` where `half_life` is 0 or there are no times.
        """
        from scipy.sparse import csr_matrix

        if not half_life or self.time is None:
            return self.matrix
        order = np.lexsort((self.row, self.time, self.user))
        counts = np.bincount(self.user, minlength=len(self.users))
        back = np.empty(len(self))
        back[order] = np.cumsum(counts)[self.user[order]] - 1 - np.arange(len(self))
        weight = (self.weight * 0.5 ** (back / half_life)).astype(np.float32)
        found = csr_matrix((weight, (self.user, self.item)), shape=self.matrix.shape, dtype=np.float32)
        found.sort_indices()
        return found

    @cached_property
    def user_number(self) -> dict[str, int]:
        return {name: place for place, name in enumerate(self.users)}

    @cached_property
    def item_number(self) -> dict[str, int]:
        return {name: place for place, name in enumerate(self.items)}

    @cached_property
    def popularity(self) -> np.ndarray:
        """Users of each item, int64 (items,)."""
        return np.bincount(self.item, minlength=len(self.items))

    def chosen(self, mask: np.ndarray) -> Interactions:
        """Those interactions only; users and items keep their places."""
        return Interactions(
            self.users, self.items, self.user[mask], self.item[mask], self.weight[mask],
            None if self.rating is None else self.rating[mask], None if self.time is None else self.time[mask], self.row[mask],
            np.append(np.where(mask, np.cumsum(mask) - 1, -1), -1)[self.owner], self.titles,
            self.item_facts, self.user_facts, self.notices,
        )  # fmt: skip

    def save(self, folder: Path) -> None:
        """As numbers (npz) and names (JSON)."""
        folder.mkdir(parents=True, exist_ok=True)
        arrays = {"user": self.user, "item": self.item, "weight": self.weight, "row": self.row}
        more = {"rating": self.rating, "time": self.time}
        arrays |= {name: value for name, value in more.items() if value is not None}
        write_arrays(folder / NUMBERS, arrays, compressed=True)
        kept = {"users": self.users, "items": self.items, "titles": self.titles,
                "item_facts": json.loads(self.item_facts.to_json(orient="split", index=False)),
                "user_facts": json.loads(self.user_facts.to_json(orient="split", index=False))}  # fmt: skip
        write_json(folder / NAMES, kept)

    @classmethod
    def load(cls, folder: Path) -> Interactions:
        """What `save` wrote."""
        import pandas as pd

        kept = read_json(folder / NAMES)
        facts = [pd.DataFrame(kept[name]["data"], columns=kept[name]["columns"]) for name in ("item_facts", "user_facts")]
        if not len(facts[0].columns):
            facts[0] = pd.DataFrame(index=range(len(kept["items"])))
        if not len(facts[1].columns):
            facts[1] = pd.DataFrame(index=range(len(kept["users"])))
        given = read_arrays(folder / NUMBERS)
        return cls(tuple(kept["users"]), tuple(kept["items"]), given["user"], given["item"], given["weight"],
                   given.get("rating"), given.get("time"), given["row"],
                   np.zeros(0, np.int64), tuple(kept["titles"]), *facts)  # fmt: skip


def columns_of(params: Any) -> Columns:
    """The columns that the params of a capability name."""
    return Columns(params.user, params.item, params.target, params.time, params.title, tuple(params.item_columns),
                   tuple(params.user_columns), params.least_rating)  # fmt: skip


def read(table: Table, columns: Columns = Columns()) -> Interactions:
    """The interactions of `table`; user and item columns are guessed where not named.

    Of a pair that comes again, the latest counts, and without ratings, how often. Rows without user, item, readable rating or
    time are left out; a notice says how many.

    Raises:
        InputError: a column is missing or unreadable, or nothing is left.
        LimitError: too many rows.
    """
    if len(table) > MOST_INTERACTIONS:
        raise LimitError(N_("There are {count} rows, more than {limit}: give a part of them."),
                         count=f"{len(table):,}", limit=f"{MOST_INTERACTIONS:,}")  # fmt: skip
    user, item = _needed(table, columns)
    codes = [_codes(table.frame[name]) for name in (user, item)]
    rating, notices = _ratings(table.frame, columns), list(table.notices)
    time = _times(table.frame, columns.time)
    usable = (codes[0][0] >= 0) & (codes[1][0] >= 0)
    if time is not None:
        usable &= np.isfinite(time)
    if rating is not None:
        usable &= np.isfinite(rating)
        if columns.least:
            low = usable & (rating < columns.least)
            usable &= ~low
            if low.any():
                notices.append(Message(N_("Ratings below {least} do not count as liked and are left out: {count}."),
                                       {"least": f"{columns.least:g}", "count": int(low.sum())}))  # fmt: skip
    unread = len(table) - int(usable.sum()) - (int(low.sum()) if rating is not None and columns.least else 0)
    if unread:
        notices.append(Message(N_("Rows without user, item, readable rating or time are left out: {count}."), {"count": unread}))
    rows = np.flatnonzero(usable)
    if not len(rows):
        raise InputError(N_("No row has a user and an item that can be used. Choose other columns."))
    kept, times, owner = _once(codes[0][0][rows], codes[1][0][rows], None if time is None else time[rows])
    owners = np.full(len(table), -1)
    owners[rows] = owner
    if len(kept) < len(rows):
        notices.append(Message(N_("Rows of a pair of user and item that came before, counted once: {count}."),
                               {"count": len(rows) - len(kept)}))  # fmt: skip
    rows = rows[kept]
    weight = np.ones(len(rows), np.float32) if rating is not None else (1 + np.log(times)).astype(np.float32)
    return _numbered(table.frame, columns, (user, item), codes, rows, (weight, rating, time, owners), tuple(notices))


def _needed(table: Table, columns: Columns) -> tuple[str, str]:
    from core.intake.roles import guess
    from core.lifecycle.columns import need_column

    found = columns.user or guess(table.frame, "user"), columns.item or guess(table.frame, "item")
    shown = ", ".join(map(str, table.columns[:20]))
    if not found[0]:
        raise InputError(N_("Choose the column of users: none of the columns looks like one. The table has: {columns}."),
                         columns=shown)  # fmt: skip
    if not found[1]:
        raise InputError(N_("Choose the column of items: none of the columns looks like one. The table has: {columns}."),
                         columns=shown)  # fmt: skip
    for name in (*found, columns.rating, columns.time, columns.title, *columns.of_items, *columns.of_users):
        need_column(table, name)
    if found[0] == found[1]:
        raise InputError(N_("The column {column} cannot be user and item at once: choose another one."), column=found[0])
    return found


def _codes(cells: pd.Series) -> tuple[np.ndarray, list[str]]:
    """A number for each cell, -1 where empty, and the names behind the numbers."""
    import pandas as pd

    from core.lifecycle.targets import class_names

    codes, distinct = pd.factorize(cells)
    named, names = pd.factorize(pd.Series(class_names(pd.Series(distinct)), dtype=object))  # 1 and "1" are one name
    return np.append(named, -1)[codes].astype(np.int64), [str(name) for name in names]


def _ratings(frame: pd.DataFrame, columns: Columns) -> np.ndarray | None:
    import pandas as pd

    if not columns.rating:
        return None
    cells = frame[columns.rating]
    values = pd.to_numeric(
        cells.astype("str").str.strip() if not pd.api.types.is_numeric_dtype(cells) else cells, errors="coerce"
    )
    found = values.to_numpy(np.float64, na_value=np.nan).copy()
    found[~np.isfinite(found)] = np.nan
    if len(found) and np.isnan(found).mean() > 0.5:
        raise InputError(N_("Most cells of the column {column} are no numbers: choose another column of ratings, or none."),
                         column=columns.rating)  # fmt: skip
    return np.asarray(found.astype(np.float32))


def _times(frame: pd.DataFrame, name: str) -> np.ndarray | None:
    if not name:
        return None
    found = np.array(moments(frame[name]), np.float64)
    found[~np.isfinite(found)] = np.nan
    if len(found) and np.isnan(found).mean() > 0.5:
        raise InputError(N_("Most cells of the column {column} are no dates: choose another column of times, or none."),
                         column=name)  # fmt: skip
    return found


def _once(user: np.ndarray, item: np.ndarray, time: np.ndarray | None) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Places of the latest row of each pair, in their order; how often each pair comes; which of them each row belongs to."""
    pair = user * (int(item.max()) + 1) + item
    order = np.lexsort((np.arange(len(pair)), time, pair)) if time is not None else np.argsort(pair, kind="stable")
    last = np.append(np.diff(pair[order]) != 0, True)
    places = order[last]
    counts = np.diff(np.append(-1, np.flatnonzero(last)))
    sorting = np.argsort(places)
    rank = np.empty(len(places), np.int64)
    rank[sorting] = np.arange(len(places))
    owner = np.empty(len(pair), np.int64)
    owner[order] = rank[np.cumsum(np.append(0, last[:-1]))]
    return places[sorting], counts[sorting], owner


def _numbered(
    frame: pd.DataFrame, columns: Columns, ids: tuple[str, str], codes: Sequence[tuple[np.ndarray, list[str]]], rows: np.ndarray,
    values: tuple[np.ndarray, np.ndarray | None, np.ndarray | None, np.ndarray], notices: tuple[Message, ...],
) -> Interactions:  # fmt: skip
    """Users and items numbered as they come, with what is known of them."""
    import pandas as pd

    numbers, names, first = [], [], []
    for given, called in codes:
        places, distinct = pd.factorize(given[rows])
        numbers.append(places.astype(np.int32))
        names.append(tuple(called[place] for place in distinct))
        first.append(rows[np.unique(places, return_index=True)[1]])
    taken = {*ids, columns.rating, columns.time, columns.title}
    named = (columns.of_users, columns.of_items)
    free = [name for name in frame.columns if name not in taken and not any(name in given for given in named)][:MOST_FACTS]
    facts = []
    for place in (1, 0):  # what is the same for every item and every user is a fact of items
        found = list(named[place]) or [name for name in free if _is_fact(frame[name], numbers[place], rows)]
        free = [name for name in free if name not in found]
        facts.append(frame.iloc[first[place]][found].reset_index(drop=True))
    titles = names[1]
    if columns.title:
        cells = _codes(frame[columns.title].iloc[first[1]])
        titles = tuple(cells[1][code] if code >= 0 else name for code, name in zip(cells[0], names[1]))
    weight, rating, time, owners = values
    return Interactions(
        names[0], names[1], numbers[0], numbers[1], weight, None if rating is None else rating[rows],
        None if time is None else time[rows], rows, owners, titles, facts[0], facts[1], notices,
    )  # fmt: skip


def _is_fact(cells: pd.Series, numbers: np.ndarray, rows: np.ndarray) -> bool:
    """Whether nearly all rows of an item (or a user) agree, and enough of them come again to tell."""
    import pandas as pd

    seen = min(len(rows), _CHECKED)
    codes = pd.factorize(cells.iloc[rows[:seen]])[0]
    owner = numbers[:seen]
    first = np.full(int(owner.max()) + 1, -1)
    place = np.unique(owner, return_index=True)[1]
    first[owner[place]] = codes[place]
    again = np.ones(seen, bool)
    again[place] = False
    return bool(again.sum() >= 2 and np.mean(codes[again] == first[owner[again]]) >= FACT_NEEDED and len(set(codes)) > 1)
