"""What a text says, in a few of its own sentences, marked where they stand; on request rewritten by a language model.

The sentences are chosen by TextRank over encoder vectors, place, frequent words and length, with redundancy kept down; what a
language model makes of them is checked: figures and names that do not stand in the text are listed. Several documents get one
summary together and one each.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from time import perf_counter
from typing import Literal

from core import weights
from core.contracts import (
    Bar,
    Capability,
    Context,
    Document,
    Documents,
    Evidence,
    InputError,
    Message,
    Metric,
    Metrics,
    Params,
    Records,
    Report,
    Section,
    Text,
    parameter,
)
from core.language import N_
from models.text import encoder, llm
from models.text.summaries import results, rewrite, trial
from models.text.summaries.extract import Extract, Read, Wishes, extract, read
from models.text.words import has_words

MOST_CHARACTERS = 10_000_000  # of all documents
DOCUMENTS_EACH = 8  # that get a summary of their own
SUPPORTED = 0.7  # share of a rewriting's words that should stand in what it rewrites
DOCUMENTS_SHOWN = 5  # whose text is shown with the used sentences


class SummaryParams(Params):
    method: Literal["extract", "rewrite"] = parameter(
        "extract", title=N_("Method"), help=N_("Sentences of the text itself, or those rewritten by a language model."),
        choices={"extract": N_("Sentences of the text"), "rewrite": N_("Rewritten by a language model")},
    )  # fmt: skip
    length: Literal["sentences", "share"] = parameter(
        "sentences", title=N_("Length as"), help=N_("A number of sentences, or a share of the text."),
        choices={"sentences": N_("Number of sentences"), "share": N_("Share of the text")},
    )  # fmt: skip
    sentences: int = parameter(
        3, ge=1, le=50, title=N_("Sentences"), unit=N_("sentences"), when={"length": ("sentences",)},
        help=N_("So many sentences are chosen."),
    )  # fmt: skip
    share: float = parameter(
        0.2, ge=0.01, le=0.9, title=N_("Share"), when={"length": ("share",)},
        help=N_("The summary is about this share of the text's length."),
    )  # fmt: skip
    balance: float = parameter(
        Wishes.balance, ge=0, le=1, title=N_("Central against varied"), advanced=True,
        help=N_("1 takes the most central sentences even if they say the same; lower values ask for different ones."),
    )  # fmt: skip
    position: float = parameter(
        Wishes.position, ge=0, le=1, title=N_("Weight of the beginning"), advanced=True,
        help=N_("0 treats every place alike; 1 favours the first sentences as much as fitted."),
    )  # fmt: skip
    keep_order: bool = parameter(
        True, title=N_("Keep the order"), advanced=True,
        help=N_("In the order of the text; otherwise the most central sentence first."),
    )  # fmt: skip
    writer: str = parameter(
        llm.DEFAULT, title=N_("Language model"), choices=llm.choices(), when={"method": ("rewrite",)}, max_length=200,
        help=N_("The small one writes English only; others are fetched when they are first used."),
    )  # fmt: skip


def run(given: Documents, params: SummaryParams, context: Context) -> Report:
    """Summarises all documents together and each by itself.

    Raises:
        InputError: there are no words, or no whole sentence.
        UnavailableError: the encoder's weights, or the language model's, are not on this machine.
    """
    started = perf_counter()
    documents, notices = _cut(given)
    share = params.share if params.length == "share" else 0.0
    wishes = Wishes(params.sentences, share, params.balance, params.position, params.keep_order)
    reading = read(documents, context)
    made = extract(reading, wishes)
    notices += _notices(documents, made)
    summary = Text(N_("Summary"), made.text, caption=N_("Sentences of the text, word for word."))
    sections = [Section(summary.title, summary)]
    if params.method == "rewrite":
        written, more = _rewritten(made, params, context)
        notices += more
        if written:
            sections = [*written, Section(N_("What it was rewritten from"), summary)]
            summary = written[0].result
    sections += [
        Section(N_("In numbers"), results.lengths(documents, made, summary.text)),
        *_shown(documents, made),
        Section(N_("Best sentences"), results.ranking(made)),
        *_each(documents, reading, wishes, notices),
    ]
    return Report(
        title=N_("Summary"),
        summary=Message(
            N_("Sentences that say the most about the text: {used} of {all}."), {"used": len(made.chosen), "all": made.found}
        ),
        sections=tuple(sections),
        evidence=_evidence(params, summary.generated, perf_counter() - started),
        notices=(*given.notices, *notices),
    )


def _cut(given: Documents) -> tuple[list[Document], list[Message]]:
    """The documents that have words, up to the limit, with a notice where there is more."""
    filled = [document for document in given.items if has_words(document.text)]
    if not filled:
        raise InputError(N_("There are no words to summarise: give a text with at least one sentence."))
    left, kept = MOST_CHARACTERS, []
    for document in filled:
        if left <= 0:
            break
        kept.append(document if len(document.text) <= left else Document.of(document.text[:left], document.name))
        left -= len(document.text)
    if left >= 0:
        return kept, []
    sentence = N_("Only the first {read} of {all} characters were read. Split the documents to read the rest.")
    return kept, [Message(sentence, {"read": f"{MOST_CHARACTERS:,}", "all": f"{sum(len(d.text) for d in filled):,}"})]


def _notices(documents: Sequence[Document], made: Extract) -> list[Message]:
    found = []
    if made.read < made.found:
        sentence = N_("The text has {all} sentences: the {read} most central ones of its sections were compared closely.")
        found.append(Message(sentence, {"all": made.found, "read": made.read}))
    if made.is_capped:
        found.append(
            Message(N_("A summary has at most {count} sentences, so it is shorter than asked."), {"count": len(made.chosen)})
        )
    if any(len(document.text) > results.MOST_SHOWN for document in documents[:DOCUMENTS_SHOWN]):
        sentence = N_(
            "Only the first {characters} characters of a document are shown with the used sentences; all of it was read."
        )
        found.append(Message(sentence, {"characters": f"{results.MOST_SHOWN:,}"}))
    if len(documents) > DOCUMENTS_SHOWN:
        sentence = N_("The used sentences are shown in {shown} of {all} documents, those with most of them.")
        found.append(Message(sentence, {"shown": DOCUMENTS_SHOWN, "all": len(documents)}))
    return found


def _shown(documents: Sequence[Document], made: Extract) -> list[Section]:
    """The documents with their used sentences; of many, those with most of them."""
    often = [sum(s.document == number for s in made.chosen) for number in range(len(documents))]
    numbers = sorted(sorted(range(len(documents)), key=lambda number: -often[number])[:DOCUMENTS_SHOWN])
    title = N_("Used sentences in the text")
    return [Section(title, results.used(documents[number], number, made.chosen, title)) for number in numbers]


def _each(documents: Sequence[Document], reading: Read, wishes: Wishes, notices: list[Message]) -> list[Section]:
    """A summary for each of several documents that has a sentence."""
    if len(documents) < 2:
        return []
    with_sentences = sorted({sentence.document for sentence in reading.sentences})
    if len(with_sentences) > DOCUMENTS_EACH:
        sentence = N_("The first {shown} of {all} documents have a summary of their own.")
        notices.append(Message(sentence, {"shown": DOCUMENTS_EACH, "all": len(with_sentences)}))
    title = Message(N_("One by one"))
    return [
        Section(title, Text(documents[number].name, extract(reading, wishes, number).text, source=documents[number].name))
        for number in with_sentences[:DOCUMENTS_EACH]
    ]


def _rewritten(made: Extract, params: SummaryParams, context: Context) -> tuple[list[Section], list[Message]]:
    """The rewritten summary with what in it does not stand in the sentences that it was made from; none where the model
    does not know the language."""
    language = made.chosen[0].language
    if not rewrite.writes(params.writer, language):
        sentence = N_("{model} writes English only, so the sentences were not rewritten. Choose a model of many languages.")
        return [], [Message(sentence, {"model": llm.entry(params.writer).title})]
    context.progress(0.9, N_("The language model writes"))
    written = rewrite.rewrite(made.text, language, params.writer, 0, context)
    if not has_words(written):
        raise InputError(N_("The language model wrote nothing. Choose another model or the sentences of the text."))
    text = Text(
        N_("Summary"), written, generated=True,
        caption=N_("Rewritten by a language model from the sentences below: compare it with them before you use it."),
    )  # fmt: skip
    missing, share = rewrite.unsupported(written, made.text, context), rewrite.support(written, made.text)
    notices = []
    if len(made.text) > rewrite.MOST_CHARACTERS:
        sentence = N_("The language model read the first {read} of {all} characters of the chosen sentences.")
        notices.append(Message(sentence, {"read": rewrite.MOST_CHARACTERS, "all": len(made.text)}))
    if share < SUPPORTED:
        sentence = N_("Only {share} % of the words that the language model wrote stand in the sentences: do not rely on it.")
        notices.append(Message(sentence, {"share": round(100 * share)}))
    check = Metric(N_("Words that stand in the text"), share, help=N_("Words of the rewritten summary, without function words."))
    sections = [Section(text.title, text), Section(N_("Check of the rewriting"), Metrics((check,)))]
    if missing:
        notices.append(
            Message(N_("Not in the text, although the language model wrote it: {what}."), {"what": rewrite.listed(missing)})
        )
        sections.append(Section(N_("Not in the text"), _missing_table(missing)))
    return sections, notices


def _missing_table(missing: Sequence[tuple[str, str]]) -> Records:
    import pandas as pd

    frame = pd.DataFrame(list(missing), columns=[N_("written"), N_("kind")])
    return Records(
        N_("Not in the text"), frame, caption=N_("Figures and names of the rewritten summary that the sentences do not have."),
        words=("kind",),
    )  # fmt: skip


def _evidence(params: SummaryParams, is_rewritten: bool, seconds: float) -> Evidence:
    entry, measured = weights.entry(encoder.DEFAULT), trial.card()
    caveats = [N_("Chosen sentences can lose what the sentences around them say: who “he” is, what “this” means.")]
    names = [entry.title]
    is_missing = params.method == "rewrite" and not is_rewritten
    if is_rewritten:
        names.append(llm.entry(params.writer).title)
        caveats.append(N_("A small language model drops and changes facts. Figures and names are checked, the rest is not."))
        caveats.append(N_("The score is that of the sentences of the text, not of what the language model made of them."))
    return replace(
        measured,
        answered_by=", ".join(names),
        license=entry.licence,
        fallback=encoder.fallback() or (N_("The sentences themselves, not rewritten.") if is_missing else ""),
        caveats=(
            *caveats,
            *measured.caveats,
            N_("Chinese summaries are not scored: there is no Chinese text with a summary here."),
        ),
        seconds=seconds,
    )


CAPABILITY = Capability(
    id="text.summarize",
    title=N_("Summary"),
    summary=N_("Says in a few sentences what documents say, in Chinese and English, and marks the sentences that were used."),
    takes=(Documents,),
    returns=Report,
    params=SummaryParams,
    run=run,
    samples=("cable_en", "railway_zh", "handbook_en", "handbook_zh", "debian_faq"),
    weights=("e5-small",),
    metric="ROUGE-L",
    bars=tuple(
        Bar(sample=name, metric=metric, value=0.0, measure=partial(measure, name))
        for metric, measure in ((trial.ABOVE_LEAD, trial.measure_lead), (trial.ABOVE_AS_LONG, trial.measure_as_long))
        for name in (trial.PAPERS, trial.TALES)
    ),
    example=(
        "The city council has approved a new tram line between the harbour and the university. The line is 7 kilometres long and "
        "has eleven stops. Building it takes four years and costs 310 million euros, two thirds of which come from the state. "
        "Opponents had asked for more buses instead, which would have cost a tenth. The council answered that buses are stuck in "
        "the same traffic as cars. Shops along the line will get help while the street is dug up. The first trams are to run in "
        "the autumn four years from now.",
    ),
)
