"""Pieces of a sentence that could be a short answer: names, dates, durations, numbers, commands, noun phrases, definitions."""

from __future__ import annotations

import re
from collections.abc import Iterable
from itertools import pairwise

from core.contracts import Context
from models.text.answers.expected import Expected, Kind
from models.text.recognition import chinese, english, find, patterns
from models.text.words import Language, language_of

Spans = set[tuple[int, int]]

_NUMBER_WORD = (
    r"(?:one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|thirteen|fourteen|fifteen|sixteen|seventeen|eighteen"
    r"|nineteen|twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety|hundred|thousand|million|billion|dozen)"
)
_DIGITS = r"\d+(?:[.,]\d+)*"
_NUMBER = rf"(?:{_DIGITS}(?:\s(?:hundred|thousand|million|billion))?|{_NUMBER_WORD}(?:[\s-]{_NUMBER_WORD})*)"
_ABOUT = r"(?:(?:about|around|over|under|nearly|almost|some|at\smost|at\sleast|up\sto|more\sthan|less\sthan)\s)?"
_TIME_UNIT = r"(?:milliseconds?|seconds?|minutes?|hours?|days?|weeks?|months?|years?|decades?)"
_LENGTH = rf"(?:{_NUMBER}|an?|a\sfew|several|half\san?)\s{_TIME_UNIT}(?:\sor\stwo)?"
_HAN_NUMBER = "[零〇一二两三四五六七八九十百千万亿几数半\\d]+"
_HAN_TIME = "个?(?:毫秒|秒钟?|分钟|小时|钟头|天|星期|周|月|年)"
_UNIT = r"(?:(?:mega|kilo|giga|tera)?(?:bytes?|bits?)|[KMGT]B|percent|%|pages?|points?|pixels?|characters?)"

_DURATION = {
    "en": re.compile(rf"(?:(?:from\s)?{_LENGTH}\s(?:to|-|–)\s{_LENGTH}|(?:within\s)?{_ABOUT}{_LENGTH})\b", re.IGNORECASE),
    "zh": re.compile(
        f"(?:{_HAN_NUMBER}{_HAN_TIME}[到至]{_HAN_NUMBER}{_HAN_TIME}|(?:大?约|大概|不到|超过)?{_HAN_NUMBER}{_HAN_TIME}"
        "(?:之?内|以内|左右|多)?)"
    ),
}
_COUNT = {
    "en": re.compile(rf"(?<![\w./:-]){_ABOUT}{_NUMBER}(?![\w/:-]|\.\d|\s{_TIME_UNIT})", re.IGNORECASE),
    "zh": re.compile(
        "(?<![A-Za-z0-9_./:第])(?:\\d[\\d,.]*[万亿千百]?|[零〇一二两三四五六七八九十百千万亿]+)(?:个|行|种|条|份|页|次|位|名|人)?"
    ),
}
_PORTS = frozenset(("port", "端口", "端口号"))
_PORT = re.compile(r"(?<=[\w\]]:)\d{2,5}(?!\w)")
_AMOUNT = {
    "en": re.compile(rf"{_ABOUT}{_NUMBER}[\s-]?{_UNIT}(?!\w)", re.IGNORECASE),
    "zh": re.compile("\\d[\\d,.]*\\s?(?:[兆千吉]?字节|[KMGT]B|像素|页|个字符)|百分之[零一二三四五六七八九十百]+"),
}
CODE: dict[str, re.Pattern[str]] = {
    "address": re.compile(r"(?:https?|ftp)://[^\s()<>，。；、]+[\w/]|[\w.+-]+@[\w-]+(?:\.[\w-]+)+"),
    "path": re.compile(
        r"`[^`\s]*[./][^`\s]*`|(?<![\w/:])/[\w.?*-]+(?:/[\w.?*-]*)*|(?<![\w/:@])\w[\w.-]*(?:/[\w.*-]+)+/?"
        r"|\b[\w-]+\.[a-z]{2,5}\b(?:\(\d\))?"
    ),
    "key": re.compile(r"(?<!\w)(?:Ctrl|Alt|Shift)(?:[-+]\w+)+|\b[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+\b|(?<!\w)--?[a-z][\w-]+"),
    "command": re.compile(
        r"`[^`\n]{1,80}`|\b(?!e-mail)[a-z][a-z0-9]*(?:-[a-z0-9]+)+(?:\s--?\w[\w-]*)*|\b[a-z][\w-]*(?:\s--?[a-z][\w-]*)+(?:\s[a-z]\w*)?"
    ),
}
_QUOTED = re.compile('[“「『]([^“”「」『』\\n]{1,60})[”」』]|"([^"\\n]{1,60})"')
_IS = re.compile(r"\b(?:is|are|was|were|means|called|named)\s(?=\w)|(?:是|叫做|称为|即(?!使))(?=\w)")
_UNTIL = re.compile(r"[,;.:，；。：(（]|\s(?:that|which|who|where|when|and|but|so|because)\s")
_DOUBLE_AND = re.compile(r"^\s?(?:and|or|&|和|或|与|及|、|加)\s?$")
_ZH_NOUNS = frozenset(("n", "nz", "vn", "an", "ORG", "LOC", "PER", "nw", "nt", "ns", "nr", "a", "m", "q", "xc"))


