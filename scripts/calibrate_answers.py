"""Calibrates "is it in the documents?" for `text.answer`: `python scripts/calibrate_answers.py` writes calibration.json.

Fitted on questions to the handbooks (written for this purpose, answerable or not) and on half of the Debian FAQ, by a hash of the
section: its title asked of the whole FAQ without titles (answerable), and of the FAQ without that section (not answerable, though
now and then another section answers it as well). Measured on the other half, which neither the fit nor the choice of features has
seen, beside the logistic regression that stood here before. A left-out section is left out of the search, not out of the counts
of words and the middle of the vectors: one of 147 changes neither.
"""

import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np

sys.path.insert(0, str(Path(__file__).parents[1]))

from measure_answers import half_of, questions

from core import samples
from core.contracts import Context, Documents
from core.home import write_json
from core.intake.documents import documents_of
from core.lifecycle.bootstrap import intervals
from models.text.answers import reading
from models.text.retrieval.index import Plan, opened
from models.text.words import language_of

QUESTIONS = Path(__file__).with_name("calibration_questions.json")
STRENGTH = 0.3  # inverse of the penalty; .05 to 3 made no difference in cross-validation on the fitting half
THRESHOLD = 0.5
MANY = ("sentence", "passage", "second", "looked", "words", "agree", "passage_lead", "second_lead", "words_lead")
FEW = ("cosine", "second", "looked", "words")
# The one before: bias, and weights of the best sentence's cosine, the BM25 share, and the best passage above the middle.
BEFORE = (-11.06, (8.27, 18.07, 13.87))


class Row(NamedTuple):
    part: str  # handbook, choose or held-out
    section: int
    is_there: bool
    features: reading.Features
    before: float  # probability by the regression before


def rows() -> list[Row]:
    return [*_handbook(), *_faq()]


def _row(part: str, section: int, is_there: bool, found: tuple) -> Row:
    answer, hits = found
    old = (answer.features.sentence + hits.middle, float(hits.coverage[0]), answer.features.passage)
    return Row(part, section, is_there, answer.features, _logistic(BEFORE[0] + float(np.dot(BEFORE[1], old))))


def _handbook() -> list[Row]:
    found = []
    for language, kinds in json.loads(QUESTIONS.read_text("utf-8")).items():
        documents = samples.documents(f"handbook_{language}")
        with opened(documents, Plan(), Context()) as index:
            for is_there, name in ((True, "answerable"), (False, "not answerable")):
                for question in kinds[name]:
                    answer = reading.find(question, documents, index, Plan(), Context())
                    found.append(_row("handbook", -1 - len(found), is_there, answer))
    return found


def _faq() -> list[Row]:
    table = samples.load("debian_faq")
    titled = documents_of(table, "text", "title")
    documents = Documents(tuple(type(item)(item.name, item.blocks[1:]) for item in titled.items), "Debian FAQ without titles")
    plan, found = Plan(headings=False), []
    with opened(documents, plan, Context()) as index:
        own = np.array([passage.document for passage in index.passages])
        for place, name in enumerate(table.frame["section_id"].astype(str)):
            part = half_of(f"debian_faq {name}")
            for is_there, allowed in ((True, None), (False, own != place)):
                answer = reading.find(titled.items[place].name, documents, index, plan, Context(), allowed)
                found.append(_row(part, place, is_there, answer))
    return found


def few() -> list[Row]:
    """The questions of measure_answers.py, each asked of its own section alone, and of the next section of the same document."""
    asked = questions()
    sections = list(dict.fromkeys(one.context for one in asked))
    found = []
    for one in asked:
        place = sections.index(one.context)
        like = [s for s in sections if language_of(s) == language_of(one.context)]
        other = like[(like.index(one.context) + 1) % len(like)]
        for is_there, context in ((True, one.context), (False, other)):
            documents, plan = Documents.of(context, "section"), Plan(headings=False)
            with opened(documents, plan, Context()) as index:
                found.append(_row(one.half, place, is_there, reading.find(one.question, documents, index, plan, Context())))
    return found


def fit(chosen: Sequence[Row], names: tuple[str, ...]) -> tuple[float, dict[str, float]]:
    """Bias and weights on the features as they are; the penalty works on standardised ones."""
    from sklearn.linear_model import LogisticRegression
    from sklearn.preprocessing import StandardScaler

    values = np.array([[getattr(row.features, name) for name in names] for row in chosen])
    scaler = StandardScaler().fit(values)
    model = LogisticRegression(C=STRENGTH, max_iter=3000).fit(scaler.transform(values), [row.is_there for row in chosen])
    weights = model.coef_[0] / scaler.scale_
    bias = float(model.intercept_[0] - weights @ scaler.mean_)
    return bias, dict(zip(names, weights.tolist(), strict=True))


def measured(tested: Sequence[Row], certainty: np.ndarray) -> dict[str, list[float]]:
    """AUC, share of right refusals, share of right answers: [score, low, high] each; sections are drawn, with both their rows."""
    there = np.array([row.is_there for row in tested])
    sure = certainty >= THRESHOLD
    better = (certainty[there][:, None] > certainty[~there]) + 0.5 * (certainty[there][:, None] == certainty[~there])

    def compute(weights: np.ndarray) -> dict[str, np.ndarray]:
        yes, no = weights[there], weights[~there]
        return {
            "auc": np.einsum("ib,ij,jb->b", yes, better, no) / (yes.sum(0) * no.sum(0)),
            "refused": (~sure[~there]).astype(float) @ no / no.sum(0), "answered": sure[there].astype(float) @ yes / yes.sum(0),
        }  # fmt: skip

    _, groups = np.unique([row.section for row in tested], return_inverse=True)
    spread = intervals(compute, len(tested), groups=groups)
    whole = compute(np.ones((len(tested), 1)))
    return {name: [round(float(x), 3) for x in (whole[name][0], *spread[name])] for name in whole}


def _logistic(value: float) -> float:
    return float(1 / (1 + np.exp(-value)))


def fitted(found: Sequence[Row], names: tuple[str, ...], what: str) -> dict[str, object]:
    """Fits on all but the held-out rows, prints what it reaches on those, and gives what is to be kept."""
    fitting, tested = [r for r in found if r.part != "held-out"], [r for r in found if r.part == "held-out"]
    bias, weights = fit(fitting, names)
    certainty = [_logistic(bias + sum(w * getattr(row.features, n) for n, w in weights.items())) for row in tested]
    now, before = measured(tested, np.array(certainty)), measured(tested, np.array([row.before for row in tested]))
    print(f"{what}: fitted on {len(fitting)} questions, measured on {len(tested)} others, half of them not answerable")
    for name, scores in (("before", before), ("now", now)):
        print(f"{name:>7}: " + ", ".join(f"{what} {s:.3f} [{low:.3f}, {high:.3f}]" for what, (s, low, high) in scores.items()))
    return {
        "bias": round(bias, 4), "weights": {name: round(weight, 4) for name, weight in weights.items()},
        "fitted_on": len(fitting), "measured_on": len(tested), **now,
    }  # fmt: skip


def main() -> None:
    many = fitted(rows(), MANY, "whole documents (handbook, Debian FAQ with and without the section)")
    one = fitted(few(), FEW, "single sections (the right one, and another one of the same document)")
    write_json(reading.CALIBRATION, {"many": many, "few": one})


if __name__ == "__main__":
    main()
