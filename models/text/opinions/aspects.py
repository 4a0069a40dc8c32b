"""What comments speak of, and how they speak of it.

An aspect is a handful of words. Some are known beforehand (price, quality, delivery…: `word_lists/aspects.toml`); others are
found in the comments: words that stand where nouns stand. A found word joins a known aspect when the two keep company in
clauses far more than chance (normalised pointwise mutual information, Bouma 2009), else it stands for itself. The polarity of an
aspect in a comment is the model's answer on the clauses that name it. No parser and no trained aspect model is behind this.
"""

from __future__ import annotations

import tomllib
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

import numpy as np

from core.contracts import Message, Ranking, Records
from core.language import N_
from models.text.opinions.drivers import Reading
from models.text.opinions.polarity import Verdict
from models.text.opinions.trend import by_share
from models.text.words import STOP_WORDS, WORD_LISTS, Span, clauses, listed, parts_of_speech

if TYPE_CHECKING:
    import pandas as pd

CLAUSES_AT_MOST = 20_000  # that the model judges
_SHOWN = 15
_WORDS_SHOWN = 6
_FOUND_AT_MOST = 40  # words that are found beside the known ones
_COMPANY = 0.3  # normalised pointwise mutual information from which a found word joins an aspect
_NOUN_SHARE = 0.3  # of an English word's places that must be a noun's
_NOUN_TAGS = ("n", "nz", "vn", "nr", "ns", "nt")
_DETERMINERS = frozenset("the this that these those my your its their our his her no".split())  # noqa: SIM905


@dataclass(frozen=True)
class Clause:
    comment: int  # place in the reading
    text: str
    language: str
    words: tuple[str, ...]  # lower case
    nouns: tuple[str, ...]  # those that stand where an English noun stands; for Chinese the dictionary knows


@dataclass(frozen=True, eq=False)
class Aspects:
    ranking: Ranking
    table: Records


