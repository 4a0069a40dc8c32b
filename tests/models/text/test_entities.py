"""The capability `text.entities`: the report, its limits, hostile texts."""

import pytest

from core.contracts import Block, Context, Document, Documents, Graph, InputError, Matrix, Ranking, Records, Spans, dump, load
from models.text import entities
from models.text.entities import CAPABILITY, EntitiesParams, run

ENGLISH, CHINESE = CAPABILITY.example


def report(texts, **params):
    given = texts if isinstance(texts, Documents) else Documents.of(texts)
    return run(given, EntitiesParams(**params), Context())


def results(made, kind):
    return [section.result for section in made.sections if isinstance(section.result, kind)]


def test_the_example_is_read_whole() -> None:
    made = report([ENGLISH, CHINESE])
    people = results(made, Ranking)[0]
    assert {"Samuel Okafor", "Helena Brandt", "林晓峰", "周雨桐"} <= set(people.names)
    for spans, text in zip(results(made, Spans), [ENGLISH, CHINESE], strict=True):
        assert spans.text == text and all(text[a:b].strip() == text[a:b] for a, b, _ in spans.spans)
    (table,) = [r.frame for r in results(made, Records) if "start" in r.frame]
    for row in table.to_dict("records"):
        text = ENGLISH if row["document"].endswith("1") else CHINESE
        assert text[row["start"] : row["end"]] == row["as written"]
    (matrix,) = results(made, Matrix)
    assert matrix.values.sum() == len(table)
    assert dump(load(dump(made))) == dump(made)
    assert "LAC" in made.evidence.answered_by and "spaCy" in made.evidence.answered_by


def test_the_card_names_the_models_that_read() -> None:
    assert "spaCy" not in report([CHINESE, CHINESE]).evidence.answered_by
    assert "LAC" not in report(ENGLISH).evidence.answered_by
    mixed = report(CHINESE + "\n\nMaria Garcia lives in Paris.").evidence.answered_by
    assert "LAC" in mixed and "spaCy" in mixed


def test_the_network_joins_those_of_one_sentence() -> None:
    text = "Alice Johnson met Peter Novak. Peter Novak met Alice Johnson. Maria Garcia slept."
    (graph,) = results(report(text, kinds="people"), Graph)
    assert set(graph.nodes) == {"Alice Johnson", "Peter Novak"} and graph.edges[0][2] == 2.0 and set(graph.sizes) == {2.0}
    (graph,) = results(report(text, kinds="people", together="paragraph"), Graph)
    assert set(graph.nodes) == {"Alice Johnson", "Peter Novak", "Maria Garcia"}


def test_only_what_was_asked_for() -> None:
    made = report(ENGLISH, kinds="amounts")
    assert {kind for spans in results(made, Spans) for _, _, kind in spans.spans} == {"date", "amount"}
    made = report(ENGLISH, kinds="phrases")
    assert not results(made, Spans) and len(results(made, Ranking)) == 1
    made = report(ENGLISH, least=2)
    assert {name for ranking in results(made, Ranking)[:-1] for name in ranking.names} == {"Samuel Okafor", "Helena Brandt"}


def test_pages_are_those_of_the_document() -> None:
    blocks = (
        Block("Introduction", "heading", 1, 1),
        Block("Alice Johnson lives in Berlin.", page=1),
        Block("She met Bob Miller.", page=7),
    )
    made = report(Documents((Document("a.pdf", blocks, 7),)))
    (table,) = [r.frame for r in results(made, Records) if "as written" in r.frame]
    assert dict(zip(table["as written"], table["page"], strict=True))["Bob Miller"] == 7


def test_a_cut_has_a_notice(monkeypatch: pytest.MonkeyPatch) -> None:
    made = report("Alice Johnson lives in Berlin. " * 20, shown=200)
    (spans,) = results(made, Spans)
    assert len(spans.text) <= 200 and any("200" in str(notice) for notice in made.notices)
    monkeypatch.setattr(entities, "MOST_CHARACTERS", 100)
    made = report("Alice Johnson lives in Berlin. " * 20)
    assert any("100" in str(notice) for notice in made.notices)


@pytest.mark.parametrize("text", ["", " \n\n ", "🙂🙂", "\ud800"])
def test_nothing_to_read_is_said(text: str) -> None:
    with pytest.raises(InputError, match="no words"):
        report(text)


@pytest.mark.parametrize(
    "text", ["a", "مرحبا بالعالم", "こんにちは東京", "x" * 30_000, "。" * 500 + "a", "<script>alert(1)</script> 张伟", "1 2 3"]
)
def test_odd_texts_get_an_answer(text: str) -> None:
    dump(report(text))
