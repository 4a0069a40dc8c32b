"""What users think of an answer, kept with the input's hash and the model that gave it."""

from __future__ import annotations

import streamlit as st

from core.feedback import MOST_CHARACTERS
from core.ui.language import _
from core.ui.trouble import attempt


def ask(key: str, *, input_digest: str, model: str) -> None:
    """Thumbs and an optional word; stored at once through `core.feedback`."""
    with st.container(horizontal=True, vertical_alignment="center"):
        st.caption(_("Was this answer right?"), width="content")
        score = st.feedback("thumbs", key=f"{key}.thumbs.{input_digest[:12]}")
    told = f"{key}.told.{input_digest[:12]}.{model}"
    if score is None:
        return
    if st.session_state.get(told, (None,))[0] != score:
        number = attempt(lambda: _store(input_digest, model, score))
        if number is None:
            return
        st.session_state[told] = (score, number)
        st.toast(_("Thank you. It is kept with the model, to improve it."))
    _comment(f"{key}.comment.{input_digest[:12]}", st.session_state[told][1])


def _comment(key: str, number: int) -> None:
    """A word on the opinion with that number, for whoever wants to say more."""
    with st.form(f"{key}.form", border=False), st.container(horizontal=True, vertical_alignment="bottom"):
        comment = st.text_input(
            _("What was right, what was wrong? (optional)"), key=key, max_chars=MOST_CHARACTERS,
            placeholder=_("Your own words; they stay on this machine."),
        )  # fmt: skip
        sent = st.form_submit_button(_("Send"), key=f"{key}.send")
    if sent and comment.strip() and attempt(lambda: _add(number, comment.strip())):
        st.toast(_("Thank you. It is kept with the model, to improve it."))


def _store(input_digest: str, model: str, score: int) -> int:
    from core.feedback import feedback

    return feedback(input_digest, model, score)


def _add(number: int, comment: str) -> bool:
    from core.feedback import add_comment

    add_comment(number, comment)
    return True
