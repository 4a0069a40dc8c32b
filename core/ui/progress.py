"""A bar on the page for work that is done while one waits."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import streamlit as st

from core.contracts import Context
from core.ui.language import _
from core.ui.plain import plain

SECONDS = 0.2  # between two updates of the bar


class BarContext(Context):
    """Shows what running work reports. Streamlit ends the run at the next report when the user clicks elsewhere.

    Work of less than `after` seconds shows nothing. `stop` is the button that ends it, as (key, what a click does first).
    """

    def __init__(self, slot: Any, after: float = 0.0, stop: tuple[str, Callable[[], None]] | None = None) -> None:
        self._slot, self._shown, self._stop = slot, 0.0, stop
        self._bar: Any = None
        self._from = time.monotonic() + after if after else 0.0

    def progress(self, share: float, message: str = "", **values: object) -> None:
        now = time.monotonic()
        if now < self._from or now - self._shown < SECONDS:
            return
        self._shown = now
        text = _(message, **{name: plain(value) for name, value in values.items()}) if message else _("Working…")
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


@contextmanager
def bar(said: str = "", after: float = 0.0, stop: tuple[str, Callable[[], None]] | None = None) -> Iterator[Context]:
    """A spinner with the time, and below it a bar as soon as the work reports; the rest as in `BarContext`."""
    with st.spinner(said or _("Working…"), show_time=True):
        slot = st.empty()
        try:
            yield BarContext(slot, after, stop)
        finally:
            slot.empty()
