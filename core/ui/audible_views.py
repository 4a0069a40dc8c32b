"""Results that are heard on the page: a sound with its pictures, a transcript that plays where one clicks."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import streamlit as st

from core.contracts import Audio, Report, Transcript
from core.language import N_
from core.sound import keeping, transcripts
from core.ui import share
from core.ui.language import _, language, say
from core.ui.numbers import duration
from core.ui.plain import plain
from core.ui.player import player
from core.ui.views import show

GENERATED_SOUND = N_("Synthetic: made by a model")
SOUND_GONE = N_("This sound is not kept any more. Run it again to hear it.")
NAME_CHARACTERS = 60
NAMED = "speakers.named"  # the session's names of speakers, by the transcript they belong to


def _audio(result: Audio, key: str) -> None:
    if title := safe(result.title):
        st.markdown(f"**{title}**")
    if result.generated:
        st.badge(_(GENERATED_SOUND), icon=":material/smart_toy:", color="orange")
    if keeping.is_kept(result):
        st.audio(address(result))
    else:
        st.info(_(SOUND_GONE))
    for place, picture in enumerate(result.pictures):
        show(picture, f"{key}.{place}")
    st.caption(" · ".join(part for part in (safe(result.caption), facts(result)) if part))


def safe(sentence: Any) -> str:
    """A title or caption for markdown. A bare string may be the name of a user's file, so it is shown letter by letter."""
    return plain(_(sentence)) if isinstance(sentence, str) else say(sentence)


def address(result: Audio) -> str:
    """Where the browser streams it from, piece by piece."""
    return f"{share.origin()}/api/v1/sounds/{result.file}"


def facts(result: Audio) -> str:
    kind = result.file.rpartition(".")[2].upper()
    return f"{duration(result.seconds)}, {result.rate / 1000:g} kHz, {kind}"


def _transcript(result: Transcript, key: str) -> None:
    if title := safe(result.title):
        st.markdown(f"**{title}**")
    if not result.utterances:
        st.info(_("No speech was found."))
        return
    if result.speakers:
        _ask_names(result, key)
    result = renamed(result)
    is_kept = result.audio is not None and keeping.is_kept(result.audio)
    with st.container(border=True):
        player(result, address(result.audio) if is_kept and result.audio else "", f"{key}.player")
    if result.speakers:
        st.caption(_("Speaking time") + ": " + " · ".join(f"{plain(n)} {transcripts.clock(s)}" for n, s in _times(result)))
    told = _("Click a sentence or a time to hear it.")
    if any(one.words for one in result.utterances):
        told = _("Click a word or a time to hear it. Dotted words are those that the model is unsure of.")
    st.caption(" · ".join(part for part in (safe(result.caption), told if is_kept else _(SOUND_GONE)) if part))
    _files(result, key)


def _times(result: Transcript) -> list[tuple[str, float]]:
    return transcripts.speaking_times(result, language())


def _files(result: Transcript, key: str) -> None:
    chosen = language()  # a download is made outside the session
    with st.container(horizontal=True):
        for ending, (label, kind, make) in transcripts.FORMS.items():
            st.download_button(
                _(label), lambda make=make: make(result, chosen), f"transcript.{ending}", kind, key=f"{key}.{ending}",
                on_click="ignore", icon=":material/download:",
            )  # fmt: skip


def _ask_names(result: Transcript, key: str) -> None:
    """Fields for the speakers' names; what is typed goes into the page, the downloads and the report."""
    names = st.session_state.setdefault(NAMED, {})
    with st.expander(_("Name the speakers"), icon=":material/group:"):
        columns = st.columns(min(4, len(result.speakers)))
        typed = [
            columns[place % len(columns)].text_input(
                _(speaker), max_chars=NAME_CHARACTERS, key=f"{key}.name.{identity(result)[:12]}.{place}",
                placeholder=_("Name"), persist_state="page",
            )
            for place, speaker in enumerate(result.speakers)
        ]  # fmt: skip
        st.caption(_("Names stand in the downloads and the report too. They are kept nowhere else."))
    names[identity(result)] = tuple(typed)


def identity(result: Transcript) -> str:
    """What tells transcripts apart in a session."""
    return result.audio.file if result.audio else str(hash(result.text))


def renamed(result: Any) -> Any:
    """A transcript, or a report with some, with the names that this session has given to its speakers."""
    if isinstance(result, Report):
        return replace(result, sections=tuple(replace(one, result=renamed(one.result)) for one in result.sections))
    if isinstance(result, Transcript):
        return transcripts.named(result, st.session_state.get(NAMED, {}).get(identity(result), ()))
    return result


VIEWS: dict[type, Callable[..., None]] = {Audio: _audio, Transcript: _transcript}
