"""A conversation: you speak, a small language model or your documents answer, and a voice says the answer; the time of each
step stands beside it.

It chains what the dashboard has: Whisper (`speech.transcribe`), `text.generate` or `text.answer`, and the voices of
`speech.synthesize`. An answer is spoken sentence by sentence while the rest is still being written.
"""

from __future__ import annotations

import re
from time import perf_counter
from typing import Literal

import numpy as np

from core import weights
from core.contracts import (
    Capability,
    Chat,
    Context,
    Documents,
    Evidence,
    InputError,
    Metric,
    Metrics,
    Params,
    Report,
    Section,
    Sound,
    Text,
    parameter,
)
from core.language import N_
from models.speech.conversation import replying
from models.speech.recognition import activity
from models.speech.recognition.engines import Asked, library_of
from models.speech.recognition.languages import LANGUAGES, checked
from models.speech.recognition.listening import Listened, listen
from models.speech.synthesis import engines as speech
from models.speech.synthesis import speaking, voices
from models.speech.synthesis.marking import Saying
from models.speech.synthesis.speaking import Reader, Spoken
from models.text import llm
from models.text.words import has_words, language_of

BASE = "whisper-base"
PAUSE_SECONDS = 0.25
MOST_SECONDS = 60.0  # of a question: a turn is no lecture
MOST_TURNS = 12  # of before that the answer is told of
BY_MODEL, BY_DOCUMENTS = N_("A small language model answered."), N_("Answered out of the documents.")
_DIGEST = re.compile(r"[0-9a-f]{64}")
DOCUMENTS = {
    "auto": N_("The handbook in the language of the question"),
    "handbook_en": N_("The handbook of Panorama, in English"),
    "handbook_zh": N_("The handbook of Panorama, in Chinese"),
    "debian_faq": N_("Questions and answers about Debian"),
}


class ConverseParams(Params):
    """Who answers and with which voice."""

    answers: Literal["documents", "model"] = parameter(
        "documents", title=N_("Who answers"), choices={"documents": N_("Documents"), "model": N_("A language model")},
        help=N_("Documents answer word for word or not at all; a small language model answers anything and is often wrong."),
    )  # fmt: skip
    documents: str = parameter(
        "auto", title=N_("Documents"), choices=DOCUMENTS, max_length=80, when={"answers": ("documents",)},
        help=N_("What the answers are taken from: a sample, or the digest of an upload."),
    )  # fmt: skip
    language_model: str = parameter(
        llm.DEFAULT, title=N_("Language model"), choices=llm.choices(), max_length=200, when={"answers": ("model",)},
        help=N_("SmolLM2 knows English only. Gemma knows many languages but was not taught to chat. Qwen3 comes from a hub."),
    )  # fmt: skip
    language: str = parameter(
        "auto", title=N_("Language"), choices=LANGUAGES, max_length=8, advanced=True,
        help=N_("What is spoken. It is found out where you do not say."),
    )  # fmt: skip
    voice: str = parameter(
        voices.PIPER, title=N_("English voice"), choices={**voices.FAST, **voices.ENGLISH}, max_length=40, advanced=True,
        help=N_("Who speaks English answers. Joe answers soonest."),
    )  # fmt: skip
    chinese_voice: str = parameter(
        "zf_xiaoxiao", title=N_("Chinese voice"), choices=voices.CHINESE, max_length=40, advanced=True,
        help=N_("Who speaks Chinese answers."),
    )  # fmt: skip
    # The earlier turns, ("user" or "assistant", text) each; the chat page sets it, no form field.
    history: tuple[tuple[str, str], ...] = ()


