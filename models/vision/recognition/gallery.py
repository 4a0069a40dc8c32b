"""The faces that a workspace knows: a file for each person below `home("faces")`, with vectors only, no pictures.

Whoever is in it has agreed, and can be forgotten at any time: then the file is deleted.
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

FOLDER, FORM = "faces", 1
MOST_PEOPLE = 500
MOST_FACES = 50  # of one person
DIGITS = 6  # of a vector's numbers in the file


@dataclass(frozen=True, eq=False)
class Person:
    """One who is known: vectors float32 (faces, dimensions), and the digests of the pictures they came from."""

    name: str
    embedder: str
    agreed: str  # when, ISO 8601
    vectors: np.ndarray
    pictures: tuple[str, ...]
    path: Path


def everybody(embedder: str = "") -> list[Person]:
    """All who are known (to that embedder), by name. A file that cannot be read is passed over."""
    found = []
    for path in sorted(home(FOLDER).glob("*.json")):
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


def remember(name: str, embedder: str, faces: list[tuple[str, np.ndarray]]) -> tuple[Person, int]:
    """Adds faces, (digest of the picture, vector) each, to a person, who is made where the name is new. A picture counts once.

    Gives the person, and how many faces are new. Raises LimitError where there are too many people or faces.
    """
    known = everybody()
    person = next((one for one in known if one.name.casefold() == name.casefold() and one.embedder == embedder), None)
    if person is None and len(known) >= MOST_PEOPLE:
        raise LimitError(N_("{limit} people are known already. Forget somebody first."), limit=MOST_PEOPLE)
    pictures = list(person.pictures) if person else []
    fresh = {digest: vector for digest, vector in faces if digest not in pictures}
    if len(pictures) + len(fresh) > MOST_FACES:
        raise LimitError(N_("At most {limit} faces of one person are kept. Give fewer pictures."), limit=MOST_FACES)
    vectors = [*(person.vectors if person else ()), *fresh.values()]
    path = person.path if person else home(FOLDER) / f"{secrets.token_hex(8)}.json"
    agreed = person.agreed if person else datetime.now(UTC).isoformat(timespec="seconds")
    rows = [[round(float(value), DIGITS) for value in vector] for vector in vectors]
    pictures += list(fresh)
    shown = person.name if person else name
    write_json(path, {"form": FORM, "name": shown, "embedder": embedder, "agreed": agreed, "pictures": pictures, "vectors": rows})
    path.chmod(0o600)
    return Person(shown, embedder, agreed, np.array(rows, np.float32), tuple(pictures), path), len(fresh)


def forget(name: str) -> int:
    """Deletes all that is kept of the person of that name; how many files that were."""
    gone = [person for person in everybody() if person.name.casefold() == name.casefold()]
    for person in gone:
        person.path.unlink(missing_ok=True)
    return len(gone)


def nearest(vector: np.ndarray, known: list[Person]) -> tuple[Person, float] | None:
    """Who is most like the face, and how much: the highest cosine with one of the faces that are kept."""
    scored = [(float((person.vectors @ vector).max()), place) for place, person in enumerate(known)]
    if not scored:
        return None
    score, place = max(scored)
    return known[place], score
