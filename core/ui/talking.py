"""A capability that is talked to: one speaks, it answers and is heard, turn by turn."""

from __future__ import annotations

import logging
import threading
from dataclasses import dataclass
from typing import Any

import streamlit as st
from streamlit.runtime import exists as is_served

from core.contracts import Audio, Capability, Metrics, Params, Report, Text
from core.source import Source
from core.ui import documents, forms, progress, share, sounds, terms
from core.ui.language import _, say
from core.ui.markup import paragraphs
from core.ui.numbers import number
from core.ui.outcome import downloads, pass_on
from core.ui.trouble import attempt
from core.ui.views import show

MOST_TURNS = 20  # of one conversation that are kept
RATE = 16_000  # samples a second from the microphone
_logger = logging.getLogger(__name__)


@dataclass(frozen=True, eq=False)
class Turn:
    """What was said (`source` can be opened again), and the whole report of the answer."""

    source: Source
    report: Report

    @property
    def texts(self) -> list[str]:
        """The question and the answer."""
        return [section.result.text for section in self.report.sections if isinstance(section.result, Text)][:2]


def talk_panel(capability: Capability, key: str) -> None:
    """Settings, the conversation so far, and the microphone below it."""
    params = forms.form(capability.params, f"{key}.params", start=share.shared_values())
    if params is None or not terms.accepted(params, key):
        return
    if getattr(params, "answers", "documents") == "documents" and (digest := _own_documents(key)):
        params = params.model_copy(update={"documents": digest})
    _warm(capability, params, key)
    turns: list[Turn] = st.session_state.setdefault(f"{key}.turns", [])
    for place, turn in enumerate(turns):
        _turn(turn, f"{key}.turn.{place}")
    room = st.container()
    asked = _asked(capability, key)
    with room:
        if asked is not None:
            _answer(capability, asked, params, turns, key)
    if turns:
        _after(capability, turns, params, key)


def _warm(capability: Capability, params: Params, key: str) -> None:
    """Loads the models of these settings while the user still speaks, or thinks. Only in a server that stays."""
    load = capability.chat.warm if capability.chat is not None else None
    wanted = params.model_dump_json()
    if load is None or not is_served() or st.session_state.get(f"{key}.warm") == wanted:
        return
    st.session_state[f"{key}.warm"] = wanted

    def work() -> None:
        try:
            load(params)
        except Exception as error:  # whoever asks next meets the same error, and is told it in a sentence
            _logger.info("%s was not loaded beforehand: %s", capability.id, error)

    threading.Thread(target=work, daemon=True, name="warm").start()


def _own_documents(key: str) -> str:
    """The digest of documents that the user gives here; "" where there are none."""
    seen = f"{key}.documents.given"
    with st.expander(_("Answer from your own documents"), icon=":material/description:"):
        files = st.file_uploader(
            _("Documents or a table"), type=documents.TYPES, accept_multiple_files=True, key=f"{key}.documents",
            help=_("PDF, Word, HTML, text, or a table whose rows are texts; several files together or as a ZIP. They stay here."),
        )  # fmt: skip
    if not files:
        st.session_state.pop(seen, None)
        return ""
    names = tuple(file.file_id for file in files)
    if st.session_state.get(seen, (None,))[0] != names:
        upload = attempt(lambda: documents.spooled(files))
        st.session_state[seen] = (names, upload.digest if upload is not None else "")
    return str(st.session_state[seen][1])


def _asked(capability: Capability, key: str) -> Source | None:
    """A recording that was not answered yet: from the microphone, or a sample that was pressed."""
    from core import samples
    from core.intake import spool

    pressed = None
    with st.container(border=True):
        file = st.audio_input(_("Ask aloud"), sample_rate=RATE, key=f"{key}.microphone")
        known = samples.catalogue()
        st.caption(_("The browser asks before it uses the microphone, and allows it on this machine or over HTTPS only."))
        with st.container(horizontal=True):
            for name in capability.samples:
                if st.button(_(known[name].title), key=f"{key}.sample.{name}", icon=":material/play_circle:"):
                    pressed = name
    if pressed is not None:
        return Source(kind="sample", name=pressed)
    if file is None or st.session_state.get(f"{key}.answered") == file.file_id:
        return None
    st.session_state[f"{key}.answered"] = file.file_id
    upload = attempt(lambda: spool(file, _("recording") + ".wav"))
    return Source(kind="upload", name=upload.name, digest=upload.digest) if upload is not None else None


def _answer(capability: Capability, asked: Source, params: Params, turns: list[Turn], key: str) -> None:
    """Listens, answers and speaks; what was said before is told along."""
    history = tuple(
        turn for one in turns for turn in zip(("user", "assistant"), one.texts) if len(one.texts) == 2
    )  # fmt: skip
    asking = attempt(lambda: type(params).model_validate({**params.model_dump(), "history": history}))
    sound = attempt(lambda: sounds.open_sound(asked)) if asking is not None else None
    if asking is None or sound is None:
        return
    with progress.bar() as context:
        report = attempt(lambda: capability.run(sound, asking, context))
    if not isinstance(report, Report):
        return
    turns.append(Turn(asked, report))
    del turns[:-MOST_TURNS]
    _turn(turns[-1], f"{key}.turn.{len(turns) - 1}")


def _turn(turn: Turn, key: str) -> None:
    """Question, answer, its sound and the times; where it stands is folded away."""
    texts = [section for section in turn.report.sections if isinstance(section.result, Text)]
    heard = [section for section in turn.report.sections if isinstance(section.result, Audio)]
    times = next((section.result for section in turn.report.sections if isinstance(section.result, Metrics)), None)
    with st.chat_message("user", avatar=":material/mic:"):
        st.html(paragraphs(texts[0].result.text))
    with st.chat_message("assistant", avatar=":material/volume_up:"):
        for notice in turn.report.notices:
            st.caption(":material/info: " + say(notice))
        show(texts[1].result, f"{key}.answer")
        for section in heard:
            show(section.result, f"{key}.sound")
        if times is not None:
            st.caption(" · ".join(f"{_(one.name)}: {number(one.value, _(one.unit))}" for one in times.items))
        rest = tuple(s for s in turn.report.sections if s not in (*texts, *heard))
        with st.expander(_("Where it stands, and how sure it is"), icon=":material/fact_check:"):
            show(Report("", "", rest, turn.report.evidence), f"{key}.rest")


def _after(capability: Capability, turns: list[Turn], params: Params, key: str) -> None:
    """What one does with the conversation and its last answer."""
    if st.button(_("New conversation"), key=f"{key}.new", icon=":material/refresh:"):
        turns.clear()
        st.rerun()
    downloads(capability, turns[-1].report, f"{key}.last", data=turns[-1].source.name)
    pass_on(capability, key, given=_given(turns[-1]), params=params)


def _given(turn: Turn) -> Any:
    from core.ui.inputs import Given

    sound = attempt(lambda: sounds.open_sound(turn.source))
    return Given(turn.source, sound=sound) if sound is not None else None
