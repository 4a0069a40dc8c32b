"""What people decided on the rows that a model put before them: one SQLite file. Of a row only the hash of its cells is kept.

A row is known again in whatever table it stands: the next training may use what was decided as labels.
"""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from core.home import home

if TYPE_CHECKING:
    import pandas as pd

_SCHEMA = """
CREATE TABLE IF NOT EXISTS decisions (
    subject TEXT NOT NULL, row TEXT NOT NULL, accepted INTEGER NOT NULL, decided TEXT NOT NULL, PRIMARY KEY (subject, row)
)
"""
_AT_ONCE = 500  # keys of one question to the database


def keys(frame: pd.DataFrame, columns: Sequence[str]) -> list[str]:
    """A hash for each row, of its cells in those of the columns that are there; 3, 3.0 and "3" are the same cell."""
    from core.lifecycle.targets import class_names

    named = sorted(name for name in columns if name in frame.columns)
    cells = [[f"{name}\x1f{'' if cell is None else cell}" for cell in class_names(frame[name])] for name in named]
    rows = zip(*cells) if cells else (() for _ in range(len(frame)))
    return [hashlib.sha256("\x1e".join(row).encode("utf-8", "surrogatepass")).hexdigest()[:32] for row in rows]


def keep(subject: str, decided: Mapping[str, bool | None]) -> None:
    """Keeps for rows, by their keys, whether the alert was accepted; None takes it back. `subject` is a capability's id."""
    now = datetime.now(UTC).isoformat(timespec="seconds")
    with _database() as database:
        for key, accepted in decided.items():
            if accepted is None:
                database.execute("DELETE FROM decisions WHERE subject = ? AND row = ?", (subject, key))
            else:
                database.execute("INSERT OR REPLACE INTO decisions VALUES (?, ?, ?, ?)", (subject, key, int(accepted), now))


def known(subject: str, asked: Sequence[str] | None = None) -> dict[str, bool]:
    """What was decided, by key: on the rows `asked` for, or on all."""
    with _database() as database:
        if asked is None:
            found = database.execute("SELECT row, accepted FROM decisions WHERE subject = ?", (subject,)).fetchall()
            return {row: bool(accepted) for row, accepted in found}
        answers: dict[str, bool] = {}
        for start in range(0, len(asked), _AT_ONCE):
            piece = list(asked[start : start + _AT_ONCE])
            marks = ", ".join("?" * len(piece))
            rows = database.execute(
                f"SELECT row, accepted FROM decisions WHERE subject = ? AND row IN ({marks})",
                (subject, *piece),
            ).fetchall()
            answers |= {row: bool(accepted) for row, accepted in rows}
        return answers


@contextmanager
def _database() -> Iterator[sqlite3.Connection]:
    with closing(sqlite3.connect(home() / "decisions.db", timeout=30)) as database, database:
        database.execute(_SCHEMA)
        yield database
