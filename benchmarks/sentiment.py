"""A file of 100,000 comments through `text.sentiment`, end to end, and its fast model beside scikit-learn's own pipeline."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any, Literal

from core import samples
from core.contracts import Context, Table, Texts
from core.fitted import open_model
from models.text.classify import CAPABILITY as CLASSIFY
from models.text.sentiment import SentimentParams, run

COMMENTS = 100_000
BAR = 20_000  # comments a second, prediction alone


def measure() -> list[dict[str, Any]]:
    """Rows of `{"what", "value", "unit", "peer", "ratio", "bar", "met"}`; the peer is timed in the same run."""
    return [*_rows("zh"), *_rows("en")]


def _rows(language: Literal["zh", "en"]) -> list[dict[str, Any]]:
    table = comments(f"reviews_{language}")
    texts = Texts.of(table.frame["text"].tolist())
    params = SentimentParams(text="text", date="date", product="product", language=language, model="fast")
    with open_model(CLASSIFY, f"shipped:sentiment-fast-{language}") as model:
        model.predict(Texts.of(texts.items[:100]), Context())
        ours = COMMENTS / _seconds(lambda: model.predict(texts, Context()))
    pipeline = _peer(language)
    peer = COMMENTS / _seconds(lambda: pipeline.decision_function(list(texts.items)))
    report = _seconds(lambda: run(table, params, Context()))
    what = f"sentiment-fast-{language}, {COMMENTS:,} comments"
    return [
        {"what": f"{what}: prediction against scikit-learn's pipeline with the same n-grams", "value": ours, "unit": "comments/s",
         "peer": peer, "ratio": ours / peer, "bar": BAR, "met": ours >= BAR},
        {"what": f"{what}: whole report (trend, products, words, aspects)", "value": report, "unit": "s", "peer": None,
         "bar": None, "met": None},
    ]  # fmt: skip


def comments(sample: str) -> Table:
    """`COMMENTS` comments drawn from a sample, each made unlike the others, over three years and eight products."""
    import numpy as np
    import pandas as pd

    rng = np.random.default_rng(0)
    drawn = rng.choice(samples.load(sample).frame["text"].to_numpy(), COMMENTS)
    frame = pd.DataFrame(
        {
            "text": [f"{text} {number}" for number, text in enumerate(drawn)],
            "date": pd.Timestamp("2022-01-01") + pd.to_timedelta(rng.integers(0, 1_096, COMMENTS), unit="D"),
            "product": rng.choice(list("ABCDEFGH"), COMMENTS),
        }
    )
    return Table(frame, sample)


def _peer(language: str) -> Any:
    """scikit-learn's vectorizer and linear machine on the same sample, with the n-grams that our model counts."""
    from sklearn.pipeline import make_pipeline
    from sklearn.svm import LinearSVC

    from models.text.classifiers.tfidf import unit_for, vectorizer_for

    frame = samples.load(f"reviews_{language}").frame
    texts = tuple(frame["text"])
    return make_pipeline(vectorizer_for(unit_for(texts), len(texts)), LinearSVC()).fit(texts, frame["label"])


def _seconds(work: Callable[[], object]) -> float:
    begun = time.perf_counter()
    work()
    return time.perf_counter() - begun
