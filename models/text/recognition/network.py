"""Who appears with whom: names that stand in the same sentence, or in the same paragraph."""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter, defaultdict
from collections.abc import Sequence
from itertools import combinations

from core.contracts import Document, Graph
from core.language import N_
from models.text.recognition.names import Mention
from models.text.words import sentences

MOST_NODES = 40  # more are no picture any more
MOST_EDGES = 120
MOST_TOGETHER = 12  # names of one sentence that are linked with each other: a list of members is no meeting
LINKED = ("person", "place", "organisation", "work")

Node = tuple[str, str]


def network(documents: Sequence[Document], mentions: Sequence[Mention], by: str, least: int) -> Graph | None:
    """The commonest names with a line between two that share a `by` ("sentence" or "paragraph"); None where no two do.

    A node's size is how often it is named, an edge's weight in how many sentences (paragraphs) the two stand together.
    """
    named = Counter(mention.node for mention in mentions if mention.entity.kind in LINKED)
    together: Counter[tuple[Node, Node]] = Counter()
    for group in _groups(documents, mentions, by):
        together.update(combinations(sorted(group)[:MOST_TOGETHER], 2))
    linked = {node for pair in together for node in pair if named[node] >= least}
    chosen = sorted(linked, key=lambda node: (-named[node], node))[:MOST_NODES]
    place = {node: i for i, node in enumerate(chosen)}
    edges = [(place[a], place[b], float(n), str(n)) for (a, b), n in together.most_common() if a in place and b in place]
    if not edges:
        return None
    edges = edges[:MOST_EDGES]
    used = sorted({i for a, b, _, _ in edges for i in (a, b)})
    again = {old: new for new, old in enumerate(used)}
    return Graph(
        N_("Who appears with whom"),
        tuple(chosen[i][1] for i in used),
        tuple(chosen[i][0] for i in used),
        tuple(float(named[chosen[i]]) for i in used),
        tuple((again[a], again[b], weight, label) for a, b, weight, label in edges),
        caption=N_("A line joins two names that stand together; the number says how often. Larger means named more often."),
    )


def _groups(documents: Sequence[Document], mentions: Sequence[Mention], by: str) -> list[set[Node]]:
    """The names of each sentence or paragraph that has any."""
    starts = [
        list(document.starts) if by == "paragraph" else [start for _, start, _ in sentences(document.text)]
        for document in documents
    ]
    groups: defaultdict[tuple[int, int], set[Node]] = defaultdict(set)
    for mention in mentions:
        if mention.entity.kind in LINKED:
            groups[mention.document, bisect_right(starts[mention.document], mention.entity.start)].add(mention.node)
    return list(groups.values())
