"""Calibrates "is it in the documents?" for `text.answer`: `python scripts/calibrate_answers.py` prints numbers for reading.py.

Fitted on questions to the handbook (written for this purpose, answerable) and on questions to other things (not answerable).
Tested on the Debian FAQ, which the fit has not seen: a title asked of the whole FAQ, and of the FAQ without its section.
"""

import json
import sys
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).parents[1]))

from core import samples
from core.contracts import Context, Documents
from core.intake.documents import documents_of
from models.text.answers import reading
from models.text.retrieval.index import Plan, opened

QUESTIONS = Path(__file__).with_name("calibration_questions.json")
TESTED = 60


def features(questions: list[str], documents: Documents) -> list[tuple[float, float, float]]:
    with opened(documents, Plan(), Context()) as index:
        return [reading.find(q, documents, index, Plan(), Context())[0].features for q in questions]


def fit() -> tuple[float, list[float]]:
    from sklearn.linear_model import LogisticRegression

    rows, labels = [], []
    for language, kinds in json.loads(QUESTIONS.read_text()).items():
        documents = samples.documents(f"handbook_{language}")
        for label, name in ((1, "answerable"), (0, "not answerable")):
            found = features(kinds[name], documents)
            rows += found
            labels += [label] * len(found)
    model = LogisticRegression(C=100.0, class_weight="balanced", max_iter=1000).fit(rows, labels)
    print("fitted on", len(rows), "accuracy on the same", round(model.score(rows, labels), 3))
    return float(model.intercept_[0]), [float(w) for w in model.coef_[0]]


def main() -> None:
    bias, weights = fit()
    print("BIAS =", round(bias, 2), " WEIGHTS =", tuple(round(w, 2) for w in weights))
    table = samples.load("debian_faq")
    whole = documents_of(table, "text", "title")
    chosen = np.random.default_rng(0).choice(len(whole), TESTED, replace=False)
    half = set(chosen[: TESTED // 2].tolist())
    without = Documents(tuple(item for place, item in enumerate(whole.items) if place not in half), "without")
    bodies = [Documents(tuple(type(item)(item.name, item.blocks[1:]) for item in d.items), d.name) for d in (whole, without)]
    there = features([whole.items[i].name for i in chosen[TESTED // 2 :]], bodies[0])
    absent = features([whole.items[i].name for i in half], bodies[1])
    sure = [[bias + float(np.dot(weights, f)) > 0 for f in group] for group in (there, absent)]
    print(f"Debian FAQ, unseen: {np.mean(sure[0]):.2f} of {len(there)} answerable ones answered, "
          f"{np.mean(sure[1]):.2f} of {len(absent)} with their section removed answered wrongly")  # fmt: skip


if __name__ == "__main__":
    main()
