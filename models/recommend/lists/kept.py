"""Arrays that take seconds to make, kept on disk under a name that says what they were made of: none can be out of date."""

from __future__ import annotations

import hashlib
import logging
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path

import numpy as np

from core.contracts import Table
from core.home import home, make_room, read_arrays, used, write_arrays

FOLDER = "recommend"
LIMIT_BYTES = 2 * 2**30  # of all together; those unused longest go first
FORM = 1  # of the files; another number makes all anew

_logger = logging.getLogger(__name__)


def identity(table: Table, *parts: object) -> str:
    """A name for what is made of `table` with `parts` (columns, settings): 32 hexadecimal digits."""
    import pandas as pd

    content = table.digest or hashlib.sha256(pd.util.hash_pandas_object(table.frame).to_numpy().tobytes()).hexdigest()
    return hashlib.sha256(repr((FORM, content, len(table), table.columns, parts)).encode()).hexdigest()[:32]


def is_kept(name: str) -> bool:
    return _path(name).is_file()


def arrays(name: str, make: Callable[[], dict[str, np.ndarray]]) -> dict[str, np.ndarray]:
    """What `make()` gives, from disk where it was made before. Where the disk is full, it is used without being kept."""
    path = _path(name)
    if path.is_file():
        try:
            found = read_arrays(path)
            used(path)
            return found
        except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile, zlib.error) as error:
            _logger.warning("%s is made anew: %s", path.name, error)
    made = make()
    try:
        make_room(path.parent, "*.npz", LIMIT_BYTES)
        write_arrays(path, made)
    except OSError as error:
        _logger.warning("%s is not kept: %s", path.name, error)
    return made


def _path(name: str) -> Path:
    return home(FOLDER) / f"{name}.npz"
