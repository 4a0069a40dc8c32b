"""Shapes drawn on a picture by mouse: lines, zones and boxes. The text that stands for them can be written by hand as well."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import Any

import streamlit as st

from core.language import N_
from core.ui import theme
from core.ui.language import _

WORDS = {
    "line": N_("Line"), "zone": N_("Zone"), "box": N_("Box"), "undo": N_("Undo"), "clear": N_("Clear"),
    "drag_hint": N_("Press, drag and let go."), "zone_hint": N_("Click the corners one after the other; double-click ends."),
}  # fmt: skip
MOST_SHAPES = 8
HTML = '<div class="shapes"><div class="bar"></div><canvas></canvas><div class="hint"></div></div>'
CSS = """
.shapes canvas{width:100%;max-width:860px;display:block;border-radius:6px;cursor:crosshair;touch-action:none}
.shapes .bar{display:flex;gap:6px;flex-wrap:wrap;margin-bottom:8px}
.shapes button{font:inherit;font-size:.875rem;padding:.25rem .75rem;border-radius:.5rem;cursor:pointer;
  border:1px solid var(--st-border-color);background:transparent;color:var(--st-text-color)}
.shapes button[aria-pressed=true]{border-color:var(--st-primary-color);color:var(--st-primary-color);font-weight:600}
.shapes .hint{font-size:.8rem;opacity:.7;margin-top:4px}
"""


@lru_cache(maxsize=1)
def _component() -> Any:
    return st.components.v2.component(
        "panorama_shapes", html=HTML, css=CSS, js=Path(__file__).with_suffix(".js").read_text("utf-8")
    )


def drawing(label: str, help: str | None, kinds: tuple[str, ...], ground: bytes, key: str, value: str) -> str:  # noqa: A002
    """The shapes as text, one a line (`line: 0.1,0.5 0.9,0.5`), in shares of the picture's width and height.

    `ground` is the picture file to draw on. What is drawn lands in a text field below, which can be edited too.
    """
    from core.ui.overlay import data_uri

    st.session_state.setdefault(key, value)
    drawn = f"{key}.canvas"

    def changed() -> None:
        st.session_state[key] = st.session_state[drawn]["shapes"]

    st.markdown(label, help=help)
    data = {
        "image": data_uri(ground), "kinds": list(kinds), "shapes": str(st.session_state[key]), "most": MOST_SHAPES,
        "colors": list(theme.LIGHT.categorical), "words": {name: _(word) for name, word in WORDS.items()},
    }  # fmt: skip
    _component()(key=drawn, data=data, default={"shapes": ""}, on_shapes_change=changed)
    with st.expander(_("Shapes as text"), type="compact"):
        st.text_area(_("One shape a line, in shares of width and height"), key=key, height=110, persist_state="page")
    return str(st.session_state[key])
