"""Passages, words, vectors, fusion, the kept index and the filters of the search."""

import math
from collections import Counter

import numpy as np
import pandas as pd
import pytest

from core import jobs
from core.contracts import Block, Context, Document, Documents, InputError, Points, Records, Report, Table
from core.home import home, read_arrays
from core.intake import spool
from core.source import Source, open_source
from models.text import encoder
from models.text.retrieval import bm25, hybrid, index, passages, vectors
from models.text.retrieval.index import FOLDER, Plan
from models.text.retrieval.terms import terms
from models.text.search import SearchParams, ready, run
from tests.plugin.helpers import wait

TEXTS = [
    "The cat sat on the mat.", "Dogs chase cats through the garden.", "A printer needs paper and ink.",
    "打印机需要纸和墨水。", "Paper is made of wood.", "The garden is full of roses.",
]  # fmt: skip


@pytest.fixture(scope="module")
def documents() -> Documents:
    return Documents.of(TEXTS, "texts")


def frame(report: Report) -> pd.DataFrame:
    return next(s.result.frame for s in report.sections if isinstance(s.result, Records))


def test_passages_follow_the_headings_and_their_offsets_are_exact() -> None:
    long = " ".join(f"Sentence number {n} says something about tea." for n in range(120))
    blocks = (
        Block("Guide", "heading", level=1), Block("Intro."), Block("Tea", "heading", level=2), Block(long, page=2),
        Block("绿茶要八十度的水。" * 150, page=3), Block("Coffee", "heading", level=2), Block("Short.", page=4),
    )  # fmt: skip
    document = Document("a.pdf", blocks, 4)
    found, unread = passages.passages(Documents((document,)), Context())
    assert unread == 0 and [p.heading for p in (found[0], found[-1])] == ["Guide", "Guide › Coffee"]
    assert {p.heading for p in found[1:-1]} == {"Guide › Tea"} and found[-1].page == 4
    for one in found:
        piece = document.text[one.start : one.end]
        assert piece.strip() == piece and passages.width(piece) <= 1.05 * passages.PASSAGE_WIDTH  # spaces apart
        assert document.page_at(one.start) == one.page
    covered = set().union(*(range(p.start, p.end) for p in found))
    missing = [document.text[i] for i in range(len(document.text)) if i not in covered]
    headings = "".join(block.text for block in blocks if block.kind == "heading")
    assert "".join("".join(missing).split()) == "".join(headings.split())  # nothing but headings is left out


def test_more_passages_than_fit_are_counted(documents: Documents) -> None:
    found, unread = passages.passages(documents, Context(), most=4)
    assert len(found) == 4 and unread == 2


def test_bm25_is_the_formula_of_the_paper() -> None:
    words = bm25.build(TEXTS)
    bags = [Counter(terms(text)) for text in TEXTS]
    mean = sum(bag.total() for bag in bags) / len(bags)
    for query in ("cats in the garden", "paper for the printer", "打印机 墨水", "nothing of it"):
        for text, bag, score in zip(TEXTS, bags, words.scores(query)[0], strict=True):
            wanted = 0.0
            for word in set(terms(query)):
                holding = sum(word in other for other in bags)
                idf = math.log(1 + (len(bags) - holding + 0.5) / (holding + 0.5))
                scale = bm25.K1 * (1 - bm25.B + bm25.B * bag.total() / mean)
                wanted += idf * bag[word] * (bm25.K1 + 1) / (bag[word] + scale)
            assert score == pytest.approx(wanted, abs=1e-5), (query, text)


def test_meaning_and_words_are_fused(documents: Documents) -> None:
    query = "printer paper"
    with index.opened(documents, Plan(), Context()) as made:
        vector = encoder.encode([query], prefix="query")[0]
        by = {mode: hybrid.search(made, query, vector, mode) for mode in ("words", "meaning", "hybrid")}
        both, words = by["hybrid"], by["words"]
        middle = float(made.vectors.mean @ vector)
        cosines = made.vectors.values @ vector
        lexical = made.words.scores(query)[0]
        wanted = 0.7 * (cosines - middle) / (cosines.max() - middle) + 0.3 * lexical / lexical.max()
        assert np.allclose(both.scores, wanted[both.rows], atol=1e-5) and (np.diff(both.scores) <= 0).all()
        assert set(words.rows) == set(np.flatnonzero(lexical)) and len(by["meaning"].rows) == len(TEXTS)
        assert by["meaning"].rows[0] == cosines.argmax() and made.passages[both.rows[0]].document == 2
        allowed = np.arange(len(TEXTS)) != 2
        assert 2 not in hybrid.search(made, query, vector, "hybrid", allowed=allowed).rows


