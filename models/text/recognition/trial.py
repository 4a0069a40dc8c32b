"""A planted test of the entities: sentences made from templates that are filled with names, so that every span is known.

It is synthetic and says so: no labelled test set of entities comes with a package that reaches us. Templates and names were
written for this test; what it showed mended two rules (daily times and durations are no dates). Whether the models saw
single names in their training cannot be known. By the seed, chance decides which name stands in which template; sentences
without any name count against false alarms.
"""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np

from core import weights
from core.contracts import Context, Evidence
from core.language import N_
from core.lifecycle import bootstrap
from models.text.recognition import find_all
from models.text.recognition.planted import CHINESE, ENGLISH, Lists
from models.text.words import parts_of_speech, words

SENTENCES = 300
SEED = 20260
_SLOT = re.compile(r"\{(\w+)\}")
_CAPITALISED = re.compile(r"\b[A-Z][\w'-]*(?: (?:of )?[A-Z][\w'-]*)*")

Truth = set[tuple[int, int, str]]


class Planted(NamedTuple):
    text: str
    truth: Truth


class Scores(NamedTuple):
    """Shares of 1 over all spans; `interval` is the bootstrap's over sentences, of F1."""

    precision: float
    recall: float
    f1: float
    interval: tuple[float, float]


def sentences(lists: Lists, count: int = SENTENCES, seed: int = SEED) -> list[Planted]:
    """`count` filled templates, the same for the same seed."""
    dice = random.Random(seed)  # noqa: S311 - no secret
    return [_filled(dice.choice(lists.templates), lists, dice) for _ in range(count)]


def _filled(template: str, lists: Lists, dice: random.Random) -> Planted:
    text, truth, end = "", set(), 0
    for slot in _SLOT.finditer(template):
        kind = slot[1]
        if kind == "person":
            name = dice.choice(lists.given) + lists.between + dice.choice(lists.family)
            name = name if lists.between else dice.choice(lists.family) + dice.choice(lists.given)
        else:
            name = dice.choice(lists.names[kind])
        text += template[end : slot.start()]
        truth.add((len(text), len(text) + len(name), kind))
        text, end = text + name, slot.end()
    return Planted(text + template[end:], truth)


def scores(truth: Sequence[Truth], found: Sequence[Truth]) -> Scores:
    """Exact spans with the right kind count as right."""
    right = np.array([len(a & b) for a, b in zip(truth, found, strict=True)], float)
    planted = np.array([len(a) for a in truth], float)
    given = np.array([len(b) for b in found], float)

    def f1(drawn: np.ndarray) -> dict[str, np.ndarray]:
        return {"f1": 2 * (right @ drawn) / np.maximum(planted @ drawn + given @ drawn, 1)}

    whole = float(f1(np.ones((len(right), 1)))["f1"][0])
    interval = bootstrap.intervals(f1, len(right))["f1"]
    return Scores(float(right.sum() / max(given.sum(), 1)), float(right.sum() / max(planted.sum(), 1)), whole, interval)


def measured(lists: Lists, find: Callable[[Sequence[str]], list[Truth]]) -> Scores:
    """The scores of `find` on the planted sentences of `lists`."""
    planted = sentences(lists)
    return scores([item.truth for item in planted], find([item.text for item in planted]))


def ours(texts: Sequence[str], context: Context | None = None) -> list[Truth]:
    return [{(e.start, e.end, e.kind) for e in entities} for entities in find_all(texts, context)]


def capitalised(texts: Sequence[str]) -> list[Truth]:
    """The baseline of English: runs of capitalised words are people, a lone first word aside."""
    return [{(m.start(), m.end(), "person") for m in _CAPITALISED.finditer(t) if m.start() or " " in m[0]} for t in texts]


def dictionary(texts: Sequence[str]) -> list[Truth]:
    """The baseline of Chinese: words that jieba's dictionary lists as names of people, places or organisations."""
    kinds = {"nr": "person", "ns": "place", "nt": "organisation"}
    found = []
    for text in texts:
        cut = words(text, "zh")
        tags = parts_of_speech(word for word, _, _ in cut)
        found.append({(start, end, kinds[tags[word]]) for word, start, end in cut if tags.get(word) in kinds})
    return found


def english(context: Context) -> Evidence:
    """The bar of English."""
    return _evidence(ENGLISH, capitalised, N_("capitalised words are people"), "en-core-web-sm", context)


def chinese(context: Context) -> Evidence:
    """The bar of Chinese."""
    return _evidence(CHINESE, dictionary, N_("names in jieba's dictionary"), "lac-zh", context)


def _evidence(
    lists: Lists, baseline: Callable[[Sequence[str]], list[Truth]], baseline_name: str, name: str, context: Context
) -> Evidence:
    score, trivial = measured(lists, lambda texts: ours(texts, context)), measured(lists, baseline)
    return Evidence(
        metric=N_("F1 of exact spans, planted names"), score=score.f1, interval=score.interval, baseline=trivial.f1,
        baseline_name=baseline_name, data=f"planted, seed {SEED}", rows=SENTENCES, answered_by=weights.entry(name).title,
        license=weights.entry(name).licence,
        caveats=(N_("Synthetic: sentences from templates with invented names. Real texts are harder."),),
    )  # fmt: skip
