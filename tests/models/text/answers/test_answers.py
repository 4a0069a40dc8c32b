"""Answers out of documents: the short answer, the threshold, follow-ups, scoring, hostile documents."""

import json

import numpy as np
import pandas as pd
import pytest

from core import samples
from core.contracts import Context, Document, Documents, Graph, InputError, Records, Spans, Table, Text, dump, load
from models.text.answer import CAPABILITY, AnswerParams, run
from models.text.answers import follow_up, reading, squad
from models.text.answers.candidates import candidates
from models.text.answers.expected import Expected, expected
from tests.hostile.bad_documents import INJECTION

HARBOUR = (
    "The harbour of Westholm was opened in 1911. Maria Lindqvist led the works, which took about nine years. "
    "The lighthouse is 42 metres high. Ships report on the address port@westholm.example before they enter.\n\n"
    "Run the command `make ships` to list all ships. Fishing boats pay nothing. The library is closed on Mondays."
)


@pytest.fixture(scope="module")
def handbooks() -> dict[str, Documents]:
    return {language: samples.documents(f"handbook_{language}") for language in ("en", "zh")}


def ask(documents: Documents | str, question: str, **params: object):
    given = Documents.of(documents, "harbour") if isinstance(documents, str) else documents
    return run(given, AnswerParams(question=question, **params), Context())


def said(report) -> str:
    return next((s.result.text for s in report.sections if isinstance(s.result, Text)), "")


@pytest.mark.parametrize(
    ("question", "kind"),
    [
        ("Who led the works?", "person"), ("Where is the file kept?", "location"), ("When was it opened?", "time"),
        ("How long did it take?", "duration"), ("How many ships are there?", "number"), ("How high is it?", "amount"),
        ("Which command lists the ships?", "command"), ("In which file is it?", "path"),
        ("Which company made it?", "organisation"),
        ("To which address do I write?", "address"), ("What is a conffile?", "thing"), ("谁负责？", "person"),
        ("文件在哪里？", "location"), ("什么时候开始？", "time"), ("需要多久？", "duration"), ("有几个文档？", "number"),
        ("多少钱？", "amount"), ("用哪个命令？", "command"), ("采用什么许可证？", "thing"),
    ],
)  # fmt: skip
def test_the_question_word_tells_what_is_asked_for(question: str, kind: str) -> None:
    found = expected(question)
    assert found is not None and found.kind == kind


@pytest.mark.parametrize(
    "question", ["Why is it so?", "How do I install it?", "Can I cancel?", "What happens then?", "为什么？", "怎么安装？",
                 "可以吗？", "证据卡上有什么？", "🙂", "Tell me."],
)  # fmt: skip
def test_a_question_without_a_short_answer_gets_none(question: str) -> None:
    assert expected(question) is None


@pytest.mark.parametrize(
    ("sentence", "kind", "wanted"),
    [
        ("It took from several minutes to an hour.", "duration", "from several minutes to an hour"),
        ("处理器会在两秒之内空出来。", "duration", "两秒之内"), ("Up to fifty files fit.", "number", "Up to fifty"),
        ("一次最多五十个。", "number", "五十个"), ("It weighs 3.5 kg.", "amount", "3.5 kg"),
        ("Call `make run` now.", "command", "make run"), ("See /etc/papersize for it.", "path", "/etc/papersize"),
        ("Write to a@b.example today.", "address", "a@b.example"), ("Set PANORAMA_HOME first.", "key", "PANORAMA_HOME"),
        ("Bob Miller came.", "person", "Bob Miller"),
    ],
)  # fmt: skip
def test_candidates_are_slices_of_their_kind(sentence: str, kind: str, wanted: str) -> None:
    found = candidates(sentence, Expected(kind), Context())  # type: ignore[arg-type]
    assert wanted in {sentence[a:b] for a, b, strength in found if strength == 1.0}


