"""Folders that are made once, whole or not at all."""

from __future__ import annotations

import os
import shutil
import time
from collections.abc import Callable
from pathlib import Path

STALE_SECONDS = 24 * 3600.0
MOST_SYNCED_ALONE = 64  # files; more are written out with everything else at once, which is a hundred times as fast


def make(target: Path, fill: Callable[[Path], None]) -> Path:
    """Calls `fill` with an empty temporary folder, syncs what it wrote and renames it to `target`, which it replaces."""
    _sweep(target)
    temporary = target.with_name(f".{target.name}.{os.getpid()}.{os.urandom(3).hex()}")
    temporary.mkdir(parents=True)
    try:
        fill(temporary)
        _sync([path for path in temporary.rglob("*") if path.is_file()])
        if target.exists():
            target.rename(temporary.with_name(temporary.name + ".old"))
        temporary.rename(target)
    finally:
        shutil.rmtree(temporary, ignore_errors=True)
        shutil.rmtree(temporary.with_name(temporary.name + ".old"), ignore_errors=True)
    return target


def _sync(paths: list[Path]) -> None:
    if len(paths) > MOST_SYNCED_ALONE and hasattr(os, "sync"):
        os.sync()
        return
    for path in paths:
        with path.open("rb") as stream:
            os.fsync(stream.fileno())


def _sweep(target: Path) -> None:
    """Removes what a crash left of earlier attempts."""
    for leftover in target.parent.glob(f".{target.name}.*"):
        if time.time() - leftover.stat().st_mtime > STALE_SECONDS:
            shutil.rmtree(leftover, ignore_errors=True)
