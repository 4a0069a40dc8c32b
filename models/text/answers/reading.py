"""From passages to an answer: the sentence that answers best, word for word, the short span in it, and how sure it is that there
is one at all."""

from __future__ import annotations

import json
import math
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from core.contracts import Context, Documents
from models.text import encoder
from models.text.answers import expected, short
from models.text.retrieval import hybrid
from models.text.retrieval.index import Index, Plan, indexed_text
from models.text.retrieval.terms import terms
from models.text.summaries.candidates import whole_sentences

PASSAGES_READ = 3
WORDS_SHARE = 0.3  # of the shared words beside the encoder's cosine, as in the search
PASSAGE_SHARE = 0.25  # of the passage's own score beside that of the sentence
FEW = 6  # passages: fewer have no middle that the best could stand out from
CALIBRATION = Path(__file__).with_name("calibration.json")  # written by scripts/calibrate_answers.py


class Features(NamedTuple):
    """What tells whether the documents hold the answer. A question that they do not answer finds many passages that are equally
    far away; one that they answer finds a passage that stands out, and all rankings agree on it."""

    sentence: float  # cosine of the best sentence, above the middle of the collection
    passage: float  # the same of the best passage
    second: float  # cosine of the best passage by the English encoder; 0 where it has not looked
    looked: float  # 1 where it has
    words: float  # share of the question's words, weighed by rarity, that stand in the best passage
    agree: float  # share of the rankings (encoder, nearest window, words, second encoder) that put the best passage first
    passage_lead: float  # cosine of the best over the mean of the next five
    second_lead: float  # the same by the English encoder; 0 where it has not looked
    words_lead: float  # the same of the BM25 score, as a share of what a passage with all words would have
    cosine: float  # of the best sentence, as it is: all there is to go by where no passage can stand out


@dataclass(frozen=True)
class Answer:
    """`documents.items[document].text[start:end]` is the sentence, `short` the span in the same text that answers alone, if any.

    `asked` is the kind of answer that was looked for ("" where the question has no short one); `certainty` is the calibrated
    probability that the documents hold the answer.
    """

    document: int
    start: int
    end: int
    short: tuple[int, int] | None
    asked: str
    certainty: float
    features: Features


class _Place(NamedTuple):
    row: int
    document: int
    start: int
    end: int


def find(
    question: str,
    documents: Documents,
    index: Index,
    plan: Plan,
    context: Context,
    allowed: np.ndarray | None = None,
    asked: str = "",
) -> tuple[Answer, hybrid.Found]:
    """The best sentence for `question`, and the passages in order. The index has at least one passage; `allowed` (bool for each
    passage) leaves others out. `asked` is the question whose kind of answer counts, where `question` has an earlier one in it."""
    vector = encoder.encode([question], plan.encoder, context, prefix="query")[0]
    found = hybrid.search(index, question, vector, allowed=allowed)
    found = hybrid.look_again(found, question, vector, documents, index, plan, context)
    places = [
        _Place(row, passage.document, passage.start + a, passage.start + b)
        for row, passage in ((int(row), index.passages[row]) for row in found.rows[:PASSAGES_READ])
        for _text, a, b in whole_sentences(documents.items[passage.document].text[passage.start : passage.end])
    ]
    pieces = [documents.items[place.document].text[place.start : place.end] for place in places]
    cosines = encoder.encode(pieces, plan.encoder, context) @ vector
    order, scores = _ordered(question, places, pieces, cosines, found)
    told = _features(question, float(cosines.max()), found, documents, index, plan)
    best, span, kind = _shortened(question, asked or question, [pieces[i] for i in order], scores[order], vector, plan, context)
    place = places[order[best]]
    marked = (place.start + span[0], place.start + span[1]) if span else None
    return Answer(place.document, place.start, place.end, marked, kind, certainty(told, len(index.passages)), told), found


def _ordered(
    question: str, places: list[_Place], pieces: list[str], cosines: np.ndarray, found: hybrid.Found
) -> tuple[np.ndarray, np.ndarray]:
    """The sentences in order, the best first, and the score of each (as they were given)."""
    asked = set(terms(question))
    shared = np.array([len(asked & set(terms(piece))) / max(len(asked), 1) for piece in pieces])
    own = dict(zip(found.rows.tolist(), found.scores.tolist()))
    from_passage = np.array([own[place.row] for place in places])
    scores = _spread(cosines) + WORDS_SHARE * shared + PASSAGE_SHARE * from_passage
    return np.argsort(-scores, kind="stable"), scores


def _shortened(
    question: str, asking: str, pieces: list[str], scores: np.ndarray, vector: np.ndarray, plan: Plan, context: Context
) -> tuple[int, tuple[int, int] | None, str]:
    """Which of the sentences answers, the span in it that does so alone, and the kind that was asked for."""
    asked = expected.expected(asking)
    if asked is None:
        return 0, None, ""
    found = short.find(question, asked, pieces, scores.tolist(), vector, plan.encoder, context)
    if found is None or found.margin < short.LEAST_MARGIN:
        return 0, None, asked.kind
    is_whole = found.end - found.start >= len(pieces[found.sentence].strip(" .。"))
    return found.sentence, None if is_whole else (found.start, found.end), asked.kind


def _features(question: str, cosine: float, found: hybrid.Found, documents: Documents, index: Index, plan: Plan) -> Features:
    asked = set(terms(question))
    held = set(terms(indexed_text(documents, index.passages[found.rows[0]], plan.headings)))
    rarest = float(index.words.rarity.max()) if len(index.words.rarity) else 1.0
    known = index.words.vocabulary
    weight = {word: float(index.words.rarity[known[word]]) if word in known else rarest for word in asked}
    share = sum(weight[word] for word in asked & held) / max(sum(weight.values()), 1e-6)
    again = len(found.close) if found.close is not None else len(found.rows)
    rankings = [found.cosines[:again], found.coverage[:again]]
    rankings += [other for other in (found.close, found.second) if other is not None]
    return Features(
        sentence=cosine - found.middle, passage=float(found.cosines[:again].max()) - found.middle,
        second=0.0 if found.second is None else float(found.second.max()), looked=float(found.second is not None),
        cosine=cosine, words=share, agree=float(np.mean([int(values.argmax()) == 0 for values in rankings])),
        passage_lead=_lead(found.cosines[:again]), words_lead=_lead(found.coverage[:again]),
        second_lead=0.0 if found.second is None else _lead(found.second),
    )  # fmt: skip


def _lead(values: np.ndarray) -> float:
    """The largest value over the mean of the next five."""
    best = np.sort(values)[::-1]
    return float(best[0] - best[1:6].mean()) if len(best) > 1 else 0.0


def certainty(features: Features, passages: int) -> float:
    """The probability that the documents hold the answer: logistic regression, see scripts/calibrate_answers.py. Of fewer than
    `FEW` passages none can stand out from the rest, so those have a regression of their own."""
    fitted = calibration()["few" if passages < FEW else "many"]
    return 1 / (1 + math.exp(-(fitted["bias"] + sum(w * getattr(features, name) for name, w in fitted["weights"].items()))))


@cache
def calibration() -> dict[str, dict[str, Any]]:
    """Coefficients for few and for many passages, what they were fitted on, and what they reach on held-out questions."""
    return dict(json.loads(CALIBRATION.read_text("utf-8")))


def _spread(values: np.ndarray) -> np.ndarray:
    return (values - values.min()) / max(float(np.ptp(values)), 1e-6)
