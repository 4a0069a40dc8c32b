"""Listening and answering at once: each sentence is worked on as soon as it was heard, while the rest is still listened to."""

from __future__ import annotations

from collections.abc import Callable

from core.contracts import Context, Result


class Relay(Context):
    """A context for the listening half: what is heard goes to `heard`, everything else to the context of the whole.

    `share` of the progress is the listening's; the sentences are worked on within it.
    """

    def __init__(self, whole: Context, heard: Callable[[str], None], share: float = 1.0) -> None:
        self._whole, self._heard, self._share = whole, heard, share
        self.folder = whole.folder

    def progress(self, share: float, message: str = "", **values: object) -> None:
        self._whole.progress(self._share * share, message, **values)

    def text(self, piece: str) -> None:
        self._heard(piece)

    def part(self, result: Result) -> None:
        self._whole.part(result)

    def log(self, line: str) -> None:
        self._whole.log(line)

    def check(self) -> None:
        self._whole.check()
