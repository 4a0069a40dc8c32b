"""Packs: many pictures in one ZIP file, kept by content beside the films, for results that show only the first of them."""

from __future__ import annotations

import os
import zipfile
from types import TracebackType

from core.contracts import Message
from core.home import home
from core.visual import film, saving


class PackWriter:
    """Writes pictures to a ZIP: `with PackWriter() as pack: pack.add(name, data)`, then `pack.file`, fit for `Gallery.rest`.

    What is not finished, because of an error or a cancelled job, leaves no file.
    """

    def __init__(self) -> None:
        self._temporary = home("films") / f".{os.getpid()}.{os.urandom(6).hex()}.part"
        self._count = 0
        self.file = ""

    def __enter__(self) -> PackWriter:
        self._archive = zipfile.ZipFile(self._temporary, "w", zipfile.ZIP_STORED)
        return self

    def add(self, name: str | Message, data: bytes) -> None:
        """One more picture, a file that `core.visual.encode` wrote."""
        self._count += 1
        self._archive.writestr(f"{saving.file_name(name, self._count)}.{saving.ending(data)}", data)

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:  # fmt: skip
        try:
            self._archive.close()
            if kind is None and self._count:
                self.file = film.keep(self._temporary, "zip")
        finally:
            self._temporary.unlink(missing_ok=True)
