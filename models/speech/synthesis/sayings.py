"""What the bars let be read aloud. Chosen by rule and written down before anything was heard, so that no sentence was picked."""

from __future__ import annotations

import re

COUNT = 20  # sentences of each handbook
LENGTHS = {"en": (40, 160), "zh": (12, 60)}  # characters of one
_CODE = re.compile(r"[`/_=\\]")  # commands and addresses: nobody reads those aloud
_LATIN_OR_DIGIT = re.compile(r"[A-Za-z0-9]")


def handbook(language: str) -> list[str]:
    """`COUNT` sentences of the handbook in that language ("en" or "zh"), evenly over its length, without code.

    The Chinese ones have neither Latin letters nor digits: what they should sound like is not in doubt.
    """
    from core import samples
    from models.text.words import sentences

    (document,) = samples.documents(f"handbook_{language}").items
    low, high = LENGTHS[language]
    found = [
        sentence
        for block in document.blocks if block.kind == "paragraph"
        for sentence, _, _ in sentences(block.text)
        if low <= len(sentence) <= high and not _CODE.search(sentence)
        and not (language == "zh" and _LATIN_OR_DIGIT.search(sentence))
    ]  # fmt: skip
    return [found[round(place * (len(found) - 1) / (COUNT - 1))] for place in range(COUNT)]


def novel() -> list[str]:
    """The five sentences of the sample `librivox`: there is a person's reading of each to compare with."""
    from core import samples
    from core.samples.records import Recordings

    origin = samples.sample("librivox").origin
    assert isinstance(origin, Recordings)
    return [said for _, _, said in origin.files]
