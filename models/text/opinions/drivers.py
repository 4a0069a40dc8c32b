"""Which words tell positive comments from negative ones."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

from core.contracts import Context, Message, Ranking, Records, Terms
from core.language import N_
from models.text.words import STOP_WORDS, Span, words

if TYPE_CHECKING:
    from scipy.sparse import csr_matrix

READ_AT_MOST = 5_000  # comments whose words are read; more change the picture little and take long in Chinese
_LONGEST = 5_000  # characters of one comment that are read
_PRIOR_SHARE, _PRIOR_AT_MOST = 0.1, 500.0  # words that the prior counts for: a share of those there are, and no more than
_SURE = 1.96  # a word is shown when its log-odds lie this many standard deviations from 0
_WORDS_EACH_WAY = 15
_CLOUD = 80


@dataclass(frozen=True, eq=False)
class Reading:
    """Comments that were read word by word: their row numbers, texts, languages and words with their places."""

    rows: np.ndarray
    texts: tuple[str, ...]
    languages: tuple[str, ...]
    spans: tuple[list[Span], ...]
    of: int  # comments there are

    def __len__(self) -> int:
        return len(self.rows)

    @property
    def note(self) -> Message:
        return Message(N_("Words were read in {read} of {all} comments."), {"read": len(self), "all": self.of})


@dataclass(frozen=True, eq=False)
class Drivers:
    """Words with the comments they stand in: `positive`, `negative` and `log_odds`, `deviation` have one entry a word."""

    words: tuple[str, ...]
    parts: tuple[tuple[str, ...], ...]  # the one or two words that each consists of
    positive: np.ndarray
    negative: np.ndarray
    log_odds: np.ndarray
    deviation: np.ndarray

    @cached_property
    def z(self) -> np.ndarray:
        return self.log_odds / self.deviation


def read(texts: Sequence[str], languages: Sequence[str], rows: np.ndarray, seed: int, context: Context) -> Reading:
    """The words of the comments numbered `rows`; of a seeded sample of them where there are more than `READ_AT_MOST`."""
    chosen = rows
    if len(rows) > READ_AT_MOST:
        chosen = np.sort(np.random.default_rng(seed).choice(rows, READ_AT_MOST, replace=False))
    spans = []
    for done, row in enumerate(chosen):
        if done % 200 == 0:
            context.check()
            context.progress(done / len(chosen), N_("Reading words"))
        spans.append(words(texts[row][:_LONGEST], languages[row]))
    return Reading(
        chosen, tuple(texts[i][:_LONGEST] for i in chosen), tuple(languages[i] for i in chosen), tuple(spans), len(rows)
    )


def terms(text: str, spans: list[Span], language: str) -> dict[str, tuple[str, ...]]:
    """Words and pairs of neighbours of a text and what each is made of: lower case, without stop words and bare numbers."""
    joint = "" if language == "zh" else " "
    stop = STOP_WORDS[language]
    kept = [(word.lower().replace("’", "'"), start, end) for word, start, end in spans]
    kept = [span for span in kept if span[0] not in stop and not span[0].isdigit() and (len(span[0]) > 1 or language == "zh")]
    found: dict[str, tuple[str, ...]] = {}
    for (first, _, end), (second, start, _) in pairwise(kept):
        if text[end:start] in ("", " "):
            found[first + joint + second] = (first, second)
    return found | {word: (word,) for word, _, _ in kept}


def drivers(reading: Reading, polarity: np.ndarray, min_count: int) -> Drivers | None:
    """Words that tell positive comments from negative ones.

    Each language is counted for itself, else a word would seem bad because comments in its language are. A word counts once a
    comment. `polarity` has one of "positive", "negative" and anything else for each comment read. None where no language has
    both sides and a word that stands in `min_count` comments.
    """
    matrix, vocabulary = _counts(reading, min_count)
    languages = np.array(reading.languages)
    found: list[Drivers] = []
    for language in dict.fromkeys(reading.languages):
        sides = [
            np.asarray(matrix[(languages == language) & (polarity == side)].sum(0)).ravel() for side in ("positive", "negative")
        ]
        own = np.flatnonzero(sides[0] + sides[1] >= min_count)
        positive, negative = sides[0][own], sides[1][own]
        if positive.sum() and negative.sum():
            names, parts = zip(*(vocabulary[i] for i in own), strict=True)
            found.append(Drivers(names, parts, positive, negative, *log_odds(positive, negative)))
    return _joined(found) if found else None


def log_odds(first: np.ndarray, second: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """How much likelier each word is in the first group than in the second, and its standard deviation; counts of shape (words,).

    Log-odds ratio with an informative Dirichlet prior, Monroe, Colaresi and Quinn (2008), "Fightin' Words", eq. 16 and 20. The
    prior is the words of both groups together, so that rare words are drawn towards 0.
    """
    both = first + second
    size = min(_PRIOR_SHARE * both.sum(), _PRIOR_AT_MOST)
    prior = size * both / both.sum()
    ratio, variance = np.zeros(len(both)), np.zeros(len(both))
    for sign, count in ((1, first), (-1, second)):
        inside = count + prior
        ratio += sign * np.log(inside / (count.sum() + size - inside))
        variance += 1 / inside
    return ratio, np.sqrt(variance)


def _joined(found: list[Drivers]) -> Drivers:
    """The words of all languages; one that stands in several is kept where it is clearest."""
    every = [(d, i) for d in found for i in range(len(d.words))]
    best: dict[str, tuple[Drivers, int]] = {}
    for d, i in sorted(every, key=lambda pair: abs(pair[0].z[pair[1]])):
        best[d.words[i]] = (d, i)
    columns = [(d.words[i], d.parts[i], d.positive[i], d.negative[i], d.log_odds[i], d.deviation[i]) for d, i in best.values()]
    words_, parts, *numbers = zip(*columns, strict=True)
    return Drivers(words_, parts, *(np.array(n) for n in numbers))


def ranking(found: Drivers, reading: Reading, min_count: int) -> Ranking | None:
    """The words that speak most clearly for either side; None where no word does."""
    order = _clearest(found)
    if not order:
        return None
    odds, deviation = found.log_odds[order], _SURE * found.deviation[order]
    return Ranking(
        title=N_("Driving words"),
        names=tuple(found.words[i] for i in order),
        values=tuple(odds.tolist()),
        low=tuple((odds - deviation).tolist()),
        high=tuple((odds + deviation).tolist()),
        unit=N_("log-odds"),
        caption=Message(
            N_(
                "Above 0: stands in positive comments more often; below 0: in negative ones. Log-odds with an informative "
                "Dirichlet prior (Monroe et al. 2008), 95 % intervals that leave out 0, words in at least {count} comments. The "
                "model itself reads words, so this shows what its answers go with, not what causes them. {note}"
            ),
            {"count": min_count, "note": reading.note},
        ),
    )


def table(found: Drivers) -> Records:
    """The clearest words with their counts."""
    import pandas as pd

    order = _clearest(found)
    frame = pd.DataFrame(
        {
            N_("word"): [found.words[i] for i in order],
            N_("positive comments"): found.positive[order],
            N_("negative comments"): found.negative[order],
            N_("log-odds"): found.log_odds[order].round(2),
            "z": found.z[order].round(1),
        }
    )
    return Records(N_("Driving words and how often they occur"), frame)


def cloud(found: Drivers, reading: Reading) -> Terms:
    """The commonest single words; the sign is the hyperbolic tangent of their log-odds."""
    single = [i for i, parts in enumerate(found.parts) if len(parts) == 1]
    order = sorted(single, key=lambda i: -(found.positive[i] + found.negative[i]))[:_CLOUD]
    return Terms(
        title=N_("Word cloud"),
        words=tuple(found.words[i] for i in order),
        weights=tuple(float(found.positive[i] + found.negative[i]) for i in order),
        signs=tuple(np.tanh(found.log_odds[order]).tolist()),
        caption=Message(
            N_(
                "Size: comments with the word. Colour: whether it leans to positive or negative comments, by its log-odds. {note}"
            ),
            {"note": reading.note},
        ),
    )


def _counts(reading: Reading, min_count: int) -> tuple[csr_matrix, list[tuple[str, tuple[str, ...]]]]:
    """1 where a comment has a word; columns are words that stand in at least `min_count` comments, and what they are made of."""
    from scipy.sparse import csr_matrix

    number: dict[str, int] = {}
    parts: dict[str, tuple[str, ...]] = {}
    columns: list[int] = []
    ends = [0]
    for text, spans, language in zip(reading.texts, reading.spans, reading.languages, strict=True):
        found = terms(text, spans, language)
        columns.extend(number.setdefault(term, len(number)) for term in found)
        parts.update((term, made_of) for term, made_of in found.items() if len(made_of) == 1 or term not in parts)
        ends.append(len(columns))
    matrix = csr_matrix((np.ones(len(columns), np.int32), columns, ends), shape=(len(reading), len(number)))
    often = np.flatnonzero(np.bincount(np.array(columns, int), minlength=len(number)) >= min_count)
    vocabulary = list(parts.items())
    return matrix[:, often], [vocabulary[i] for i in often]


def _clearest(found: Drivers) -> list[int]:
    """The clearest words of either side, from the most positive to the most negative.

    A pair is listed where it says more than either of its words.
    """
    z = found.z
    of_word = {word: abs(z[i]) for i, word in enumerate(found.words)}
    said = [
        i for i, parts in enumerate(found.parts)
        if abs(z[i]) >= _SURE and (len(parts) == 1 or all(of_word.get(part, 0) < abs(z[i]) for part in parts))
    ]  # fmt: skip
    said.sort(key=lambda i: -z[i])
    chosen = [i for i in said if z[i] > 0][:_WORDS_EACH_WAY] + [i for i in said if z[i] < 0][-_WORDS_EACH_WAY:]
    return sorted(chosen, key=lambda i: -found.log_odds[i])
