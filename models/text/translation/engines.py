"""What can translate: which engine is ready for a direction, what is missing where one is not, and the answers of each."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from time import perf_counter
from typing import Any

from core import fitted, weights
from core.contracts import Context, Evidence, InputError, Matrix, Message, NotFoundError, Records, UnavailableError
from core.contracts.results import Sentence
from core.language import N_
from core.lifecycle.evaluate_translation import COPY
from models.text.translation import few_shot, hub, memory
from models.text.translation.languages import name_of

TITLES = {
    "own": N_("Trained here"), "memory": N_("Translation memory"), few_shot.WEIGHTS: N_("Gemma 3 270M, few-shot"),
    "opus-mt": N_("OPUS-MT"), hub.NLLB: N_("NLLB-200"),
}  # fmt: skip
BEST_FIRST = ("opus-mt", hub.NLLB, few_shot.WEIGHTS, "own", "memory")
MOST_FOR_GEMMA = 100  # sentences: each takes a second or more
SHIPPED = "translation-{source}-{target}"


@dataclass(frozen=True)
class Job:
    """The sentences to translate and how."""

    sentences: tuple[str, ...]
    source: str
    target: str
    beam: int = 0  # 0: as the engine likes
    own: str = ""  # reference to a model that was trained here

    @property
    def direction(self) -> dict[str, object]:
        return {"source": name_of(self.source), "target": name_of(self.target)}


@dataclass(frozen=True, eq=False)
class Answers:
    """The translation of each sentence by `engine`, with what is to be said of it."""

    engine: str
    translated: dict[str, str]
    answered_by: str
    seconds: float
    evidence: Evidence
    generated: bool = True
    notices: tuple[Message, ...] = ()
    attention: Matrix | None = None
    pairs: Records | None = None


def missing(engine: str, job: Job) -> Message | None:
    """Why `engine` cannot answer now and what to do about it, or None where it can. Nothing is fetched to find out."""
    if engine == "own":
        return _missing_own(job)
    if engine == "memory":
        if "en" in (job.source, job.target) and {job.source, job.target} & set(memory.FOREIGN):
            return None
        return Message(N_("The translation memory knows no pairs {source} → {target}."), job.direction)
    name = hub.opus_name(job.source, job.target) if engine == "opus-mt" else engine
    if not name:
        return Message(N_("OPUS-MT for {source} → {target} is not in the list of weights: choose NLLB."), job.direction)
    if engine == hub.NLLB and not {job.source, job.target} <= set(hub.NLLB_CODES):
        return Message(N_("NLLB cannot be asked for {source} → {target}: choose the languages by hand."), job.direction)
    state = weights.status(name)
    return None if state.state == "present" else state.sentence


def _missing_own(job: Job) -> Message | None:
    if job.own or shipped(job):
        return None
    sentence = N_("No model {source} → {target} comes with Panorama: train one on pairs of your own, and name it here.")
    return Message(sentence, job.direction)


def shipped(job: Job) -> str:
    """The reference to the shipped model of this direction, or ""."""
    name = SHIPPED.format(source=job.source, target=job.target)
    return fitted.SHIPPED + name if name in weights.catalogue() and weights.status(name).state == "present" else ""


def choose(job: Job) -> str:
    """The best engine that can answer now. Raises `UnavailableError` where none can."""
    ready = [engine for engine in BEST_FIRST if missing(engine, job) is None]
    if not ready:
        raise UnavailableError(
            N_("Nothing on this machine translates {source} → {target}. With a connection, choose OPUS-MT or NLLB; or train a "
               "model on pairs of your own."), **job.direction,
        )  # fmt: skip
    return "own" if job.own else ready[0]


def ask(engine: str, job: Job, context: Context) -> Answers:
    """Lets `engine` translate. An engine that is missing is fetched where its licence allows.

    Raises `UnavailableError`, `NotFoundError` or `InputError` with a sentence where it cannot answer.
    """
    started = perf_counter()
    found = _ENGINES[engine](job, context)
    return Answers(**{**vars(found), "seconds": perf_counter() - started})


def _own(job: Job, context: Context) -> Answers:
    from models.text.translate import CAPABILITY

    reference = job.own or shipped(job)
    if not reference:
        raise NotFoundError(_missing(job).id, **_missing(job).values)
    with fitted.open_model(CAPABILITY, reference) as model:
        translator: Any = model
        known = translator.settings.source, translator.settings.target
        if known != (job.source, job.target):
            raise InputError(
                N_("This model translates {known_source} → {known_target}, not {source} → {target}: choose another model or the "
                   "languages by hand."), known_source=name_of(known[0]), known_target=name_of(known[1]), **job.direction,
            )  # fmt: skip
        facts = model.describe()
        answers = translator.translate(list(job.sentences), context, job.beam)
        attention = translator.attention(job.sentences[0], context) if job.sentences else None
    measured = fitted.evidence(CAPABILITY, reference)
    caveats: tuple[Sentence, ...] = (*_without(measured.caveats, facts["caveats"]), *facts["caveats"], *_below(measured))
    name = reference.removeprefix(fitted.SHIPPED)
    evidence = Evidence(**{**vars(measured), "caveats": caveats, "answered_by": name})
    said = tuple(Message(caveat) for caveat in facts["caveats"])  # above the translation as well as on the card
    return Answers("own", dict(zip(job.sentences, answers)), name, 0.0, evidence, notices=said, attention=attention)


def _missing(job: Job) -> Message:
    found = _missing_own(job)
    assert found is not None
    return found


def _below(evidence: Evidence) -> tuple[Sentence, ...]:
    """Says so where the model is no better than its best baseline."""
    if evidence.score is None or evidence.baseline is None or evidence.score > evidence.baseline:
        return ()
    return (Message(N_("It is not better than this simple method: {name}."), {"name": Message(evidence.baseline_name)}),)


def _without(caveats: Sequence[Sentence], others: Sequence[str]) -> tuple[Sentence, ...]:
    return tuple(caveat for caveat in caveats if str(caveat) not in others)


def _memory(job: Job, context: Context) -> Answers:
    import pandas as pd

    known = memory.pairs(job.source, job.target)
    if not known[0]:
        raise NotFoundError(N_("The translation memory knows no pairs {source} → {target}."), **job.direction)
    found = memory.nearest(job.sentences, known, context)
    best = {sentence: pairs[0] for sentence, pairs in zip(job.sentences, found)}
    frame = pd.DataFrame({
        N_("sentence"): list(best), N_("most similar in the memory"): [pair.source for pair in best.values()],
        N_("its translation"): [pair.target for pair in best.values()],
        N_("similarity"): [round(pair.similarity, 3) for pair in best.values()],
    })  # fmt: skip
    caption = N_("Similarity is the cosine of the encoder's vectors: 1 means the same; unrelated sentences have about 0.8.")
    caveat = N_("The memory translates nothing: it shows what was written for the most similar sentence it knows.")
    evidence = Evidence(
        answered_by="multilingual E5 small", data=", ".join(memory.SAMPLES), rows=len(known[0]), caveats=(caveat,)
    )
    return Answers(
        "memory", {sentence: pair.target for sentence, pair in best.items()}, "memory", 0.0, evidence, generated=False,
        pairs=Records(N_("From the translation memory"), frame, caption),
    )  # fmt: skip


def _gemma(job: Job, context: Context) -> Answers:
    weights.locate(few_shot.WEIGHTS, context)
    asked = job.sentences[:MOST_FOR_GEMMA]
    notices: tuple[Message, ...] = ()
    if len(asked) < len(job.sentences):
        sentence = N_("Gemma translated the first {count} sentences only: each takes it a second or more.")
        notices = (Message(sentence, {"count": len(asked)}),)
    answers = few_shot.translate_all(asked, job.source, job.target, context)
    lost = sum(not answer for answer in answers)
    if lost:
        sentence = N_("Gemma found no words for {count} sentences: they stand as they are.")
        notices += (Message(sentence, {"count": lost}),)
    evidence = _few_shot_evidence(job)
    told = {sentence: answer or sentence for sentence, answer in zip(asked, answers)}
    return Answers(few_shot.WEIGHTS, told, few_shot.WEIGHTS, 0.0, evidence, notices=notices)


_SMALL = N_("A small language model that was shown a few pairs: it makes up what it does not know.")


def _few_shot_evidence(job: Job) -> Evidence:
    """The card, with the score where this direction was measured."""
    known = few_shot.measured(job.source, job.target)
    if known is None:
        return _of_weights(few_shot.WEIGHTS, (_SMALL,))
    return replace(
        _of_weights(few_shot.WEIGHTS, (_SMALL, _PERHAPS_READ)), metric=N_("chrF"), score=known["chrf"],
        interval=(known["interval"][0], known["interval"][1]), baseline=known["copy"], baseline_name=COPY, data=known["data"],
        rows=known["rows"],
    )  # fmt: skip


_PERHAPS_READ = N_("Its makers read much of the web: the handbook that it is measured on may have been part of that.")


def _opus(job: Job, context: Context) -> Answers:
    name = hub.opus_name(job.source, job.target)
    if not name:
        raise NotFoundError(N_("OPUS-MT for {source} → {target} is not in the list of weights: choose NLLB."), **job.direction)
    return _from_hub("opus-mt", name, job, context)


def _nllb(job: Job, context: Context) -> Answers:
    if not {job.source, job.target} <= set(hub.NLLB_CODES):
        raise InputError(N_("NLLB cannot be asked for {source} → {target}: choose the languages by hand."), **job.direction)
    return _from_hub(hub.NLLB, hub.NLLB, job, context)


def _from_hub(engine: str, name: str, job: Job, context: Context) -> Answers:
    answers = hub.translate_all(job.sentences, name, job.source, job.target, job.beam, context)
    caveat = N_("Not measured here: how good it is on texts like yours is not known.")
    return Answers(engine, dict(zip(job.sentences, answers)), name, 0.0, _of_weights(name, (caveat,)))


def _of_weights(name: str, caveats: tuple[Sentence, ...]) -> Evidence:
    entry = weights.entry(name)
    return Evidence(answered_by=entry.title, license=entry.licence, caveats=caveats)


_ENGINES: dict[str, Callable[[Job, Context], Answers]] = {
    "own": _own, "memory": _memory, few_shot.WEIGHTS: _gemma, "opus-mt": _opus, hub.NLLB: _nllb,
}  # fmt: skip
