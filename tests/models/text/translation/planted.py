"""Pairs with a knowable answer: numbers to write backwards, and words of a made-up language of which each has one translation."""

from __future__ import annotations

import numpy as np

from core.contracts import Table
from models.text.translation.training import Pairs

FIRST, SIZE = 4, 16  # pieces 0 to 3 are padding, unknown, start and end
WORDS = {
    "red": "rot", "small": "klein", "house": "haus", "tree": "baum", "see": "sehe", "the": "das", "old": "alt", "river": "fluss",
    "green": "gruen", "garden": "garten", "stone": "stein", "bird": "vogel", "sings": "singt", "under": "unter",
    "bridge": "bruecke",
}  # fmt: skip


def sequences(rows: int, seed: int = 0, backwards: bool = True) -> Pairs:
    """Sources of three to six pieces; the target is the source, backwards or as it is."""
    generator = np.random.default_rng(seed)
    sources = [generator.integers(FIRST, SIZE, generator.integers(3, 7)).tolist() for _ in range(rows)]
    return Pairs([[source] for source in sources], [[source[::-1] if backwards else source] for source in sources])


def table(rows: int = 120, seed: int = 0) -> Table:
    """Sentences of the made-up language: every word has one translation, in the same order."""
    import pandas as pd

    generator = np.random.default_rng(seed)
    chosen = [generator.choice(list(WORDS), generator.integers(3, 7)).tolist() for _ in range(rows)]
    frame = pd.DataFrame({
        "english": [" ".join(words) + "." for words in chosen],
        "translation": [" ".join(WORDS[word] for word in words) + "." for words in chosen],
    })  # fmt: skip
    return Table(frame, "planted", "1" * 64)
