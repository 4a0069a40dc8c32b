"""Questions to one's own documents: the answer is a sentence of the source, word for word, with its place, or the word that it is
not in the documents. Questions may follow up on each other.

No reading model is in any package that reaches us, so the answer is the sentence that hybrid retrieval and a multilingual
encoder find; it is never written anew and cannot invent anything.
"""

from __future__ import annotations

from time import perf_counter
from typing import TYPE_CHECKING

import numpy as np

from core.contracts import (
    Bar,
    Capability,
    Chat,
    Context,
    Documents,
    Evidence,
    InputError,
    Message,
    Metric,
    Metrics,
    Params,
    Ranking,
    Records,
    Report,
    Section,
    Spans,
    Table,
    Text,
    parameter,
)  # fmt: skip
from core.language import N_
from models.text import encoder
from models.text.answers import follow_up, reading, squad
from models.text.retrieval import hybrid, trial
from models.text.retrieval.index import Index, Plan, opened
from models.text.words import has_words, sentences

if TYPE_CHECKING:
    import pandas as pd

CALIBRATED = N_(
    "The certainty was calibrated on questions about the handbook of Panorama; on other documents it is a rough guide."
)
OTHERS = 5  # further passages that are shown
SHOWN_CHARACTERS = 400
MOST_READ = 200_000  # characters in which names are looked for
ANSWERED_BY = "Multilingual E5 small + BM25"


class AnswerParams(Params):
    question: str = parameter(
        "", title=N_("Question"), max_length=4_000, help=N_("In Chinese or English. Empty: what the documents hold."),
    )  # fmt: skip
    strictness: float = parameter(
        0.5, ge=0, le=0.95, title=N_("Least certainty"),
        help=N_("Below this probability the answer is that it is not in the documents; 0 always answers."),
    )  # fmt: skip
    headings: bool = parameter(
        True, title=N_("Search in headings too"), advanced=True,
        help=N_("Whether the headings above a passage count as part of it."),
    )  # fmt: skip
    # The earlier turns, ("user" or "assistant", text) each; the chat page sets it, no form field.
    history: tuple[tuple[str, str], ...] = ()


def run(given: Documents | Table, params: AnswerParams, context: Context) -> Report:
    """Answers the question out of the documents; scores a table of questions; tells what the documents hold without a question.

    Raises:
        InputError: the question has no words, or there is no text in the documents.
        UnavailableError: the encoder is not on this machine.
    """
    started = perf_counter()
    if isinstance(given, Table):
        if squad.looks_like(given):
            return _scored(given, params, context, started)
        from core.intake.documents import documents_of

        given = documents_of(given)
    if params.question.strip() and not has_words(params.question):
        raise InputError(N_("There is no word in the question. Write what you want to know."))
    with opened(given, Plan(headings=params.headings), context) as index:
        if not index.passages:
            raise InputError(N_("There is no text in the documents. Give another one."))
        notices = given.notices
        if index.unread:
            sentence = N_("Only the first {count} passages are indexed; {unread} documents were not read to their end.")
            notices += (Message(sentence, {"count": len(index.passages), "unread": index.unread}),)
        if not params.question.strip():
            return _held(given, index, context, notices, started)
        return _answered(given, index, params, context, notices, started)


