"""A bar on the page for work that is done while one waits."""

from __future__ import annotations

import secrets
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import streamlit as st

from core.contracts import Audio, Context, Result
from core.ui.language import _
from core.ui.markup import paragraphs
from core.ui.plain import plain

SECONDS = 0.2  # between two updates of the bar
LINES = 8  # of the text that is read along


class BarContext(Context):
    """Shows what running work reports. Streamlit ends the run at the next report when the user clicks elsewhere."""

    def __init__(self, slot: Any) -> None:
        self._slot, self._shown = slot, 0.0
        self._read: Any = None
        self._parts: Any = None
        self._key, self._count = f"part.{secrets.token_hex(4)}", 0
        self._said: list[str] = []

    def progress(self, share: float, message: str = "", **values: object) -> None:
        if time.monotonic() - self._shown < SECONDS:
            return
        self._shown = time.monotonic()
        text = _(message, **{name: plain(value) for name, value in values.items()}) if message else _("Working…")
        self._slot.progress(min(1.0, max(0.0, share)), text=text)

    def text(self, piece: str) -> None:
        self._said = [*self._said, piece][-LINES:]
        self._read = self._read if self._read is not None else st.empty()
        with self._read.container(border=True):
            st.html(paragraphs("\n".join(self._said) + " ▍"))

    def part(self, result: Result) -> None:
        from core.ui.aloud import aloud
        from core.ui.views import show

        self._parts = self._parts if self._parts is not None else st.container()
        self._count += 1
        with self._parts:
            if isinstance(result, Audio):
                aloud(result, f"{self._key}.{self._count}")
            else:
                show(result, f"{self._key}.{self._count}")

    def close(self) -> None:
        """Takes away what was shown while one waited; a sentence that is being heard goes on until its end."""
        self._slot.empty()
        if self._read is not None:
            self._read.empty()


@contextmanager
def bar() -> Iterator[Context]:
    """A spinner with the time, and below it a bar as soon as the work reports."""
    with st.spinner(_("Working…"), show_time=True):
        context = BarContext(st.empty())
        try:
            yield context
        finally:
            context.close()
