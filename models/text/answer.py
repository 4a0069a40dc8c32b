"""Questions to one's own documents: the answer is a name, number, command or sentence of the source, word for word, with its
place, or the word that it is not in the documents. Questions may follow up on each other.

No reading model is in any package that reaches us. Hybrid retrieval and a multilingual encoder find the sentence; where the
question tells what kind of answer it wants, the best piece of that kind in it is the answer. Nothing is ever written anew.
"""

from __future__ import annotations

from time import perf_counter
from typing import TYPE_CHECKING

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
from models.text.answers import follow_up, reading, scored, squad
from models.text.retrieval import hybrid, trial
from models.text.retrieval.index import Index, Plan, opened
from models.text.words import has_words, language_of

if TYPE_CHECKING:
    import pandas as pd

KINDS_SAID = {
    "short": N_("A piece of the sentence that is marked below, of the kind that the question asks for."),
    "whole": N_("The whole sentence: this question asks for no name, number or other short answer."),
    "unsure": N_("The whole sentence: no piece of it is clearly the answer."),
}
OTHERS = 5  # further passages that are shown
SHOWN_CHARACTERS = 400
MOST_READ = 200_000  # characters in which names are looked for


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
            return scored.report(given, params.strictness, context, started)
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
    answer, found = reading.find(question, documents, index, plan, context, asked=params.question)
    sure = answer.certainty >= params.strictness
    absent = N_("This is not in the documents, as far as one can tell.")
    likely = N_("Probably answered by the documents ({share}).")
    summary = Message(likely, {"share": f"{answer.certainty:.0%}"}) if sure else Message(absent)
    source = _source(documents, answer.document, answer.start)
    text = documents.items[answer.document].text
    low, high = answer.short or (answer.start, answer.end)
    first: tuple[Section, ...] = ()
    if sure:
        first = (Section(N_("Answer"), Text(N_("Answer"), text[low:high], source=source, caption=KINDS_SAID[_kind(answer)])),)
    sections = (
        *first, Section(N_("Where it stands"), _around(index, answer, text, source, sure)),
        Section(N_("Other passages"), _others(documents, index, found)),
        Section("", Metrics((Metric(N_("certainty"), answer.certainty,
                                    help=N_("Calibrated probability that the documents hold the answer.")),))),
    )  # fmt: skip
    return Report(N_("Answer"), summary, sections, scored.evidence(started, len(index.passages)), notices)


def _kind(answer: reading.Answer) -> str:
    return "short" if answer.short else "unsure" if answer.asked else "whole"


def _around(index: Index, answer: reading.Answer, text: str, source: Message, sure: bool) -> Spans:
    """The passage with the sentence marked, and in it the short answer."""
    passage = next(p for p in index.passages if p.document == answer.document and p.start <= answer.start < p.end)
    if not sure:
        marks = [(answer.start, answer.end, N_("nearest sentence"))]
    elif answer.short is None:
        marks = [(answer.start, answer.end, N_("answer"))]
    else:
        low, high = answer.short
        marks = [(answer.start, low, N_("its sentence")), (low, high, N_("answer")), (high, answer.end, N_("its sentence"))]
    spans = tuple((a - passage.start, b - passage.start, kind) for a, b, kind in marks if text[a:b].strip())
    return Spans(N_("Where it stands"), text[passage.start : passage.end], spans, source, passage.heading)


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


def _held(documents: Documents, index: Index, context: Context, notices: tuple[Message, ...], started: float) -> Report:
    """Number of passages, key phrases, who appears with whom, and what is said of them."""
    from models.text.recognition import find_all, relations
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
    mentions = merged(find_all(texts, context))
    told, _is_cut = relations.relations(read, mentions, context)
    graph = network(read, mentions, "sentence", 1, told) or network(read, mentions, "paragraph", 1, told)
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
    if (table := relations.evidence(read, told)) is not None:
        sections.append(Section(N_("Who does what, by sentence"), table))
    summary = Message(N_("Passages that can be asked: {count}."), {"count": f"{len(index.passages):,}"})
    return Report(N_("What the documents hold"), summary, tuple(sections), _readers(texts, started), notices)


def _readers(texts: list[str], started: float) -> Evidence:
    """Who found the names and relations."""
    from core import weights
    from models.text.recognition import chinese, english

    of = {language_of(text) for text in texts}
    names = [chinese.WEIGHTS] * ("zh" in of) + [english.WEIGHTS] * bool(of - {"zh"})
    entries = [weights.entry(name) for name in names]
    return Evidence(
        answered_by=", ".join(entry.title for entry in entries), license=", ".join(sorted({entry.licence for entry in entries})),
        caveats=(N_("Small models: they miss names and sometimes take a product or an abbreviation for an organisation."),),
        seconds=perf_counter() - started,
    )  # fmt: skip


CAPABILITY = Capability(
    id="text.answer",
    title=N_("Ask documents"),
    summary=N_(
        "Answers questions out of your documents, word for word and with the place, turn by turn, in Chinese and English."
    ),
    takes=(Documents, Table),
    returns=Report,
    params=AnswerParams,
    run=run,
    samples=("handbook_en", "handbook_zh", "cable_en", "railway_zh", "debian_faq"),
    weights=("e5-small", "minilm-l6", "en-core-web-sm", "lac-zh"),
    metric="MRR@10",
    bars=(Bar("debian_faq", "MRR@10", 0.66, measure=trial.faq),),
    example=("How long does the first start take?", "Can a training be cancelled?", "证据卡上有什么？"),
    chat=Chat(message="question", placeholder=N_("Ask the documents")),
)
