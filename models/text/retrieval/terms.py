"""What BM25 counts: words without their endings and without the words that every question is made of."""

from __future__ import annotations

from functools import cache

from models.text.words import STOP_WORDS, language_of, words

# Words that ask, and the people who do: they say how something is asked, not what about.
_ASKING = frozenset(
    [
        "how",
        "what",
        "why",
        "where",
        "when",
        "who",
        "whom",
        "whose",
        "which",
        "do",
        "does",
        "did",
        "doing",
        "done",
        "can",
        "could",
        "should",
        "would",
        "will",
        "shall",
        "may",
        "might",
        "must",
        "is",
        "are",
        "was",
        "were",
        "be",
        "been",
        "there",
        "i",
        "me",
        "my",
        "mine",
        "you",
        "your",
        "yours",
        "we",
        "us",
        "our",
        "ours",
        "it",
        "its",
        "they",
        "them",
        "their",
        "please",
        "tell",
    ]
)
_ASKING_ZH = frozenset(
    [
        "什么",
        "怎么",
        "怎样",
        "如何",
        "为什么",
        "为何",
        "哪里",
        "哪儿",
        "哪个",
        "哪些",
        "哪",
        "谁",
        "几",
        "多少",
        "吗",
        "呢",
        "吧",
        "请问",
        "是否",
        "能否",
        "可以",
        "可",
        "能",
    ]
)
_REST_OF_APOSTROPHE = ("'s", "’s")


def terms(text: str) -> list[str]:
    """The words of `text` that carry meaning, lower-case and without the endings of the plural."""
    language = language_of(text)
    left_out = _left_out(language)
    found = []
    for word, _, _ in words(text, language):
        word = word.lower()
        if word.endswith(_REST_OF_APOSTROPHE):
            word = word[:-2]
        if word not in left_out:
            found.append(singular(word))
    return found


def singular(word: str) -> str:
    """Harman's S-stemmer (1991, "How effective is suffixing?"): plural endings only, so that no two meanings fall together."""
    if len(word) <= 3 or not word.endswith("s") or not word.isascii():
        return word
    if word.endswith("ies"):
        return word if word[-4] in "ae" else word[:-3] + "y"
    if word.endswith("es"):
        return word if word[-3] in "aeo" else word[:-1]
    return word if word[-2] in "us" else word[:-1]


@cache
def _left_out(language: str) -> frozenset[str]:
    if language == "zh":
        return STOP_WORDS["zh"] | _ASKING_ZH | _ASKING | STOP_WORDS["en"]
    return STOP_WORDS[language] | _ASKING
