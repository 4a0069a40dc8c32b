"""The report on texts that a language model has answered or continued."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from time import perf_counter

from core import weights
from core.contracts import (
    Context,
    Evidence,
    InputError,
    Message,
    Metric,
    Metrics,
    Records,
    Report,
    Section,
    Text,
    Texts,
)
from core.contracts.results import Sentence
from core.language import N_
from models.text import llm
from models.text.words import language_of

SHOWN = 10  # answers that are shown in full; all of them stand in the table
MOST_TEXTS = 1_000  # that are answered in one go; about an hour and a half
_PROGRESS_EVERY = 8  # tokens

SMALL = N_("This is a very small model. It writes fluently and is often wrong: check everything.")
_MEASURED_NOTHING = N_("There is no score here: nobody has judged this model's answers on your texts.")


@dataclass(frozen=True)
class Answer:
    prompt: str
    text: str
    tokens: int
    seconds: float
    first_token: float | None
    engine: str
    notices: tuple[Message, ...]


def turns_of(text: str, system: str, history: Sequence[tuple[str, str]]) -> tuple[llm.Turn, ...]:
    """The conversation as turns; an empty message stays empty, so that it is refused."""
    if not text.strip():
        return ()
    told = (("system", system),) if system.strip() else ()
    return (*told, *history, ("user", text))


def answer_all(
    given: Texts, prompts: Sequence[str | tuple[llm.Turn, ...]], name: str, sampling: llm.Sampling, context: Context,
    started: float,
) -> Report:  # fmt: skip
    """Writes to every prompt in turn. Empty texts among several are left out with a notice."""
    item = llm.entry(name)
    pairs = [(text, prompt) for text, prompt in zip(given.items, prompts, strict=True) if text.strip()]
    if not pairs:
        raise InputError(N_("There is no text to answer: write one."))
    notices = [*given.notices, *notices_for([text for text, _ in pairs], name, not isinstance(pairs[0][1], str))]
    if len(pairs) < len(given):
        notices.append(Message(N_("Empty texts that were left out: {count}."), {"count": len(given) - len(pairs)}))
    if len(pairs) > MOST_TEXTS:
        notices.append(Message(N_("Only the first {count} texts were answered."), {"count": MOST_TEXTS}))
    pairs = pairs[:MOST_TEXTS]
    context.progress(0.0, N_("Loading the model {name}"), name=item.title)
    answers = [_answer(text, prompt, name, sampling, context, i, len(pairs)) for i, (text, prompt) in enumerate(pairs)]
    notices += _once(notice for answer in answers for notice in answer.notices)
    is_chat = not isinstance(pairs[0][1], str)
    return Report(
        title=N_("Chat and drafting"),
        summary=Message(N_("Texts written by {name}: {count}."), {"name": item.title, "count": len(answers)}),
        sections=(*_shown(answers, is_chat), Section(N_("In numbers"), _numbers(answers)), *_table(answers)),
        evidence=evidence(name, answers[0].engine, perf_counter() - started, _MEASURED_NOTHING),
        notices=tuple(notices),
    )


def notices_for(texts: Sequence[str], name: str, is_chat: bool) -> tuple[Message, ...]:
    """What the user should know of this model before reading its answers to `texts`."""
    item = llm.entry(name)
    assert item.language_model is not None
    found = []
    if item.language_model.languages == ("en",) and any(language_of(text) == "zh" for text in texts):
        others = [title for other, title in llm.choices().items() if _knows_many(other)]
        sentence = N_("{name} hardly knows Chinese. For Chinese, choose one of: {others}.")
        found.append(Message(sentence, {"name": item.title, "others": ", ".join(others)}))
    if is_chat and not item.language_model.chat:
        sentence = N_("{name} was not taught to chat: it continues a dialogue, and does better when it is given a few examples.")
        found.append(Message(sentence, {"name": item.title}))
    return tuple(found)


def evidence(name: str, engine: str, seconds: float, *caveats: Sentence) -> Evidence:
    item = llm.entry(name)
    return Evidence(answered_by=f"{item.title} ({engine})", license=item.licence, caveats=(SMALL, *caveats), seconds=seconds)


def _knows_many(name: str) -> bool:
    found = weights.entry(name).language_model
    return found is not None and "many" in found.languages


def _answer(
    text: str, prompt: str | tuple[llm.Turn, ...], name: str, sampling: llm.Sampling, context: Context, done: int, total: int
) -> Answer:  # fmt: skip
    writing = llm.stream(name, prompt, sampling, context)
    pieces: list[str] = []
    try:
        for piece in writing:
            pieces.append(piece)
            if len(pieces) % _PROGRESS_EVERY == 0:
                share = min(1.0, writing.tokens / sampling.max_tokens)
                sentence = N_("text {done} of {total}: {tokens} tokens")
                context.progress((done + share) / total, sentence, done=done + 1, total=total, tokens=writing.tokens)
    finally:
        writing.close()
    return Answer(
        text, "".join(pieces).strip(), writing.tokens, writing.seconds, writing.first_token_seconds, writing.engine,
        writing.notices,
    )  # fmt: skip


def _shown(answers: list[Answer], is_chat: bool) -> list[Section]:
    title = N_("Answer") if is_chat else N_("Continuation")
    nothing = N_("The model ended at once without writing anything. Try another seed or another text.")
    return [
        Section(title, Text(title, answer.text, generated=True, caption="" if answer.text else nothing, source=_begin(answer)))
        for answer in answers[:SHOWN]
    ]


def _begin(answer: Answer) -> str:
    words = " ".join(answer.prompt.split())
    return words if len(words) <= 80 else words[:79] + "…"


def _numbers(answers: list[Answer]) -> Metrics:
    tokens, seconds = sum(a.tokens for a in answers), sum(a.seconds for a in answers)
    firsts = sorted(a.first_token for a in answers if a.first_token is not None)
    items = [
        Metric(N_("tokens"), tokens, N_("tokens"), help=N_("Pieces of words that the model wrote.")),
        Metric(N_("speed"), tokens / seconds if seconds else 0.0, N_("tokens/s"), help=N_("Reading the prompt included.")),
    ]
    if firsts:
        items.append(
            Metric(
                N_("time to first token"), firsts[len(firsts) // 2], N_("seconds"),
                help=N_("From asking to the first token, once the model is loaded; the median of several texts."),
            )
        )  # fmt: skip
    return Metrics(tuple(items))


def _table(answers: list[Answer]) -> list[Section]:
    if len(answers) < 2:
        return []
    import pandas as pd

    frame = pd.DataFrame({
        N_("text"): [a.prompt for a in answers],
        N_("written by the model"): [a.text for a in answers],
        N_("tokens"): [a.tokens for a in answers],
        N_("seconds"): [round(a.seconds, 2) for a in answers],
    })  # fmt: skip
    return [Section(N_("All texts"), Records(N_("All texts"), frame, caption=N_("Written by a language model; to download.")))]


def _once(messages: object) -> list[Message]:
    found: list[Message] = []
    for message in messages:  # type: ignore[attr-defined]
        if message not in found:
            found.append(message)
    return found
