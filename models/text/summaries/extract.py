"""A summary made of the text's own sentences: gather, preselect, encode, rank, choose."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from core.contracts import Context, Document, InputError
from core.language import N_
from models.text import encoder
from models.text.summaries import centrality, features
from models.text.summaries.candidates import Sentence, candidates, size
from models.text.summaries.preselect import preselect

MOST_ENCODED = 800  # sentences: some ten seconds on two cores
MOST_CHOSEN = 100  # sentences of a summary by share


@dataclass(frozen=True)
class Wishes:
    """How long and what kind of summary: `sentences` where `share` is 0, else a share of the text's length (0..1)."""

    sentences: int = 3
    share: float = 0.0
    balance: float = 0.6  # chosen by cross-validation on the choosing parts of `references`
    position: float = 1.0
    keep_order: bool = True


@dataclass(frozen=True)
class Extract:
    """Chosen sentences in the order in which they are shown; `scored` are the ranked ones with their score, the best first.

    Lengths are words, in Chinese characters; `found` is the number of eligible sentences, `read` of those that were encoded.
    """

    chosen: tuple[Sentence, ...]
    scored: tuple[tuple[Sentence, float], ...]
    found: int
    read: int
    is_capped: bool = False

    @property
    def text(self) -> str:
        """The sentences as one text: in Chinese without spaces between them."""
        parts = [sentence.text for sentence in self.chosen]
        text = ""
        for part, sentence in zip(parts, self.chosen, strict=True):
            text += part if not text or (sentence.language == "zh" and not text[-1].isascii()) else " " + part
        return text


@dataclass(frozen=True)
class Read:
    """Sentences that were encoded, with unit vectors (n, d), and how many there were in all, by document."""

    sentences: list[Sentence]
    vectors: np.ndarray
    found: list[Sentence]


def read(documents: Sequence[Document], context: Context) -> Read:
    """Raises `InputError` where there is no sentence to choose."""
    context.progress(0.0, N_("Finding sentences"))
    found = candidates(documents, context)
    if not found:
        raise InputError(N_("There is no whole sentence to summarise: give a text with at least one."))
    chosen = [found[i] for i in preselect(found, MOST_ENCODED, context)]
    vectors = encoder.encode([sentence.text for sentence in chosen], encoder.DEFAULT, context)
    return Read(chosen, vectors, found)


def extract(given: Read, wishes: Wishes, document: int | None = None) -> Extract:
    """The summary of all documents, or of the one with the number `document`."""
    mine = [i for i, s in enumerate(given.sentences) if document is None or s.document == document]
    found = [s for s in given.found if document is None or s.document == document]
    sentences, vectors = [given.sentences[i] for i in mine], given.vectors[mine]
    scores = features.worth(features.features(sentences, vectors), wishes.position)
    count, is_capped = (wishes.sentences, False) if not wishes.share else _count(sentences, vectors, scores, found, wishes)
    order = centrality.choose(scores, vectors, count, wishes.balance)
    chosen = [sentences[i] for i in (sorted(order) if wishes.keep_order else order)]
    scored = sorted(zip(sentences, scores.tolist(), strict=True), key=lambda pair: -pair[1])
    return Extract(tuple(chosen), tuple(scored), len(found), len(sentences), is_capped)


def _count(
    sentences: list[Sentence], vectors: np.ndarray, scores: np.ndarray, found: list[Sentence], wishes: Wishes
) -> tuple[int, bool]:
    """How many of the best sentences make up the share of the length, at least one; and whether the cap cut it short."""
    most = min(len(sentences), MOST_CHOSEN)
    order = centrality.choose(scores, vectors, most, wishes.balance)
    target = wishes.share * sum(size(s.text, s.language) for s in found)
    lengths = np.cumsum([size(sentences[i].text, sentences[i].language) for i in order])
    count = max(1, int(np.searchsorted(lengths, target * (1 + 1e-9), side="right")))
    return min(count, most), count >= most and most < len(found) and float(lengths[-1]) < math.floor(target)
