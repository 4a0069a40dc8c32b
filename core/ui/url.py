"""Choices that stand in the URL, so that a link or F5 shows the same again."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Literal

import streamlit as st


def choice(
    label: str,
    options: Sequence[str],
    names: Callable[[str], str],
    *,
    key: str,
    default: str = "",
    width: Literal["content", "stretch"] = "content",
) -> str:
    """A segmented control whose value is the query parameter `key`; the default is not written there.

    Streamlit's own `bind` would write the shown name, which is another one in each language.
    """
    default = default or options[0]
    if st.session_state.get(key) not in options:
        asked = st.query_params.get(key, default)
        st.session_state[key] = asked if asked in options else default
    chosen = st.segmented_control(
        label, options, required=True, format_func=names, key=key, label_visibility="collapsed", width=width
    )  # fmt: skip
    chosen = str(chosen or default)
    if chosen != default:
        st.query_params[key] = chosen
    else:
        st.query_params.pop(key, None)
    return chosen
