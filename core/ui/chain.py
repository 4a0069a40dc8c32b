"""From one capability to the next with the same documents or pictures, or with the text or picture that the first one gave."""

from __future__ import annotations

from typing import Any

import streamlit as st

from core import registry
from core.contracts import Capability, Documents, Image, Pictures, Report, Sound, Text, Video
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
    "vision.classify": N_("What is on it?"),
    "vision.detect": N_("Find objects"),
    "vision.segment": N_("Cut out the person"),
    "vision.track": N_("Follow what moves"),
    "vision.faces": N_("Find faces"),
    "vision.pose": N_("Find poses"),
    "vision.read": N_("Read the text"),
    "speech.transcribe": N_("Write it down"),
    "speech.synthesize": N_("Read it aloud"),
    "speech.translate": N_("Translate what is said"),
    "speech.converse": N_("Answer it"),
}
SAME = {
    Documents: N_("Go on with the same documents"),
    Pictures: N_("Go on with the same pictures"),
    Video: N_("Go on with the same video"),
    Sound: N_("Go on with the same recording"),
}
MOST_CHARACTERS = 500_000  # of a result that is passed on


def offer(capability: Capability, result: Any, key: str, kind: type[Any] = Documents) -> None:
    """Buttons that take what was given (of that kind), or what the result gives of it, to the other capabilities of the page."""
    others = [name for name in st.session_state.get(FIELD, []) if name != capability.id and kind in registry.get(name).takes]
    made = picture_of(result) if kind is Pictures else text_of(result) if kind is Documents else None
    if not others:
        return
    with st.container(border=True):
        st.markdown("**" + _(SAME[kind]) + "**")
        _buttons(others, None, f"{key}.chain")
        if made:
            st.markdown("**" + _("Go on with this result") + "**")
            _buttons(others, made, f"{key}.chain.result")


def _buttons(names: list[str], made: str | Image | None, key: str) -> None:
    with st.container(horizontal=True):
        for name in names:
            label = _(VERBS.get(name, registry.get(name).title))
            st.button(label, key=f"{key}.{name}", icon=":material/arrow_forward:", on_click=_go, args=(name, made))


def _go(name: str, made: str | Image | None) -> None:
    url.choose("capability", name)
    if isinstance(made, Image):
        from core.ui import pictures

        pictures.put(made)
    elif made:
        from core.ui import documents

        documents.put(made)


def picture_of(result: Any) -> Image | None:
    """The first picture that the capability itself made: a cut-out, a generated one."""
    found = [result, *(section.result for section in result.sections)] if isinstance(result, Report) else [result]
    return next((one for one in found if isinstance(one, Image)), None)


def text_of(result: Any) -> str:
    """The first text that a report gives as its answer; empty where there is none."""
    sections = result.sections if isinstance(result, Report) else ()
    found = next((section.result.text for section in sections if isinstance(section.result, Text)), "")
    return found[:MOST_CHARACTERS]
