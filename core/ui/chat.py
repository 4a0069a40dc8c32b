"""A capability that is talked to: turns, an answer that grows while it is made, and a button that stops it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Literal

import streamlit as st

from core.contracts import Capability, Context, Params, Report, Text, Texts
from core.language import N_
from core.ui import chain, feedback, forms, inputs, progress, share, talks, terms, url
from core.ui.language import _, say
from core.ui.markup import paragraphs
from core.ui.outcome import downloads, evidence_of, pass_on
from core.ui.trouble import attempt
from core.ui.views import show

MODES = {"chat": N_("Chat"), "input": N_("On texts or a file")}
MOST_TURNS = 40  # of one conversation that are kept
QUESTION_CHARACTERS = 4_000


@dataclass(frozen=True, eq=False)
class Turn:
    """One message; an answer of a capability that does not stream has its whole report."""

    role: Literal["user", "assistant"]
    text: str
    report: Any = None
    notices: tuple[str, ...] = ()


def chat_panel(capability: Capability, key: str) -> None:
    """A conversation about the documents, or with the model itself; tables and files go through the usual panel."""
    chat = capability.chat
    assert chat is not None
    if not chat.message:
        mode = url.choice(_("How"), list(MODES), lambda name: _(MODES[name]), key="mode")
        if mode == "input":
            from core.ui.panel import run_panel

            run_panel(capability, key)
            return
        _talk(capability, key, None)
        return
    given = inputs.choose(capability, key)
    if given is None:
        return
    if given.documents is None:
        from core.ui.panel import run_given

        run_given(capability, key, given)
        return
    _overview(capability, key, given)
    _talk(capability, key, given)


def _overview(capability: Capability, key: str, given: inputs.Given) -> None:
    """What the documents hold, when somebody asks for it: the capability's answer to no question."""
    from core.ui.panel import call

    opened = st.expander(_("What the documents hold"), icon=":material/hub:", key=f"{key}.overview", on_change="rerun")
    if not opened.open:
        return
    with opened:
        kept = f"{key}.overview.kept"
        if st.session_state.get(kept, ("",))[0] != given.digest:
            st.session_state[kept] = (given.digest, attempt(lambda: call(capability, given, capability.params())))
        report = st.session_state[kept][1]
        if report is not None:
            show(report, f"{key}.overview.result")


def _talk(capability: Capability, key: str, given: inputs.Given | None) -> None:
    """The conversation so far, the box to type in, and the settings."""
    chat = capability.chat
    assert chat is not None
    with st.expander(_("Settings"), icon=":material/tune:"):
        hidden = ("task", chat.message)
        values = forms.ask(capability.params, f"{key}.chat", start=share.shared_values(), only=lambda f: f.name not in hidden)
    params = forms.build(capability.params, values)
    if params is None or not terms.accepted(params, key):
        return
    place = f"{key}.turns.{given.digest if given else ''}"
    about = (capability.id, given.digest if given else "")
    if place not in st.session_state:
        st.session_state[place] = [Turn(**turn) for turn in talks.opened(about, place)]
    turns: list[Turn] = st.session_state[place]
    if turns and turns[-1].role == "assistant":
        talks.keep(about, turns, place)
    for index, turn in enumerate(turns):
        with st.chat_message(turn.role):
            _turn(turn, f"{key}.turn.{index}")
    asked = st.chat_input(
        _(chat.placeholder) if chat.placeholder else _("Type here"), key=f"{key}.ask", max_chars=QUESTION_CHARACTERS
    )
    if not turns and not asked:
        asked = _suggestions(capability, key) if given is None or given.source.kind == "sample" else None
    if asked and asked.strip():
        _answer(capability, key, given, params, turns, asked)
    elif turns:
        _after(capability, key, given, params, turns, place)


def _suggestions(capability: Capability, key: str) -> str | None:
    """Examples to press, so that a visitor sees an answer in one click; they ask about the samples, not about an upload."""
    with st.container(horizontal=True):
        for index, example in enumerate(capability.example[:4]):
            if st.button(example, key=f"{key}.example.{index}", icon=":material/chat:"):
                return example
    return None


def _turn(turn: Turn, key: str) -> None:
    if turn.report is None:
        st.html(paragraphs(turn.text))
        for notice in turn.notices:
            st.caption(":material/info: " + notice)
        return
    _brief(turn.report, key)


