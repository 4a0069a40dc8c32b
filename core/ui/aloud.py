"""Sentences that are heard one after the other while further ones are still being made."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import Any

import streamlit as st

from core.contracts import Audio
from core.ui.language import say

HTML = '<div class="aloud"><audio controls preload="auto"></audio><div class="said"></div></div>'
CSS = """
.aloud{display:flex;gap:12px;align-items:center;flex-wrap:wrap}
.aloud[hidden]{display:none}
.aloud audio{height:36px;max-width:100%}
.aloud .said{flex:1 1 220px;line-height:1.5;overflow-wrap:anywhere}
"""


@lru_cache(maxsize=1)
def _component() -> Any:
    return st.components.v2.component(
        "panorama_aloud", html=HTML, css=CSS, js=Path(__file__).with_suffix(".js").read_text("utf-8")
    )


def aloud(sound: Audio, key: str) -> None:
    """Plays the sound when those before it have ended."""
    from core.ui.audible_views import address

    title = sound.title if isinstance(sound.title, str) else say(sound.title)
    _component()(key=key, data={"src": address(sound), "text": title})
