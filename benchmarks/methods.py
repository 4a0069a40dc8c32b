"""Each method of `text.classify` beside scikit-learn's own pipeline on the same rows: time, memory, accuracy; and how many texts
a second TF-IDF sorts beside the pipeline that holds the very same weights."""

from __future__ import annotations

import json
import re
import resource
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from core import samples
from core.contracts import Context, Texts
from core.learning.labelling import Labelling
from models.text import classify
from models.text.classifiers import METHODS, tfidf
from models.text.classifiers.ngrams import Counter

PEER = "scikit-learn"
TEXTS = 20_000
BAR = 20_000  # texts a second
SAMPLE = "reviews_zh"


def measure(rows: int = 2_000) -> list[dict[str, Any]]:
    """Rows of `{"what", "value", "unit", "peer", "ratio", "bar", "met"}`, all on `rows` training rows of the Chinese reviews.

    Every method is fitted in a process of its own, so that its peak memory is its own.
    """
    peer = _in_a_process(PEER, rows)
    found = [row for name in ("reviews_zh", "reviews_en") for row in _speed(name)]
    for method in METHODS:
        ours = _in_a_process(method, rows)
        for key, unit in (("fit", "s"), ("predict", "texts/s"), ("memory", "MB"), ("accuracy", "")):
            what = f"{method}: {key}, {rows} rows of {SAMPLE}"
            found.append({"what": what, "value": ours[key], "unit": unit, "peer": peer[key], "ratio": ours[key] / peer[key],
                          "bar": None, "met": None})  # fmt: skip
    return found


def _speed(sample: str) -> list[dict[str, Any]]:
    """TF-IDF prediction, our counter against scikit-learn's, both with the weights that scikit-learn fitted."""
    from sklearn.svm import LinearSVC

    table = samples.load(sample).frame
    items, labels = table["text"].astype(str).tolist(), table["label"].astype(str).to_numpy()
    unit = tfidf.unit_for(tuple(items))
    vectorizer = tfidf.vectorizer_for(unit, len(items))
    machine = LinearSVC(random_state=0).fit(vectorizer.fit_transform(items), labels)
    counter = Counter(vectorizer.get_feature_names_out().tolist(), unit)
    labelling = Labelling(tuple(machine.classes_.tolist()))
    model = tfidf.TfidfClassifier(labelling, counter, vectorizer.idf_, machine.coef_.T.copy(), machine.intercept_, 1.0)
    texts = Texts.of((items * (TEXTS // len(items) + 1))[:TEXTS])
    model.predict(Texts(texts.items[:100]), Context())
    ours = TEXTS / _seconds(lambda: model.predict(texts, Context()))
    theirs = TEXTS / _seconds(lambda: machine.decision_function(vectorizer.transform(texts.items)))
    same = np.abs(
        model.decisions(texts.items[:2_000])[:, 0] - machine.decision_function(vectorizer.transform(texts.items[:2_000]))
    )
    letters = sum(map(len, texts.items)) / TEXTS
    what = f"tfidf: prediction, {sample} ({letters:.0f} characters each), same decision values within {same.max():.0e}"
    return [
        {"what": what, "value": ours, "unit": "texts/s", "peer": theirs, "ratio": ours / theirs, "bar": BAR, "met": ours >= BAR}
    ]


def _seconds(work: Callable[[], object], times: int = 3) -> float:
    """The quickest of several runs: what the machine can do when others leave it alone."""
    taken = []
    for _ in range(times):
        start = time.perf_counter()
        work()
        taken.append(time.perf_counter() - start)
    return min(taken)


def _in_a_process(method: str, rows: int) -> dict[str, float]:
    answer = subprocess.run(
        [sys.executable, "-m", "benchmarks.methods", method, str(rows)], capture_output=True, text=True, check=True
    )
    return json.loads(answer.stdout.splitlines()[-1])


def _one(method: str, rows: int) -> dict[str, float]:
    """Fits on `rows` rows and answers `rows // 2` others; memory is the process's peak in megabytes."""
    from core.contracts import Table

    frame = samples.load(SAMPLE).frame.sample(frac=1, random_state=0).reset_index(drop=True)
    cut = rows * 9 // 10
    train, validation = (Table(part.reset_index(drop=True)) for part in (frame[:cut], frame[cut:rows]))
    test = frame[rows : rows + rows // 2]
    texts = Texts.of(test["text"].astype(str).tolist())
    start = time.perf_counter()
    if method == PEER:
        predict = _peer(frame[:rows])
    else:
        params = classify.TrainClassifier.model_validate({"text": "text", "target": "label", "method": method})
        model = classify.fit(train, validation, params, Context())

        def predict(texts: Texts) -> list[str]:
            return list(model.predict(texts, Context()).best)  # type: ignore[attr-defined]

    fitted = time.perf_counter()
    answers = predict(texts)
    done = time.perf_counter()
    right = float(np.mean([a == b for a, b in zip(answers, test["label"].astype(str))]))
    return {"fit": fitted - start, "predict": len(texts) / (done - fitted), "memory": _peak_megabytes(), "accuracy": right}


def _peak_megabytes() -> float:
    """This process's own peak. Linux hands `ru_maxrss` on to a child, so there the high-water mark of its memory is read."""
    status = Path("/proc/self/status")
    if status.exists():
        return int(re.search(r"VmHWM:\s+(\d+) kB", status.read_text())[1]) / 1024  # type: ignore[index]
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (1024 if sys.platform == "linux" else 1024**2)


def _peer(frame: Any) -> Callable[[Texts], list[str]]:
    """scikit-learn's pipeline as its own guide sets it up, with characters because words are not spaced here."""
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline

    vectorizer = TfidfVectorizer(analyzer="char", ngram_range=(1, 3), min_df=2, sublinear_tf=True)
    pipeline = make_pipeline(vectorizer, LogisticRegression(C=10, max_iter=500))
    pipeline.fit(frame["text"].astype(str), frame["label"].astype(str))
    return lambda texts: pipeline.predict(texts.items).tolist()


if __name__ == "__main__":
    print(json.dumps(_one(sys.argv[1], int(sys.argv[2]))))