def candidates(sentence: str, expected: Expected, context: Context) -> list[tuple[int, int, float]]:
    """`(start, end, strength)` in `sentence`: 1 is exactly the kind that is asked for, less a stand-in for it."""
    kind = expected.kind
    language: Language = "zh" if language_of(sentence) == "zh" else "en"
    found: dict[tuple[int, int], float] = {}

    def add(spans: Iterable[tuple[int, int]], strength: float) -> None:
        for start, end in spans:
            while start < end and sentence[start] in " `\"“'":
                start += 1
            while end > start and sentence[end - 1] in " `\"”'.,":
                end -= 1
            if start < end:
                found[start, end] = max(found.get((start, end), 0.0), strength)

    if kind == "duration":
        add(_matches(_DURATION[language], sentence), 1.0)
    elif kind in ("number", "amount"):
        counts = _matches(_COUNT[language], sentence)
        for amount in _matches(_AMOUNT[language], sentence) | _of_kind(patterns.found(sentence, language), "amount"):
            inside = {count for count in counts if amount[0] <= count[0] and count[1] <= amount[1]}
            counts -= inside  # a number belongs to its unit: "25 euros", never "25"
            add([amount], 1.0 if kind == "amount" or inside else 0.6)
        add(counts, 1.0 if kind == "number" else 0.7)
        if not _PORTS.isdisjoint(expected.nouns):
            add(_matches(_PORT, sentence), 1.5)
    elif kind in CODE:
        for family, pattern in CODE.items():
            add(_matches(pattern, sentence), 1.0 if family == kind else 0.6)
        add(_things(sentence, language, context), 0.2)
    else:
        add(_named(sentence, language, kind, context), 1.0)
        if kind == "location":
            add(_matches(CODE["path"], sentence) | _matches(CODE["address"], sentence), 1.0)
        if kind == "person":
            add(_named(sentence, language, "organisation", context), 0.7)
        if kind == "thing":
            things = _things(sentence, language, context)
            add(things, 0.8)
            add(_joined(sorted(things), sentence), 0.95)
            for pattern in CODE.values():
                add(_matches(pattern, sentence), 0.8)
            if expected.is_definition:
                add(_defined(sentence), 1.2)
    return [(start, end, strength) for (start, end), strength in found.items()]


def _matches(pattern: re.Pattern[str], sentence: str) -> Spans:
    return {(match.start(), match.end()) for match in pattern.finditer(sentence)}


def _of_kind(spans: Iterable[tuple[int, int, str]], kind: str) -> Spans:
    return {(start, end) for start, end, of in spans if of == kind}


def _named(sentence: str, language: Language, kind: Kind, context: Context) -> Spans:
    """Names of that kind; two that "and" joins are one answer as well."""
    of = {"location": ("place",), "time": ("date",), "thing": ("person", "organisation", "place", "work")}.get(kind, (kind,))
    spans = sorted((e.start, e.end) for e in find(sentence, language, context) if e.kind in of)
    return {*spans, *_joined(spans, sentence)}


def _joined(spans: list[tuple[int, int]], sentence: str) -> Spans:
    """Neighbours that only "and" or "or" parts, as one."""
    return {
        (first[0], second[1])
        for first, second in pairwise(spans)
        if first[1] <= second[0] and _DOUBLE_AND.match(sentence[first[1] : second[0]])
    }


def _things(sentence: str, language: Language, context: Context) -> Spans:
    """Noun phrases and quoted words."""
    phrases = sorted(_noun_phrases_zh(sentence, context) if language == "zh" else _noun_phrases_en(sentence, context))
    quoted = {(m.start(), m.end()) for m in _QUOTED.finditer(sentence)}
    return {*phrases, *quoted}


def _noun_phrases_en(sentence: str, context: Context) -> Spans:
    with english.leased(context) as pipeline, pipeline.memory_zone():
        document = pipeline(sentence, disable=["ner"])
        return {(chunk.start_char, chunk.end_char) for chunk in document.noun_chunks if chunk.root.pos_ != "PRON"}


def _noun_phrases_zh(sentence: str, context: Context) -> Spans:
    with chinese.leased(context) as model:
        tagged = chinese.tagged(sentence, model)
    found, start, end = set(), -1, -1
    for word, at, tag in [*tagged, ("", len(sentence), "w")]:
        is_part = tag in _ZH_NOUNS or (word.isascii() and word.strip(" -").isalnum())
        if is_part and word.strip():
            start, end = (at if start < 0 else start), at + len(word)
        elif start >= 0 and not (word.strip() in ("", "-") and word):
            found.add((start, end))
            start = -1
    return found


def _defined(sentence: str) -> Spans:
    """What stands after "is", "means", "called" up to the end of the clause."""
    spans = set()
    for match in _IS.finditer(sentence):
        until = _UNTIL.search(sentence, match.end())
        spans.add((match.end(), until.start() if until else len(sentence)))
    return spans
