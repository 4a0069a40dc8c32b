"""Which mentions mean the same: conservative, because a wrong merge hides somebody and a missed one only shows them twice.

Merged are: the same letters (case, spaces, possessive and titles apart), and inside one document a family name with the one
full name that ends with it ("Smith" with "Alice Smith"). Two full names that a short one could mean leave it alone.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace

from models.text.recognition import Entity
from models.text.words import clean

NAMES = ("person", "place", "organisation", "work")
FEW = 3  # mentions below which no kind is the commonest
CLEAR = 0.5  # share of the mentions that the commonest kind must have

_TITLE = re.compile(
    r"^(?:(?:mr|mrs|ms|miss|dr|prof|professor|sir|lady|lord|president|captain|mayor|judge|senator)\.?\s+)+", re.IGNORECASE
)
_POSSESSIVE = re.compile(r"['’]s$")
_ARTICLE = re.compile(r"^the\s+", re.IGNORECASE)
_HAN_TITLE = re.compile("(?:先生|女士|小姐|教授|博士|老师|经理|主任)$")


@dataclass(frozen=True)
class Mention:
    """One entity in the document with the number `document`; `name` is what it is counted under."""

    document: int
    entity: Entity
    name: str

    @property
    def node(self) -> tuple[str, str]:
        return self.entity.kind, self.name


def merged(found: Sequence[Sequence[Entity]]) -> list[Mention]:
    """Every entity of every document with the name it goes under: the commonest way of writing it, titles apart.

    A name that the model gives several kinds gets the clearly commonest one.
    """
    keys: list[tuple[int, Entity, str]] = []
    for document, entities in enumerate(found):
        full = _full_names(entities)
        for entity in entities:
            key = _key(entity)
            if key in full and entity.kind in ("person", "organisation"):
                key, entity = full[key], replace(entity, kind="person")
            keys.append((document, entity, key))
    kinds = _clear_kinds(keys)
    keys = [
        (document, replace(entity, kind=kinds[key]) if key in kinds and entity.kind in NAMES else entity, key)
        for document, entity, key in keys
    ]
    forms: defaultdict[tuple[str, str], Counter[str]] = defaultdict(Counter)
    for _, entity, key in keys:
        form = plain(entity)
        forms[entity.kind, key][form] += 1 if form.casefold() == key else 0
    return [Mention(document, entity, _usual(forms[entity.kind, key])) for document, entity, key in keys]


def _usual(forms: Counter[str]) -> str:
    """The commonest form; of equally common ones not the one in capitals."""
    return min(forms.items(), key=lambda pair: (-pair[1], pair[0].isupper(), pair[0]))[0]


def _clear_kinds(keys: Sequence[tuple[int, Entity, str]]) -> dict[str, str]:
    """The kind of each name that most of at least three mentions have."""
    counted: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for _, entity, key in keys:
        if entity.kind in NAMES:
            counted[key][entity.kind] += 1
    best = {key: kinds.most_common(1)[0] for key, kinds in counted.items() if len(kinds) > 1 and kinds.total() >= FEW}
    return {key: kind for key, (kind, count) in best.items() if count >= CLEAR * counted[key].total()}


def plain(entity: Entity) -> str:
    """The mention without title, possessive and article; never empty."""
    text = _POSSESSIVE.sub("", clean(entity.text))
    if entity.kind == "person":
        text = _HAN_TITLE.sub("", _TITLE.sub("", text)) or text
    elif entity.kind in ("organisation", "place"):
        text = _ARTICLE.sub("", text) or text
    return text or entity.text


def _key(entity: Entity) -> str:
    return plain(entity).casefold()


def _full_names(entities: Sequence[Entity]) -> dict[str, str]:
    """Family name → the only full name of a person in this document that ends with it."""
    people = {_key(entity) for entity in entities if entity.kind == "person"}
    candidates: defaultdict[str, set[str]] = defaultdict(set)
    for name in people:
        parts = name.split()
        if len(parts) > 1:
            candidates[parts[-1]].add(name)
    return {short: next(iter(names)) for short, names in candidates.items() if len(names) == 1}
