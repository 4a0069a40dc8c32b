"""Hears one language and speaks another: sentence by sentence, so that the first is heard while the rest is worked on.

Into English, Whisper translates what it hears directly; otherwise it is written down, translated by an engine of `text.translate`
and read aloud by the voices of `speech.synthesize`.
"""

from __future__ import annotations

from time import perf_counter
from typing import Literal

from core import weights
from core.contracts import (
    Bar,
    Capability,
    Context,
    Evidence,
    InputError,
    Message,
    Metric,
    Metrics,
    Params,
    Records,
    Report,
    Section,
    Sound,
    Text,
    Transcript,
    Utterance,
    parameter,
)
from core.language import N_
from models.speech.interpretation import meeting, trial, ways
from models.speech.recognition.engines import library_of
from models.speech.recognition.languages import LANGUAGES, checked
from models.speech.synthesis import engines as speech
from models.speech.synthesis import speaking, voices
from models.speech.synthesis.marking import Saying
from models.speech.synthesis.speaking import Reader, Spoken
from models.text.translation.languages import SENTENCE_JOINT, name_of

BASE = "whisper-base"
MODELS = {
    BASE: N_("Whisper base, about 100 languages"),
    "Systran/faster-whisper-small": N_("Whisper small, from the hub"),
    "Systran/faster-whisper-medium": N_("Whisper medium, from the hub"),
    "Systran/faster-whisper-large-v3": N_("Whisper large-v3, from the hub"),
}
PAUSE_SECONDS = 0.3
BY = {
    "auto": N_("The best engine on this machine"), "own": N_("Trained here (seq2seq)"), "memory": N_("Translation memory"),
    "gemma-3-270m": N_("Gemma 3 270M, few-shot"), "opus-mt": N_("OPUS-MT, from the hub"),
    "facebook/nllb-200-distilled-600M": N_("NLLB-200, from the hub"),
}  # fmt: skip


class SpeechTranslateParams(Params):
    """Into which language, and how."""

    target: Literal["en", "zh"] = parameter(
        "en", title=N_("Into"), choices={"en": N_("English"), "zh": N_("Chinese")}, help=N_("The language that is spoken to you.")
    )
    language: str = parameter(
        "auto", title=N_("Language"), choices=LANGUAGES, max_length=8,
        help=N_("What is spoken. It is found out where you do not say."),
    )  # fmt: skip
    way: Literal["auto", "direct", "steps"] = parameter(
        "auto", title=N_("Way"), help=N_("Directly by Whisper, which writes English only, or in steps by a translation engine."),
        choices={"auto": N_("Choose for me"), "direct": N_("Directly, by Whisper"),
                 "steps": N_("In steps")},
    )  # fmt: skip
    # An engine that is one file of weights has its name in `core/weights.toml`: the page asks for consent where one is needed.
    engine: Literal["auto", "own", "memory", "gemma-3-270m", "opus-mt", "facebook/nllb-200-distilled-600M"] = parameter(
        "auto", title=N_("Engine"), choices=BY, when={"way": ("auto", "steps")},
        help=N_("What translates in steps. Engines that are not on this machine say how to get them."),
    )  # fmt: skip
    speak: bool = parameter(
        True, title=N_("Speak it"), help=N_("Reads the translation aloud; without it you get the text sooner.")
    )
    model: str = parameter(
        BASE, title=N_("Model"), choices=MODELS, max_length=200, advanced=True,
        help=N_("Larger ones make fewer mistakes and take longer."),
    )  # fmt: skip
    voice: str = parameter(
        "af_heart", title=N_("English voice"), choices={**voices.ENGLISH, **voices.FAST}, max_length=40, advanced=True,
        when={"speak": (True,)}, help=N_("Who speaks the English translation."),
    )  # fmt: skip
    chinese_voice: str = parameter(
        "zf_xiaoxiao", title=N_("Chinese voice"), choices=voices.CHINESE, max_length=40, advanced=True, when={"speak": (True,)},
        help=N_("Who speaks the Chinese translation."),
    )  # fmt: skip


