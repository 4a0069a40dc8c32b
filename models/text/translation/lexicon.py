"""Which piece translates which: a table learnt from the training pairs, which the networks start from.

With a thousand pairs, attention and rare words are what a network learns last. So the table guides its attention while it learns
(Chen et al. 2016, "Guided Alignment Training") and is added to its scores through that attention (Arthur, Neubig & Nakamura
2016, "Incorporating Discrete Translation Lexicons into Neural Machine Translation").
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from core.contracts import Context
from models.text.translation import dictionary

KEPT = 16  # translations kept of each piece
FLOOR = 1e-3  # chance of a translation that is not in the table
LINKS_AT_MOST = 12_000_000  # of a source piece with a target piece: bounds memory at about a gigabyte


@dataclass(frozen=True, eq=False)
class Lexicon:
    """`pieces` int64 (vocabulary, KEPT): the likeliest translations of each piece; `chances` float32, 0 where none."""

    pieces: np.ndarray
    chances: np.ndarray

    def alignment(self, source: np.ndarray, target: np.ndarray) -> np.ndarray:
        """How likely each place of the source made each piece of the target, float32 (rows, steps, places); rows may sum to 0.

        `source` (rows, places) and `target` (rows, steps) are piece numbers.
        """
        found = np.zeros((*target.shape, source.shape[1]), np.float32)
        for place in range(source.shape[1]):
            pieces, chances = self.pieces[source[:, place]], self.chances[source[:, place]]
            found[:, :, place] = ((target[:, :, None] == pieces[:, None]) * chances[:, None]).sum(-1)
        return found / np.maximum(found.sum(-1, keepdims=True), FLOOR)


def learn(sources: Sequence[Sequence[int]], targets: Sequence[Sequence[int]], size: int, context: Context) -> Lexicon:
    """Learns the table of a vocabulary of `size` pieces from pairs of cut texts by IBM model 1."""
    kept, links = 0, 0
    for source, target in zip(sources, targets):
        links += (len(source) + 1) * len(target)
        if links > LINKS_AT_MOST:
            break
        kept += 1
    first, second, chances = dictionary.link_chances(
        [list(source) for source in sources[:kept]], [list(target) for target in targets[:kept]], size, context
    )
    pieces, kept_chances = np.zeros((size, KEPT), np.int64), np.zeros((size, KEPT), np.float32)
    order = np.lexsort((-chances, first))
    first, second, chances = first[order], second[order], chances[order]
    starts = np.searchsorted(first, np.arange(size))
    ends = np.searchsorted(first, np.arange(size), side="right")
    for piece in np.flatnonzero(ends > starts):
        if piece:  # 0 stands for nothing: no place of the source
            some = slice(starts[piece], min(ends[piece], starts[piece] + KEPT))
            pieces[piece, : some.stop - some.start] = second[some]
            kept_chances[piece, : some.stop - some.start] = chances[some]
    return Lexicon(pieces, kept_chances)
