"""Results that are files, sounds and films: under the SHA-256 of their content in a folder of the home, streamed by name."""

from __future__ import annotations

import hashlib
import os
import re
import time
from dataclasses import dataclass
from pathlib import Path

from core.contracts import NotFoundError
from core.home import home

LEFTOVER_SECONDS = 86_400  # after which an unfinished file is nobody's any more
CHUNK_BYTES = 1024**2


@dataclass(frozen=True)
class Kept:
    """The folder below the home; the `endings` of its files; the sentences for what is no name, and for what is gone."""

    folder: str
    endings: tuple[str, ...]
    no_name: str
    gone: str

    def temporary(self) -> Path:
        """Where to write a new file; whoever does not finish it removes it."""
        return home(self.folder) / f".{os.getpid()}.{os.urandom(6).hex()}.part"

    def path_of(self, name: str) -> Path:
        """Where the file of that name lies. Raises NotFoundError for what is no such name or is not kept."""
        if not self._is_name(name):
            raise NotFoundError(self.no_name)
        path = home(self.folder) / name
        try:
            os.utime(path)  # looked at: it stays longer
        except OSError as error:
            raise NotFoundError(self.gone) from error
        return path

    def has(self, name: str) -> bool:
        """Whether the file is still there."""
        try:
            return self.path_of(name).is_file()
        except NotFoundError:
            return False

    def keep(self, temporary: Path, ending: str, most_bytes: int) -> str:
        """Renames a finished file to the SHA-256 of its content; the name. What was not looked at for longest goes when all
        together are over `most_bytes`.
        """
        whole = hashlib.sha256()
        with temporary.open("rb+") as stream:
            while piece := stream.read(CHUNK_BYTES):
                whole.update(piece)
            os.fsync(stream.fileno())
        name = f"{whole.hexdigest()}.{ending}"
        temporary.replace(temporary.with_name(name))
        self._sweep(temporary.parent, name, most_bytes)
        return name

    def _is_name(self, name: str) -> bool:
        return re.fullmatch(rf"[0-9a-f]{{64}}\.({'|'.join(self.endings)})", name) is not None

    def _sweep(self, folder: Path, new: str, most_bytes: int) -> None:
        """Makes room, and removes what a dead process left unfinished."""
        found = []
        for path in folder.iterdir():
            try:
                facts = path.stat()
            except FileNotFoundError:  # another process swept it
                continue
            if path.suffix == ".part" and facts.st_mtime < time.time() - LEFTOVER_SECONDS:
                path.unlink(missing_ok=True)
            elif self._is_name(path.name):
                found.append((facts.st_mtime, facts.st_size, path))
        room = most_bytes
        for _seen, size, path in sorted(found, key=lambda item: (item[2].name != new, -item[0])):
            room -= size
            if room < 0 and path.name != new:
                path.unlink(missing_ok=True)
