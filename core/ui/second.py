"""The field for a second recording: a sample, a file or the microphone."""

from __future__ import annotations

import streamlit as st

from core.ui import sounds
from core.ui.language import _
from core.ui.trouble import attempt


def second(label: str, told: str, key: str, value: str) -> str:
    """What names the recording that was given: `sample:<name>`, or an upload's digest; empty as long as there is none."""
    from core import samples

    with st.container(border=True):
        st.markdown(f"**{label}**", help=told)
        way = st.segmented_control(
            label, list(sounds.WAYS), required=True, default="sample", format_func=lambda name: _(sounds.WAYS[name]),
            key=f"{key}.way", persist_state="page", label_visibility="collapsed",
        )  # fmt: skip
        if way == "sample":
            known = samples.catalogue()
            names = [name for name, one in known.items() if one.kind == "sound"]
            asked = value.removeprefix("sample:")
            name = st.selectbox(
                label, names, index=names.index(asked) if asked in names else 0, format_func=lambda name: _(known[name].title),
                key=f"{key}.sample", persist_state="page", label_visibility="collapsed",
            )  # fmt: skip
            return f"sample:{name}"
        if way == "upload":
            file = st.file_uploader(label, type=sounds.TYPES, key=f"{key}.file", label_visibility="collapsed")
        else:
            file = st.audio_input(label, sample_rate=sounds.MICROPHONE_RATE, key=f"{key}.audio", label_visibility="collapsed")
        if file is None:
            return ""
        from core.intake import spool

        upload = attempt(lambda: spool(file, file.name))
        return upload.digest if upload is not None else ""
