"""What happens to a text before it is sorted, step by step: cleaning, words, the units that the method reads, the vector."""

from __future__ import annotations

from core.contracts import InputError, Message, Ranking, Records, Report, Section
from core.language import N_
from models.text.classifiers.base import Classifier
from models.text.words import STOP_WORDS, clean, language_of, words

MOST_ROWS = 200
MOST_BARS = 20


def steps(text: str, model: Classifier) -> Report:
    """The way of one text through `model` as tables and bars; raises `InputError` where there is nothing to show.

    Stop words are marked and not taken away: the methods here weigh them down by themselves.
    """
    import pandas as pd

    if not text.strip():
        raise InputError(N_("The text is empty. Type or choose one with words."))
    cleaned, language = clean(text), language_of(text)
    found = words(cleaned, language)[:MOST_ROWS]
    stop = STOP_WORDS.get(language, frozenset())
    named = pd.DataFrame(
        {N_("word"): [word for word, _, _ in found], N_("start"): [start for _, start, _ in found],
         N_("end"): [end for _, _, end in found], N_("stop word"): [word.lower() in stop for word, _, _ in found]}
    )  # fmt: skip
    changed = pd.DataFrame({N_("before"): [text], N_("after"): [cleaned]})
    tokens = model.tokens(text)[:MOST_ROWS]
    return Report(
        N_("Preparation, step by step"),
        Message(N_("Words: {count}; language: {language}; read by the method {method}."),
                {"count": len(found), "language": language, "method": model.method}),
        (
            Section(N_("Cleaned text"), Records(N_("Cleaned text"), changed)),
            Section(N_("Words and stop words"), Records(N_("Words and stop words"), named)),
            Section(N_("Units of the method"), Records(N_("Units of the method"), pd.DataFrame({N_("unit"): tokens}))),
            Section(N_("Vector"), _vector(text, model)),
        ),
    )  # fmt: skip


def _vector(text: str, model: Classifier) -> Ranking:
    kind, parts, dimension, length = model.vector(text)
    shown = parts[:MOST_BARS]
    return Ranking(
        kind, tuple(repr(name)[1:-1] if name.isspace() else name for name, _ in shown), tuple(value for _, value in shown),
        caption=Message(N_("The strongest of {dimension} dimensions; length of the vector: {length}."),
                        {"dimension": dimension, "length": f"{length:.3f}"}),
    )  # fmt: skip
