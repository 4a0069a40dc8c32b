"""Jobs on this machine: one child process each, in a session of its own, so that it outlives the server."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path

import psutil

from core.home import home
from core.jobs import folder
from core.jobs.store import Row

ROOT = Path(__file__).resolve().parents[2]
PATIENCE_SECONDS = 1.0  # between asking a worker to stop and ending it

_children: set[subprocess.Popen[bytes]] = set()  # of this process, to be reaped


def cores() -> int:
    """Processors that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def slots() -> int:
    """How many jobs may run at once: PANORAMA_JOBS, or one for every two processors."""
    return max(1, int(os.environ.get("PANORAMA_JOBS") or cores() // 2))


def start(row: Row) -> None:
    """Starts the worker and returns at once; the worker registers itself in the job's row."""
    environment = {"OMP_NUM_THREADS": str(max(1, cores() // slots())), **os.environ}
    environment.update(PANORAMA_HOME=str(home().absolute()), PYTHONUNBUFFERED="1")
    with (folder.of(row.id) / "log.txt").open("ab") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "core.worker", row.id, str(row.attempt)],
            cwd=ROOT, env=environment, stdin=subprocess.DEVNULL, stdout=log, stderr=subprocess.STDOUT, start_new_session=True,
        )  # fmt: skip
    _children.add(process)


def is_alive(row: Row) -> bool:
    return _process(row) is not None


def stop(row: Row) -> None:
    """Ends the worker and everything that it started, within about a second: asks first, then insists."""
    worker = _process(row)
    if worker is None:
        return
    with suppress(psutil.NoSuchProcess):
        family = [worker, *worker.children(recursive=True)]
        group = os.getpgid(worker.pid)
        is_leader = group == worker.pid  # never the group of somebody who ran the worker by hand
        _signal(family, group if is_leader else None, signal.SIGTERM)
        if left := _wait(family):
            _signal(left, group if is_leader else None, signal.SIGKILL)
            _wait(left)


def _signal(processes: list[psutil.Process], group: int | None, number: signal.Signals) -> None:
    if group is not None:
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(group, number)
    for process in processes:
        with suppress(psutil.NoSuchProcess):
            process.send_signal(number)


def _wait(processes: list[psutil.Process]) -> list[psutil.Process]:
    """Those that still work after `PATIENCE_SECONDS`."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while (left := [p for p in processes if _works(p)]) and time.monotonic() < deadline:
        time.sleep(0.02)
    return left


def _works(process: psutil.Process) -> bool:
    """Whether the process is there and not only waiting to be reaped (by us, or by an init that never does)."""
    _reap()
    try:
        return process.is_running() and process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def _process(row: Row) -> psutil.Process | None:
    """The worker's process, if it still is the same one."""
    if row.pid is None or row.pid_created is None:
        return None
    try:
        process = psutil.Process(row.pid)
        is_same = abs(process.create_time() - row.pid_created) < 1
    except psutil.NoSuchProcess:
        return None
    return process if is_same and _works(process) else None


def _reap() -> None:
    for process in list(_children):
        if process.poll() is not None:
            _children.discard(process)
