"""Searching many passages: `python -m benchmarks.retrieval [TEXTS]`. Ours against brute force on the same index in the same run.

Real texts are short reviews, half Chinese, half English. For large collections each of their vectors is repeated with noise and
each text with a number, because encoding 100,000 texts would take half an hour: times and recall are those of such vectors.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from typing import Any

import numpy as np

from core import samples
from core.contracts import Context, Documents
from models.text import encoder
from models.text.retrieval import bm25, hybrid, index, vectors
from models.text.retrieval.index import Index, Plan
from models.text.retrieval.passages import MOST_ROWS, Passage

TEXTS = 5_000  # really encoded
SIZES = (10_000, 100_000)  # passages
QUERIES = 40
NEAREST = 10
NOISE = 0.6  # length of the noise beside a vector of length 1: cosine .86 with the one it comes from, as of two alike texts
BAR = 0.05  # seconds for a query, once its vector is there


def measure(texts: int = TEXTS) -> list[dict[str, Any]]:
    """Rows of `{"what", "value", "unit", "peer", "ratio", "bar", "met"}`."""
    items = _texts(texts)
    documents = Documents.of(items, "reviews")
    start = time.perf_counter()
    made = index.build(documents, Plan(most=MOST_ROWS), Context())
    seconds = time.perf_counter() - start
    rows = [_row(f"indexing {len(made.passages):,} short texts, encoder included", len(made.passages) / seconds, "texts/s")]
    queries = items[:: max(1, len(items) // QUERIES)][:QUERIES]
    asked = encoder.encode(queries, prefix="query")
    for size in SIZES:
        rows += _large(size, made, items, queries, asked)
    return rows


def _texts(count: int) -> list[str]:
    frames = [samples.load(name).frame["text"].astype(str) for name in ("reviews_zh", "reviews_en")]
    stamp = time.time_ns()  # no vector of a run before is at hand
    half = [frame[frame.str.len().between(10, 400)].drop_duplicates().head(count // 2).tolist() for frame in frames]
    return [f"{text} {stamp}" for pair in zip(*half, strict=False) for text in pair]


def _large(size: int, made: Index, items: list[str], queries: list[str], asked: np.ndarray) -> list[dict[str, Any]]:
    """The rows of one size: building, a query against brute force, and how much of the exact answer FAISS finds."""
    dice = np.random.default_rng(0)
    start = time.perf_counter()
    words = bm25.build([f"{items[n % len(items)]} {n}" for n in range(size)])
    counted = time.perf_counter() - start
    values = made.vectors.values[np.arange(size) % len(made.vectors.values)]
    values = values + NOISE / values.shape[1] ** 0.5 * dice.normal(size=values.shape).astype(np.float32)
    values /= np.linalg.norm(values, axis=1, keepdims=True)
    start = time.perf_counter()
    near = vectors.build(values)
    built = time.perf_counter() - start
    whole = Index([Passage(n, 0, 1, 1) for n in range(size)], words, near, 0)
    ours, theirs, found = [], [], []
    for query, vector in zip(queries, asked, strict=True):
        hybrid.search(whole, query, vector)  # what a page asks first is not measured: lists are read in then
        ours.append(_seconds(lambda q=query, v=vector: hybrid.search(whole, q, v)))
        theirs.append(_seconds(lambda q=query, v=vector: _brute(whole, q, v)))
        exact = np.argsort(-(values @ vector), kind="stable")[:NEAREST]
        found.append(len(set(exact) & set(near.nearest(vector, NEAREST)[0])) / NEAREST)
    what = f"{size:,} passages (repeated vectors with noise)"
    how = "FAISS" if near.faiss is not None else "exact"
    slow = float(np.quantile(ours, 0.95))
    return [
        _row(f"{what}: a query after its vector, median, {how} + BM25, against scoring all", float(np.median(ours)), "s",
             float(np.median(theirs)), float(np.median(theirs) / np.median(ours)), BAR),
        _row(f"{what}: the same, 95 of 100 queries are quicker", slow, "s", float(np.quantile(theirs, 0.95)), None, BAR),
        _row(f"{what}: recall@{NEAREST} of the nearest vectors, {how} against all", float(np.mean(found)), "", 1.0),
        _row(f"{what}: counting the words", size / counted, "texts/s"), _row(f"{what}: index of the vectors", built, "s"),
    ]  # fmt: skip


def _brute(whole: Index, query: str, vector: np.ndarray) -> np.ndarray:
    """All passages scored by both, then sorted."""
    lexical, _ = whole.words.scores(query)
    cosines = whole.vectors.values @ vector
    middle = float(whole.vectors.mean @ vector)
    meaning = (cosines - middle) / (cosines.max() - middle)
    scores = (1 - hybrid.WORDS_SHARE) * meaning + hybrid.WORDS_SHARE * lexical / max(float(lexical.max()), 1e-6)
    return np.argsort(-scores, kind="stable")[: hybrid.LOOKED_AT_AGAIN]


def _seconds(work: Callable[[], object]) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def _row(
    what: str, value: float, unit: str, peer: float | None = None, ratio: float | None = None, bar: float | None = None
) -> dict[str, Any]:  # fmt: skip
    return {"what": what, "value": value, "unit": unit, "peer": peer, "ratio": ratio, "bar": bar,
            "met": None if bar is None else value <= bar}  # fmt: skip


if __name__ == "__main__":
    for row in measure(int(sys.argv[1]) if len(sys.argv) > 1 else TEXTS):
        print(
            "  ".join(f"{name} {value:.4g}" if isinstance(value, float) else f"{value}" for name, value in row.items() if value)
        )
