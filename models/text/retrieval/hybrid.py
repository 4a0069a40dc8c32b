"""Search by meaning and by words at once, and a second look at the best.

The weights were fixed on the questions of twelve technical FAQs (git, sed, lsof, zlib, xz, Cargo, Perl modules…: 424 questions
with their sections) that are neither shipped nor part of any bar; there MRR@10 went from .77 (E5) and .76 (BM25) to .82 by
fusing and .86 by the second look. The sum of scaled scores follows Bruch, Gai & Ingber (2023, "An analysis of fusion functions
for hybrid retrieval"), who find it better than fusing ranks.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np

from core import weights
from core.contracts import Context, Documents, UserError
from models.text import encoder
from models.text.retrieval.index import Index, Plan, indexed_text
from models.text.retrieval.passages import windows
from models.text.words import language_of

Mode = Literal["hybrid", "meaning", "words"]

WORDS_SHARE = 0.3  # of BM25 in the fused score; .2 to .4 made no difference on the tuning questions
CANDIDATES = 1_000  # passages that each of the two searches proposes
LOOKED_AT_AGAIN = 20  # passages of which the second look decides the order
WINDOW_SHARE = 0.5  # of the best window beside the whole passage
SECOND_ENCODER = "minilm-l6"  # English only, trained on questions and answers; half of the second look's score
SECOND_SHARE = 0.5
_SMALL = 1e-6


@dataclass(frozen=True, eq=False)
class Found:
    """Passages, the best first. `scores` order them (1 is the best possible in one search), `cosines` are those of the encoder
    and `coverage` is the BM25 score as a share of what a passage with all words of the query would have.

    `above` is by how much the best cosine stands out from the middle of the collection; `second` are the cosines of the second
    encoder where it has looked, and `close` those of the nearest window of a passage.
    """

    rows: np.ndarray
    scores: np.ndarray
    cosines: np.ndarray
    coverage: np.ndarray
    middle: float
    close: np.ndarray | None = None
    second: np.ndarray | None = None


def search(
    index: Index, query: str, vector: np.ndarray, mode: Mode = "hybrid", top: int = LOOKED_AT_AGAIN,
    allowed: np.ndarray | None = None,
) -> Found:  # fmt: skip
    """The `top` passages for a query and its unit vector; `allowed` (bool for each passage) leaves others out."""
    by_words, bound = index.words.scores(query) if mode != "meaning" else (np.zeros(len(index.passages), np.float32), 0.0)
    rows = _candidates(index, by_words, vector, mode, allowed)
    cosines = index.vectors.values[rows] @ vector if len(rows) else np.zeros(0, np.float32)
    middle = float(index.vectors.mean @ vector) if len(rows) else 0.0
    lexical = by_words[rows]
    words_share = {"hybrid": WORDS_SHARE, "words": 1.0, "meaning": 0.0}[mode]
    scores = (1 - words_share) * _from_middle(cosines, middle) + words_share * _of_best(lexical)
    if mode == "words":
        keep = lexical > 0
        rows, cosines, lexical, scores = rows[keep], cosines[keep], lexical[keep], scores[keep]
    order = np.argsort(-scores, kind="stable")[:top]
    return Found(rows[order], scores[order], cosines[order], lexical[order] / max(bound, _SMALL), middle)


def look_again(
    found: Found, query: str, vector: np.ndarray, documents: Documents, index: Index, plan: Plan, context: Context
) -> Found:
    """The first passages in a better order: by their nearest window, and, where all is English, by a second encoder.

    The share of the words stays what it was.
    """
    count = min(LOOKED_AT_AGAIN, len(found.rows))
    if count == 0:
        return found
    chosen = [index.passages[row] for row in found.rows[:count]]
    whole = [indexed_text(documents, passage, plan.headings) for passage in chosen]
    bodies = [documents.items[passage.document].text[passage.start : passage.end] for passage in chosen]
    close = nearest_windows(bodies, vector, plan.encoder, context)
    meaning = _spread(found.cosines[:count] + WINDOW_SHARE * close)
    second = _second_opinion(whole, query, context)
    if second is not None:
        meaning = (1 - SECOND_SHARE) * meaning + SECOND_SHARE * _spread(second)
    scores = (1 - WORDS_SHARE) * meaning + WORDS_SHARE * _of_best(found.coverage[:count])
    order = np.argsort(-scores, kind="stable")
    return Found(
        found.rows[order], scores[order], found.cosines[order], found.coverage[order], found.middle,
        close[order], None if second is None else second[order],
    )  # fmt: skip


def nearest_windows(texts: list[str], vector: np.ndarray, name: str, context: Context) -> np.ndarray:
    """The cosine of the nearest window of each text, float32."""
    pieces = [(place, text[a:b]) for place, text in enumerate(texts) for a, b in windows(text)]
    if not pieces:
        return np.zeros(len(texts), np.float32)
    cosines = encoder.encode([piece for _, piece in pieces], name, context) @ vector
    nearest = np.full(len(texts), -1.0, np.float32)
    np.maximum.at(nearest, np.array([place for place, _ in pieces]), cosines)
    return nearest


def _candidates(index: Index, by_words: np.ndarray, vector: np.ndarray, mode: Mode, allowed: np.ndarray | None) -> np.ndarray:
    if allowed is not None:
        return np.flatnonzero(allowed)
    proposed = []
    if mode != "words":
        proposed.append(index.vectors.nearest(vector, CANDIDATES)[0])
    if mode != "meaning":
        hits = np.flatnonzero(by_words)
        if len(hits) > CANDIDATES:
            hits = hits[np.argpartition(-by_words[hits], CANDIDATES - 1)[:CANDIDATES]]
        proposed.append(hits)
    return np.unique(np.concatenate(proposed))


def _second_opinion(texts: list[str], query: str, context: Context) -> np.ndarray | None:
    """Cosines by the English encoder; None where something is not English or its weights are not here."""
    if language_of(query) != "en" or language_of(texts) != "en" or weights.status(SECOND_ENCODER).state != "present":
        return None
    try:
        asked = encoder.encode([query], SECOND_ENCODER, context, prefix="query")[0]
        return encoder.encode(texts, SECOND_ENCODER, context) @ asked
    except UserError as error:
        if error.status == 409:  # cancelled
            raise
        return None


def _from_middle(cosines: np.ndarray, middle: float) -> np.ndarray:
    """0 for what is as near as any passage of the collection, 1 for the nearest."""
    best = float(cosines.max()) if len(cosines) else 1.0
    return (cosines - middle) / max(best - middle, _SMALL)


def _of_best(values: np.ndarray) -> np.ndarray:
    return values / max(float(values.max()) if len(values) else 0.0, _SMALL)


def _spread(values: np.ndarray) -> np.ndarray:
    """The values moved and scaled to 0..1."""
    return (values - values.min()) / max(float(np.ptp(values)), _SMALL)
