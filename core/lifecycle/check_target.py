"""Guard: is the target something that can be learnt and measured?"""

from __future__ import annotations

import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterator
from typing import Any

import numpy as np

from core.language import N_
from core.lifecycle.findings import Finding, fault, listed
from core.lifecycle.look import Look
from core.lifecycle.targets import class_names

MANY_CLASSES = 20  # from here on, a target with a class for every other row is no class
MANY_NUMBERS = 50


def target(look: Look) -> Iterator[Finding]:
    """Missing, single-class or implausible targets, spellings of one class, classes too small."""
    column = look.roles.target
    missing = np.flatnonzero([not labels for labels in look.sets])
    if len(missing) == len(look.frame):
        sentence = N_("The target column {column} is empty in every row, so there is nothing to learn: choose another target.")
        yield fault("target_missing", "stop", sentence, len(missing), column=column)
        return
    if len(missing):
        sentence = N_("The target column {column} is empty in {rows} rows, from which nothing can be learnt; "
                      "the mend leaves them out.")  # fmt: skip
        yield fault("target_missing", "stop", sentence, missing, look.texts, mend="drop_missing_target", column=column)
    counts = Counter(label for labels in look.sets for label in labels)
    if len(counts) < 2:
        sentence = N_("The target column {column} holds one class only ({name}), so there is nothing to tell apart: "
                      "choose another target or add rows of another class.")  # fmt: skip
        yield fault("one_class", "stop", sentence, len(look.frame), column=column, name=listed(counts))
        return
    yield from _implausible(look, counts)
    yield from _spelling(look)
    yield from _rare(look)
    yield from _unmatched(look)


def spellings(names: np.ndarray) -> dict[str, str]:
    """Spellings that differ from a commoner one only by case or spaces, and that commoner one."""
    alike: dict[str, Counter[str]] = defaultdict(Counter)
    for name in names:
        if name:
            alike[" ".join(unicodedata.normalize("NFKC", name).casefold().split())][name] += 1
    best = {key: min(found, key=lambda name: (-found[name], name)) for key, found in alike.items()}
    return {name: best[key] for key, found in alike.items() for name in found if name != best[key]}


def rare_classes(look: Look) -> dict[str, int]:
    """Classes with fewer than two rows in all or, if shown in training at all, fewer than two to learn from; with their rows."""
    counts = Counter(label for labels in look.sets for label in labels)
    learnt = Counter(counts)
    if look.split is not None:
        learnt = Counter(label for row in look.split.train for label in look.sets[row])
    return {label: rows for label, rows in sorted(counts.items()) if rows < 2 or learnt[label] == 1}


def _implausible(look: Look, counts: Counter[str]) -> Iterator[Finding]:
    rows = sum(counts.values())
    values: dict[str, Any] = {"column": look.roles.target, "classes": len(counts)}
    if len(counts) >= MANY_CLASSES and len(counts) > rows / 2:
        sentence = N_("The target column {column} has {classes} different values in {rows} rows: it looks like an id or free "
                      "text, not like classes; choose another target.")  # fmt: skip
        yield fault("target_like_id", "stop", sentence, rows, **values)
    elif len(counts) >= MANY_NUMBERS and all(_is_number(name) for name in counts):
        sentence = N_("The target column {column} has {classes} different numbers: it looks like a quantity to estimate, "
                      "not like classes; choose another target or put the numbers into a few classes.")  # fmt: skip
        yield fault("target_like_number", "warn", sentence, rows, **values)


def _spelling(look: Look) -> Iterator[Finding]:
    names = class_names(look.frame[look.roles.target], strip=False)
    merged = spellings(names)
    if merged:
        rows = np.flatnonzero([name in merged for name in names])
        pairs = listed((f"{name!r} = {best!r}" for name, best in sorted(merged.items())), 3)
        sentence = N_("Some classes differ only by case or spaces ({pairs}) and would be told apart as if they were different; "
                      "the mend gives {rows} rows the commoner spelling.")  # fmt: skip
        yield fault("class_spelling", "warn", sentence, rows, names, mend="merge_class_spelling", pairs=pairs)


def _rare(look: Look) -> Iterator[Finding]:
    rare = rare_classes(look)
    if rare:
        sentence = N_("{classes} classes have too few rows to be learnt and measured ({names}): two to learn from and one to "
                      "measure with are the least; the mend leaves these classes out.")  # fmt: skip
        rows = sum(rare.values())
        yield fault("rare_class", "stop", sentence, rows, mend="drop_rare_classes", classes=len(rare), names=listed(rare))


def _unmatched(look: Look) -> Iterator[Finding]:
    """Classes that stand on one side of the split only."""
    if look.split is None:
        return
    rare = set(rare_classes(look))
    learnt, measured = ({label for row in rows for label in look.sets[row]} for rows in (look.split.train, look.split.test))
    unseen = sorted(measured - learnt - rare)
    if unseen:
        sentence = N_("{classes} classes are measured but never learnt from ({names}), so their {rows} test rows are always "
                      "wrong: choose another split.")  # fmt: skip
        rows = [row for row in look.split.test if set(look.sets[row]) & set(unseen)]
        yield fault("unseen_class", "warn", sentence, rows, look.texts, classes=len(unseen), names=listed(unseen))
    unmeasured = sorted(learnt - measured - rare)
    if unmeasured:
        sentence = N_("{classes} classes have no test rows under this split ({names}), so nothing is known of how well they "
                      "are told.")  # fmt: skip
        rows = [row for row in look.split.train if set(look.sets[row]) & set(unmeasured)]
        yield fault("unmeasured_class", "note", sentence, rows, look.texts, classes=len(unmeasured), names=listed(unmeasured))


def _is_number(name: str) -> bool:
    try:
        float(name)
    except ValueError:
        return False
    return True
