"""Search in one's own documents or table by meaning and by words at once, across Chinese and English, with a map of the whole.

The first search makes the index (in the background where there is much); it is kept by content, so later ones answer at once.
"""

from __future__ import annotations

from time import perf_counter
from typing import TYPE_CHECKING

import numpy as np

from core.contracts import (
    Bar,
    Capability,
    Context,
    Documents,
    Evidence,
    InputError,
    Message,
    Params,
    Points,
    Records,
    Report,
    Section,
    Spans,
    Table,
    column,
    parameter,
)  # fmt: skip
from core.language import N_
from models.text import encoder
from models.text.retrieval import corpus_map, hybrid, trial
from models.text.retrieval.index import Index, Plan, indexed_text, is_ready, opened
from models.text.retrieval.passages import MOST_PASSAGES, MOST_ROWS
from models.text.retrieval.terms import terms
from models.text.words import has_words, words

if TYPE_CHECKING:
    import pandas as pd

SHOWN_CHARACTERS = 400  # of a hit in the table


class SearchParams(Params):
    query: str = parameter(
        "", title=N_("Search for"), max_length=2_000,
        help=N_("A question or a few words, in Chinese or English. Empty: a map of what is there."),
    )  # fmt: skip
    text: str = column("text", title=N_("Text column"), help=N_("The column to search in."))
    filter_column: str = column(
        "any", optional=True, title=N_("Filter by"), help=N_("Only rows with a certain value in this column.")
    )
    filter_value: str = parameter(
        "", title=N_("Value"), max_length=200, values_of="filter_column",
        help=N_("The value that the filter column must have."),
    )  # fmt: skip
    mode: hybrid.Mode = parameter(
        "hybrid", title=N_("Search by"), help=N_("Meaning finds other wordings and other languages, words find names and codes."),
        choices={"hybrid": N_("Both"), "meaning": N_("Meaning"), "words": N_("Words")},
    )  # fmt: skip
    top: int = parameter(10, ge=1, le=100, title=N_("Hits"), unit=N_("passages"), help=N_("How many are shown."))
    encoder: str = parameter(
        encoder.DEFAULT, title=N_("Encoder"), advanced=True, help=N_("The model that turns texts into vectors."),
        choices={"e5-small": N_("Multilingual E5 small"), "minilm-l6": N_("MiniLM (English only)"), "BAAI/bge-m3": "BGE-M3"},
    )  # fmt: skip
    clusters: int = parameter(
        0, ge=0, le=30, title=N_("Groups on the map"), advanced=True, help=N_("0 chooses by the number of passages."),
    )  # fmt: skip
    seed: int = parameter(0, ge=0, le=2**31 - 1, title=N_("Seed"), help=N_("Of the map and its groups."), advanced=True)


def run(given: Documents | Table, params: SearchParams, context: Context) -> Report:
    """The best passages for the query; without a query, the map of the corpus.

    Raises:
        InputError: the query has no words, a column is missing, or no row passes the filter.
        UnavailableError: the encoder is not on this machine.
    """
    started = perf_counter()
    documents, plan = _prepared(given, params)
    if params.query.strip() and not has_words(params.query):
        raise InputError(N_("There is no word in the query. Write what you are looking for."))
    with opened(documents, plan, context) as index:
        if not index.passages:
            raise InputError(N_("There is no text to search in. Give another document."))
        notices = documents.notices
        if index.unread:
            sentence = N_("Only the first {count} passages are indexed; {unread} documents were not read to their end.")
            notices += (Message(sentence, {"count": len(index.passages), "unread": index.unread}),)
        if params.query.strip():
            summary, sections, more = _hits(given, documents, index, plan, params, context)
        else:
            summary, sections, more = _overview(documents, index, params, context)
    weights = Evidence(
        answered_by=_answered_by(params), license="MIT", fallback=encoder.fallback(params.encoder) or "",
        caveats=(N_("A score orders the hits of one search; it is no probability."),), seconds=perf_counter() - started,
    )  # fmt: skip
    return Report(N_("Search"), summary, sections, weights, (*notices, *more))


def ready(given: Documents | Table, params: SearchParams) -> bool:
    """Whether the index stands, so that the answer is quick."""
    return bool(params.query.strip()) and is_ready(*_prepared(given, params))


def _answered_by(params: SearchParams) -> str:
    from core import weights

    return weights.entry(params.encoder).title + (" + BM25" if params.mode == "hybrid" else "")


def _prepared(given: Documents | Table, params: SearchParams) -> tuple[Documents, Plan]:
    """The documents to index and how; a row of a table is one document."""
    if isinstance(given, Documents):
        return given, Plan(params.encoder, most=MOST_PASSAGES)
    from core.intake.documents import documents_of
    from core.lifecycle.columns import need_column

    for name in (params.text, params.filter_column):
        need_column(given, name)
    return documents_of(given, params.text), Plan(params.encoder, most=MOST_ROWS)


