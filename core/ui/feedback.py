"""What users think of an answer, kept with the input's hash and the model that gave it."""

from __future__ import annotations

import streamlit as st

from core.ui.language import _
from core.ui.trouble import attempt


def ask(key: str, *, input_digest: str, model: str) -> None:
    """Thumbs and an optional word; stored at once through `core.feedback`."""
    with st.container(horizontal=True, vertical_alignment="center"):
        st.caption(_("Was this answer right?"), width="content")
        score = st.feedback("thumbs", key=f"{key}.thumbs.{input_digest[:12]}")
    told = f"{key}.told.{input_digest[:12]}.{model}"
    if score is None or st.session_state.get(told) == score:
        return
    if attempt(lambda: _store(input_digest, model, score)):
        st.session_state[told] = score
        st.toast(_("Thank you. It is kept with the model, to improve it."))


def _store(input_digest: str, model: str, score: int) -> bool:
    from core.feedback import feedback

    feedback(input_digest, model, score)
    return True
