"""Guard: do rows say the same as others, on the other side of the split above all?"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from core.language import N_
from core.lifecycle.columns import HIDDEN_GROUP
from core.lifecycle.duplicates import look_alikes
from core.lifecycle.findings import SHOWN, Finding, Severity, fault, listed
from core.lifecycle.look import READING, Look
from core.lifecycle.span import Span

FEW = 0.005  # a share of test rows below which look-alikes hardly move the score: a note
RESAMPLED = 0.3  # share of a class that are copies, from which (with few copies elsewhere) it was resampled


def rows(look: Look) -> Iterator[Finding]:
    """Empty texts, contradictions, exact duplicates, resampling, near duplicates across the split."""
    yield from _empty(look)
    yield from _contradictions(look)
    yield from copies(look)
    yield from near(look)


def contradicting(look: Look) -> np.ndarray:
    """Mask of rows whose text stands elsewhere with another target."""
    numbers: dict[frozenset[str], int] = {}
    target = np.array([numbers.setdefault(frozenset(labels), len(numbers)) for labels in look.sets])
    known = look.filled & (look.strata >= 0)
    pairs = np.unique(np.stack([look.exact[known], target[known]], 1), axis=0)
    return known & (np.bincount(pairs[:, 0], minlength=look.exact.max(initial=0) + 1) > 1)[look.exact]


def surplus(look: Look) -> np.ndarray:
    """Mask of rows that repeat a kept one: same text, same target. Of a given split the test row is kept, else the first."""
    given = look.split is not None and look.split.kind == "given"
    order = np.argsort(~look.measured, kind="stable") if given else np.arange(len(look.frame))
    seen: set[tuple[int, frozenset[str]]] = set()
    repeated = np.zeros(len(order), bool)
    for row in order[look.filled[order]]:
        key = (int(look.exact[row]), frozenset(look.sets[row]))
        repeated[row] = key in seen
        seen.add(key)
    return repeated


def _empty(look: Look) -> Iterator[Finding]:
    empty = np.flatnonzero(~look.filled)
    if look.roles.files:
        yield from _unopened(look, empty)
        return
    if len(empty) == len(look.frame):
        sentence = N_("The text column {column} is empty in every row: choose another text column.")
        yield fault("empty_text", "stop", sentence, len(empty), column=", ".join(look.roles.texts))
    elif len(empty):
        sentence = N_("Empty texts, whose class can only be guessed: {rows}; the mend leaves them out.")
        yield fault("empty_text", "warn", sentence, empty, look.names, mend="drop_empty_text")


def _unopened(look: Look, broken: np.ndarray) -> Iterator[Finding]:
    if look.roles.sounds:
        yield from _unheard(look, broken)
    elif len(broken) == len(look.frame):
        sentence = N_("None of the pictures of the column {column} can be opened: upload the archive again, or choose another "
                      "picture column.")  # fmt: skip
        yield fault("broken_picture", "stop", sentence, len(broken), column=look.roles.pictures)
    elif len(broken):
        sentence = N_("{rows} pictures cannot be opened, so nothing can be learnt from them; the mend leaves them out.")
        yield fault("broken_picture", "stop", sentence, broken, look.texts, mend="drop_broken_pictures")


def _unheard(look: Look, broken: np.ndarray) -> Iterator[Finding]:
    if len(broken) == len(look.frame):
        sentence = N_("None of the recordings of the column {column} can be opened or heard: upload the archive again, or choose "
                      "another column.")  # fmt: skip
        yield fault("broken_sound", "stop", sentence, len(broken), column=look.roles.sounds)
    elif len(broken):
        sentence = N_("{rows} recordings are silent or cannot be opened, so nothing can be learnt from them; the mend leaves "
                      "them out.")  # fmt: skip
        yield fault("broken_sound", "stop", sentence, broken, look.texts, mend="drop_broken_sounds")


def _contradictions(look: Look) -> Iterator[Finding]:
    against = np.flatnonzero(contradicting(look))
    if len(against):
        sentence = N_("{rows} rows say the same but carry different targets, so no model can be right on all of them; "
                      "the mend leaves them out.")  # fmt: skip
        if look.roles.pictures:
            sentence = N_("{rows} pictures are the same as another one but carry different targets, so no model can be right on "
                          "all of them; the mend leaves them out.")  # fmt: skip
        if look.roles.sounds:
            sentence = N_("{rows} recordings are the same as another one but carry different targets, so no model can be right "
                          "on all of them; the mend leaves them out.")  # fmt: skip
        ordered = against[np.argsort(look.exact[against], kind="stable")]
        texts = {row: f"{look.names[row]}: {look.texts[row]}" for row in ordered[:SHOWN]}
        severity = _severity(len(against), len(look.frame))
        yield fault("contradictions", severity, sentence, ordered, texts, mend="drop_contradictions")


def copies(look: Look) -> Iterator[Finding]:
    """Rows that repeat another, and classes that were filled up with copies."""
    repeated = surplus(look)
    for name, found in _resampled(look, repeated):
        repeated[found] = False
        sentence = N_("Rows of the class {name} that are copies of others while other classes have few: {rows}. It was "
                      "resampled before the split, so the model would be measured on rows that it learnt; the mend "
                      "keeps one of each.")  # fmt: skip
        yield fault("resampled", "warn", sentence, found, look.texts, mend="drop_exact_duplicates", name=name)
    left = np.flatnonzero(repeated)
    if len(left):
        sentence = N_("Rows that repeat another (case, spaces and punctuation aside): {rows}; test rows that are also "
                      "learnt from, which flatters the score: {straddling}; the mend keeps one of each.")  # fmt: skip
        if look.roles.pictures:
            sentence = N_("Pictures that repeat another one pixel by pixel: {rows}; test pictures that are also learnt from, "
                          "which flatters the score: {straddling}; the mend keeps one of each.")  # fmt: skip
        if look.roles.sounds:
            sentence = N_("Recordings that repeat another one sample by sample: {rows}; test recordings that are also learnt "
                          "from, which flatters the score: {straddling}; the mend keeps one of each.")  # fmt: skip
        twice = np.isin(look.exact, look.exact[left]) & np.isin(look.exact, look.exact[look.learnt]) & look.measured
        straddling, mend = int(twice.sum()), "drop_exact_duplicates"
        severity = _severity(straddling, int(look.measured.sum()))
        yield fault("exact_duplicates", severity, sentence, left, look.texts, mend=mend, straddling=straddling)


def _resampled(look: Look, copies: np.ndarray) -> Iterator[tuple[str, np.ndarray]]:
    """Classes full of copies while those with more originals have few."""
    known = look.strata >= 0
    classes = int(look.strata.max(initial=-1)) + 1
    sizes = np.bincount(look.strata[known], minlength=classes)
    repeated = np.bincount(look.strata[known & copies], minlength=classes)
    shares, originals = repeated / np.maximum(sizes, 1), sizes - repeated
    for kind in range(classes):
        others = shares[originals > originals[kind]]
        if repeated[kind] >= 10 and shares[kind] >= RESAMPLED and len(others) and others.max() <= RESAMPLED / 3:
            found = np.flatnonzero(copies & (look.strata == kind))
            yield listed(look.sets[found[0]]), found


def near(look: Look) -> Iterator[Finding]:
    """Test rows that look like a row learnt from."""
    if not (look.roles.texts or look.roles.files) or look.split is None or HIDDEN_GROUP in look.frame.columns:
        return  # numbered by the mend already: the split keeps them apart
    groups = look_alikes(look.frame, look.roles, look.texts, look.exact, Span(look.context, READING, 1.0))
    learnt = look.learnt & look.filled
    # A row has a near duplicate among the learnt ones when its group has more of them than its own exact duplicates.
    alike = np.bincount(groups[learnt], minlength=groups.max() + 1)[groups]
    same = np.bincount(look.exact[learnt], minlength=look.exact.max() + 1)[look.exact]
    straddling = np.flatnonzero(look.measured & look.filled & (alike > same))
    if len(straddling):
        sentence = N_("Test rows with a near duplicate among the rows learnt from, which flatters the score: {rows}; "
                      "the mend keeps such rows on one side of the split.")  # fmt: skip
        if look.roles.pictures:
            sentence = N_("{rows} test pictures are scaled, recompressed or brightened copies of pictures learnt from, which "
                          "flatters the score; the mend keeps such pictures on one side of the split.")  # fmt: skip
        if look.roles.sounds:
            sentence = N_("{rows} test recordings are copies of recordings learnt from, louder, quieter or coded anew, which "
                          "flatters the score; the mend keeps such recordings on one side of the split.")  # fmt: skip
        severity = _severity(len(straddling), int(look.measured.sum()))
        yield fault("near_duplicates", severity, sentence, straddling, look.texts, mend="group_near_duplicates")


def _severity(concerned: int, of: int) -> Severity:
    return "warn" if concerned > FEW * of else "note"