def run(given: Sound, params: SpeechTranslateParams, context: Context) -> Report:
    """Listens, translates and speaks, a sentence at a time.

    Raises:
        InputError: Whisper does not know the language, or cannot translate directly into the one that is asked for.
        UnavailableError: no engine on this machine translates these languages, or weights cannot be had.
        BusyError: others use a model for longer than one should wait.
    """
    started = perf_counter()
    way, language = _way(params), checked(params.language)
    if language == params.target:
        raise InputError(N_("Choose two different languages to translate between."))
    recogniser = library_of("faster", params.model, context)
    recogniser.ready(context)
    context.progress(0.0, N_("Listening"))
    reader = _reader(params)
    if params.speak:
        speech.fetch(reader.voice_for(Saying("", params.target, 0)), context)
    spoken: list[Spoken] = []
    first: list[float] = []

    def answer(sentence: ways.Sentence) -> None:
        if not params.speak:
            context.text(sentence.translated)
            return
        start = spoken[-1].end + PAUSE_SECONDS if spoken else 0.0
        saying = Saying(sentence.translated, params.target, PAUSE_SECONDS)
        one = Spoken(saying, speaking.once(len(spoken), saying, reader, context), start)
        if not len(one.samples):
            return
        spoken.append(one)
        first[:] = first or [perf_counter() - started]
        context.part(speaking.part(one, reader))

    done = ways.interpret(given, way, params.target, recogniser, params.engine, context, answer, language=language)
    return _report(given, params, way, done, reader, spoken, first, perf_counter() - started)


def _way(params: SpeechTranslateParams) -> ways.Way:
    if params.way == "direct" and params.target != "en":
        raise InputError(N_("Whisper translates directly into English only. Choose English, or translate in steps."))
    if params.way == "auto":
        return "direct" if params.target == "en" else "steps"
    return params.way


def _reader(params: SpeechTranslateParams) -> Reader:
    english = voices.checked(params.voice, {**voices.ENGLISH, **voices.FAST})
    return Reader(voices.Voice(english), voices.Voice(voices.checked(params.chinese_voice, voices.CHINESE)))


def _report(
    given: Sound, params: SpeechTranslateParams, way: ways.Way, done: ways.Interpreted, reader: Reader, spoken: list[Spoken],
    first: list[float], seconds: float,
) -> Report:  # fmt: skip
    notices = [*given.notices, *done.notices]
    if done.language == params.target:
        sentence = N_("{language} is spoken already: it stands as it was heard.")
        notices.append(Message(sentence, {"language": name_of(done.language)}))
    sections = []
    if spoken:
        sections.append(Section("", speaking.kept(N_("The translation, spoken"), spoken, reader)))
    joint = SENTENCE_JOINT.get(params.target, " ")
    text = joint.join(sentence.translated for sentence in done.sentences)
    if text:
        caption = N_("Written by a model, not by a person: check it before you rely on it.")
        sections.append(Section("", Text(N_("The translation"), text, generated=True, caption=caption)))
        sections.append(Section("", _side_by_side(done) if way == "steps" else _subtitles(given, done)))
    sections.append(Section("", _facts(given, done, first, seconds, way)))
    return Report(
        title=N_("Speech translation"), summary=_summary(done, params), sections=tuple(sections),
        evidence=_evidence(given, params, way, done, reader, spoken, seconds), notices=tuple(notices),
    )  # fmt: skip


def _summary(done: ways.Interpreted, params: SpeechTranslateParams) -> Message:
    if not done.sentences:
        return Message(N_("No speech was found, so there is nothing to translate."))
    source: object = Message(LANGUAGES[done.language]) if done.language in LANGUAGES else done.language
    values: dict[str, object] = {"sentences": len(done.sentences), "source": source, "target": name_of(params.target)}
    return Message(N_("{sentences} sentences, {source} → {target}."), values)


