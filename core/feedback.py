"""What users thought of answers: one SQLite file. Of an input only the hash is kept."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime

from core.contracts import InputError
from core.home import home
from core.language import N_

MOST_CHARACTERS = 1_000  # of a comment

_SCHEMA = """
CREATE TABLE IF NOT EXISTS feedback (
    created TEXT NOT NULL, input_hash TEXT NOT NULL, model TEXT NOT NULL, score INTEGER NOT NULL, comment TEXT NOT NULL
)
"""


@dataclass(frozen=True)
class Feedback:
    """`score` as the widget gives it (stars from 0 to 4, thumbs 0 or 1); `created` is UTC in ISO 8601."""

    created: str
    input_hash: str
    model: str
    score: int
    comment: str


def feedback(input_hash: str, model: str, score: int, comment: str = "") -> int:
    """Keeps one opinion on the answer that `model` (a run id or the name of weights) gave to an input; gives its number.

    Raises `InputError` for a comment of more than `MOST_CHARACTERS`.
    """
    _check(comment)
    created = datetime.now(UTC).isoformat(timespec="milliseconds")
    with _database() as database:
        values = (created, input_hash, model, score, comment)
        return int(database.execute("INSERT INTO feedback VALUES (?, ?, ?, ?, ?)", values).lastrowid or 0)


def add_comment(number: int, comment: str) -> None:
    """Writes or replaces the comment of the opinion with that number. Raises `InputError` as `feedback` does."""
    _check(comment)
    with _database() as database:
        database.execute("UPDATE feedback SET comment = ? WHERE rowid = ?", (comment, number))


def _check(comment: str) -> None:
    if len(comment) > MOST_CHARACTERS:
        raise InputError(N_("A comment has at most {limit} characters. Shorten it."), limit=MOST_CHARACTERS)


def all_feedback(model: str = "", limit: int = 1000) -> list[Feedback]:
    """The newest first; on one model, or on all."""
    with _database() as database:
        rows = database.execute(
            "SELECT * FROM feedback WHERE ? IN ('', model) ORDER BY rowid DESC LIMIT ?", (model, limit)
        ).fetchall()
    return [Feedback(*row) for row in rows]


@contextmanager
def _database() -> Iterator[sqlite3.Connection]:
    with closing(sqlite3.connect(home() / "feedback.db", timeout=30)) as database, database:
        database.execute(_SCHEMA)
        yield database
