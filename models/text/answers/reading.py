"""From passages to an answer: the sentence that answers best, word for word, and how sure it is that there is one."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from core.contracts import Context, Documents
from models.text import encoder
from models.text.retrieval import hybrid
from models.text.retrieval.index import Index, Plan
from models.text.retrieval.terms import terms
from models.text.summaries.candidates import whole_sentences

PASSAGES_READ = 3
WORDS_SHARE = 0.3  # of the shared words beside the encoder's cosine, as in the search
PASSAGE_SHARE = 0.25  # of the passage's own score beside that of the sentence
# Logistic regression of "the documents hold the answer" on the cosine of the best sentence, the share of the question's word
# weight that the best passage has, and how far the best cosine stands out. Fitted by scripts/calibrate_answers.py on 96 questions
# to the handbook and to other things. On the Debian FAQ, unseen, .80 of the answerable titles were answered, but also .77 of
# those whose section had been taken out: near the subject it says yes too often.
BIAS = -11.06
WEIGHTS = (8.27, 18.07, 13.87)


@dataclass(frozen=True)
class Answer:
    """`documents.items[document].text[start:end]`; `certainty` is the calibrated probability that they hold the answer."""

    document: int
    start: int
    end: int
    certainty: float
    features: tuple[float, float, float]


def find(question: str, documents: Documents, index: Index, plan: Plan, context: Context) -> tuple[Answer, hybrid.Found]:
    """The best sentence for `question`, and the passages in order. The index has at least one passage."""
    vector = encoder.encode([question], plan.encoder, context, prefix="query")[0]
    found = hybrid.look_again(
        hybrid.search(index, question, vector), question, vector, documents, index, plan, context
    )  # fmt: skip
    places = [
        (row, document, passage.start + a, passage.start + b)
        for row, passage in ((row, index.passages[row]) for row in found.rows[:PASSAGES_READ])
        for document in (passage.document,)
        for _text, a, b in whole_sentences(documents.items[document].text[passage.start : passage.end])
    ]
    pieces = [documents.items[document].text[a:b] for _row, document, a, b in places]
    cosines = encoder.encode(pieces, plan.encoder, context) @ vector
    asked = set(terms(question))
    shared = np.array([len(asked & set(terms(piece))) / max(len(asked), 1) for piece in pieces])
    own = dict(zip(found.rows.tolist(), found.scores.tolist()))
    from_passage = np.array([own[int(row)] for row, *_rest in places])
    scores = _spread(cosines) + WORDS_SHARE * shared + PASSAGE_SHARE * from_passage
    best = int(scores.argmax())
    features = (float(cosines.max()), float(found.coverage[0]), float(found.cosines.max() - found.middle))
    _row, document, start, end = places[best]
    return Answer(document, start, end, certainty(features), features), found


def certainty(features: tuple[float, float, float]) -> float:
    """The probability that the documents hold the answer."""
    return 1 / (1 + math.exp(-(BIAS + sum(w * f for w, f in zip(WEIGHTS, features)))))


def _spread(values: np.ndarray) -> np.ndarray:
    return (values - values.min()) / max(float(np.ptp(values)), 1e-6)
