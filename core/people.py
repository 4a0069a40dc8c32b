"""The people whom a workspace knows by their faces or voices: a file for each below `home(folder)`, with vectors only.

No picture and no recording is kept. Whoever is in it has agreed, and can be forgotten at any time: then the file is deleted.
"""

from __future__ import annotations

import json
import secrets
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import numpy as np

from core.contracts import InputError, LimitError
from core.home import home, read_json, write_json
from core.language import N_

FORM = 1
MOST_PEOPLE = 500
MOST_VECTORS = 50  # of one person
DIGITS = 6  # of a vector's numbers in the file


@dataclass(frozen=True, eq=False)
class Person:
    """One who is known: vectors float32 (n, dimensions), and the digests of the pictures or recordings they came from."""

    name: str
    embedder: str
    agreed: str  # when, ISO 8601
    vectors: np.ndarray
    pictures: tuple[str, ...]
    path: Path


def everybody(folder: str, embedder: str = "") -> list[Person]:
    """All who are known (to that embedder), by name. A file that cannot be read is passed over."""
    found = []
    for path in sorted(home(folder).glob("*.json")):
        try:
            told = read_json(path)
            if told["form"] != FORM or (embedder and told["embedder"] != embedder):
                continue
            vectors = np.array(told["vectors"], np.float32)
            found.append(Person(told["name"], told["embedder"], told["agreed"], vectors, tuple(told["pictures"]), path))
        except (OSError, ValueError, KeyError, TypeError, json.JSONDecodeError):
            continue
    return sorted(found, key=lambda person: person.name.casefold())


def clean(name: str) -> str:
    """A name as it is kept. Raises InputError for one without a letter."""
    kept = " ".join("".join(c if c.isprintable() else " " for c in name).split())
    if not any(c.isalnum() for c in kept):
        raise InputError(N_("Give the name of the person."))
    return kept


def remember(folder: str, name: str, embedder: str, given: list[tuple[str, np.ndarray]]) -> tuple[Person, int]:
    """Adds vectors, (digest of the picture or recording, vector) each, to a person, who is made where the name is new. A file
    counts once.

    Gives the person, and how many vectors are new. Raises LimitError where there are too many people or vectors.
    """
    known = everybody(folder)
    person = next((one for one in known if one.name.casefold() == name.casefold() and one.embedder == embedder), None)
    if person is None and len(known) >= MOST_PEOPLE:
        raise LimitError(N_("{limit} people are known already. Forget somebody first."), limit=MOST_PEOPLE)
    pictures = list(person.pictures) if person else []
    fresh = {digest: vector for digest, vector in given if digest not in pictures}
    if len(pictures) + len(fresh) > MOST_VECTORS:
        raise LimitError(N_("At most {limit} pictures or recordings of one person are kept. Give fewer."), limit=MOST_VECTORS)
    vectors = [*(person.vectors if person else ()), *fresh.values()]
    path = person.path if person else home(folder) / f"{secrets.token_hex(8)}.json"
    agreed = person.agreed if person else datetime.now(UTC).isoformat(timespec="seconds")
    rows = [[round(float(value), DIGITS) for value in vector] for vector in vectors]
    pictures += list(fresh)
    shown = person.name if person else name
    write_json(path, {"form": FORM, "name": shown, "embedder": embedder, "agreed": agreed, "pictures": pictures, "vectors": rows})
    path.chmod(0o600)
    return Person(shown, embedder, agreed, np.array(rows, np.float32), tuple(pictures), path), len(fresh)


def forget(folder: str, name: str) -> None:
    """Deletes all that is kept of the person of that name. Raises InputError where nobody is called so; it names who is known."""
    known = everybody(folder)
    gone = [person for person in known if person.name.casefold() == name.casefold()]
    if not gone:
        raise InputError(
            N_("Nobody called {name} is known. Known: {names}."), name=name,
            names=", ".join(person.name for person in known) or "–",
        )  # fmt: skip
    for person in gone:
        person.path.unlink(missing_ok=True)


def nearest(vector: np.ndarray, known: list[Person]) -> tuple[Person, float] | None:
    """Who is most like the vector, and how much: the highest cosine with one of those that are kept."""
    scored = [(float((person.vectors @ vector).max()), place) for place, person in enumerate(known)]
    if not scored:
        return None
    score, place = max(scored)
    return known[place], score
