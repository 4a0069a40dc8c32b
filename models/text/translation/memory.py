"""A translation memory: the pair whose source means most nearly the same, by the sentence encoder's vectors.

It translates nothing: it shows what somebody wrote for a similar sentence, with how similar that is.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from core import samples
from core.contracts import Context, UserError
from core.lifecycle.span import Span
from models.text import encoder
from models.text.words import clean

SAMPLES = ("parallel_gnome", "parallel_django")
FOREIGN = ("zh", "de", "fr")  # languages that the samples have beside English
MOST_PAIRS = 20_000
LONGEST = 400  # characters of a pair that is worth remembering


@dataclass(frozen=True)
class Pair:
    """What is remembered: `source` with its `target`, and the cosine of `source` with what was asked."""

    source: str
    target: str
    similarity: float


def pairs(source: str, target: str) -> tuple[list[str], list[str]]:
    """The sources and targets that are known for this direction: those of the samples."""
    left: list[str] = []
    right: list[str] = []
    foreign = target if source == "en" else source if target == "en" else ""
    if foreign in FOREIGN:
        for name in SAMPLES:
            try:
                frame = samples.load(name).frame
            except UserError:
                continue  # a sample that is not on this machine is simply not remembered
            rows = frame[frame["language"].str.lower().str.startswith(foreign)]
            english, other = rows["source_en"].tolist(), rows["target"].tolist()
            left += english if source == "en" else other
            right += other if source == "en" else english
    kept = dict.fromkeys((clean(a), clean(b)) for a, b in zip(left, right) if len(a) <= LONGEST and a.strip() and b.strip())
    first = list(kept)[:MOST_PAIRS]
    return [a for a, _ in first], [b for _, b in first]


def nearest(
    texts: Sequence[str], known: tuple[list[str], list[str]], context: Context, count: int = 1, name: str = encoder.DEFAULT
) -> list[list[Pair]]:
    """The `count` most similar pairs for each text, the best first."""
    if not known[0] or not texts:
        return [[] for _ in texts]
    stored = encoder.encode(known[0], name, Span(context, 0.0, 0.8))
    asked = encoder.encode(list(texts), name, Span(context, 0.8, 1.0))
    found = []
    for vector in asked:
        context.check()
        likeness = stored @ vector
        best = np.argsort(-likeness, kind="stable")[:count]
        found.append([Pair(known[0][k], known[1][k], float(likeness[k])) for k in best])
    return found