def test_the_short_answer_stands_in_its_sentence() -> None:
    for question, wanted in {
        "Who led the works?": "Maria Lindqvist", "How long did the works take?": "about nine years",
        "Which command lists all ships?": "make ships", "To which address do ships report?": "port@westholm.example",
    }.items():  # fmt: skip
        report = ask(HARBOUR, question, strictness=0)
        assert said(report) == wanted
        around = next(s.result for s in report.sections if isinstance(s.result, Spans))
        marked = {kind: around.text[a:b] for a, b, kind in around.spans}
        assert marked["answer"] == wanted and len({kind for *_ends, kind in around.spans}) == 2
        whole = around.text[min(a for a, *_ in around.spans) : max(b for _, b, _ in around.spans)]
        assert whole.endswith(".") and wanted in whole
        assert "piece of the sentence" in str(report.sections[0].result.caption)
        assert dump(load(dump(report))) == dump(report)


def test_without_a_kind_the_whole_sentence_answers_and_says_so() -> None:
    report = ask(HARBOUR, "Do fishing boats have to pay?", strictness=0)
    assert said(report) == "Fishing boats pay nothing." and "whole sentence" in str(report.sections[0].result.caption)


@pytest.mark.parametrize(
    ("language", "known", "foreign"),
    [("en", "Can a training be cancelled?", "What is the capital of France?"), ("zh", "证据卡上有什么？", "法国的首都是哪里？")],
)
def test_the_threshold_refuses_what_is_not_there(
    handbooks: dict[str, Documents], language: str, known: str, foreign: str
) -> None:
    assert said(ask(handbooks[language], known))
    refused = ask(handbooks[language], foreign)
    assert not said(refused) and "not in the documents" in str(refused.summary)
    assert {kind for s in refused.sections if isinstance(s.result, Spans) for *_ends, kind in s.result.spans} == {
        "nearest sentence"
    }
    assert said(ask(handbooks[language], foreign, strictness=0))


def test_the_certainty_is_the_regression_that_was_written_down() -> None:
    for passages, how in ((1, "few"), (100, "many")):
        fitted = reading.calibration()[how]
        assert set(fitted["weights"]) <= set(reading.Features._fields) and fitted["fitted_on"] > 50
        features = reading.Features(*np.linspace(0.1, 0.9, len(reading.Features._fields)))
        value = fitted["bias"] + sum(fitted["weights"].get(n, 0) * x for n, x in features._asdict().items())
        assert reading.certainty(features, passages) == pytest.approx(1 / (1 + np.exp(-value)))
        better = features._replace(cosine=features.cosine + 0.2, passage_lead=features.passage_lead + 0.2)
        assert reading.certainty(better, passages) > reading.certainty(features, passages)


def test_follow_ups_take_along_what_they_refer_to() -> None:
    history = [("user", "How long does a training take?"), ("assistant", "An hour."), ("user", "And why?"), ("assistant", "…")]
    assert follow_up.rewritten("Can it be cancelled?", history) == "How long does a training take – Can it be cancelled?"
    assert follow_up.rewritten("What is on the evidence card?", history) == "What is on the evidence card?"
    assert follow_up.rewritten("Can it be cancelled?", []) == "Can it be cancelled?"
    chinese = [("user", "训练需要多久？"), ("assistant", "一个小时。")]
    assert follow_up.rewritten("它可以取消吗？", chinese) == "训练需要多久 – 它可以取消吗？"
    assert follow_up.rewritten("那泄漏检查呢？", chinese).startswith("训练需要多久")
    assert follow_up.rewritten("证据卡上有哪些内容？", chinese) == "证据卡上有哪些内容？"


def test_the_history_reaches_the_search(handbooks: dict[str, Documents]) -> None:
    report = ask(handbooks["en"], "And can it be cancelled?", history=(("user", "How long does training a model take?"),))
    assert "cancelled at any moment" in said(report)
    assert any("Understood as" in str(notice) for notice in report.notices)