def _side_by_side(done: ways.Interpreted) -> Records:
    import pandas as pd

    from core.sound.transcripts import clock

    times = [clock(one.start) for one in done.utterances] or [""] * len(done.sentences)
    rows = list(zip(times, done.sentences))
    frame = pd.DataFrame({
        N_("time"): [time for time, _ in rows], N_("heard"): [one.heard for _, one in rows],
        N_("translation"): [one.translated for _, one in rows],
    })  # fmt: skip
    return Records(N_("What was heard and what it means"), frame, N_("Sentence by sentence, to compare and to download."))


def _subtitles(given: Sound, done: ways.Interpreted) -> Transcript:
    """The translation over the recording as it was, as subtitles have it."""
    from core.sound import keeping

    audio = keeping.keep_sound(given.name, given)
    lines = tuple(Utterance(one.text, one.start, one.end) for one in done.utterances)
    return Transcript(N_("Subtitles of the recording"), lines, "en", audio=audio)


def _facts(given: Sound, done: ways.Interpreted, first: list[float], seconds: float, way: ways.Way) -> Metrics:
    items = (
        [Metric(N_("First sentence heard after"), first[0], N_("seconds"), help=N_("Loading of the models included."))]
        if first
        else []
    )
    items.append(Metric(N_("Listening"), done.listening, N_("seconds"),
                        help=N_("By Whisper, which translates at the same time where it does so directly.")))  # fmt: skip
    if way == "steps":
        items.append(Metric(N_("Translating"), done.translating, N_("seconds"), help=N_("By the translation engine.")))
    if first:
        items.append(Metric(N_("Speaking"), done.answering, N_("seconds"), help=N_("By the voice.")))
    items.append(Metric(N_("Speed"), given.seconds / max(seconds, 1e-9), N_("times real time"),
                        help=N_("Length of the recording over the time that it took.")))  # fmt: skip
    return Metrics(tuple(items))


def _evidence(
    given: Sound, params: SpeechTranslateParams, way: ways.Way, done: ways.Interpreted, reader: Reader, spoken: list[Spoken],
    seconds: float,
) -> Evidence:  # fmt: skip
    names = [params.model]
    if spoken:
        names.append(voices.PIPER if reader.voice_for(spoken[0].saying).is_piper else voices.KOKORO)
    items = [weights.entry(name) for name in names]
    said = [items[0].title, *([done.answered_by] if done.answered_by else []), *(item.title for item in items[1:])]
    caveats: list[str | Message] = [
        N_("A small model translated: it drops and invents words. Have a person check what matters."), *done.caveats,
    ]  # fmt: skip
    if way == "steps":
        caveats.append(N_("What is misheard is translated as it was heard."))
    if spoken:
        caveats += voices.caveats(reader.voice_for(one.saying) for one in spoken)
    return Evidence(
        answered_by=" → ".join(said), license=", ".join(dict.fromkeys(item.licence for item in items)), data=given.name,
        seconds=seconds, caveats=tuple(caveats),
    )  # fmt: skip


CAPABILITY = Capability(
    id="speech.translate",
    title=N_("Translate speech"),
    summary=N_("Hears one language and speaks another, sentence by sentence, with subtitles; into English and Chinese."),
    takes=(Sound,),
    returns=Report,
    params=SpeechTranslateParams,
    run=run,
    samples=("meeting_zh", "librivox", "inaugural"),
    weights=(BASE, "silero-vad", voices.KOKORO, voices.KOKORO_VOICES, voices.PIPER, "translation-en-zh", "translation-zh-en"),
    metric="chrf",
    bars=(Bar(trial.CLIPS, trial.CHRF, meeting.LEAST_CHRF, measure=trial.talk("direct")),),
)
