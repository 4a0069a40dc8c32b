"""A recording with its transcript: click a sentence to hear it, see the words as they are spoken."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import Any

import streamlit as st

from core.contracts import Transcript
from core.language import N_, translate
from core.ui import theme
from core.ui.language import _, language

WORDS = {"play": N_("Play from here"), "unsure": N_("The model is not sure:")}
UNSURE = 0.5  # probability below which a word is marked
HTML = '<div class="player"><audio controls preload="metadata"></audio><div class="said"></div></div>'
CSS = """
.player audio{width:100%;display:block;margin-bottom:10px}
.player audio[hidden]{display:none}
.player .said{max-height:460px;overflow:auto;line-height:1.65;overflow-wrap:anywhere;position:relative}
.player .row{padding:3px 8px;border-radius:6px}
.player .row.now{background:color-mix(in srgb, var(--st-primary-color) 10%, transparent)}
.player .name{font-weight:600;font-size:.875rem;margin-top:8px}
.player .time{font:inherit;font-size:.78rem;font-variant-numeric:tabular-nums;color:var(--st-text-color);opacity:.65;border:0;
  background:transparent;cursor:pointer;padding:0 10px 0 0;min-width:52px;text-align:left}
.player .time:hover,.player .time:focus-visible{opacity:1;text-decoration:underline}
.player .word{cursor:pointer;border-radius:3px;white-space:pre-wrap}
.player .word:hover{background:color-mix(in srgb, var(--st-primary-color) 18%, transparent)}
.player .word.now{background:color-mix(in srgb, var(--st-primary-color) 32%, transparent)}
.player .word.unsure{text-decoration:underline dotted;text-underline-offset:3px;opacity:.8}
"""


@lru_cache(maxsize=1)
def _component() -> Any:
    return st.components.v2.component(
        "panorama_player", html=HTML, css=CSS, js=Path(__file__).with_suffix(".js").read_text("utf-8")
    )


def player(result: Transcript, address: str, key: str) -> None:
    """The transcript; `address` is where the browser gets the sound, "" where it is not kept any more."""
    colors = theme.current().categorical
    sentences = []
    for one in result.utterances:
        known = 0 <= one.speaker < len(result.speakers)
        sentences.append({
            "start": one.start, "text": one.text, "end": one.end, "color": colors[max(0, one.speaker) % len(colors)],
            "name": translate(result.speakers[one.speaker], language()) if known else "",
            "words": [[word.text, word.start, word.end, word.probability] for word in one.words],
        })  # fmt: skip
    words = {name: _(word) for name, word in WORDS.items()}
    _component()(key=key, data={"src": address, "sentences": sentences, "words": words, "unsure": UNSURE})
