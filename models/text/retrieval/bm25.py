"""BM25 (Robertson & Zaragoza 2009) as one sparse matrix: every weight is computed when the index is made, a query adds columns.

Why not a library: `bm25s` does the same arithmetic; here it is these few lines on SciPy, with jieba's words, the filter by
rows and the vectors in one file on disk.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from core.contracts import Context
from models.text.retrieval.terms import terms

if TYPE_CHECKING:
    from scipy.sparse import csc_matrix

K1 = 1.2  # how soon further occurrences of a word stop to count
B = 0.75  # how much a long text is held back
_CHECK_EVERY = 500


@dataclass(frozen=True, eq=False)
class WordIndex:
    """`weights` is sparse float32 of shape (texts, words of `vocabulary`), `rarity` the inverse document frequency of each."""

    vocabulary: dict[str, int]
    rarity: np.ndarray
    weights: csc_matrix

    def scores(self, query: str) -> tuple[np.ndarray, float]:
        """The BM25 score of every text, float32, and the score that a text would have that holds all words of the query often.

        A word that stands in no text counts in that bound like the rarest one.
        """
        asked = Counter(terms(query))
        columns = np.array([self.vocabulary[word] for word in asked if word in self.vocabulary], np.int64)
        total = np.zeros(self.weights.shape[0], np.float32)
        for column in columns:
            begin, end = self.weights.indptr[column : column + 2]
            total[self.weights.indices[begin:end]] += self.weights.data[begin:end]
        unknown = sum(word not in self.vocabulary for word in asked)
        rarest = float(self.rarity.max()) if len(self.rarity) else 1.0
        bound = (float(self.rarity[columns].sum()) + unknown * rarest) * (K1 + 1)
        return total, bound


def build(texts: Sequence[str], context: Context | None = None) -> WordIndex:
    """The words of `texts`, counted and weighed."""
    context = context or Context()
    vocabulary: dict[str, int] = {}
    columns: list[int] = []
    counts: list[int] = []
    ends: list[int] = []
    lengths: list[int] = []
    for place, text in enumerate(texts):
        if place % _CHECK_EVERY == 0:
            context.check()
        found = Counter(terms(text))
        columns += [vocabulary.setdefault(word, len(vocabulary)) for word in found]
        counts += found.values()
        ends.append(len(columns))
        lengths.append(found.total())
    return _weighed(vocabulary, columns, counts, ends, np.array(lengths, np.float32))


def _weighed(
    vocabulary: dict[str, int], columns: list[int], counts: list[int], ends: list[int], lengths: np.ndarray
) -> WordIndex:
    from scipy.sparse import csr_matrix

    texts = len(ends)
    frequency = np.bincount(columns, minlength=len(vocabulary)).astype(np.float32)
    rarity = np.log1p((texts - frequency + 0.5) / (frequency + 0.5)).astype(np.float32)
    rows = np.repeat(np.arange(texts), np.diff([0, *ends]))
    count = np.array(counts, np.float32)
    scale = K1 * (1 - B + B * lengths / max(float(lengths.mean()) if texts else 0.0, 1.0))
    at = np.array(columns, np.int64)
    values = rarity[at] * count * (K1 + 1) / (count + scale[rows])
    matrix = csr_matrix((values.astype(np.float32), at, np.array([0, *ends])), shape=(texts, len(vocabulary))).tocsc()
    return WordIndex(vocabulary, rarity, matrix)
