"""What was found, as results: counts, the commonest names, a table of every name, and names by document."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from core.contracts import Document, Matrix, Metric, Metrics, Ranking, Records, Spans
from core.contracts.results import Sentence
from core.language import N_
from models.text.recognition import KINDS, Entity
from models.text.recognition.names import Mention
from models.text.words import clean

if TYPE_CHECKING:
    import pandas as pd

TOP = 15  # bars of a ranking
MATRIX_NAMES, MATRIX_DOCUMENTS = 25, 20  # a heat map that can be read
CONTEXT = 60  # characters to each side of a name in the table
MOST_MENTIONS = 20_000  # rows of the table of all mentions

PLURAL = {
    "person": N_("People"), "place": N_("Places"), "organisation": N_("Organisations"), "date": N_("Dates"),
    "amount": N_("Amounts"), "work": N_("Works"),
}  # fmt: skip
_TITLES = {
    "person": N_("People named most often"), "place": N_("Places named most often"),
    "organisation": N_("Organisations named most often"), "date": N_("Dates named most often"),
    "amount": N_("Amounts named most often"), "work": N_("Works named most often"),
}  # fmt: skip
_HELP = {
    "person": N_("Different people; how often they are named stands in the tables."), "place": N_("Different places."),
    "organisation": N_("Different organisations."), "date": N_("Different dates and times."),
    "amount": N_("Different sums, shares and measures."), "work": N_("Different titles of books, films and the like."),
}  # fmt: skip


def numbers(mentions: Sequence[Mention], kinds: Sequence[str], documents: int, phrases: int) -> Metrics:
    """How many different names of each kind there are."""
    different = Counter(kind for kind, _ in {mention.node for mention in mentions})
    items = [Metric(N_("Documents"), float(documents), N_("files"), help=N_("Files or rows that were read."))]
    items += [Metric(PLURAL[kind], float(different[kind]), N_("names"), help=_HELP[kind]) for kind in KINDS if kind in kinds]
    if phrases:
        items.append(Metric(N_("Key phrases"), float(phrases), N_("phrases"), help=N_("The heaviest noun phrases.")))
    return Metrics(tuple(items))


def marked(document: Document, entities: Sequence[Entity], characters: int, title: Sentence) -> Spans:
    """The beginning of a document with its entities; the end is moved to where no entity is cut."""
    end = min(characters, len(document.text))
    end = next((e.start for e in entities if e.start < end < e.end), end)
    spans = tuple((e.start, e.end, e.kind) for e in entities if e.end <= end)
    return Spans(title, document.text[:end], spans, source=document.name)


def rankings(mentions: Sequence[Mention], kinds: Sequence[str], least: int) -> list[Ranking]:
    """The commonest names of each kind that has any."""
    counted: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for mention in mentions:
        counted[mention.entity.kind][mention.name] += 1
    found = []
    for kind in (kind for kind in KINDS if kind in kinds):
        best = sorted((pair for pair in counted[kind].items() if pair[1] >= least), key=lambda pair: (-pair[1], pair[0]))[:TOP]
        if best:
            found.append(Ranking(_TITLES[kind], tuple(n for n, _ in best), tuple(float(c) for _, c in best), unit=N_("mentions")))
    return found


def by_document(documents: Sequence[Document], mentions: Sequence[Mention], least: int) -> Matrix | None:
    """How often the commonest names stand in each document; None for a single document or no names."""
    counted = Counter(mention.node for mention in mentions)
    best = sorted((pair for pair in counted.items() if pair[1] >= least), key=lambda p: (-p[1], p[0]))[:MATRIX_NAMES]
    if len(documents) < 2 or not best:
        return None
    rows = {node: i for i, (node, _) in enumerate(best)}
    often = Counter(mention.document for mention in mentions if mention.node in rows)
    columns = {document: j for j, document in enumerate(sorted(d for d, _ in often.most_common(MATRIX_DOCUMENTS)))}
    values = np.zeros((len(rows), len(columns)))
    for mention in mentions:
        if mention.node in rows and mention.document in columns:
            values[rows[mention.node], columns[mention.document]] += 1
    names = _distinct([documents[d].name for d in columns])
    return Matrix(
        N_("Names by document"), _distinct([name for (_, name), _ in best]), names, values,
        x_label=N_("document"), y_label=N_("name"),
        caption=N_("How often each of the commonest names stands in each document; the documents with most of them are shown."),
    )  # fmt: skip


def all_names(mentions: Sequence[Mention], least: int) -> Records:
    """One row for each different name."""
    import pandas as pd

    count: Counter[tuple[str, str]] = Counter(mention.node for mention in mentions)
    where: defaultdict[tuple[str, str], set[int]] = defaultdict(set)
    forms: defaultdict[tuple[str, str], Counter[str]] = defaultdict(Counter)
    for mention in mentions:
        where[mention.node].add(mention.document)
        forms[mention.node][clean(mention.entity.text)] += 1
    rows = [
        (name, kind, number, len(where[kind, name]), " | ".join(form for form, _ in forms[kind, name].most_common()))
        for (kind, name), number in count.most_common()
        if number >= least
    ]
    columns = [N_("name"), N_("kind"), N_("count"), N_("documents"), N_("written as")]
    return Records(
        N_("All names"), pd.DataFrame(rows, columns=columns),
        caption=N_("Ways of writing that mean the same name with certainty are counted together."), words=("kind",),
    )  # fmt: skip


def all_mentions(documents: Sequence[Document], mentions: Sequence[Mention]) -> Records:
    """One row for each place where a name stands, with its offsets in the document's text."""
    return Records(
        N_("Every place where a name stands"), _mentions(documents, mentions[:MOST_MENTIONS]),
        caption=N_("Start and end are characters of the document's text, counted from 0."), words=("kind",),
    )  # fmt: skip


def _mentions(documents: Sequence[Document], mentions: Sequence[Mention]) -> pd.DataFrame:
    import pandas as pd

    count = Counter(mention.node for mention in mentions)
    rows = []
    for mention in mentions:
        document, entity = documents[mention.document], mention.entity
        around = document.text[max(0, entity.start - CONTEXT) : entity.end + CONTEXT]
        rows.append(
            (mention.name, entity.kind, entity.text, document.name, document.page_at(entity.start), entity.start, entity.end,
             count[mention.node], clean(around))
        )  # fmt: skip
    columns = [
        N_("name"), N_("kind"), N_("as written"), N_("document"), N_("page"), N_("start"), N_("end"), N_("count"), N_("context"),
    ]  # fmt: skip
    return pd.DataFrame(rows, columns=columns)


def _distinct(names: Sequence[str]) -> tuple[str, ...]:
    """Names that a heat map can tell apart: a repeated one gets a number."""
    seen: Counter[str] = Counter()
    found = []
    for name in names:
        seen[name] += 1
        found.append(name if seen[name] == 1 else f"{name} ({seen[name]})")
    return tuple(found)
