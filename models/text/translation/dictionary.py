"""A word table learnt from pairs, and translation word by word with it: the baseline that knows words but no grammar.

IBM model 1 (Brown et al. 1993, "The Mathematics of Statistical Machine Translation"): every word of the target was made by one
word of the source, or by nothing; expectation maximisation finds how likely each word makes each other one.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from core.contracts import Context
from models.text.words import clean, words

ROUNDS = 6
MOST_WORDS = 60  # of a text, to keep the number of word pairs in bounds
LEAST_CHANCE = 0.15  # a word whose best translation is less likely than this makes none (articles, endings)
MOST_PAIRS = 20_000  # of texts; more are left out


@dataclass(frozen=True, eq=False)
class WordTable:
    """The likeliest translation of each word; "" where the word makes none."""

    best: dict[str, str]
    source: str
    target: str

    def translate(self, text: str) -> str:
        """Word by word in the order of the source; a word that was never seen stays as it is."""
        found = [self.best.get(word.lower(), word) for word, _, _ in words(clean(text), self.source)]
        return ("" if self.target == "zh" else " ").join(word for word in found if word)


def learn(sources: Sequence[str], targets: Sequence[str], source: str, target: str, context: Context | None = None) -> WordTable:
    """Learns the table from pairs; `source` and `target` are languages ("zh" is cut into words by jieba)."""
    context = context or Context()
    left = [_words(text, source) for text in sources[:MOST_PAIRS]]
    right = [_words(text, target) for text in targets[:MOST_PAIRS]]
    names, numbers = _numbered(left)
    made_names, made = _numbered(right)
    best: dict[str, str] = {}
    likeliest: dict[int, tuple[float, int]] = {}
    for word, other, chance in zip(*map(np.ndarray.tolist, link_chances(numbers, made, len(names) + 1, context))):
        if chance > likeliest.get(word, (0.0, 0))[0]:
            likeliest[word] = (chance, other)
    for word, (chance, other) in likeliest.items():
        if word:  # 0 is nothing
            best[names[word - 1]] = made_names[other - 1] if chance >= LEAST_CHANCE else ""
    return WordTable(best, source, target)


def link_chances(
    left: list[list[int]], right: list[list[int]], size: int, context: Context
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Every source number (below `size`; 0 is nothing) with every target number seen beside it, and how likely it makes it.

    Three arrays of one length: int64, int64, float64; the chances of one source number sum to 1.
    """
    first, second, owner = _links(left, right)
    if not len(first):
        return first, second, np.zeros(0)
    width = int(second.max()) + 1
    pairs, which = np.unique(first * width + second, return_inverse=True)
    makers = pairs // width
    chances = np.ones(len(pairs))
    for _ in range(ROUNDS):
        context.check()
        of_link = chances[which]
        share = of_link / np.bincount(owner, of_link)[owner]
        counts = np.bincount(which, share, len(pairs))
        chances = counts / np.bincount(makers, counts, size)[makers]
    return makers, pairs % width, chances


def _links(left: list[list[int]], right: list[list[int]]) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Every word of a source (and nothing, 0) with every word of its target; the third array numbers the target's words."""
    first, second, owner, count = [], [], [], 0
    for makers, made in zip(left, right):
        makers = [0, *makers]
        first.append(np.tile(np.array(makers, np.int64), len(made)))
        second.append(np.repeat(np.array(made, np.int64), len(makers)))
        owner.append(np.repeat(np.arange(count, count + len(made)), len(makers)))
        count += len(made)
    empty = np.zeros(0, np.int64)
    return (np.concatenate([empty, *first]), np.concatenate([empty, *second]), np.concatenate([empty, *owner]))


def _words(text: str, language: str) -> list[str]:
    return [word.lower() for word, _, _ in words(clean(text), language)[:MOST_WORDS]]


def _numbered(texts: list[list[str]]) -> tuple[list[str], list[list[int]]]:
    """The words, the commonest first, and each text as their numbers from 1 on."""
    counts = Counter(word for text in texts for word in text)
    names = [word for word, _ in counts.most_common()]
    number = {word: place for place, word in enumerate(names, 1)}
    return names, [[number[word] for word in text] for text in texts]
