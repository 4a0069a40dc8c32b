"""The one door to a loaded model: loaded once, leased to one user at a time, closed when idle and memory is short.

Most models (YOLO, Whisper, the fast tokenizers) are not thread-safe, and a dashboard serves every session from threads of
one process. So nobody keeps a model: whoever needs one says `with lease(key, loader) as model:` and is out again soon.
Nothing here knows of Streamlit; make no `st.` call inside a lease.
"""

from __future__ import annotations

import gc
import logging
import os
import time
from collections.abc import Callable, Hashable, Iterator
from concurrent.futures import Future
from concurrent.futures import TimeoutError as FutureTimeoutError
from contextlib import contextmanager
from dataclasses import dataclass, field
from threading import Lock
from typing import Any, TypeVar

import psutil

from core.contracts.errors import BusyError
from core.language import N_

Value = TypeVar("Value")

MEMORY_SHARE = 0.4  # of the machine's memory, for idle and leased models together, unless PANORAMA_MODEL_MEMORY_MB says otherwise
BUSY = N_("This model is busy with other work. Try again in a minute.")

_logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Loaded:
    """One model in memory: its size in bytes (given or measured), how many hold it now, and since when nobody has."""

    key: Hashable
    size: int
    users: int
    idle_seconds: float


class _AbandonedError(Exception):
    """The load was broken off from outside (not failed): whoever waits for it loads by itself."""


@dataclass(eq=False)
class _Entry:
    key: Hashable
    value: Future[Any] = field(default_factory=Future)
    in_use: Any = field(default_factory=lambda: Lock())
    users: int = 0  # leases and those who wait for one
    size: int = 0
    used: float = 0.0
    forgotten: bool = False


class Shelf:
    """All loaded models of this process. `core.cache.lease` and its neighbours work on one shared instance."""

    def __init__(self, budget: int | None = None) -> None:
        self._lock = Lock()  # guards the entries and their counts; never held while a model loads, works or closes
        self._entries: dict[Hashable, _Entry] = {}
        self._budget = budget

    @property
    def budget(self) -> int:
        """Bytes that all models together should stay below."""
        if self._budget is not None:
            return self._budget
        megabytes = os.environ.get("PANORAMA_MODEL_MEMORY_MB")
        return int(float(megabytes) * 2**20) if megabytes else int(psutil.virtual_memory().total * MEMORY_SHARE)

    @contextmanager
    def lease(
        self,
        key: Hashable,
        loader: Callable[[], Value],
        *,
        size: int | None = None,
        timeout: float = 60.0,
        concurrent: bool = False,
    ) -> Iterator[Value]:
        """Gives what `loader()` returned, for the time of the `with` block.

        However many ask at once, one loads and the others wait; when the load fails, all get its error, and the next who
        asks tries again. Only one block at a time has the model, unless every caller says `concurrent=True` because the
        model allows it. Whoever has waited `timeout` seconds (for the load or for its turn) gets `BusyError`; the load itself is
        never broken off. A thread that already has `key` must not lease it again.

        `size` is the model's memory in bytes; without it, the growth of the process during the load counts. Above the
        budget, models that nobody holds are dropped, the least recently used first; the last one used stays. A dropped
        model's `close()` is called where it has one.
        """
        deadline = time.monotonic() + timeout
        entry, value = self._value(key, loader, size, deadline)
        try:
            if not concurrent and not entry.in_use.acquire(timeout=max(0.0, deadline - time.monotonic())):
                raise BusyError(BUSY)
            try:
                yield value
            finally:
                if not concurrent:
                    entry.in_use.release()
        finally:
            self._leave(entry)

    def loaded(self) -> list[Loaded]:
        """What is in memory now, the last used first."""
        now = time.monotonic()
        with self._lock:
            entries = sorted((e for e in self._entries.values() if _is_ready(e)), key=lambda e: -e.used)
            return [Loaded(e.key, e.size, e.users, 0.0 if e.users else now - e.used) for e in entries]

    def forget(self, key: Hashable) -> None:
        """Lets go of a model: at once when nobody holds it, else when the last holder is done. The next lease loads anew."""
        with self._lock:
            entry = self._entries.pop(key, None)
            if entry is None:
                return
            entry.forgotten = True
            idle = not entry.users
        if idle:
            _close([entry])

    def _value(self, key: Hashable, loader: Callable[[], Value], size: int | None, deadline: float) -> tuple[_Entry, Value]:
        while True:
            with self._lock:
                entry = self._entries.get(key)
                is_mine = entry is None
                if entry is None:
                    entry = self._entries[key] = _Entry(key)
                entry.users += 1
            try:
                if is_mine:
                    self._load(entry, loader, size)
                return entry, entry.value.result(max(0.0, deadline - time.monotonic()))
            except _AbandonedError:
                self._leave(entry)
            except FutureTimeoutError as error:
                self._leave(entry)
                if entry.value.done():  # the loader's own TimeoutError
                    raise
                raise BusyError(BUSY) from error
            except BaseException:
                self._leave(entry)
                raise

    def _load(self, entry: _Entry, loader: Callable[[], Any], size: int | None) -> None:
        if size is not None:
            self._drop_idle(size)
        before = psutil.Process().memory_info().rss
        try:
            value = loader()
        except BaseException as error:
            with self._lock:
                if self._entries.get(entry.key) is entry:
                    del self._entries[entry.key]
            # Streamlit stops a script with a BaseException: that is one session's affair, not the waiters'.
            entry.value.set_exception(error if isinstance(error, Exception) else _AbandonedError())
            if isinstance(error, Exception):
                return  # raised by the caller's own `result()`
            raise
        entry.size = size if size is not None else max(0, psutil.Process().memory_info().rss - before)
        entry.value.set_result(value)

    def _leave(self, entry: _Entry) -> None:
        with self._lock:
            entry.users -= 1
            entry.used = time.monotonic()
            close_now = entry.forgotten and not entry.users and _is_ready(entry)
        if close_now:
            _close([entry])
        self._drop_idle(0)

    def _drop_idle(self, incoming: int) -> None:
        """Drops idle models, the least recently used first, until what is loaded and `incoming` bytes fit the budget."""
        budget, dropped = self.budget, []
        with self._lock:
            total = sum(e.size for e in self._entries.values()) + incoming
            ready = sorted((e for e in self._entries.values() if _is_ready(e)), key=lambda e: e.used)
            for entry in ready if incoming else ready[:-1]:
                if total <= budget:
                    break
                if not entry.users:
                    del self._entries[entry.key]
                    total -= entry.size
                    dropped.append(entry)
        if dropped:
            _close(dropped)


def _is_ready(entry: _Entry) -> bool:
    return entry.value.done() and entry.value.exception() is None


def _close(entries: list[_Entry]) -> None:
    for entry in entries:
        close = getattr(entry.value.result(), "close", None)
        entry.value = Future()  # the last reference to the model
        try:
            if callable(close):
                close()
        except Exception:
            _logger.exception("closing %s failed", entry.key)
        del close
    gc.collect()


_shelf = Shelf()
lease = _shelf.lease
loaded = _shelf.loaded
forget = _shelf.forget
