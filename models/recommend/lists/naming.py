"""Items that somebody names in words: `Toy Story; Heat (1995)`."""

from __future__ import annotations

import difflib
import re
from collections.abc import Sequence

import numpy as np

from core.contracts import InputError
from core.language import N_

MOST_NAMED = 50
SUGGESTIONS = 3
_YEAR = re.compile(r"\s*\((?:19|20)\d\d\)$")


def named_items(text: str, ids: Sequence[object], titles: Sequence[str], counts: np.ndarray) -> np.ndarray:
    """Places of the items that `text` names, parted by semicolons or line breaks, in its order, each once.

    A name is an item's id, its title, or a part of its title; of several that have it, the one rated most (`counts`) is meant.
    A year in brackets behind the name is not needed. Raises InputError for a name that no item has.
    """
    names = [name.strip() for name in re.split(r"[;；\n]", text) if name.strip()][:MOST_NAMED]
    by_id = {str(item).casefold(): place for place, item in enumerate(ids)}
    lowered = [title.casefold() for title in titles]
    found = [_place(name.casefold(), name, by_id, lowered, titles, counts) for name in names]
    return np.array(list(dict.fromkeys(found)), np.int64)


def _place(
    name: str, written: str, by_id: dict[str, int], lowered: list[str], titles: Sequence[str], counts: np.ndarray
) -> int:  # fmt: skip
    if name in by_id:
        return by_id[name]
    for wanted in dict.fromkeys((name, _YEAR.sub("", name))):
        whole = [place for place, title in enumerate(lowered) if wanted == title]
        having = whole or [place for place, title in enumerate(lowered) if wanted in title]
        if having:
            return max(having, key=lambda place: counts[place])
    near = difflib.get_close_matches(name, lowered, SUGGESTIONS, 0.5)
    if near:
        choices = "; ".join(titles[lowered.index(title)] for title in near)
        raise InputError(N_("No item is called {name}. Similar ones: {choices}."), name=written, choices=choices)
    raise InputError(N_("No item is called {name}. Write a title as it stands in the table, or a part of one."), name=written)
