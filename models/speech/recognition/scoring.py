"""Word and character error rates against a known text, and where the two differ.

Texts are normalised first as in the Whisper paper (appendix C), with the authors' own code: case, punctuation, numbers in words
or figures and British or American spelling do not count as errors in English; elsewhere case and punctuation do not. Chinese,
Japanese and Thai are compared by characters, Chinese in simplified ones. Counting is jiwer's.
"""

from __future__ import annotations

import importlib.util
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np

from core.contracts import Spans
from core.contracts.audible import UNSPACED
from core.language import N_
from models.speech.recognition import script

WORDS, CHARACTERS = N_("word error rate"), N_("character error rate")
REPLACED, LEFT_OUT, ADDED = N_("replaced"), N_("left out"), N_("added")
RESAMPLES, SEED = 2_000, 0
BLOCK = 10  # words (or characters) that are drawn together where there is one text only: errors come in groups
ARROW = " → "


@dataclass(frozen=True)
class Score:
    """Errors of a text: `rate` is (replaced + left out + added) / length of the reference; it may be above 1."""

    metric: str
    rate: float
    interval: tuple[float, float]
    replaced: int
    left_out: int
    added: int
    length: int


def normalised(text: str, language: str) -> list[str]:
    """The words (or characters) that are compared."""
    if language in UNSPACED:
        text = script.converted(text, "simplified") if language in script.CHINESE else text
        return [character for character in _normaliser("basic")(text) if not character.isspace()]
    words = str(_normaliser("en" if language == "en" else "basic")(text)).split()
    return [word for word in words if any(character.isalnum() for character in word)]


def score(pairs: Sequence[tuple[str, str]], language: str, *, characters: bool | None = None) -> Score:
    """The error rate over pairs of (reference, heard), with a 95 % bootstrap interval.

    Pairs are drawn where there are five or more, else blocks of ten words. `characters` counts those also where words are the
    rule. Raises ValueError where no reference has a word.
    """
    import jiwer

    by_character = language in UNSPACED if characters is None else characters
    counts: list[tuple[int, int, int, int]] = []
    for reference, heard in pairs:
        expected, found = (_units(text, language, by_character) for text in (reference, heard))
        if not expected:
            continue
        done = jiwer.process_words(" ".join(expected), " ".join(found))
        counts += [_sum(done)] if len(pairs) >= 5 else _blocks(done, len(expected))
    if not counts:
        raise ValueError("there is not one word in the reference")
    table = np.array(counts, float)
    errors, lengths = table[:, :3].sum(1), table[:, 3]
    drawn = np.random.default_rng(SEED).integers(0, len(table), (RESAMPLES, len(table)))
    rates = errors[drawn].sum(1) / np.maximum(1, lengths[drawn].sum(1))
    low, high = np.percentile(rates, [2.5, 97.5])
    replaced, left_out, added = table[:, :3].sum(0).astype(int).tolist()
    metric = CHARACTERS if by_character else WORDS
    return Score(metric, float(errors.sum() / lengths.sum()), (float(low), float(high)), replaced, left_out, added,
                 int(lengths.sum()))  # fmt: skip


def alignment(reference: str, heard: str, language: str) -> Spans:
    """The heard text beside the reference: what is the same stands once, differences are marked with their kind."""
    import jiwer

    expected, found = (_units(text, language, language in UNSPACED) for text in (reference, heard))
    space = "" if language in UNSPACED else " "
    done = jiwer.process_words(" ".join(expected), " ".join(found) or " ")
    text, spans = "", []
    for chunk in done.alignments[0]:
        was = space.join(expected[chunk.ref_start_idx : chunk.ref_end_idx])
        now = space.join(found[chunk.hyp_start_idx : chunk.hyp_end_idx])
        kind, shown = {
            "equal": ("", now), "substitute": (REPLACED, was + ARROW + now), "delete": (LEFT_OUT, was), "insert": (ADDED, now),
        }[chunk.type]  # fmt: skip
        text += space if text else ""
        if kind:
            spans.append((len(text), len(text) + len(shown), kind))
        text += shown
    caption = N_("The reference as it was compared; replaced words read: reference → heard.")
    return Spans(N_("Differences from the reference"), text, tuple(spans), caption=caption)


def _units(text: str, language: str, by_character: bool) -> list[str]:
    words = normalised(text, language)
    return [character for word in words for character in word] if by_character else words


def _sum(done: Any) -> tuple[int, int, int, int]:
    length = done.hits + done.substitutions + done.deletions
    return done.substitutions, done.deletions, done.insertions, length


def _blocks(done: Any, length: int) -> list[tuple[int, int, int, int]]:
    """The same for each `BLOCK` words of the reference; what was added counts where it stands."""
    table = np.zeros((-(-length // BLOCK), 4), int)
    table[:, 3] = BLOCK
    table[-1, 3] = length - BLOCK * (len(table) - 1)
    for chunk in done.alignments[0]:
        column = {"substitute": 0, "delete": 1, "insert": 2}.get(chunk.type)
        if column == 2:
            table[min(chunk.ref_start_idx, length - 1) // BLOCK, 2] += chunk.hyp_end_idx - chunk.hyp_start_idx
        elif column is not None:
            for place in range(chunk.ref_start_idx, chunk.ref_end_idx):
                table[place // BLOCK, column] += 1
    return [(int(a), int(b), int(c), int(d)) for a, b, c, d in table]


@lru_cache(maxsize=2)
def _normaliser(kind: str) -> Any:
    """The authors' code without the rest of their package, which would import PyTorch: seconds, for counting words."""
    whole = importlib.util.find_spec("whisper")
    assert whole is not None and whole.origin is not None
    folder = Path(whole.origin).parent / "normalizers"
    spec = importlib.util.spec_from_file_location("whisper_normalizers", folder / "__init__.py",
                                                  submodule_search_locations=[str(folder)])  # fmt: skip
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules.setdefault(spec.name, module)  # its files import each other
    spec.loader.exec_module(module)
    return module.EnglishTextNormalizer() if kind == "en" else module.BasicTextNormalizer()