def _brief(report: Report, key: str) -> None:
    """The answer itself; what stands behind it is folded away."""
    first = next((index for index, section in enumerate(report.sections) if isinstance(section.result, Text)), None)
    for notice in report.notices:
        st.caption(":material/info: " + say(notice))
    if first is not None:
        show(report.sections[first].result, f"{key}.answer")
    elif summary := say(report.summary):
        st.markdown(summary)
    rest = tuple(section for index, section in enumerate(report.sections) if index != first)
    with st.expander(_("Where it stands, and how sure it is"), icon=":material/fact_check:"):
        show(Report("", "", rest, report.evidence), f"{key}.rest")


def _answer(
    capability: Capability, key: str, given: inputs.Given | None, params: Params, turns: list[Turn], asked: str
) -> None:  # fmt: skip
    """Shows the question, makes the answer, keeps both. What was written when the user stops it is kept as it is."""
    chat = capability.chat
    assert chat is not None
    history = tuple((turn.role, turn.text) for turn in turns)
    changed: dict[str, Any] = {"history": history} if "history" in capability.params.model_fields else {}
    if chat.message:
        changed[chat.message] = asked
    asking = attempt(lambda: capability.params.model_validate({**params.model_dump(), **changed}))
    if asking is None:
        return
    turns.append(Turn("user", asked))
    with st.chat_message("user"):
        st.html(paragraphs(asked))
    with st.chat_message("assistant"):
        if chat.stream is not None:
            _stream(capability, given, asking, asked, turns, key)
        else:
            report = None
            try:
                report = attempt(lambda: _whole(capability, given, asking, asked))
            finally:  # also when a click elsewhere ends this run of the page: no question stays without an answer
                if report is None:
                    turns.pop()
            if report is None:
                return
            turns.append(Turn("assistant", chain.text_of(report), report))
    del turns[:-MOST_TURNS]
    st.rerun()


def _whole(capability: Capability, given: inputs.Given | None, params: Params, asked: str) -> Any:
    with progress.bar() as context:
        return capability.run(given.whole(capability.takes) if given else Texts.of(asked), params, context)


def _stream(
    capability: Capability, given: inputs.Given | None, params: Params, asked: str, turns: list[Turn], key: str
) -> None:  # fmt: skip
    """Writes the pieces as they come. A click on stop ends this run of the page, and with it the iterator and the model."""
    assert capability.chat is not None and capability.chat.stream is not None
    stream = capability.chat.stream
    slot = st.empty()
    st.button(_("Stop"), key=f"{key}.stop", icon=":material/stop_circle:")
    written: list[str] = []
    pieces: Iterator[str] | None = None

    def write() -> bool:
        nonlocal pieces
        pieces = stream(given.whole(capability.takes) if given else Texts.of(asked), params, Context())
        for piece in pieces:
            written.append(piece)
            slot.html(paragraphs("".join(written) + " ▍"))
        return True

    try:
        slot.caption(_("Working…"))
        if attempt(write) is None and not "".join(written).strip():
            turns.pop()  # the error is on the page; the question can be asked again
            st.stop()
    finally:
        if pieces is not None and hasattr(pieces, "close"):
            pieces.close()
        said = tuple(say(notice) for notice in (*getattr(pieces, "notices", ()), *getattr(pieces, "facts", ())))
        if "".join(written).strip():
            turns.append(Turn("assistant", "".join(written).strip(), notices=said))


def _after(
    capability: Capability, key: str, given: inputs.Given | None, params: Params, turns: list[Turn], place: str
) -> None:  # fmt: skip
    """What one does with the last answer, and with the conversation."""
    last = turns[-1]
    with st.container(horizontal=True):
        if st.button(_("New conversation"), key=f"{key}.new", icon=":material/refresh:"):
            turns.clear()
            talks.drop(place)
            st.rerun()
    if last.report is not None and given is not None:
        evidence = evidence_of(last.report)
        downloads(capability, last.report, f"{key}.last", data=given.name)
        feedback.ask(key, input_digest=given.digest, model=(evidence.answered_by if evidence else "") or capability.id)
        chain.offer(capability, last.report, f"{key}.last")
        pass_on(capability, key, given=given, params=params)
    elif last.role == "assistant":
        st.caption(_("Written by a language model. It may be wrong: check what matters."))
        feedback.ask(key, input_digest=Texts.of(last.text).digest, model=str(getattr(params, "model", capability.id)))
