"""The rows of all jobs: one SQLite file, safe under many processes and under a kill at any moment.

Every change is one transaction that starts from the state it expects, so of two processes that want the same thing one wins.
The file must be on a local disk: SQLite's write-ahead log does not work over a network file system.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from core.home import home

WAIT_SECONDS = 30  # for another process's transaction

_SCHEMA = """
CREATE TABLE IF NOT EXISTS jobs (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    id TEXT NOT NULL UNIQUE,
    capability_id TEXT NOT NULL,
    action TEXT NOT NULL,
    title TEXT NOT NULL,
    source TEXT NOT NULL,
    params TEXT NOT NULL,
    state TEXT NOT NULL DEFAULT 'queued',
    created TEXT NOT NULL,
    started TEXT,
    ended TEXT,
    attempt INTEGER NOT NULL DEFAULT 1,
    backend TEXT NOT NULL DEFAULT '',
    pid INTEGER,
    pid_created REAL,
    stopping INTEGER NOT NULL DEFAULT 0,
    run_id TEXT NOT NULL DEFAULT '',
    metric TEXT NOT NULL DEFAULT '',
    score REAL,
    unit TEXT NOT NULL DEFAULT '',
    error TEXT NOT NULL DEFAULT 'null',
    error_id TEXT NOT NULL DEFAULT ''
);
CREATE INDEX IF NOT EXISTS jobs_by_state ON jobs (state);
"""


@dataclass(frozen=True)
class Row:
    """A job as it stands in the database; `source`, `params` and `error` are plain JSON values."""

    number: int
    id: str
    capability_id: str
    action: str
    title: str
    source: dict[str, Any]
    params: dict[str, Any]
    state: str
    created: str
    started: str | None
    ended: str | None
    attempt: int
    backend: str
    pid: int | None
    pid_created: float | None
    stopping: int
    run_id: str
    metric: str
    score: float | None
    unit: str
    error: Any
    error_id: str


def now() -> str:
    """The time in UTC, ISO 8601."""
    return datetime.now(UTC).isoformat(timespec="milliseconds")


def insert(job_id: str, capability_id: str, action: str, title: str, source: dict[str, Any], params: dict[str, Any]) -> None:
    _change(
        "INSERT INTO jobs (id, capability_id, action, title, source, params, created) VALUES (?, ?, ?, ?, ?, ?, ?)",
        job_id, capability_id, action, title, json.dumps(source), json.dumps(params), now(),
    )  # fmt: skip


def find(job_id: str) -> Row | None:
    return next(iter(_select("WHERE id = ?", job_id)), None)


def newest(limit: int) -> list[Row]:
    return _select("ORDER BY number DESC LIMIT ?", limit)


def running() -> list[Row]:
    return _select("WHERE state = 'running'")


def waiting_before(number: int) -> int:
    """How many queued jobs come before the one of this number."""
    return len(_select("WHERE state = 'queued' AND number < ?", number))


def claim(slots: int, backend: str) -> Row | None:
    """Turns the oldest queued job into a running one, if fewer than `slots` run; None when there is nothing to start."""
    if not _select("WHERE state = 'queued' LIMIT 1"):
        return None
    with _transaction() as database:
        count = database.execute("SELECT COUNT(*) FROM jobs WHERE state = 'running'").fetchone()[0]
        chosen = database.execute("SELECT id FROM jobs WHERE state = 'queued' ORDER BY number LIMIT 1").fetchone()
        if chosen is None or count >= slots:
            return None
        database.execute(
            "UPDATE jobs SET state = 'running', started = ?, ended = NULL, backend = ?, pid = NULL, pid_created = NULL,"
            " stopping = 0, error = 'null', error_id = '' WHERE id = ?",
            (now(), backend, chosen[0]),
        )
    return find(chosen[0])


def register(job_id: str, attempt: int, pid: int, pid_created: float) -> bool:
    """The worker's first act: this process is the one. False when the job was cancelled, given up or taken meanwhile."""
    return _change(
        "UPDATE jobs SET pid = ?, pid_created = ? WHERE id = ? AND attempt = ? AND state = 'running' AND pid IS NULL",
        pid, pid_created, job_id, attempt,
    )  # fmt: skip


def ask_to_stop(job_id: str) -> None:
    """Cancels what has not begun; marks what runs as about to be stopped."""
    with _transaction() as database:
        database.execute(
            "UPDATE jobs SET state = 'cancelled', ended = ? WHERE id = ?"
            " AND (state = 'queued' OR (state = 'running' AND pid IS NULL AND backend = 'local'))",
            (now(), job_id),
        )
        database.execute("UPDATE jobs SET stopping = 1 WHERE id = ? AND state = 'running'", (job_id,))


def finish(job_id: str, attempt: int, state: str, outcome: dict[str, Any]) -> None:
    """Notes how a running attempt ended; does nothing when that is known already."""
    _change(
        "UPDATE jobs SET state = ?, ended = ?, run_id = ?, metric = ?, score = ?, unit = ?, error = ?, error_id = ?"
        " WHERE id = ? AND attempt = ? AND state = 'running'",
        state, outcome.get("ended") or now(), outcome.get("run_id") or "", outcome.get("metric") or "", outcome.get("score"),
        outcome.get("unit") or "", json.dumps(outcome.get("error")), outcome.get("error_id") or "", job_id, attempt,
    )  # fmt: skip


def requeue(job_id: str) -> bool:
    """Puts an ended, unfinished job back into the queue as a new attempt; False when it is in another state."""
    return _change(
        "UPDATE jobs SET state = 'queued', attempt = attempt + 1, started = NULL, ended = NULL, error = 'null',"
        " error_id = '', stopping = 0 WHERE id = ? AND state IN ('interrupted', 'cancelled', 'failed')",
        job_id,
    )


def delete(job_id: str) -> bool:
    """Deletes the row; False when the job is running."""
    return _change("DELETE FROM jobs WHERE id = ? AND state != 'running'", job_id)


def _change(statement: str, *values: object) -> bool:
    """One statement as one transaction; whether it changed a row."""
    with _transaction() as database:
        return database.execute(statement, values).rowcount > 0


def _select(where: str, *values: object) -> list[Row]:
    with closing(_connect()) as database:
        rows = [dict(row) for row in database.execute(f"SELECT * FROM jobs {where}", values)]
    return [Row(**{**row, **{name: json.loads(row[name]) for name in ("source", "params", "error")}}) for row in rows]


@contextmanager
def _transaction() -> Iterator[sqlite3.Connection]:
    with closing(_connect()) as database:
        database.execute("BEGIN IMMEDIATE")
        try:
            yield database
        except BaseException:
            database.execute("ROLLBACK")
            raise
        database.execute("COMMIT")


def _connect() -> sqlite3.Connection:
    path = home("jobs") / "jobs.db"
    is_new = not path.exists()
    database = sqlite3.connect(path, timeout=WAIT_SECONDS, isolation_level=None)
    database.row_factory = sqlite3.Row
    if is_new:
        with suppress(sqlite3.OperationalError):  # another process is doing the same right now
            database.execute("PRAGMA journal_mode = WAL")
    database.executescript(_SCHEMA)
    if "unit" not in {row["name"] for row in database.execute("PRAGMA table_info(jobs)")}:  # a file of before units were kept
        with suppress(sqlite3.OperationalError):
            database.execute("ALTER TABLE jobs ADD COLUMN unit TEXT NOT NULL DEFAULT ''")
    return database