def run(given: Sound, params: ConverseParams, context: Context) -> Report:
    """One turn: what was said, the answer, its sound, and how long each step took.

    Raises:
        InputError: nothing is said in the recording, or it is too long for a turn.
        NotFoundError: there are no such documents (any more).
        UnavailableError: weights are not on this machine, or their terms have not been accepted.
        BusyError: others use a model for longer than one should wait.
    """
    started = perf_counter()
    if given.seconds > MOST_SECONDS:
        sentence = N_(
            "This recording is {seconds} seconds long: ask in less than {most}, or write it down with Transcribe speech."
        )
        raise InputError(sentence, seconds=f"{given.seconds:.0f}", most=f"{MOST_SECONDS:.0f}")
    heard = _heard(given, params, context)
    question = " ".join(one.text for one in heard.utterances).strip()
    if not has_words(question):
        raise InputError(N_("No words were heard. Speak closer to the microphone, or choose another recording."))
    listened = perf_counter()
    context.text(question)
    context.progress(0.3, N_("Answering"))
    replier = _replier(question, params, context)
    reader = Reader(
        voices.Voice(voices.checked(params.voice, {**voices.ENGLISH, **voices.FAST})),
        voices.Voice(voices.checked(params.chinese_voice, voices.CHINESE)),
    )
    told, spoken, first, speaking_seconds = _told(replier, reader, context, started)
    answered = perf_counter() - listened - speaking_seconds
    times = {"listening": listened - started, "answering": answered, "speaking": speaking_seconds, "first": first}
    return _report(given, question, heard, replier, told, spoken, reader, times, perf_counter() - started)


def warm(params: ConverseParams) -> None:
    """Loads what a turn needs: Whisper, who answers, the voices. What is asked and said for that is thrown away."""
    library_of("faster", BASE).ready()
    activity.speech(np.zeros(activity.RATE, np.float32))
    if params.answers == "model":
        if llm.is_ready(params.language_model):
            llm.complete(params.language_model, "Hello", llm.Sampling(max_tokens=1))
    else:
        asked = {"en": "How long does it take?", "zh": "需要多长时间？"}
        named = params.documents not in ("auto", "")
        for question in list(asked.values())[: 1 if named else None]:
            list(replying.FromDocuments(question, (), Context(), _documents(params.documents, question)).sentences())
    for voice in (params.voice, params.chinese_voice):
        if voice in voices.CHINESE:
            speech.say("好。", "zh", voices.Voice(voice))
        else:
            speech.say("Yes.", "en", voices.Voice(voice))


def _heard(given: Sound, params: ConverseParams, context: Context) -> Listened:
    recogniser = library_of("faster", BASE, context)
    recogniser.ready(context)
    context.progress(0.1, N_("Listening"))
    return listen(given, recogniser, Asked(), _Quiet(context), language=checked(params.language))


def _replier(question: str, params: ConverseParams, context: Context) -> replying.Replier:
    history = params.history[-MOST_TURNS:]
    if params.answers == "model":
        return replying.FromModel(question, history, context, params.language_model)
    return replying.FromDocuments(question, history, context, _documents(params.documents, question))


def _documents(name: str, question: str) -> Documents:
    from core.source import Source, open_documents

    if name in ("auto", ""):
        name = replying.SAMPLES["zh" if language_of(question) == "zh" else "en"]
    if _DIGEST.fullmatch(name):
        return open_documents(Source(kind="upload", name="", digest=name))
    return open_documents(Source(kind="sample", name=name))


def _told(
    replier: replying.Replier, reader: Reader, context: Context, started: float
) -> tuple[list[str], list[Spoken], float, float]:  # fmt: skip
    """The answer's sentences, each spoken as soon as it stands; seconds until the first was heard, and of speaking."""
    told: list[str] = []
    spoken: list[Spoken] = []
    first, seconds = 0.0, 0.0
    for sentence in replier.sentences():
        context.check()
        told.append(sentence)
        context.text(sentence)
        before = perf_counter()
        language = language_of(sentence)
        saying = Saying(sentence, "zh" if language == "zh" else "en", PAUSE_SECONDS)
        speech.fetch(reader.voice_for(saying), context)
        start = spoken[-1].end + PAUSE_SECONDS if spoken else 0.0
        one = Spoken(saying, reader.say(saying), start)
        if len(one.samples):
            spoken.append(one)
            first = first or perf_counter() - started
            context.part(speaking.part(one, reader))
        seconds += perf_counter() - before
    return told, spoken, first, seconds