def _hits(
    given: Documents | Table, documents: Documents, index: Index, plan: Plan, params: SearchParams, context: Context
) -> tuple[Message, tuple[Section, ...], tuple[Message, ...]]:  # fmt: skip
    vector = encoder.encode([params.query], params.encoder, context, prefix="query")[0]
    found = hybrid.search(
        index, params.query, vector, params.mode, max(params.top, hybrid.LOOKED_AT_AGAIN), _allowed(given, index, params)
    )
    if params.mode != "words" and len(found.rows):
        again = hybrid.look_again(found, params.query, vector, documents, index, plan, context)
        rest = slice(len(again.rows), None)
        rows, scores = np.concatenate([again.rows, found.rows[rest]]), np.concatenate([again.scores, found.scores[rest]])
    else:
        rows, scores = found.rows, found.scores
    rows, scores = rows[: params.top], scores[: params.top]
    if not len(rows):
        return Message(N_("Nothing was found. Try other words, or search by meaning.")), (), ()
    table = _table(given, documents, index, rows, scores)
    best = _marked(documents, index, int(rows[0]), params.query)
    sections = [Section(N_("Best hit"), best), Section(N_("Hits"), Records(N_("Hits"), table))]
    drawn, notices = corpus_map.drawn(documents, index, params.clusters, params.seed, context, marked=rows)
    if drawn is not None:
        sections.append(Section(N_("Where the hits lie"), drawn))
    values: dict[str, object] = {"count": len(rows), "all": f"{len(index.passages):,}"}
    return Message(N_("The best passages: {count} of {all}."), values), tuple(sections), notices


def _allowed(given: Documents | Table, index: Index, params: SearchParams) -> np.ndarray | None:
    """Which passages pass the filter; None without one."""
    if not isinstance(given, Table) or not params.filter_column or not params.filter_value:
        return None
    passes = given.frame[params.filter_column].astype("str").str.strip().eq(params.filter_value.strip()).to_numpy()
    if not passes.any():
        values = ", ".join(map(str, given.frame[params.filter_column].dropna().unique()[:10]))
        raise InputError(N_("No row has {value} in the column {column}. It has: {choices}."), value=params.filter_value,
                         column=params.filter_column, choices=values)  # fmt: skip
    return passes[[passage.document for passage in index.passages]]


def _table(given: Documents | Table, documents: Documents, index: Index, rows: np.ndarray, scores: np.ndarray) -> pd.DataFrame:
    import pandas as pd

    hits = [index.passages[row] for row in rows]
    frame = pd.DataFrame({
        N_("score"): scores.round(3), N_("document"): [documents.items[p.document].name for p in hits],
        N_("page"): [p.page for p in hits], N_("heading"): [p.heading for p in hits],
        N_("passage"): [documents.items[p.document].text[p.start : p.end][:SHOWN_CHARACTERS] for p in hits],
    })  # fmt: skip
    if isinstance(given, Table):
        own = given.frame.iloc[[p.document for p in hits]].reset_index(drop=True)
        own.columns = [f"{name} ·" if name == "score" else name for name in own.columns]
        return pd.concat([frame[[N_("score")]], own], axis=1)
    return frame


def _marked(documents: Documents, index: Index, row: int, query: str) -> Spans:
    """The passage with the words of the query marked."""
    passage = index.passages[row]
    document = documents.items[passage.document]
    text = document.text[passage.start : passage.end]
    asked = set(terms(query))
    from models.text.words import language_of

    spans = tuple((a, b, N_("word of the query")) for word, a, b in words(text, language_of(text)) if asked & set(terms(word)))
    values: dict[str, object] = {"name": document.name, "page": passage.page}
    source = Message(N_("{name}, page {page}") if document.pages > 1 else N_("{name}"), values)
    return Spans(N_("Best hit"), text, spans, source)


def _overview(
    documents: Documents, index: Index, params: SearchParams, context: Context
) -> tuple[Message, tuple[Section, ...], tuple[Message, ...]]:  # fmt: skip
    drawn, notices = corpus_map.drawn(documents, index, params.clusters, params.seed, context)
    values: dict[str, object] = {"documents": f"{len(documents):,}", "passages": f"{len(index.passages):,}"}
    summary = Message(N_("Indexed: {documents} documents, {passages} passages. Write a query to search in them."), values)
    if drawn is None:
        return summary, (Section(N_("Passages"), _listed(documents, index)),), notices
    groups = corpus_map.groups(drawn)
    return summary, (Section(N_("Map of the corpus"), drawn), Section(N_("Groups"), groups)), notices


def _listed(documents: Documents, index: Index) -> Records:
    import pandas as pd

    texts = [indexed_text(documents, passage, False)[:SHOWN_CHARACTERS] for passage in index.passages]
    return Records(N_("Passages"), pd.DataFrame({N_("passage"): texts}))


CAPABILITY = Capability(
    id="text.search",
    title=N_("Search by meaning"),
    summary=N_("Finds passages by meaning and by words, across Chinese and English, and draws a map of the whole collection."),
    takes=(Documents, Table),
    returns=Report,
    params=SearchParams,
    run=run,
    samples=("handbook_en", "handbook_zh", "cable_en", "railway_zh", "debian_faq", "parallel_gnome"),
    weights=("e5-small", "minilm-l6"),
    metric="hit@1",
    bars=(
        Bar("parallel_gnome", N_("hit@1, Chinese to English"), 0.8, measure=lambda context: trial.across("zh", context)),
        Bar("parallel_gnome", N_("hit@1, English to Chinese"), 0.8, measure=lambda context: trial.across("en", context)),
    ),
    example=("",),
    is_quick=ready,
)

__all__ = ["CAPABILITY", "Points", "SearchParams", "ready", "run"]
