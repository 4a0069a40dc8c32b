"""A bar on the page for work that is done while one waits."""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import streamlit as st

from core.contracts import Audio, Context, Message, Result
from core.ui.language import _, say
from core.ui.markup import paragraphs
from core.ui.plain import plain

SECONDS = 0.2  # between two updates of the bar
LINES = 8  # of the text that is read along


class BarContext(Context):
    """Shows what running work reports. Streamlit ends the run at the next report when the user clicks elsewhere.

    Work of less than `after` seconds shows nothing. `stop` is the button that ends it, as (key, what a click does first).
    """

    def __init__(self, slot: Any, after: float = 0.0, stop: tuple[str, Callable[[], None]] | None = None) -> None:
        self._slot, self._shown, self._stop = slot, 0.0, stop
        self._bar: Any = None
        self._from = time.monotonic() + after if after else 0.0
        self._read: Any = None
        self._parts: Any = None
        self._key, self._count = f"part.{secrets.token_hex(4)}", 0
        self._said: list[str] = []

    def progress(self, share: float, message: str = "", **values: object) -> None:
        now = time.monotonic()
        if now < self._from or now - self._shown < SECONDS:
            return
        self._shown = now
        spoken = {name: plain(say(value) if isinstance(value, Message) else value) for name, value in values.items()}
        text = _(message, **spoken) if message else _("Working…")
        if self._bar is None:
            self._bar = self._drawn()
        self._bar.progress(min(1.0, max(0.0, share)), text=text)

    def _drawn(self) -> Any:
        """The place of the bar; where the work can be stopped, the button beside it."""
        if self._stop is None:
            return self._slot
        key, clicked = self._stop
        with self._slot.container(horizontal=True, vertical_alignment="center"):
            place = st.empty()
            st.button(_("Stop"), key=key, icon=":material/stop_circle:", on_click=clicked)
        return place

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
def bar(said: str = "", after: float = 0.0, stop: tuple[str, Callable[[], None]] | None = None) -> Iterator[Context]:
    """A spinner with the time, and below it a bar as soon as the work reports; the rest as in `BarContext`."""
    with st.spinner(said or _("Working…"), show_time=True):
        context = BarContext(st.empty(), after, stop)
        try:
            yield context
        finally:
            context.close()
