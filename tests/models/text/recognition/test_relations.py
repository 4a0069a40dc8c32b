"""What joins two names: words of the text only, the right way round, nothing where nothing is said."""

import pytest

from core.contracts import Document
from models.text.recognition import find_all
from models.text.recognition.names import merged
from models.text.recognition.network import network
from models.text.recognition.relations import evidence, relations


def told(*texts: str):
    documents = [Document.of(text, f"{n}.txt") for n, text in enumerate(texts)]
    mentions = merged(find_all(texts))
    return documents, mentions, relations(documents, mentions)[0]


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("Maria Lindqvist met Samuel Okafor.", ("Maria Lindqvist", "met", "Samuel Okafor")),
        ("Alice Johnson was born in Paris.", ("Alice Johnson", "was born in", "Paris")),
        ("Samuel Okafor works for Siemens.", ("Samuel Okafor", "works for", "Siemens")),
        ("马云创办了阿里巴巴。", ("马云", "创办", "阿里巴巴")),
        ("林晓峰与陈立签署了协议。", ("林晓峰", "与…签署", "陈立")),
    ],
)
def test_the_relation_is_in_the_words_between(text: str, wanted: tuple[str, str, str]) -> None:
    documents, _mentions, found = told(text)
    assert [(one.subject[1], one.words, one.object[1]) for one in found] == [wanted]
    assert documents[0].text[found[0].start : found[0].end] == text


@pytest.mark.parametrize("text", ["Alice Johnson and Peter Novak.", "林晓峰和周雨桐。", "Alice Johnson slept.", ""])
def test_a_list_says_nothing(text: str) -> None:
    assert told(text)[2] == []


def test_a_place_does_nothing_and_neither_does_an_attribute() -> None:
    found = told(
        "2024年林晓峰在杭州市拜访了远航科技有限公司。", "The contract between Siemens and Google was signed by Maria Lindqvist."
    )[2]
    assert all(one.subject[1] not in ("杭州市", "Siemens", "Google") for one in found)


def test_edges_go_from_subject_to_object_and_the_table_is_the_evidence() -> None:
    documents, mentions, found = told(
        "Samuel Okafor met Alice Johnson. Samuel Okafor met Alice Johnson. Samuel Okafor left Alice Johnson."
    )
    graph = network(documents, mentions, "sentence", 1, found)
    ((subject, object_, weight, label),) = graph.edges
    assert (graph.nodes[subject], label, graph.nodes[object_], weight) == ("Samuel Okafor", "met", "Alice Johnson", 3.0)
    assert network(documents, mentions, "sentence", 1).edges[0][3] == "3"
    table = evidence(documents, found).frame
    assert list(table["relation"]) == ["met", "met", "left"] and set(table["page"]) == {1} and evidence(documents, []) is None
