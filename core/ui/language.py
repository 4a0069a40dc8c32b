"""The language of the session: the browser's own at first, then what the sidebar's switch (and the URL, `?lang=zh`) says."""

from __future__ import annotations

import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx

from core.language import LANGUAGES, best_language, translate
from core.ui import url
from core.ui.plain import plain

KEY = "lang"


def language() -> str:
    """Code of the language that this session reads; English outside a session."""
    if get_script_run_ctx(suppress_warning=True) is None:
        return "en"
    chosen = st.session_state.get(KEY) or st.query_params.get(KEY)
    return chosen if chosen in LANGUAGES else best_language(st.context.locale)


def _(message: object, /, **values: object) -> str:
    """`message` in the session's language. Values go in as they are: for anything that markdown renders, use `say`."""
    return translate(message, language(), **values)


def say(message: object, /, **values: object) -> str:
    """`message` in the session's language for a place that renders markdown: what users named is escaped."""
    if not isinstance(message, str):
        values = {**getattr(message, "values", {}), **values}
    safe = {name: plain(value) if isinstance(value, str) else value for name, value in values.items()}
    return translate(message, language(), **safe)


def switch() -> None:
    """The language switch; the choice is kept in the URL."""
    names = LANGUAGES.__getitem__
    url.choice("Language / 语言", list(LANGUAGES), names, key=KEY, default=best_language(st.context.locale), width="stretch")