def _answered(
    documents: Documents, index: Index, params: AnswerParams, context: Context, notices: tuple[Message, ...], started: float
) -> Report:  # fmt: skip
    question = follow_up.rewritten(params.question, params.history)
    if question != params.question:
        notices += (Message(N_("Understood as: {question}"), {"question": question}),)
    plan = Plan(headings=params.headings)
    answer, found = reading.find(question, documents, index, plan, context)
    text = documents.items[answer.document].text
    sure = answer.certainty >= params.strictness
    values: dict[str, object] = {"share": f"{answer.certainty:.0%}"}
    source = _source(documents, answer.document, answer.start)
    absent = N_("This is not in the documents, as far as one can tell.")
    summary = Message(N_("Probably answered by the documents ({share})."), values) if sure else Message(absent)
    first: tuple[Section, ...] = ()
    if sure:
        first = (Section(N_("Answer"), Text(N_("Answer"), text[answer.start : answer.end], source=source)),)
    passage = next(p for p in index.passages if p.document == answer.document and p.start <= answer.start < p.end)
    span = (answer.start - passage.start, answer.end - passage.start, N_("answer") if sure else N_("nearest sentence"))
    around = Spans(N_("Where it stands"), text[passage.start : passage.end], (span,), source, passage.heading)
    sections = (
        *first, Section(N_("Where it stands"), around), Section(N_("Other passages"), _others(documents, index, found)),
        Section("", Metrics((Metric(N_("certainty"), answer.certainty,
                                    help=N_("Calibrated probability that the documents hold the answer.")),))),
    )  # fmt: skip
    return Report(N_("Answer"), summary, sections, _evidence(started), notices)


def _source(documents: Documents, document: int, offset: int) -> Message:
    item = documents.items[document]
    if item.pages > 1:
        return Message(N_("{name}, page {page}"), {"name": item.name, "page": item.page_at(offset)})
    return Message(N_("{name}"), {"name": item.name})


def _others(documents: Documents, index: Index, found: hybrid.Found) -> Records:
    import pandas as pd

    hits = [index.passages[row] for row in found.rows[:OTHERS]]
    frame: pd.DataFrame = pd.DataFrame({
        N_("score"): found.scores[:OTHERS].round(3), N_("document"): [documents.items[p.document].name for p in hits],
        N_("page"): [p.page for p in hits], N_("heading"): [p.heading for p in hits],
        N_("passage"): [documents.items[p.document].text[p.start : p.end][:SHOWN_CHARACTERS] for p in hits],
    })  # fmt: skip
    return Records(N_("Other passages"), frame, N_("The passages that were read, the best first. A score orders them only."))


def _evidence(started: float) -> Evidence:
    return Evidence(
        answered_by=ANSWERED_BY, license="MIT", fallback=encoder.fallback() or "", seconds=perf_counter() - started,
        caveats=(
            N_("The answer is a sentence of the source, chosen, not understood: it may be near the point instead of on it."),
            CALIBRATED,
        ),
    )  # fmt: skip


def _held(documents: Documents, index: Index, context: Context, notices: tuple[Message, ...], started: float) -> Report:
    """Number of passages, key phrases, and who appears with whom."""
    from models.text.recognition import find_all
    from models.text.recognition.names import merged
    from models.text.recognition.network import network
    from models.text.recognition.phrases import key_phrases

    room, read = MOST_READ, []
    for item in documents.items:
        if room <= 0:
            break
        read.append(item)
        room -= len(item.text)
    if len(read) < len(documents) or room < 0:
        notices += (Message(N_("Names were looked for in the first {count} characters only."), {"count": f"{MOST_READ:,}"}),)
    texts = [item.text[:MOST_READ] for item in read]
    graph = network(read, merged(find_all(texts, context)), "paragraph", 1)
    phrases = key_phrases(texts, 15)
    sections = [Section("", Metrics((
        Metric(N_("documents"), len(documents), N_("files"), help=N_("Documents that can be asked.")),
        Metric(N_("passages"), len(index.passages), N_("passages"), help=N_("Pieces that are searched.")),
    )))]  # fmt: skip
    if phrases:
        names, weights = zip(*phrases)
        ranking = Ranking(N_("Key phrases"), tuple(names), tuple(float(w) for w in weights))
        sections.append(Section(N_("Key phrases"), ranking))
    if graph is not None:
        sections.append(Section(N_("Who appears with whom"), graph))
    summary = Message(N_("{count} passages can be asked."), {"count": f"{len(index.passages):,}"})
    return Report(N_("What the documents hold"), summary, tuple(sections), _evidence(started), notices)


