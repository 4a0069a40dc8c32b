"""Clips recorded on the page, word by word, to train on. They stay in the session, and make an archive like an uploaded one."""

from __future__ import annotations

import io
import re
import zipfile
from collections import Counter

import streamlit as st

from core.source import Source
from core.ui.inputs import Given, opened
from core.ui.language import _
from core.ui.plain import plain
from core.ui.trouble import attempt

RATE = 16_000
LEAST_WORDS, LEAST_CLIPS = 2, 4  # of each word, below which there is nothing to split
WORD_CHARACTERS = 40
NAME = "recorded.zip"
KEY = "recorder"
CLIPS = f"{KEY}.clips"  # the session's clips: (word, speaker, WAV file) each


def choose(key: str) -> Given | None:
    """Fields for a word and its clip, what was recorded so far, and the table that it makes once there is enough."""
    clips: list[tuple[str, str, bytes]] = st.session_state.setdefault(CLIPS, [])
    columns = st.columns(2)
    word = columns[0].text_input(_("Word"), max_chars=WORD_CHARACTERS, key=f"{KEY}.word", placeholder=_("e.g. stop"))
    speaker = columns[1].text_input(_("Who speaks"), max_chars=WORD_CHARACTERS, key=f"{KEY}.speaker", placeholder=_("optional"))
    file = st.audio_input(_("Say the word once"), sample_rate=RATE, key=f"{KEY}.{len(clips)}")
    if st.button(_("Keep this clip"), key=f"{KEY}.keep", disabled=file is None or not _clean(word), icon=":material/add:"):
        assert file is not None
        clips.append((_clean(word), _clean(speaker), file.getvalue()))
        st.rerun()
    if not clips:
        st.caption(_("Write a word, say it, keep the clip; at least {words} words, {clips} clips each.", words=LEAST_WORDS,
                     clips=LEAST_CLIPS))  # fmt: skip
        return None
    return _kept(clips)


def _kept(clips: list[tuple[str, str, bytes]]) -> Given | None:
    counts = Counter(word for word, _speaker, _file in clips)
    st.caption(" · ".join(f"{plain(word)} {count}" for word, count in counts.items()))
    st.audio(clips[-1][2], format="audio/wav")
    with st.container(horizontal=True):
        if st.button(_("Drop the last clip"), key=f"{KEY}.drop", icon=":material/undo:"):
            clips.pop()
            st.rerun()
        st.download_button(_("All clips (ZIP)"), lambda: packed(clips), NAME, "application/zip", key=f"{KEY}.zip",
                           on_click="ignore", icon=":material/download:")  # fmt: skip
    short = [word for word, count in counts.items() if count < LEAST_CLIPS]
    if len(counts) < LEAST_WORDS or short:
        st.info(_("At least {words} words, {clips} clips each, are needed to train.", words=LEAST_WORDS, clips=LEAST_CLIPS))
        return None
    from core.intake import spool

    upload = attempt(lambda: spool(packed(clips), NAME))
    return opened(Source(kind="upload", name=upload.name, digest=upload.digest)) if upload is not None else None


def packed(clips: list[tuple[str, str, bytes]]) -> bytes:
    """The clips as a ZIP archive, a folder for each word; the same clips give the same bytes."""
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        for number, (word, speaker, file) in enumerate(clips):
            name = f"{word}/{speaker or 'me'}_nohash_{number}.wav"
            archive.writestr(zipfile.ZipInfo(name, (2000, 1, 1, 0, 0, 0)), file)
    return content.getvalue()


def _clean(text: str) -> str:
    """A word that can be a folder's name."""
    return " ".join(re.sub(r'[\\/:*?"<>|\x00-\x1f.]', " ", text).split())
