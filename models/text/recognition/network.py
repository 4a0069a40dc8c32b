"""Who appears with whom: names that stand in the same sentence, or in the same paragraph, and what joins them."""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter, defaultdict
from collections.abc import Sequence
from itertools import combinations

from core.contracts import Document, Graph
from core.language import N_
from models.text.recognition.names import Mention
from models.text.recognition.relations import LINKED, Node, Relation, commonest
from models.text.words import sentences

MOST_NODES = 40  # more are no picture any more
MOST_EDGES = 120
MOST_TOGETHER = 12  # names of one sentence that are linked with each other: a list of members is no meeting


def network(
    documents: Sequence[Document], mentions: Sequence[Mention], by: str, least: int, found: Sequence[Relation] = ()
) -> Graph | None:  # fmt: skip
    """The commonest names with a line between two that share a `by` ("sentence" or "paragraph"); None where no two do.

    A node's size is how often it is named, an edge's weight in how many sentences (paragraphs) the two stand together, its label
    the commonest relation in `found`, for which the edge goes from subject to object.
    """
    named = Counter(mention.node for mention in mentions if mention.entity.kind in LINKED)
    together: Counter[tuple[Node, Node]] = Counter()
    for group in _groups(documents, mentions, by):
        together.update(combinations(sorted(group)[:MOST_TOGETHER], 2))
    linked = {node for pair in together for node in pair if named[node] >= least}
    chosen = sorted(linked, key=lambda node: (-named[node], node))[:MOST_NODES]
    edges = [(a, b, float(n)) for (a, b), n in together.most_common() if a in chosen and b in chosen][:MOST_EDGES]
    if not edges:
        return None
    said = commonest(found)
    used = [node for node in chosen if any(node in edge for edge in edges)]
    place = {node: i for i, node in enumerate(used)}
    lines = []
    for a, b, weight in edges:
        subject, words = said.get((a, b), (a, ""))
        one, other = (a, b) if subject == a else (b, a)
        lines.append((place[one], place[other], weight, words or f"{weight:g}"))
    with_words = N_("A line joins two names that stand together, the wider the more often; its words are what a sentence says "
                    "of the two. Larger means named more often.")  # fmt: skip
    plain = N_("A line joins two names that stand together; the number says how often. Larger means named more often.")
    return Graph(
        N_("Who appears with whom"), tuple(name for _kind, name in used), tuple(kind for kind, _name in used),
        tuple(float(named[node]) for node in used), tuple(lines), caption=with_words if said else plain,
    )  # fmt: skip


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