def aspects(reading: Reading, judge: Callable[[list[str], list[str]], Verdict], band: float, min_count: int) -> Aspects | None:
    """Aspects by how often and how positively they are named; None where none is named in `min_count` clear comments.

    `judge(texts, languages)` answers for clauses; probabilities within `band` of ½ are unclear and left out.
    """
    parts = [clause for i in range(len(reading)) for clause in _clauses_of(reading, i)]
    aspect_of = _aspect_of_word(parts, min_count)
    named = [(clause, {aspect_of[word] for word in clause.words if word in aspect_of}) for clause in parts]
    named = [(clause, found) for clause, found in named if found]
    if not named:
        return None
    named = named[:: -(-len(named) // CLAUSES_AT_MOST)]
    verdict = judge([clause.text for clause, _ in named], [clause.language for clause, _ in named])
    table = _by_aspect(named, verdict.positive, band, min_count)
    if table.empty:
        return None
    counted = Counter(word for clause in parts for word in clause.words if word in aspect_of)
    table["words"] = [_commonest(aspect, aspect_of, counted) for aspect in table["aspect"]]
    return Aspects(_ranking(table, reading, min_count, ", ".join(verdict.answered)), _records(table))


def _clauses_of(reading: Reading, i: int) -> list[Clause]:
    """The clauses of comment i with the words that were read in it."""
    text, spans, language = reading.texts[i], reading.spans[i], reading.languages[i]
    found, at = [], 0
    for clause, start, end in clauses(text):
        while at < len(spans) and spans[at][1] < start:
            at += 1
        first = at
        while at < len(spans) and spans[at][1] < end:
            at += 1
        inside = spans[first:at]
        lowered = tuple(word.lower() for word, _, _ in inside)
        nouns = lowered if language == "zh" else _noun_places(inside, lowered, text)
        found.append(Clause(i, clause, language, lowered, nouns))
    return found


def _noun_places(spans: Sequence[Span], lowered: tuple[str, ...], text: str) -> tuple[str, ...]:
    """English words that end a group begun by a determiner at most two words before: the [taste] is, my old [phone] broke."""
    stop = STOP_WORDS["en"]
    nouns = []
    for k, word in enumerate(lowered):
        ends = k + 1 == len(lowered) or lowered[k + 1] in stop or text[spans[k][2] : spans[k + 1][1]] != " "
        if ends and word not in stop and any(before in _DETERMINERS for before in lowered[max(0, k - 2) : k]):
            nouns.append(word)
    return tuple(nouns)


def _aspect_of_word(parts: list[Clause], min_count: int) -> dict[str, str]:
    """Which aspect each word names. A known aspect is called in the language of most clauses, a found one by its word."""
    comments_with = Counter(word for found in _words_by_comment(parts) for word in found)
    language = _main_language(parts)
    aspect_of = {word: names[language] for word, names in known_aspects().items() if comments_with[word]}
    generic = listed("generic_nouns")
    found = [word for word in _nouns(parts) - generic if word not in aspect_of and comments_with[word] >= min_count]
    found = sorted(found, key=lambda w: (-comments_with[w], w))[:_FOUND_AT_MOST]
    return aspect_of | _company(parts, aspect_of, found)


def _words_by_comment(parts: list[Clause]) -> list[set[str]]:
    by_comment: dict[int, set[str]] = {}
    for clause in parts:
        by_comment.setdefault(clause.comment, set()).update(clause.words)
    return list(by_comment.values())


def _nouns(parts: list[Clause]) -> set[str]:
    """Words of two letters or more that are nouns: by the dictionary in Chinese, by their places in English."""
    chinese = {word for clause in parts if clause.language == "zh" for word in clause.nouns if len(word) > 1}
    tags = parts_of_speech(chinese - STOP_WORDS["zh"]) if chinese else {}
    rest = [clause for clause in parts if clause.language != "zh"]
    places = Counter(word for clause in rest for word in clause.words)
    noun_places = Counter(word for clause in rest for word in clause.nouns)
    english = {word for word, n in noun_places.items() if n >= _NOUN_SHARE * places[word] and len(word) > 2 and word.isalpha()}
    return english | {word for word, tag in tags.items() if tag in _NOUN_TAGS and word.isalpha() and not word.isascii()}


def _company(parts: list[Clause], aspect_of: dict[str, str], found: list[str]) -> dict[str, str]:
    """For each found word the known aspect with which it keeps most company, or itself."""
    wanted = set(found)
    single: Counter[str] = Counter()
    joint: Counter[tuple[str, str]] = Counter()
    for clause in parts:
        here = set(clause.words)
        known = {f"aspect {aspect_of[word]}" for word in here if word in aspect_of}
        mine = here & wanted
        single.update(known | mine)
        joint.update((word, aspect) for word in mine for aspect in known)
    chosen = {}
    for word in found:
        near = {
            aspect: _npmi(n, single[word], single[aspect], len(parts)) for (w, aspect), n in joint.items() if w == word and n > 2
        }
        best = max(near, key=lambda aspect: near[aspect], default="")
        chosen[word] = best.removeprefix("aspect ") if best and near[best] >= _COMPANY else word
    return chosen


def _npmi(both: int, first: int, second: int, of: int) -> float:
    """Normalised pointwise mutual information, from -1 (never together) over 0 (chance) to 1 (always)."""
    if both == of:
        return 0.0
    return float(np.log(both * of / (first * second)) / -np.log(both / of))


def _by_aspect(named: list[tuple[Clause, set[str]]], probabilities: np.ndarray, band: float, min_count: int) -> pd.DataFrame:
    """One row an aspect: comments that name it, how many speak well or ill of it, and one clause of either kind."""
    import pandas as pd

    rows = [
        (aspect, clause.comment, float(p), clause.text)
        for (clause, found), p in zip(named, probabilities, strict=True)
        for aspect in found
        if not np.isnan(p)
    ]
    frame = pd.DataFrame(rows, columns=["aspect", "comment", "probability", "clause"])
    by_comment = frame.groupby(["aspect", "comment"], as_index=False)["probability"].mean()
    by_comment["positive"] = by_comment["probability"] > 0.5 + band
    by_comment["negative"] = by_comment["probability"] < 0.5 - band
    table = by_comment.groupby("aspect", as_index=False).agg(
        comments=("comment", "size"), positive=("positive", "sum"), negative=("negative", "sum")
    )
    table = table[table["positive"] + table["negative"] >= min_count].nlargest(_SHOWN, "comments")
    ordered = frame.sort_values("probability", kind="stable").groupby("aspect")["clause"]
    best, worst = ordered.last(), ordered.first()
    table["said well"] = [best[aspect] for aspect in table["aspect"]]
    table["said ill"] = [worst[aspect] for aspect in table["aspect"]]
    return table.reset_index(drop=True)


def _commonest(aspect: str, aspect_of: dict[str, str], counted: Counter[str]) -> str:
    """The words that name the aspect most often."""
    own = [(-n, word) for word, n in counted.items() if aspect_of[word] == aspect]
    return ", ".join(word for _, word in sorted(own)[:_WORDS_SHOWN])


def _ranking(table: pd.DataFrame, reading: Reading, min_count: int, answered: str) -> Ranking:
    caption = Message(
        N_(
            "An aspect is known words (price, quality, delivery…) or a noun found in the comments, joined to a known aspect "
            "when they often share a clause. Each comment counts once an aspect, by the clauses that name it; aspects in at "
            "least {count} clear comments; 95 % Wilson intervals. Judged by {answered}. A clause is shorter than what the "
            "model learned from, so single answers are less sure than those on whole comments. {note}"
        ),
        {"count": min_count, "note": reading.note, "answered": answered},
    )
    counts = [(row.aspect, row.positive, row.positive + row.negative) for row in table.itertuples()]
    return by_share(N_("Aspects by share of positive mentions"), counts, caption)


def _records(table: pd.DataFrame) -> Records:
    return Records(
        title=N_("What is said of each aspect"),
        frame=table[["aspect", "words", "comments", "positive", "negative", "said well", "said ill"]],
        caption=N_(
            "Words that name it, comments that speak well or ill of it, and the clause that the model finds clearest of either."
        ),
    )


@cache
def known_aspects() -> dict[str, dict[str, str]]:
    """The known words and, by language, what the aspect that each names is called."""
    lists = tomllib.loads((WORD_LISTS / "aspects.toml").read_text("utf-8"))
    return {
        word: {name: words.split()[0] for name, words in entry.items()}
        for entry in lists.values()
        for words in entry.values()
        for word in words.split()
    }


def _main_language(parts: list[Clause]) -> str:
    return "zh" if 2 * sum(clause.language == "zh" for clause in parts) > len(parts) else "en"
