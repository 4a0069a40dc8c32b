"""The one place where a failing call becomes a sentence: what is wrong, what to do, and an id that is also in the log."""

from __future__ import annotations

import logging
import secrets
from collections.abc import Callable
from typing import TypeVar

import streamlit as st

from core.contracts import UserError
from core.ui.language import _, say

Answer = TypeVar("Answer")
log = logging.getLogger("panorama")


def attempt(work: Callable[[], Answer]) -> Answer | None:
    """The answer of `work`, or None after showing one error. Tracebacks go to the server's log only."""
    try:
        return work()
    except UserError as error:
        log.info("%s [%s]", error, error.error_id)
        show_error(error)
    except Exception:
        error_id = secrets.token_hex(4)
        log.exception("unexpected error [%s]", error_id)
        st.error(
            _("Something went wrong on our side. Try again; if it stays, report the error id {error_id}.", error_id=error_id)
        )
    return None


def show_error(error: UserError) -> None:
    """One translated sentence with its error id."""
    st.error(say(error) + "  \n" + _("Error id: {error_id}", error_id=f"`{error.error_id}`"))
