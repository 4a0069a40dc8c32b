"""Consent to terms: weights whose licence is not open source are fetched only after somebody has accepted it, on the page."""

from __future__ import annotations

import streamlit as st

from core.contracts import Params
from core.ui import progress
from core.ui.language import _, say
from core.ui.trouble import attempt


def accepted(params: Params, key: str) -> bool:
    """Whether what `params` name may be used; where one of their values names weights that need consent, it is asked for here."""
    from core import weights

    values = {value for value in params.model_dump().values() if isinstance(value, str)}
    for name in sorted(values & set(weights.catalogue())):
        status = weights.status(name)
        if status.state == "needs acceptance":
            st.warning(say(status.sentence))
            if st.button(_("I have read the terms and accept them"), key=f"{key}.accept", type="primary"):
                with progress.bar() as context:
                    fetched = attempt(lambda name=name: weights.fetch(name, accept=True, progress=context.progress))  # type: ignore[misc]
                if fetched is not None:
                    st.rerun()
            return False
    return True
