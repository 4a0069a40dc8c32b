"""Two ways from a recording to sentences in another language, each sentence as soon as it stands.

Direct: Whisper was taught to write English whatever is spoken (Radford et al. 2022, section 2.3). In steps: Whisper writes down
what is said, and an engine of `text.translate` translates it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from time import perf_counter
from typing import Literal

from core.contracts import Context, Message, Sound, Utterance
from core.language import N_
from models.speech.interpretation.relay import Relay
from models.speech.recognition.engines import Asked, Recogniser
from models.speech.recognition.listening import listen
from models.text.translation import engines

Way = Literal["direct", "steps"]


@dataclass(frozen=True)
class Sentence:
    """`heard` is empty where Whisper translated directly; `ready` is when it stood, in seconds from the start of the work."""

    heard: str
    translated: str
    ready: float


@dataclass
class Interpreted:
    """What was heard and what it means, in order; `seconds` of each kind of work."""

    language: str = ""
    sentences: list[Sentence] = field(default_factory=list)
    utterances: list[Utterance] = field(default_factory=list)  # as they were listened to, with their times
    engine: str = ""  # that translated, of `text.translate`; "" where Whisper did
    answered_by: str = ""
    notices: list[Message] = field(default_factory=list)
    caveats: tuple[str | Message, ...] = ()  # of the engine's own card
    listening: float = 0.0
    translating: float = 0.0
    answering: float = 0.0


def interpret(
    sound: Sound, way: Way, target: str, recogniser: Recogniser, engine: str, context: Context,
    answer: Callable[[Sentence], None], *, language: str = "", beam: int = 5,
) -> Interpreted:  # fmt: skip
    """Calls `answer` with each sentence as soon as it is translated (it may speak it); then gives all of them.

    `language` is what is spoken, "" to find it out; `engine` one of `text.translate`'s. Raises what the engine raises.
    """
    started = perf_counter()
    done = Interpreted(language)

    def one(text: str) -> None:
        spoken = done.language or found_language(text)
        translated = text
        if way == "steps" and spoken != target:
            translated = _translated(text, spoken, target, engine, done, context)
        sentence = Sentence("" if way == "direct" else text, translated, perf_counter() - started)
        done.sentences.append(sentence)
        before = perf_counter()
        answer(sentence)
        done.answering += perf_counter() - before

    asked = Asked("translate" if way == "direct" else "transcribe", beam)
    heard = listen(sound, recogniser, asked, Relay(context, one), language=language)
    done.language, done.utterances = heard.language, heard.utterances
    done.listening = perf_counter() - started - done.translating - done.answering
    return done


def found_language(text: str) -> str:
    """The language of what was written down: Whisper tells it only when all was heard."""
    from models.text.translation.languages import detect

    return detect(text)


def _translated(text: str, source: str, target: str, engine: str, done: Interpreted, context: Context) -> str:
    before = perf_counter()
    job = engines.Job((text,), source, target)
    name = done.engine or (engines.choose(job) if engine == "auto" else engine)
    found = engines.ask(name, job, context)
    if not done.engine:
        done.engine, done.answered_by, done.caveats = name, found.answered_by, found.evidence.caveats
        done.notices += [note for note in found.notices if note not in done.notices]
        if engine == "auto":
            done.notices += _better(name, job)
    done.translating += perf_counter() - before
    return found.translated.get(text, "") or text


def _better(name: str, job: engines.Job) -> list[Message]:
    """The engines that would translate better, and how to get them."""
    found = []
    for other in engines.BEST_FIRST[: engines.BEST_FIRST.index(name)]:
        reason = engines.missing(other, job)
        if reason is not None:
            values: dict[str, object] = {"engine": Message(engines.TITLES[other]), "reason": reason}
            found.append(Message(N_("{engine} would translate better. {reason}"), values))
    return found
