"""Questions that only make sense after the one before: they are joined with it."""

from __future__ import annotations

import re
from collections.abc import Sequence

from models.text.words import language_of, words

SHORT_WORDS = 5  # a question without a verb of its own is rarely longer
_BACK_EN = re.compile(r"\b(it|its|they|them|their|that|those|these|this one|he|she|him|her|there|then|the same)\b", re.IGNORECASE)
_OPENS_EN = re.compile(r"^\s*(and|but|or|what about|how about|what else|why|how so|when)\b", re.IGNORECASE)
_BACK_ZH = re.compile("它|他|她|这个|那个|这些|那些|这样|那样|那里|其中|上述|同样")
_OPENS_ZH = re.compile("^(那|那么|还有|另外|为什么|怎么|什么时候)|呢[？?]?$")


def rewritten(question: str, history: Sequence[tuple[str, str]]) -> str:
    """`question` with what it refers to: the last question of the user before it that stands on its own, where it needs one."""
    if not needs_context(question):
        return question
    earlier = [text for role, text in history if role == "user"]
    anchor = next((text for text in reversed(earlier) if not needs_context(text)), earlier[-1] if earlier else "")
    return f"{anchor.rstrip(' ?？。.')} – {question}" if anchor else question


def needs_context(question: str) -> bool:
    language = language_of(question)
    if language == "zh":
        return bool(_BACK_ZH.search(question) or (_OPENS_ZH.search(question) and len(question) <= 3 * SHORT_WORDS))
    short = len(words(question, language)) <= SHORT_WORDS
    return bool(_BACK_EN.search(question) or (_OPENS_EN.search(question) and short))
