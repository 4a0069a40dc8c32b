"""Recommending: how fast ALS is beside a plain one in NumPy, how it grows, and how fast lists are made.

The peer is alternating least squares as in the paper (Hu, Koren & Volinsky 2008), one exact solution after the other.
"""

from __future__ import annotations

import threading
import time
from typing import Any

import numpy as np
import psutil

from core import device, samples
from core.contracts import Table
from core.learning.interactions import Columns, Interactions, read
from core.lifecycle import ranking_measures
from core.lifecycle.split_recommendation import EACH_USER, split
from models.recommend import methods

FASTER = 20.0
LISTS = 20.0  # seconds
FACTORS, ITERATIONS = 64, 15
SETTINGS = {"factors": FACTORS, "iterations": ITERATIONS, "regularization": 10.0, "confidence": 5.0}
GROWTH = ((100_000, 2_000, 1_000), (10_000_000, 100_000, 20_000))  # interactions, users, items


def measure() -> list[dict[str, Any]]:
    """Rows of `{"what", "value", "unit", "peer", "ratio", "bar", "met"}`."""
    return [*_beside_numpy(), *_growth()]


def _row(what: str, value: float, unit: str, peer: float | None = None, bar: float | None = None, met: bool | None = None) -> Any:
    ratio = peer / value if peer is not None and unit == "s" else None
    return {"what": what, "value": value, "unit": unit, "peer": peer, "ratio": ratio, "bar": bar, "met": met}


def _beside_numpy() -> list[dict[str, Any]]:
    """The same factors, iterations, regularisation and confidence on the training part of MovieLens; NDCG@10 on the test part."""
    data = read(samples.load("movielens_small"), Columns("user_id", "item_id", "rating", "timestamp"))
    cut = split(data, EACH_USER, 0.2, 0)
    mask = np.ones(len(data), bool)
    mask[cut.test] = False
    learnt, test = data.chosen(mask), data.chosen(~mask)
    method = methods.make("als", **SETTINGS)
    started = time.perf_counter()
    method.fit(learnt)
    ours = time.perf_counter() - started
    started = time.perf_counter()
    users, items = _plain(learnt)
    plain = time.perf_counter() - started
    scores = [_ndcg(learnt, test, method.recommend(np.arange(len(data.users)), 10)[0])]
    method.arrays = {"users": users, "items": items}
    scores.append(_ndcg(learnt, test, method.recommend(np.arange(len(data.users)), 10)[0]))
    what = f"ALS, {FACTORS} factors, {ITERATIONS} iterations, {len(learnt):,} interactions, {device.cores()} cores"
    return [
        _row(what, ours, "s", plain, FASTER, plain / ours >= FASTER),
        _row("NDCG@10 of it (peer: plain NumPy)", scores[0], "", scores[1]),
    ]


def _ndcg(learnt: Interactions, test: Interactions, lists: np.ndarray) -> float:
    known = test.chosen(learnt.popularity[test.item] > 0).matrix
    wanted = np.diff(known.indptr)
    hit = ranking_measures.hits(lists, known)[wanted > 0]
    return float(ranking_measures.of_each(hit, wanted[wanted > 0])["ndcg"].mean())


def _plain(data: Interactions) -> tuple[np.ndarray, np.ndarray]:
    """Factors of users and items, float32, by exact solutions in NumPy."""
    generator = np.random.default_rng(0)
    users, items = (generator.random((count, FACTORS)).astype(np.float32) * 0.01 for count in data.matrix.shape)
    by_user, by_item = data.matrix, data.matrix.T.tocsr()
    for _ in range(ITERATIONS):
        _solve(by_user, users, items)
        _solve(by_item, items, users)
    return users, items


def _solve(choices: Any, left: np.ndarray, right: np.ndarray) -> None:
    base = right.T @ right + np.float32(SETTINGS["regularization"]) * np.eye(FACTORS, dtype=np.float32)
    for row in range(len(left)):
        part = slice(choices.indptr[row], choices.indptr[row + 1])
        chosen = right[choices.indices[part]]
        confidence = np.float32(SETTINGS["confidence"]) * choices.data[part]
        left[row] = np.linalg.solve(base + (chosen.T * (confidence - 1)) @ chosen, confidence @ chosen)


def _growth() -> list[dict[str, Any]]:
    """An iteration at each size, and the memory that fitting takes; lists of ten for 100,000 users at the largest."""
    rows, took = [], []
    for count, users, items in GROWTH:
        data = generated(count, users, items)
        method = methods.make("als", **{**SETTINGS, "iterations": 3})
        with _Peak() as peak:
            started = time.perf_counter()
            method.fit(data)
            took.append((time.perf_counter() - started) / 3)
        rows.append(_row(f"ALS, {FACTORS} factors, {len(data):,} generated interactions: an iteration", took[-1], "s"))
        rows.append(_row(f"ALS, {FACTORS} factors, {len(data):,} generated interactions: memory of fitting", peak.gib, "GiB"))
    rows.append(_row(f"ALS: how many times as long an iteration takes with {GROWTH[1][0] // GROWTH[0][0]} times as much",
                     took[1] / took[0], ""))  # fmt: skip
    with _Peak() as peak:
        started = time.perf_counter()
        method.recommend(np.arange(users), 10)
        took.append(time.perf_counter() - started)
    rows.append(
        _row(f"Lists of ten of {items:,} items for {users:,} users, ALS", took[-1], "s", bar=LISTS, met=took[-1] <= LISTS)
    )
    rows.append(_row("Memory on top for these lists", peak.gib, "GiB"))
    return rows


def generated(count: int, users: int, items: int, seed: int = 0) -> Interactions:
    """About `count` interactions: items by a power law, users evenly; simulated, for speed alone."""
    import pandas as pd

    generator = np.random.default_rng(seed)
    popular = 1 / np.arange(1, items + 1) ** 0.8
    drawn = generator.choice(items, int(count * 1.1), p=popular / popular.sum())
    pairs = np.unique(generator.integers(0, users, len(drawn)) * np.int64(items) + drawn)
    pairs = np.sort(generator.permutation(pairs)[:count])
    return read(Table(pd.DataFrame({"user": pairs // items, "item": pairs % items})), Columns("user", "item"))


class _Peak:
    """Resident memory on top of what there was, GiB, looked at every 20 ms."""

    def __enter__(self) -> _Peak:
        self.before, self.most, self.done = psutil.Process().memory_info().rss, 0, threading.Event()
        self.thread = threading.Thread(target=self._look, daemon=True)
        self.thread.start()
        return self

    def _look(self) -> None:
        while not self.done.wait(0.02):
            self.most = max(self.most, psutil.Process().memory_info().rss)

    def __exit__(self, *_: object) -> None:
        self.done.set()
        self.thread.join()
        self.gib = max(0, self.most - self.before) / 2**30
