"""Guard of a translation: a pair has no class, so only the checks of texts apply."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from core.language import N_
from core.lifecycle import check_rows
from core.lifecycle.findings import Finding, fault
from core.lifecycle.look import Look


def checks(look: Look) -> Iterator[Finding]:
    """Empty sources or targets, pairs that repeat or nearly repeat others, pairs that were never translated."""
    source, target = ", ".join(look.roles.texts), look.roles.target
    missing = np.flatnonzero([not labels for labels in look.sets])
    if len(missing) == len(look.frame) or not look.filled.any():
        column = target if len(missing) == len(look.frame) else source
        sentence = N_("The column {column} is empty in every row, so there is no pair to learn from: choose another column.")
        yield fault("target_missing", "stop", sentence, len(look.frame), column=column)
        return
    if len(missing):
        sentence = N_("{rows} pairs have no translation in the column {column}; the mend leaves them out.")
        yield fault("target_missing", "stop", sentence, missing, look.texts, mend="drop_missing_target", column=target)
    empty = np.flatnonzero(~look.filled)
    if len(empty):
        sentence = N_("{rows} pairs have an empty source; the mend leaves them out.")
        yield fault("empty_text", "warn", sentence, empty, look.names, mend="drop_empty_text")
    same = np.flatnonzero([
        name is not None and name.strip() == text.strip() and any(map(str.isalpha, name))
        for name, text in zip(look.names, look.texts)
    ])  # fmt: skip
    if len(same):
        sentence = N_("{rows} pairs have a translation that is the source itself: names, or rows that were never translated.")
        yield fault("untranslated", "note", sentence, same, look.texts)
    yield from check_rows.copies(look)
    yield from check_rows.near(look)
