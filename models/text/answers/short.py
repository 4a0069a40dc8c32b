"""The short answer inside of the best sentences: typed candidates, ordered by their nearness to the words of the question and by
the encoder's view of their surroundings. No reading model reaches us in any package, so this is one that is built of parts.

The weights were chosen on half of the questions of scripts/reading_questions.tsv; scripts/measure_answers.py measures the rest.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from core.contracts import Context
from models.text import encoder
from models.text.answers.candidates import CODE, candidates
from models.text.answers.expected import Expected
from models.text.retrieval.passages import width
from models.text.retrieval.terms import terms
from models.text.words import language_of, words

SENTENCES_READ = 3
MOST_CANDIDATES = 40  # of one question; the encoder looks at the surroundings of each
AROUND = 60  # characters to each side of a candidate that the encoder sees, a hanzi counted as three
REACH = 30.0  # characters in which the weight of a word of the question falls to 1/e
NOUN_REACH = 2  # characters between a candidate and the noun that names what is asked for

STRENGTH = 1.0
NEAR = 1.0
MEANING = 0.6
SENTENCE = 0.5
NOUN = 0.5
TYPED = 0.5
REPEATS = 1.0  # what the question itself says is no answer to it
LENGTH = 0.15  # a little for each doubling of the length, so that "about five minutes" wins over "five minutes"
LEAST_MARGIN = 0.05  # between the best candidate and the best one elsewhere; below it the whole sentence is the answer


@dataclass(frozen=True)
class Short:
    """`sentences[sentence][start:end]`; `margin` is by how much it leads the next candidate that does not overlap it."""

    sentence: int
    start: int
    end: int
    margin: float


def find(
    question: str, asked: Expected, sentences: Sequence[str], scores: Sequence[float], vector: np.ndarray, name: str,
    context: Context,
) -> Short | None:  # fmt: skip
    """The best candidate in `sentences` (the best first, with their scores), sure or not; None where there is no candidate.

    `vector` is the question's by the encoder `name`.
    """
    found = [
        (place, start, end, strength)
        for place, sentence in enumerate(sentences[:SENTENCES_READ])
        for start, end, strength in candidates(sentence, asked, context)
    ]
    if not found:
        return None
    question_terms = set(terms(question))
    rated = [
        STRENGTH * strength
        + SENTENCE * (scores[place] - max(scores))
        + _near(sentences[place], start, end, question_terms, asked)
        - REPEATS * (sentences[place][start:end].casefold() in question.casefold())
        for place, start, end, strength in found
    ]
    kept = sorted(range(len(found)), key=lambda i: -rated[i])[:MOST_CANDIDATES]
    around = [_around(sentences[found[i][0]], found[i][1], found[i][2]) for i in kept]
    cosines = encoder.encode(around, name, context) @ vector
    spread = _spread(cosines)
    of_noun = _like_the_noun(asked, [sentences[found[i][0]][found[i][1] : found[i][2]] for i in kept], name, context)
    total = {
        i: rated[i] + MEANING * float(cosine) + TYPED * float(typed) for i, cosine, typed in zip(kept, spread, of_noun)
    }  # fmt: skip
    best, *rest = sorted(kept, key=lambda i: -total[i])
    rival = next((total[i] for i in rest if not _overlap(found[i], found[best])), -math.inf)
    place, start, end, _strength = found[best]
    return Short(place, start, end, total[best] - rival)


def _spread(values: np.ndarray) -> np.ndarray:
    return (values - values.min()) / max(float(np.ptp(values)), 0.01)


def _like_the_noun(asked: Expected, pieces: list[str], name: str, context: Context) -> np.ndarray:
    """0 to 1: how near each piece is to what the question calls the answer, "language" to "English and Chinese"."""
    if not asked.nouns or asked.kind != "thing":
        return np.zeros(len(pieces))
    vector = encoder.encode([asked.nouns[-1]], name, context, prefix="query")[0]
    return _spread(encoder.encode(pieces, name, context) @ vector)


def _near(sentence: str, start: int, end: int, asked: set[str], expected: Expected) -> float:
    """How well a candidate stands among the words of the question, and how little of it repeats them."""
    language = language_of(sentence)
    placed = [(found[0], a, b) for word, a, b in words(sentence, language) if (found := terms(word))]
    inside = [word for word, a, b in placed if start <= a and b <= end]
    outside: dict[str, float] = {}
    for word, a, b in placed:
        if word in asked and not (start <= a and b <= end):
            gap = width(sentence[b:start]) if b <= start else width(sentence[end:a])
            outside[word] = max(outside.get(word, 0.0), math.exp(-gap / REACH))
    near = sum(outside.values()) / max(len(asked), 1)
    own = sentence[start:end]
    says_more = not own.isascii() or any(c.isupper() or c.isdigit() for c in own[1:])  # "main protocols" only says it again
    allowed = expected.nouns if says_more else ()
    repeats = sum(word in asked and word not in allowed for word in inside) / max(len(inside), 1)
    repeats *= expected.kind not in CODE  # an address may well hold words of the question
    return (
        NEAR * near
        - REPEATS * repeats
        + NOUN * _noun(sentence, start, end, expected, says_more)
        + LENGTH * math.log2(1 + len(inside))
    )


def _noun(sentence: str, start: int, end: int, expected: Expected, says_more: bool) -> float:
    """Whether the noun that names what is asked for stands right before or behind: "the command `make run`"."""
    low = sentence.lower()
    before, behind = low[max(0, start - 24) : start].rstrip(" `\"“'"), low[end : end + 24].lstrip(" `\"”'")
    own = sentence[start:end]
    return float(any(
        before.endswith((noun, f"{noun}s")) or behind.startswith(noun) or (says_more and noun in own.lower())
        for noun in expected.nouns
    ))  # fmt: skip


def _around(sentence: str, start: int, end: int) -> str:
    low = start
    while low > 0 and width(sentence[low:start]) < AROUND:
        low -= 1
    high = end
    while high < len(sentence) and width(sentence[end:high]) < AROUND:
        high += 1
    while 0 < low < start and sentence[low - 1].isalnum() and sentence[low - 1].isascii() and sentence[low].isalnum():
        low += 1
    return sentence[low:high].strip()


def _overlap(one: tuple[int, int, int, float], other: tuple[int, int, int, float]) -> bool:
    return one[0] == other[0] and one[1] < other[2] and other[1] < one[2]
