"""From one capability to the next with the same documents or pictures, or with the text or picture that the first one gave.

A text that was read in pictures goes on to the page of text.
"""

from __future__ import annotations

from typing import Any

import streamlit as st

from core import registry
from core.contracts import Capability, Documents, Image, Message, Pictures, Report, Sound, Text, Video
from core.language import N_
from core.ui import url
from core.ui.language import _, say
from core.ui.trouble import attempt

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
OF_A_TEXT = {
    "text.answer": N_("Ask about this text"),
    "text.summarize": N_("Summarise"),
    "text.translate": N_("Translate"),
}  # what one does with a text that was read in pictures


def offer(capability: Capability, result: Any, key: str, kind: type[Any] = Documents, name: str = "") -> None:
    """Buttons that take what was given (of that kind), or what the result gives of it, to the other capabilities of the page.

    `name` is what was given: a text that was read in it is called so where it goes on as a document.
    """
    if kind is not Documents:
        _offer_text(text_of(result), f"{key}.chain.text", name)
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


def _offer_text(text: str, key: str, name: str) -> None:
    """Buttons that open `text` as a document on the page of text."""
    known = registry.capabilities()
    offered = [one for one in OF_A_TEXT if text and one in known and url.page_of(known[one].field)]
    if not offered:
        return
    with st.container(border=True):
        st.markdown("**" + _("Go on with this text") + "**")
        with st.container(horizontal=True):
            pressed = [
                one for one in offered if st.button(_(OF_A_TEXT[one]), key=f"{key}.{one}", icon=":material/arrow_forward:")
            ]
        st.caption(say(Message(N_("All of it goes on as one document, {name}."), {"name": document_name(name)})))
    if pressed and (digest := attempt(lambda: _put_text(text, name))):
        st.switch_page(url.page_of(known[pressed[0]].field), query_params={"capability": pressed[0], "data": digest})


def _put_text(text: str, name: str) -> str:
    from core.ui import documents

    return documents.put(text, document_name(name))


def document_name(name: str) -> str:
    """What a text that was read in the file `name` is called as a file of its own."""
    stem, dot, ending = name.rpartition(".")
    known = dot and ending.isascii() and ending.isalnum() and len(ending) <= 4
    return (stem if known else name).strip() + ".txt" if name.strip() else _("result") + ".txt"


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
    return next((section.result.text for section in sections if isinstance(section.result, Text)), "")
