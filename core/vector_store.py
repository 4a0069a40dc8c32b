"""Vectors by content: an SQLite file for each model, so a second training on the same texts starts at once.

The file is a cache. Where it cannot be read or written (a full disk, a torn file), work goes on without it.
"""

from __future__ import annotations

import hashlib
import logging
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path

import numpy as np

from core.home import home

LIMIT_BYTES = 2 * 2**30  # of one model's file; the oldest quarter goes when it is reached
TIMEOUT_SECONDS = 30.0

_logger = logging.getLogger(__name__)


def key(text: str) -> bytes:
    """The name of a text (prefix included) in the store: 16 bytes of BLAKE2b."""
    return hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=16).digest()


class Store:
    """The vectors of one model, told apart by `identity`: name, checksum and how tokens become a vector."""

    def __init__(self, identity: str) -> None:
        self._path = home("embeddings") / f"{hashlib.sha256(identity.encode()).hexdigest()[:24]}.sqlite"

    def get(self, keys: Sequence[bytes]) -> dict[bytes, np.ndarray]:
        """Float32 vectors of those `keys` that are known."""
        found: dict[bytes, np.ndarray] = {}
        try:
            with self._open() as database:
                database.execute("CREATE TEMP TABLE wanted (key BLOB PRIMARY KEY) WITHOUT ROWID")
                database.executemany("INSERT OR IGNORE INTO wanted VALUES (?)", ((k,) for k in keys))
                rows = database.execute("SELECT key, vector FROM wanted JOIN vectors USING (key)")
                found = {k: np.frombuffer(vector, "<f4") for k, vector in rows}
        except sqlite3.Error as error:
            self._give_up(error)
        return found

    def put(self, keys: Sequence[bytes], vectors: np.ndarray) -> None:
        """Keeps float32 vectors of shape (n, d)."""
        try:
            with self._open() as database:
                rows = ((k, vector.astype("<f4").tobytes()) for k, vector in zip(keys, vectors, strict=True))
                database.executemany("INSERT OR IGNORE INTO vectors VALUES (?, ?)", rows)
                self._trim(database)
        except sqlite3.Error as error:
            self._give_up(error)

    @contextmanager
    def _open(self) -> Iterator[sqlite3.Connection]:
        with closing(sqlite3.connect(self._path, timeout=TIMEOUT_SECONDS)) as database, database:
            database.execute("PRAGMA journal_mode = WAL")
            database.execute("PRAGMA synchronous = NORMAL")
            database.execute("CREATE TABLE IF NOT EXISTS vectors (key BLOB PRIMARY KEY, vector BLOB NOT NULL)")
            yield database

    @staticmethod
    def _trim(database: sqlite3.Connection) -> None:
        (pages,), (page_bytes,), (free,) = (
            database.execute(f"PRAGMA {name}").fetchone() for name in ("page_count", "page_size", "freelist_count")
        )
        if (pages - free) * page_bytes > LIMIT_BYTES:
            first, last = database.execute("SELECT min(rowid), max(rowid) FROM vectors").fetchone()
            database.execute("DELETE FROM vectors WHERE rowid < ?", (first + (last - first) // 4,))

    def _give_up(self, error: sqlite3.Error) -> None:
        _logger.warning("the store of vectors is not used: %s", error)
        if isinstance(error, sqlite3.DatabaseError) and not isinstance(error, sqlite3.OperationalError):
            for path in self._path.parent.glob(self._path.name + "*"):  # torn: start anew next time
                Path(path).unlink(missing_ok=True)
