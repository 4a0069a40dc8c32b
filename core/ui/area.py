"""What the input areas of documents, pictures and recordings have in common: the way in, and what the browser sent.

What was given belongs to the page and is named in the URL, so that all capabilities of a page share it and F5 keeps it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import streamlit as st

from core.ui import inputs
from core.ui.language import _
from core.ui.trouble import attempt


@dataclass(frozen=True)
class Area:
    """`key` begins the names of all that it keeps in the session."""

    key: str

    def way(self, ways: Mapping[str, str]) -> str:
        """Which of the ways in (id and title) is chosen, the first where none was: the switch."""
        place = f"{self.key}.way"
        if f"{self.key}.next" in st.session_state:
            st.session_state[place] = st.session_state.pop(f"{self.key}.next")
        elif "data" in st.query_params and place not in st.session_state:
            st.session_state[place] = "upload"
        if st.session_state.get(place) not in ways:
            st.session_state[place] = next(iter(ways))
        return str(st.segmented_control(
            _("Input"), list(ways), required=True, format_func=lambda name: _(ways[name]), key=place, persist_state="page",
            label_visibility="collapsed",
        ))  # fmt: skip

    def put(self, upload: Any) -> None:
        """Makes `upload` what is given here; call it before the widgets are drawn."""
        st.query_params["data"] = upload.digest
        st.session_state[f"{self.key}.next"] = "upload"
        st.session_state[f"{self.key}.generation"] = st.session_state.get(f"{self.key}.generation", 0) + 1
        st.session_state.pop(f"{self.key}.uploaded", None)

    @property
    def uploader(self) -> str:
        """The uploader's key: another one, and so an empty uploader, after each `put`."""
        return f"{self.key}.file.{st.session_state.get(f'{self.key}.generation', 0)}"

    def sent(self, ids: object, spool: Callable[[], Any], takes: object = None) -> Any | None:
        """What the browser sent under these ids, spooled once and named in the URL; None (with a sentence) where it fails."""
        place = f"{self.key}.uploaded"
        if st.session_state.get(place, (None,))[0] != ids:
            upload = attempt(spool)
            if upload is None:
                return None
            st.session_state[place] = (ids, upload, takes)
        upload = st.session_state[place][1]
        st.query_params["data"] = upload.digest
        return upload

    def again(self, hint: str, takes: object = None) -> Any | None:
        """With an empty uploader: the upload that the URL names; None (with `hint`) where there is none, or it was taken out.

        `takes` is what the uploader accepts: an empty one for other types is another uploader, and nothing was taken out.
        """
        known = st.session_state.pop(f"{self.key}.uploaded", None)
        if known is not None and known[2] == takes:
            st.query_params.pop("data", None)
        if digest := st.query_params.get("data", ""):
            return inputs.again(digest)
        st.caption(hint)
        return None
