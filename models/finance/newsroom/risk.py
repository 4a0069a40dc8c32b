"""How risky a headline sounds: a word list of our own with directions and negations, a model taught by a few headlines, or the
models of reviews, and which of them answered.

The words follow the idea of Loughran and McDonald (2011, "When Is a Liability Not a Liability?"): lists made for finance, since
words
such as "liability" or "share" mean something else in reviews. Lists and strengths are our own.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Literal

import numpy as np

from core.contracts import Context, Message
from core.language import N_
from models.text.opinions.polarity import Choosing, judge
from models.text.words import has_words

Judge = Literal["both", "words", "taught", "reviews"]
NEGATIVE, NEUTRAL, POSITIVE = N_("negative"), N_("neutral"), N_("positive")
KINDS = {"default": N_("default"), "fraud": N_("fraud"), "law": N_("law"), "trade": N_("business"), "mishap": N_("mishap")}
WORDS, TAUGHT, REVIEWS, NOBODY = N_("word list"), N_("model taught by headlines"), N_("model of reviews"), N_("nobody")
NAMES = {WORDS: "panorama-words", TAUGHT: "e5-small + logistic regression", REVIEWS: "sentiment"}  # on the card
SURE = 0.9  # of the model of reviews, from which a headline is not neutral
DIRECTION = 0.6  # strength of a rise or fall
BEFORE_EN, BEFORE_ZH = 3, 4  # words (characters) before a word in which a negation turns it


@dataclass(frozen=True)
class Verdict:
    """`score` lies in -1 (risk) to 1; `risk` is how much of it is risk, 0 to 1; `kind` is one of `KINDS`, "" for none."""

    score: float
    label: str
    by: str
    kind: str = ""
    found: tuple[str, ...] = ()

    @property
    def risk(self) -> float:
        return max(0.0, -self.score)


@dataclass(frozen=True)
class _Lists:
    """Compiled lists of one language: (sign × strength, kind, expression) of words, and expressions of the rest."""

    words: tuple[tuple[float, str, re.Pattern[str]], ...]
    up: re.Pattern[str]
    down: re.Pattern[str]
    bad: re.Pattern[str]
    good: re.Pattern[str]
    negation: re.Pattern[str]


@cache
def _lists(language: str) -> _Lists:
    kept: dict[str, Any] = tomllib.loads((Path(__file__).parent / "words.toml").read_text("utf-8"))
    words = []
    for side, sign in (("bad", -1.0), ("good", 1.0)):
        for kind, one in kept[side].items():
            words.append((sign * one["strength"], kind if sign < 0 else "", _pattern(one[language], language)))
    rest = {name: _pattern(kept["direction"][f"{name}_{language}"], language) for name in ("up", "down", "bad", "good")}
    return _Lists(tuple(words), negation=_pattern(kept["negation"][language], language), **rest)


def _pattern(listed: str, language: str) -> re.Pattern[str]:
    """Any word of a list. In English, phrases stand between semicolons, and * inside one is up to four words."""
    if language == "zh":
        return re.compile("|".join(re.escape(word) for word in sorted(listed.split(), key=len, reverse=True)))
    parts = [part.strip() for part in listed.split(";")]
    phrases = [part for part in parts[1:] if " " in part and len(part.split()) <= 4]
    single = [word for part in parts if part not in phrases for word in part.split()]
    written = [r"\s+".join(_word(w) if w != "*" else r"(?:\S+\s+){0,4}?\S*" for w in phrase.split()) for phrase in phrases]
    written += [_word(word) for word in sorted(single, key=len, reverse=True)]
    return re.compile(rf"(?<![\w-])(?:{'|'.join(written)})(?![\w-])", re.IGNORECASE)


def _word(word: str) -> str:
    return re.escape(word[:-1]) + r"[\w-]*" if word.endswith("*") else re.escape(word)


def by_words(text: str, language: str) -> Verdict | None:
    """What the word list says of a headline; None where it knows none of its words."""
    lists = _lists("zh" if language == "zh" else "en")
    total, heaviest, kind, found = 0.0, 0.0, "", []
    for weight, name, pattern in lists.words:
        for match in pattern.finditer(text):
            value = -weight if _negated(text, match.start(), lists, language) else weight
            found.append(match.group())
            total += value
            if value < 0 and -value > heaviest:
                heaviest, kind = -value, name
    for pattern, sign in ((lists.up, 1.0), (lists.down, -1.0)):
        for match in pattern.finditer(text):
            is_bad = lists.bad.search(text) is not None and lists.good.search(text) is None
            found.append(match.group())
            total += sign * DIRECTION * (-1 if is_bad else 1)
    if not found:
        return None
    score = float(np.clip(total, -1, 1))
    label = NEGATIVE if score < -0.05 else POSITIVE if score > 0.05 else NEUTRAL
    return Verdict(score, label, WORDS, kind or ("trade" if label == NEGATIVE else ""), tuple(dict.fromkeys(found)))


def _negated(text: str, start: int, lists: _Lists, language: str) -> bool:
    if language == "zh":
        return lists.negation.search(text[max(0, start - BEFORE_ZH) : start]) is not None
    before = " ".join(text[:start].split()[-BEFORE_EN:])
    return lists.negation.search(before) is not None


def verdicts(
    texts: Sequence[str], languages: Sequence[str], who: Judge, accurate_limit: int, context: Context
) -> tuple[list[Verdict], tuple[Message, ...]]:
    """One verdict a headline, and what had to be given up on the way.

    "both": the word list where it knows a word, else the model taught by headlines. Raises what `encode` and `judge` do.
    """
    from models.finance.newsroom import taught

    found: list[Verdict | None] = [by_words(text, of) if who in ("both", "words") else None for text, of in zip(texts, languages)]
    open_ = [k for k, one in enumerate(found) if one is None and has_words(texts[k])]
    fallbacks: tuple[Message, ...] = ()
    if who == "reviews" and open_:
        judged = judge([texts[k] for k in open_], [languages[k] for k in open_], Choosing("auto", accurate_limit), context)
        fallbacks = judged.fallbacks
        for k, p in zip(open_, judged.positive):
            found[k] = _of_reviews(float(p))
    elif who != "words" and open_:
        chances, classes = taught.chances([texts[k] for k in open_], context)
        for k, row in zip(open_, chances):
            found[k] = _of_taught(row, classes)
    return [one or Verdict(0.0, NEUTRAL, NOBODY) for one in found], fallbacks


def _of_reviews(p: float) -> Verdict:
    if np.isnan(p) or 1 - SURE < p < SURE:
        return Verdict(0.0, NEUTRAL, NOBODY if np.isnan(p) else REVIEWS)
    score = 2 * p - 1
    return Verdict(score, POSITIVE if score > 0 else NEGATIVE, REVIEWS, "trade" if score < 0 else "")


def _of_taught(row: np.ndarray, classes: tuple[str, ...]) -> Verdict:
    label = classes[int(row.argmax())]
    score = float(row[classes.index(POSITIVE)] - row[classes.index(NEGATIVE)]) if label != NEUTRAL else 0.0
    return Verdict(score, label, TAUGHT, "trade" if label == NEGATIVE else "")
