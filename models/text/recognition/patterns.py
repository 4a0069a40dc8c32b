"""Dates and amounts by pattern, beside the models: what has figures in it is regular, and small models miss some of it.

Chinese: 2021年5月3日, 5月, 2021-05-03, 上午9点30分; 120万元, ¥30亿, 12.5%, 三成, 百分之十五. English: 3 May 2021, 2021-05-03,
$1.2 million, EUR 40, 15 %, 3.5 kg. A bare number is neither.
"""

from __future__ import annotations

import re

from models.text.words import Language

_NUMBER = r"\d+(?:[,，]\d{3})*(?:\.\d+)?"
_HAN_NUMBER = "[零〇一二两三四五六七八九十百千万亿]+"
_MONTH = (
    r"(?:Jan(?:uary)?|Feb(?:ruary)?|Mar(?:ch)?|Apr(?:il)?|May|June?|July?|Aug(?:ust)?|Sept?(?:ember)?|Oct(?:ober)?"
    r"|Nov(?:ember)?|Dec(?:ember)?)\.?"
)
_DAY = r"\d{1,2}(?:st|nd|rd|th)?"
_YEAR = r"(?:1\d|20)\d{2}(?![-/]?\d)"
_ISO = r"(?<![\d./-])(?:1\d|20)\d{2}[-/.](?:0?[1-9]|1[0-2])[-/.](?:[12]\d|3[01]|0?[1-9])(?![\d./-]*\d)"
_SIGN = r"(?:US|HK|A|C|NT)?\$|[€£¥￥₹]"
_CODE = r"(?:USD|EUR|GBP|CNY|RMB|JPY|CHF|HKD)"
_SCALE = r"(?:\s?(?:thousand|million|billion|trillion|bn|[kKmM])\b)?"
_CURRENCY = r"(?i:dollars?|euros?|pounds?|yuan|yen|francs?|cents?)"
_MEASURE = r"(?:kg|kilograms?|tons?|tonnes?|km|kilomet(?:er|re)s?|miles?|met(?:er|re)s?|lit(?:er|re)s?|[MGTk]B|kWh|hectares?)"
_HAN_MEASURE = "(?:千克|公斤|吨|公里|千米|平方米|平方公里|米|升|千瓦时|兆字节|公顷|亩)"
_HAN_MONEY = "(?:亿|万|千|百)*(?:元|块钱|人民币|美元|欧元|英镑|日元|港元|港币|美金)"

DATES: dict[str, re.Pattern[str]] = {
    "zh": re.compile(
        rf"(?:{_ISO})|(?:\d{{2,4}}|[零〇一二三四五六七八九]{{4}})年"
        rf"(?:(?:\d{{1,2}}|{_HAN_NUMBER})月(?:份|(?:\d{{1,2}}|{_HAN_NUMBER})[日号])?)?"
        rf"|(?:[去今明前]年)?(?:\d{{1,2}}月(?:份|\d{{1,2}}[日号])?|{_HAN_NUMBER}月(?:{_HAN_NUMBER}[日号]|份|(?=[，。、；\s])))"
        r"|(?:上午|下午|凌晨|晚上|中午)?\d{1,2}[点时](?:\d{1,2}分|半|整)?(?!\d)"
    ),
    "en": re.compile(
        rf"(?:{_ISO})|\b(?:{_DAY}\s(?:of\s)?{_MONTH}(?:,?\s{_YEAR})?|{_MONTH}\s{_DAY}(?:,?\s{_YEAR})?\b|{_MONTH}\s{_YEAR})\b"
    ),
}
AMOUNTS: dict[str, re.Pattern[str]] = {
    "zh": re.compile(
        rf"(?:(?:{_SIGN})\s?{_NUMBER}(?:亿|万)*元?|{_NUMBER}\s?{_HAN_MONEY}|{_HAN_NUMBER}(?:元|美元|欧元|英镑|块钱)"
        rf"|{_NUMBER}\s?[%％‰]|百分之{_HAN_NUMBER}|[一二三四五六七八九]成[一二三四五六七八九]?(?!\w)"
        rf"|{_NUMBER}\s?{_HAN_MEASURE})"
    ),
    "en": re.compile(
        rf"(?:{_SIGN})\s?{_NUMBER}{_SCALE}|\b{_CODE}\s?{_NUMBER}{_SCALE}|\b{_NUMBER}{_SCALE}\s?(?:{_CODE}|{_CURRENCY})\b"
        rf"|\b{_NUMBER}\s?(?:%|percent\b|per\scent\b)|\b{_NUMBER}\s?{_MEASURE}\b"
    ),
}


def found(text: str, language: Language) -> list[tuple[int, int, str]]:
    """`(start, end, kind)` of dates and amounts; those of the English list also for languages that have none of their own."""
    of = "zh" if language == "zh" else "en"
    spans = [(m.start(), m.end(), "date") for m in DATES[of].finditer(text)]
    return spans + [(m.start(), m.end(), "amount") for m in AMOUNTS[of].finditer(text)]


# What the models call a time although it says how long or how often, not when.
_DURATION = re.compile(
    r"[\d零一二两三四五六七八九十百几数多半]+个?(?:秒钟?|分钟|小时|钟头|天|星期|周|月|年)(?:之?内|以内|多|左右)?$"
)
_VAGUE = frozenset(
    "最近 目前 现在 以前 以后 之后 之前 今后 同时 当时 平时 近日 近期 此前 此后 将来 未来 过去 一直 随时 此时 这时".split()  # noqa: SIM905 - a list of words
)
_SAYS_WHEN = re.compile(
    rf"\b(?:{_MONTH}\b|(?:mon|tues|wednes|thurs|fri|satur|sun)days?\b|(?<![\d.-])(?:1[5-9]|20)\d\d(?:s\b|\b(?![.-]\w))"
    r"|today|tonight|yesterday|tomorrow|ago\b|(?:last|next|this|past|coming)\s(?:\w+\s)?"
    r"(?:day|night|week|weekend|month|year|quarter|spring|summer|autumn|fall|winter|decade|century|morning|evening|afternoon)"
    r"|\d+(?:st|nd|rd|th)\s?century|christmas|easter|new year|noon\b|midnight"
    r"|\d{1,2}(?::\d\d)?\s?[ap]\.?m|\d{1,2}:\d\d|o['’]clock|morning|afternoon|evening)|'\d\ds",
    re.IGNORECASE,
)


def is_point_in_time(text: str, language: Language) -> bool:
    """Whether what a model calls a time says when (3 May, 去年), not how long (two hours, 五分钟), how often, or 现在."""
    if language == "zh":
        return text not in _VAGUE and not _DURATION.match(text)
    return _SAYS_WHEN.search(text) is not None or any(match.group() for match in DATES["en"].finditer(text))
