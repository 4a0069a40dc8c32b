"""From one capability to the next with the same documents, or with the text that the first one gave."""

from __future__ import annotations

from typing import Any

import streamlit as st

from core import registry
from core.contracts import Capability, Documents, Report, Text
from core.language import N_
from core.ui import url
from core.ui.language import _

FIELD = "chain.capabilities"  # the session's name for the ids on this page
VERBS = {
    "text.translate": N_("Translate"),
    "text.answer": N_("Ask about it"),
    "text.summarize": N_("Summarise"),
    "text.entities": N_("Find names"),
    "text.search": N_("Search in it"),
}
MOST_CHARACTERS = 500_000  # of a result that is passed on


def offer(capability: Capability, result: Any, key: str) -> None:
    """Buttons that take the documents, or the result's text, to the other capabilities of the page."""
    others = [name for name in st.session_state.get(FIELD, []) if name != capability.id and Documents in registry.get(name).takes]
    if not others:
        return
    with st.container(border=True):
        st.markdown("**" + _("Go on with the same documents") + "**")
        _buttons(others, "", f"{key}.chain")
        text = text_of(result)
        if text:
            st.markdown("**" + _("Go on with this result") + "**")
            _buttons(others, text, f"{key}.chain.result")


def _buttons(names: list[str], text: str, key: str) -> None:
    with st.container(horizontal=True):
        for name in names:
            label = _(VERBS.get(name, registry.get(name).title))
            st.button(label, key=f"{key}.{name}", icon=":material/arrow_forward:", on_click=_go, args=(name, text))


def _go(name: str, text: str) -> None:
    url.choose("capability", name)
    if text:
        from core.ui import documents

        documents.put(text)


def text_of(result: Any) -> str:
    """The first text that a report gives as its answer; empty where there is none."""
    sections = result.sections if isinstance(result, Report) else ()
    found = next((section.result.text for section in sections if isinstance(section.result, Text)), "")
    return found[:MOST_CHARACTERS]
