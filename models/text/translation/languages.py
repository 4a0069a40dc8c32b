"""The languages that are told apart: by script and by their commonest little words."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from typing import Literal

from core.contracts import Message
from core.language import N_
from models.text.words import language_of

Code = Literal["zh", "en", "de", "fr", "es", "it", "ja", "ko", "ru", "other"]

NAMES = {
    "zh": N_("Chinese"), "en": N_("English"), "de": N_("German"), "fr": N_("French"), "es": N_("Spanish"), "it": N_("Italian"),
    "ja": N_("Japanese"), "ko": N_("Korean"), "ru": N_("Russian"), "other": N_("another language"),
}  # fmt: skip
SENTENCE_JOINT = {"zh": "", "ja": ""}  # what stands between two sentences; a space elsewhere
_LITTLE_WORDS = {
    "de": "der die das und ist nicht ein eine sie mit für auf den dem des werden wird zu im von auch oder wenn sich können",
    "fr": "le la les des et est un une vous pour dans que qui pas sur avec du au aux votre ce cette sont ou être",
    "es": "el la los las y es un una para que en con del por su se puede esta este no al como",
    "it": "il lo la gli le e è un una per che in con del della di si non sono questo come alla",
}
_WORDS = {code: frozenset(words.split()) for code, words in _LITTLE_WORDS.items()}
_KANA, _HANGUL, _CYRILLIC = (re.compile(f"[{span}]") for span in ("\u3041-\u30ff", "\uac00-\ud7af", "\u0400-\u04ff"))
_WORD = re.compile(r"[^\W\d_]+")
READ = 2_000  # characters that tell the language


def detect(text: str) -> Code:
    """The language of a text; "other" where it has no letters or is none of ours."""
    text = text[:READ]
    found = language_of(text)
    if found == "zh":
        return "zh"
    letters = len(_WORD.findall(text))
    for code, pattern in (("ja", _KANA), ("ko", _HANGUL), ("ru", _CYRILLIC)):
        if letters and len(pattern.findall(text)) > len(text) / 10:
            return code  # type: ignore[return-value]
    counted = Counter(word for word in map(str.lower, _WORD.findall(text)))
    hits = {code: sum(counted[word] for word in words) for code, words in _WORDS.items()}
    best = max(hits, key=lambda code: hits[code])
    if found == "other" and hits[best]:
        return best  # type: ignore[return-value]
    return "en" if found == "en" else "other"


def shared_language(texts: Sequence[str]) -> str:
    """The commonest language of many texts."""
    step = max(1, len(texts) // 300)
    counted = Counter(detect(text) for text in texts[::step])
    counted.pop("other", None)
    return counted.most_common(1)[0][0] if counted else "other"


def name_of(code: str) -> Message:
    return Message(NAMES.get(code, code))
