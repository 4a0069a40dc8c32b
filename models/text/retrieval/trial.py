"""Retrieval measured on the samples: the bars of `text.answer` and `text.search`."""

from __future__ import annotations

from typing import Literal

import numpy as np

from core import samples
from core.contracts import Context, Documents, Evidence
from core.intake.documents import documents_of
from core.language import N_
from core.lifecycle.bootstrap import intervals
from models.text import encoder
from models.text.retrieval import bm25, hybrid
from models.text.retrieval.index import Plan, opened

DEPTH = 10


def faq(context: Context) -> Evidence:
    """MRR@10 of each title of the Debian FAQ as a question, its section to be found by the body alone; TF-IDF as baseline."""
    table = samples.load("debian_faq")
    documents = documents_of(table, "text", "title")
    bodies = table.frame["text"].astype(str).tolist()
    plan = Plan(headings=False)
    questions = table.frame["title"].astype(str).tolist()
    with opened(documents, plan, context) as index:
        ranks = np.array([_rank(question, place, documents, index, plan, context) for place, question in enumerate(questions)])
    reciprocal = np.where(ranks <= DEPTH, 1.0 / ranks, 0.0)
    return _evidence(
        "MRR@10", reciprocal, _tfidf(bodies, questions).mean(), N_("TF-IDF, cosine"), "E5 + BM25 + MiniLM", "debian_faq"
    )


def _rank(question: str, place: int, documents: Documents, index: object, plan: Plan, context: Context) -> float:
    """The rank of the first passage of the right section among sections; infinite below the depth."""
    context.check()
    vector = encoder.encode([question], plan.encoder, context, prefix="query")[0]
    found = hybrid.search(index, question, vector, top=3 * DEPTH)  # type: ignore[arg-type]
    again = hybrid.look_again(found, question, vector, documents, index, plan, context)  # type: ignore[arg-type]
    rows = [*again.rows, *found.rows[len(again.rows) :]]
    sections = list(dict.fromkeys(index.passages[row].document for row in rows))  # type: ignore[attr-defined]
    return float(sections.index(place) + 1) if place in sections else float("inf")


def _tfidf(bodies: list[str], questions: list[str]) -> np.ndarray:
    from sklearn.feature_extraction.text import TfidfVectorizer

    vectorizer = TfidfVectorizer(sublinear_tf=True)
    matrix = vectorizer.fit_transform(bodies)
    scores = (vectorizer.transform(questions) @ matrix.T).toarray()
    ranks = 1 + (scores > scores.diagonal()[:, None]).sum(1)
    return np.where(ranks <= DEPTH, 1.0 / ranks, 0.0)


def across(asked: Literal["zh", "en"], context: Context) -> Evidence:
    """hit@1 of finding the translation of a held-out text among all held-out texts of the other language; BM25 as baseline."""
    frame = samples.load("parallel_gnome").frame
    pairs = frame[(frame["language"] == "zh-CN") & (frame["split"] == "test")].drop_duplicates("target")
    english, chinese = pairs["source_en"].tolist(), pairs["target"].tolist()
    queries, texts = (chinese, english) if asked == "zh" else (english, chinese)
    similar = encoder.encode(queries, context=context, prefix="query") @ encoder.encode(texts, context=context).T
    hits = (similar.argmax(1) == np.arange(len(texts))).astype(float)
    words = bm25.build(texts, context)
    by_words = [words.scores(query)[0] for query in queries]
    baseline = float(np.mean([scores.max() > 0 and int(scores.argmax()) == place for place, scores in enumerate(by_words)]))
    return _evidence("hit@1", hits, baseline, "BM25", "Multilingual E5 small", "parallel_gnome")


def _evidence(metric: str, values: np.ndarray, baseline: float, name: str, who: str, data: str) -> Evidence:
    def mean(weights: np.ndarray) -> dict[str, np.ndarray]:
        return {metric: values @ weights / weights.sum(0)}

    return Evidence(
        metric=metric, score=float(values.mean()), interval=intervals(mean, len(values))[metric], baseline=float(baseline),
        baseline_name=name, rows=len(values), answered_by=who, data=data, license="MIT",
    )  # fmt: skip
