"""Which sentences of a long text the encoder reads: the most central of each section, by cheap TF-IDF vectors.

Sections get places in proportion to their size, so that the end of a long text is not forgotten.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Sequence

import numpy as np

from core.contracts import Context
from models.text.summaries.candidates import Sentence
from models.text.words import STOP_WORDS

SECTION_LENGTH = 200  # sentences; a longer section counts as several

_WORD = re.compile(r"[^\W_]+")
_HAN = re.compile(r"[\u3400-\u9fff]")


def preselect(sentences: Sequence[Sentence], most: int, context: Context) -> list[int]:
    """The indices of at most `most` sentences in order; all of them where there are no more."""
    if len(sentences) <= most:
        return list(range(len(sentences)))
    sections: defaultdict[tuple[int, int, int], list[int]] = defaultdict(list)
    for i, sentence in enumerate(sentences):
        key = (sentence.document, sentence.section)
        sections[(*key, sum(len(part) for k, part in sections.items() if k[:2] == key) // SECTION_LENGTH)].append(i)
    chosen: list[int] = []
    seats = _seats([len(members) for members in sections.values()], most)
    for members, count in zip(sections.values(), seats, strict=True):
        context.check()
        chosen += _central([sentences[i] for i in members], members, count)
    return sorted(chosen)


def _seats(sizes: Sequence[int], most: int) -> list[int]:
    """`most` seats over the sections in proportion to their size (largest remainders)."""
    exact = np.array(sizes) * most / sum(sizes)
    seats = np.floor(exact).astype(int)
    for i in np.argsort(-(exact - seats), kind="stable")[: most - int(seats.sum())]:
        seats[i] += 1
    return [int(n) for n in np.minimum(seats, sizes)]


def _central(section: Sequence[Sentence], members: Sequence[int], count: int) -> list[int]:
    """The `count` members nearest to the centre of their section."""
    from sklearn.feature_extraction.text import TfidfVectorizer

    if not count or count >= len(members):
        return list(members)[:count]
    try:
        weights = TfidfVectorizer(analyzer=terms, sublinear_tf=True).fit_transform([s.text for s in section])
    except ValueError:  # no term in any of them
        return list(members)[:count]
    centre = np.asarray(weights.mean(axis=0)).ravel()
    return [members[i] for i in np.argsort(-(weights @ centre), kind="stable")[:count]]


def terms(text: str) -> list[str]:
    """Words without stop words; of Chinese, pairs of neighbouring characters, which need no dictionary."""
    found = []
    for word in _WORD.findall(text.lower()):
        if _HAN.search(word):
            found += [word[i : i + 2] for i in range(max(1, len(word) - 1))]
        elif word not in STOP_WORDS["en"]:
            found.append(word)
    return found