def test_without_a_question_the_documents_are_laid_out() -> None:
    text = (
        "Maria Lindqvist met Samuel Okafor in Lisbon. Samuel Okafor works for Siemens. Maria Lindqvist met Samuel Okafor again."
        "\n\n马云创办了阿里巴巴。"
    )
    report = ask(text, "")
    graph = next(s.result for s in report.sections if isinstance(s.result, Graph))
    edges = {(graph.nodes[a], label, graph.nodes[b]) for a, b, _weight, label in graph.edges}
    assert ("Maria Lindqvist", "met", "Samuel Okafor") in edges and ("Samuel Okafor", "works for", "Siemens") in edges
    table = next(s.result.frame for s in report.sections if isinstance(s.result, Records) and "relation" in s.result.frame)
    rows = {tuple(row) for row in table[["subject", "relation", "object"]].to_numpy()}
    assert ("马云", "创办", "阿里巴巴") in rows
    assert all(row["subject"] in row["sentence"] and row["object"] in row["sentence"] for row in table.to_dict("records"))


@pytest.mark.parametrize(
    ("given", "truth", "exact", "f1"),
    [
        ("The Cat.", "cat", 1, 1), ("a cat", "the  CAT!", 1, 1), ("black cat", "cat", 0, 2 / 3), ("dog", "cat", 0, 0),
        ("in 1911", "1911", 0, 2 / 3), ("the", "a", 1, 0), ("五分钟", "五分钟。", 1, 1), ("大约五分钟", "五分钟", 0, 0.75),
        ("“报告”", "报告", 1, 1), ("cat cat", "cat", 0, 2 / 3),
    ],
)  # fmt: skip
def test_scores_are_those_of_squad(given: str, truth: str, exact: float, f1: float) -> None:
    assert squad.exact(given, (truth,)) == exact and squad.f1(given, (truth,)) == pytest.approx(f1)
    assert squad.f1(given, (truth, given)) == 1 or not squad.normal(given)


def test_no_answer_is_right_where_there_is_none() -> None:
    assert squad.exact("", ()) == squad.f1("", ()) == 1 and squad.exact("x", ()) == squad.f1("x", ()) == 0


def test_a_file_of_questions_is_scored() -> None:
    asked = [("Who led the works?", "Maria Lindqvist"), ("How long did the works take?", "about nine years | nine years")]
    frame = pd.DataFrame([{"question": q, "context": HARBOUR, "answer": a} for q, a in asked])
    report = run(Table(frame, "squad.csv", "e" * 64), AnswerParams(strictness=0), Context())
    assert report.evidence.metric == "F1" and report.evidence.score == 1.0 and report.evidence.rows == 2
    assert report.evidence.baseline < 0.5
    paragraphs = [{"context": HARBOUR, "qas": [{"question": q, "answers": [{"text": a.split(" | ")[0]}]} for q, a in asked]}]
    table = Table(pd.DataFrame({"data": [json.dumps([{"paragraphs": paragraphs}])], "version": ["1"]}), "dev.json", "f" * 64)
    assert [one.answers for one in squad.questions(table)] == [("Maria Lindqvist",), ("about nine years",)]
    with pytest.raises(InputError, match="form of a SQuAD file"):
        squad.questions(Table(pd.DataFrame({"data": ["[3]"]}), "x.json"))


def test_a_document_cannot_give_orders() -> None:
    report = ask(INJECTION, "By how much did revenue rise?", strictness=0)
    assert said(report) in INJECTION and "PWNED" not in said(report)
    assert "4 percent" in said(report)


@pytest.mark.parametrize("question", ["…?!", "🙂", "\u202e"])
def test_a_question_without_words_is_one_sentence(question: str) -> None:
    with pytest.raises(InputError, match="no word"):
        ask(HARBOUR, question)


@pytest.mark.parametrize(
    "text", ["a", "مرحبا بالعالم. هذا نص قصير.", "x" * 60_000, "half \ufffd a character", "🙂🙂 ok", "1 2 3", "。" * 50 + "词"]
)
def test_odd_documents_get_an_answer(text: str) -> None:
    report = ask(Documents((Document.of(text),)), "What is this about?", strictness=0)
    assert said(report) and dump(load(dump(report))) == dump(report)


def test_the_examples_of_the_page_are_questions() -> None:
    assert all(isinstance(example, str) and example.strip() for example in CAPABILITY.example)
