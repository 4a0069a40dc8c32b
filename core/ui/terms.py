"""Consent to a licence that is not open source, asked for where the model is chosen."""

from __future__ import annotations

import streamlit as st

from core.ui import progress
from core.ui.language import _, say
from core.ui.trouble import attempt


def accepted(name: str, key: str) -> bool:
    """Whether the weights `name` may be used; where somebody has to agree first, the page asks for it here."""
    from core import weights

    if name not in weights.catalogue() or weights.status(name).state != "needs acceptance":
        return True
    st.warning(say(weights.status(name).sentence))
    if st.button(_("I have read the terms and accept them"), key=f"{key}.accept", type="primary"):
        with progress.bar() as context:
            fetched = attempt(lambda: weights.fetch(name, accept=True, progress=context.progress))
        if fetched is not None:
            st.rerun()
    return False
