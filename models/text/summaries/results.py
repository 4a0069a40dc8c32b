"""A summary and how it was made, as results."""

from __future__ import annotations

from collections.abc import Sequence

from core.contracts import Document, Metric, Metrics, Ranking, Spans
from core.contracts.results import Sentence as Title
from core.language import N_
from models.text.summaries.candidates import Sentence, size
from models.text.summaries.extract import Extract

TOP = 15  # bars of the ranking
NAME_LENGTH = 90  # characters of a sentence beside its bar
MOST_SHOWN = 20_000  # characters of a source
USED = N_("used")


def lengths(documents: Sequence[Document], made: Extract, summary: str) -> Metrics:
    """The length before and after, in the unit of the language: words, in Chinese characters."""
    language = made.chosen[0].language
    before = sum(size(block.text, language) for document in documents for block in document.blocks)
    after = size(summary, language)
    unit = N_("characters") if language == "zh" else N_("words")
    return Metrics((
        Metric(N_("Length before"), float(before), unit, help=N_("Of all documents, headings included.")),
        Metric(N_("Length after"), float(after), unit, help=N_("Of the summary.")),
        Metric(N_("Share kept"), after / max(before, 1), help=N_("The summary's length as a share of the text's.")),
        Metric(N_("Sentences used"), float(len(made.chosen)), N_("sentences"), help=N_("Sentences of the text in the summary.")),
        Metric(N_("Sentences in the text"), float(made.found), N_("sentences"),
               help=N_("Whole sentences that could have been used; headings and scraps are none.")),
    ))  # fmt: skip


def used(document: Document, number: int, chosen: Sequence[Sentence], title: Title) -> Spans:
    """The beginning of a document with the sentences that were used; the end is moved to where none of them is cut."""
    spans = sorted((s.start, s.end, USED) for s in chosen if s.document == number)
    end = min(MOST_SHOWN, len(document.text))
    end = next((start for start, stop, _ in spans if start < end < stop), end)
    return Spans(title, document.text[:end], tuple(span for span in spans if span[1] <= end), source=document.name)


def ranking(made: Extract) -> Ranking:
    """The sentences that were scored highest; the score is relative to the first."""
    names, values = [], []
    for sentence, score in made.scored[:TOP]:
        short = sentence.text if len(sentence.text) <= NAME_LENGTH else sentence.text[: NAME_LENGTH - 1] + "…"
        names.append(short if short not in names else f"{short} ({sentence.order + 1})")
        values.append(round(score, 4))
    caption = N_(
        "What counts: a place near the beginning, likeness to other central sentences (TextRank), frequent words, words of claim "
        "and result; long ones and direct speech lose. The first has 1."
    )
    return Ranking(N_("Best sentences"), tuple(names), tuple(values), caption=caption)