def _report(
    given: Sound, question: str, heard: Listened, replier: replying.Replier, told: list[str], spoken: list[Spoken],
    reader: Reader, times: dict[str, float], seconds: float,
) -> Report:  # fmt: skip
    replied = replier.replied
    answer = ("" if replier.language == "zh" else " ").join(told)
    place = next((s.result.source for s in replied.report.sections if isinstance(s.result, Text)), "") if replied.report else ""
    sections = [
        Section("", Text(N_("You said"), question)), Section("", Text(N_("Answer"), answer, replied.generated, source=place)),
    ]  # fmt: skip
    if spoken:
        sections.append(Section("", speaking.kept(N_("The answer, spoken"), spoken, reader, draw=False)))
    sections.append(Section("", _times(times)))
    if replied.report:
        sections += [section for section in replied.report.sections if not isinstance(section.result, Text | Metrics)]
    return Report(
        title=N_("Conversation"), summary=BY_MODEL if replied.generated else BY_DOCUMENTS, sections=tuple(sections),
        evidence=_evidence(given, replied, spoken, reader, seconds), notices=(*given.notices, *replied.notices),
    )  # fmt: skip


def _times(times: dict[str, float]) -> Metrics:
    items = [
        Metric(N_("Listening"), times["listening"], N_("seconds"), help=N_("Whisper writes down what you said.")),
        Metric(N_("Answering"), times["answering"], N_("seconds"), help=N_("The documents are searched, or the model writes.")),
        Metric(N_("Speaking"), times["speaking"], N_("seconds"), help=N_("The voice says it.")),
    ]
    if times["first"]:
        items.append(Metric(N_("First word after"), times["first"], N_("seconds"), help=N_("From your last word to its first.")))
    return Metrics(tuple(items))


def _evidence(given: Sound, replied: replying.Replied, spoken: list[Spoken], reader: Reader, seconds: float) -> Evidence:
    names = [BASE]
    if spoken:
        names += dict.fromkeys(
            voices.PIPER if reader.voice_for(one.saying).is_piper else voices.KOKORO for one in spoken
        )  # fmt: skip
    items = [weights.entry(name) for name in names]
    chain = [items[0].title, replied.answered_by, *(item.title for item in items[1:])]
    caveats = [N_("What is misheard is answered as it was heard: look at what stands above the answer.")]
    if replied.generated:
        caveats.append(N_("This is a very small model. It writes fluently and is often wrong: check everything."))
    if spoken:
        caveats += voices.caveats(reader.voice_for(one.saying) for one in spoken)
    licences = dict.fromkeys([*(item.licence for item in items), replied.license])
    return Evidence(
        answered_by=" → ".join(part for part in chain if part), license=", ".join(part for part in licences if part),
        data=given.name, seconds=seconds, caveats=tuple(caveats),
    )  # fmt: skip


class _Quiet(Context):
    """Only passes the wish to stop on: what is heard is told as one question."""

    def __init__(self, outer: Context) -> None:
        self._outer = outer

    def check(self) -> None:
        self._outer.check()


CAPABILITY = Capability(
    id="speech.converse",
    title=N_("Talk"),
    summary=N_("You speak, your documents or a small language model answer, and a voice says it, turn by turn."),
    takes=(Sound,),
    returns=Report,
    params=ConverseParams,
    run=run,
    samples=("question_en", "question_zh"),
    weights=(BASE, "silero-vad", voices.KOKORO, voices.KOKORO_VOICES, voices.PIPER, llm.DEFAULT, "e5-small"),
    metric="seconds",
    chat=Chat(spoken=True, warm=warm),
)