def test_an_index_is_kept_and_read_back_equal(documents: Documents) -> None:
    made = index.build(documents, Plan(), Context())
    again = index._loaded(index._dumped(made))
    assert again.passages == made.passages and all(type(p.start) is int for p in again.passages)
    assert again.words.vocabulary == made.words.vocabulary and again.unread == made.unread
    assert np.allclose(again.vectors.values, made.vectors.values, atol=1e-3)
    for query in ("cats", "打印机", "zzz"):
        assert np.array_equal(again.words.scores(query)[0], made.words.scores(query)[0])


def test_a_torn_index_is_made_anew() -> None:
    documents = Documents.of(["One small text about lighthouses.", "Another about ships."])
    path = index._path(documents, Plan())
    (home(FOLDER) / path.name).write_bytes(b"PK\x03\x04 half of a file")
    with index.opened(documents, Plan(), Context()) as made:
        assert len(made.passages) == 2
    assert index._loaded(read_arrays(path)).passages == made.passages


def test_another_structure_is_another_index() -> None:
    plain = Documents((Document("a", (Block("Tea"), Block("Green."))),))
    titled = Documents((Document("a", (Block("Tea", "heading", level=1), Block("Green."))),))
    assert plain.digest == titled.digest and index._path(plain, Plan()) != index._path(titled, Plan())


def test_faiss_finds_what_the_exact_product_finds() -> None:
    dice = np.random.default_rng(0)
    centres = dice.normal(size=(300, 32))
    values = centres[dice.integers(0, 300, 50_001)] + 0.4 * dice.normal(size=(50_001, 32))  # clustered, as texts are
    values = (values / np.linalg.norm(values, axis=1, keepdims=True)).astype(np.float32)
    planted = [7, 25_000, 50_000]
    quick = vectors.build(values)
    assert quick.faiss is not None and vectors.build(values[:100]).faiss is None
    found = 0
    for row in dice.integers(0, 50_001, 40):
        near, _ = quick.nearest(values[row], 10)
        found += len(set(near) & set(np.argsort(-(values @ values[row]))[:10]))
    assert found / 400 >= 0.9
    for row in planted:
        near, cosines = quick.nearest(values[row], 3)
        assert near[0] == row and cosines[0] == pytest.approx(1, abs=1e-4)


def test_nothing_indexed_finds_nothing() -> None:
    rows, cosines = vectors.build(np.zeros((0, 4), np.float32)).nearest(np.ones(4, np.float32), 5)
    assert len(rows) == len(cosines) == 0


def test_a_filter_lets_only_its_rows_through() -> None:
    table = Table(pd.DataFrame({"text": TEXTS, "shop": ["a", "b", "a", "b", "a", "b"], "page": range(6)}), "t", "d" * 64)
    report = run(table, SearchParams(query="printer paper", filter_column="shop", filter_value=" b "), Context())
    hits = frame(report)
    assert set(hits["shop"]) == {"b"} and hits["text"].iloc[0] == TEXTS[3]  # across languages
    assert list(hits["page"]) == [TEXTS.index(text) for text in hits["text"]]
    with pytest.raises(InputError, match="It has: a, b"):
        run(table, SearchParams(query="paper", filter_column="shop", filter_value="c"), Context())
    with pytest.raises(InputError, match="nowhere"):
        run(table, SearchParams(query="paper", filter_column="nowhere", filter_value="c"), Context())


def test_without_a_query_there_is_a_map(documents: Documents) -> None:
    report = run(documents, SearchParams(), Context())
    drawing = next(s.result for s in report.sections if isinstance(s.result, Points))
    assert len(drawing.x) == len(TEXTS) and {text for *_place, text in drawing.labels} == set(drawing.groups)
    with pytest.raises(InputError, match="no word"):
        run(documents, SearchParams(query="🙂 …"), Context())


def test_a_search_by_words_alone_may_find_nothing(documents: Documents) -> None:
    report = run(documents, SearchParams(query="zeppelin", mode="words"), Context())
    assert "Nothing was found" in str(report.summary) and not report.sections


def test_a_job_makes_the_index_that_the_page_then_finds(source: Source) -> None:
    rows = "".join(f"{text},{n % 2}\n" for n, text in enumerate(TEXTS))
    upload = spool(f"text,shop\n{rows}".encode(), "texts.csv")
    given = Source(kind="upload", name=upload.name, digest=upload.digest)
    params = SearchParams(query="printer paper", text="text")
    assert not ready(open_source(given), params)
    job = wait(jobs.submit("text.search", "run", given, params.model_dump(mode="json")).id)
    assert job.state == "done", (job.error, jobs.log(job.id))
    assert frame(jobs.result(job.id))["text"].iloc[0] == TEXTS[2]
    assert ready(open_source(given), params) and not ready(open_source(given), SearchParams())
