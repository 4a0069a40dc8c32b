"""Addresses: choices that stand in the URL, so that a link or F5 shows the same again, and the page of a field."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Literal

import streamlit as st

ROOT = Path(__file__).resolve().parents[2]


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
    widget = _widget(key)
    if st.session_state.get(widget) not in options:
        asked = st.query_params.get(key, default)
        st.session_state[widget] = asked if asked in options else default
    chosen = st.segmented_control(
        label, options, required=True, format_func=names, key=widget, label_visibility="collapsed", width=width
    )  # fmt: skip
    chosen = str(chosen or default)
    if chosen != default:
        st.query_params[key] = chosen
    else:
        st.query_params.pop(key, None)
    return chosen


def choose(key: str, option: str) -> None:
    """Makes `option` the value of the choice `key`; call it before the widgets are drawn.

    The control becomes a new one. With the old one, a browser that has not drawn the change yet sends the old value along with
    the next click, and the page falls back to where it was.
    """
    st.session_state[_generation(key)] = st.session_state.get(_generation(key), 0) + 1
    st.session_state[_widget(key)] = option


def page_of(field: str) -> str:
    """The field's page relative to app.py; empty for a field that has none."""
    page = f"pages/{field}.py"
    return page if (ROOT / page).exists() else ""


def _generation(key: str) -> str:
    return f"{key}.generation"


def _widget(key: str) -> str:
    number = st.session_state.get(_generation(key), 0)
    return f"{key}.{number}" if number else key