def _scored(table: Table, params: AnswerParams, context: Context, started: float) -> Report:
    """Exact match and F1 over a file of questions, each asked of its own context; its first sentence is the baseline."""
    import pandas as pd

    from core.lifecycle.bootstrap import intervals

    asked = squad.questions(table)
    notices = table.notices
    if len(asked) > squad.MOST_QUESTIONS:
        sentence = N_("Only the first {count} questions were scored.")
        notices += (Message(sentence, {"count": squad.MOST_QUESTIONS}),)
        asked = asked[: squad.MOST_QUESTIONS]
    answers = []
    for place, one in enumerate(asked):
        context.progress(place / len(asked), N_("Answered {done} of {total} questions"), done=place, total=len(asked))
        answers.append(_of_context(one, params, context))
    scores = np.array([[squad.exact(a, q.answers), squad.f1(a, q.answers)] for a, q in zip(answers, asked)])
    firsts = [sentences(q.context)[0][0] if sentences(q.context) else "" for q in asked]
    baseline = float(np.mean([squad.f1(first, q.answers) for first, q in zip(firsts, asked)]))
    spread = intervals(lambda w: {"exact": scores[:, 0] @ w / w.sum(0), "f1": scores[:, 1] @ w / w.sum(0)}, len(asked))
    frame = pd.DataFrame({
        N_("question"): [q.question for q in asked], N_("answer"): answers, N_("truth"): [" | ".join(q.answers) for q in asked],
        "F1": scores[:, 1].round(3),
    })  # fmt: skip
    numbers = Metrics((
        Metric(N_("exact match"), float(scores[:, 0].mean()), interval=spread.get("exact"),
               help=N_("Share of answers that are the truth, word for word.")),
        Metric("F1", float(scores[:, 1].mean()), interval=spread.get("f1"),
               help=N_("Words shared with the truth, as SQuAD counts them.")),
    ))  # fmt: skip
    evidence = Evidence(
        metric="F1", score=float(scores[:, 1].mean()), interval=spread.get("f1"), baseline=baseline,
        baseline_name=N_("first sentence of the context"), rows=len(asked), data=table.name,
        answered_by=ANSWERED_BY, license="MIT",
        caveats=(N_("Answers are whole sentences, so exact match is rare where the truth is a word or two."),),
        seconds=perf_counter() - started,
    )  # fmt: skip
    summary = Message(N_("{count} questions were answered, each out of its own context."), {"count": len(asked)})
    sections = (Section(N_("In numbers"), numbers), Section(N_("All questions"), Records(N_("All questions"), frame)))
    return Report(N_("Answers scored"), summary, sections, evidence, notices)


def _of_context(one: squad.Question, params: AnswerParams, context: Context) -> str:
    documents, plan = Documents.of(one.context, "context"), Plan(headings=False)
    if not has_words(one.question):
        return ""
    with opened(documents, plan, context) as index:
        if not index.passages:
            return ""
        answer, _found = reading.find(one.question, documents, index, plan, context)
    text = documents.items[0].text[answer.start : answer.end]
    return text if answer.certainty >= params.strictness else ""


CAPABILITY = Capability(
    id="text.answer",
    title=N_("Ask documents"),
    summary=N_(
        "Answers questions out of your documents with the very sentence and its place, turn by turn, in Chinese and English."
    ),
    takes=(Documents, Table),
    returns=Report,
    params=AnswerParams,
    run=run,
    samples=("handbook_en", "handbook_zh", "debian_faq"),
    weights=("e5-small", "minilm-l6"),
    metric="MRR@10",
    bars=(Bar("debian_faq", "MRR@10", 0.66, measure=trial.faq),),
    example=("How long does the first start take?", "Can a training be cancelled?", "证据卡上有什么？"),
    chat=Chat(message="question", placeholder=N_("Ask the documents")),
)
