"""What kind of answer a question asks for, told by its question word: a person, a place, a number, a command…

A few rules each for English and Chinese; a question that asks why, how or whether has no short answer, and none is made up.
The kinds follow the coarse classes of Li & Roth (2002, "Learning Question Classifiers"), with `path`,
`address`, `key`, `command` and `duration` added because documents are full of them.
"""

from __future__ import annotations

import re
from typing import Literal, NamedTuple

from models.text.retrieval.terms import singular
from models.text.words import language_of, words

Kind = Literal[
    "person", "organisation", "place", "location", "time", "duration", "number", "amount", "path", "address", "key", "command",
    "thing",
]  # fmt: skip


class Expected(NamedTuple):
    """`nouns` are the words that name what is asked for ("which command" → command), in the singular and lower case."""

    kind: Kind
    nouns: tuple[str, ...] = ()
    is_definition: bool = False  # "what is a conffile?": nothing is asked but what it is


# What "which …" names, as the kind that it asks for. Everything else is a thing.
_NOUNS: dict[str, Kind] = {
    **dict.fromkeys(("person", "author", "maintainer", "founder", "man", "woman", "people", "人", "作者", "人员"), "person"),
    **dict.fromkeys(("company", "organisation", "organization", "firm", "foundation", "team", "公司", "组织", "机构", "团队"),
                    "organisation"),
    **dict.fromkeys(("country", "city", "town", "region", "place", "国家", "城市", "地方", "地区"), "place"),
    **dict.fromkeys(("year", "date", "day", "month", "time", "century", "年", "年份", "日期", "月", "天"), "time"),
    **dict.fromkeys(("number", "version", "port", "数字", "端口", "端口号"), "number"),
    **dict.fromkeys(("percentage", "percent", "share", "price", "size", "cost", "价格", "大小", "比例"), "amount"),
    **dict.fromkeys(("file", "folder", "directory", "path", "文件", "文件夹", "目录", "路径"), "path"),
    **dict.fromkeys(("address", "url", "website", "site", "email", "link", "地址", "网址", "网站", "邮箱", "链接"), "address"),
    **dict.fromkeys(("variable", "key", "option", "变量", "键", "按键", "选项"), "key"),
    **dict.fromkeys(("command", "tool", "program", "package", "script", "命令", "工具", "程序", "脚本"), "command"),
}  # fmt: skip
_VERBS = frozenset(
    "is are was were be been do does did has have had may might can could will would shall should must am"  # noqa: SIM905
    .split()
)  # fmt: skip
_IS_EN = re.compile(r"\s+(?:is|are|was|were)\s(?!on\b|in\b|stored\b|there\b|meant\b)")
_NAMED_EN = re.compile(
    r"\s+\w+(?:\s\w+)?\s(?:is|are|was|were|do|does|did|can|may|must|should|has|have|will)\b|\s(?:checks|makes)\b"
)
_COUNTS = frozenset("two three four five six many much other main".split())  # noqa: SIM905 - a list of words
_ASKS_EN = re.compile(r"\b(who|whom|whose|where|when|which|what|how)\b", re.IGNORECASE)
_HOW: tuple[tuple[re.Pattern[str], Kind], ...] = (
    (re.compile(r"how (?:long|soon|quickly|fast|much time|often)\b"), "duration"),
    (re.compile(r"how many\b"), "number"),
    (re.compile(r"how (?:much|large|big|wide|high|tall|far|heavy|old|deep|small|expensive)\b"), "amount"),
)
_DEFINES_EN = re.compile(r"what (?:is|are) (?:an? )?[\w'`\"-]+(?: [\w'`\"-]+)?\s*\??")
_DEFINES_ZH = re.compile("什么是[^，。]{1,20}|[^，。的]{1,20}(?:是什么|指什么)[？?]?")
_HAN_MEASURE = "[个位名种类条张页份次台件项只本家座所行人]"
_ASKS_ZH: tuple[tuple[re.Pattern[str], Kind], ...] = (
    (re.compile("为什么|为何|怎么|怎样|如何|是否|能否|能不能|吗[？?]?$"), "thing"),  # no short answer, see below
    (re.compile("谁|哪[一]?位|什么人"), "person"),
    (re.compile("什么时候|何时|哪一?年|哪一?天|几[点月号年]|什么时间"), "time"),
    (re.compile("多久|多长时间|多少(?:时间|分钟|小时|天|秒)|几(?:分钟|小时|天|秒|个月|周)"), "duration"),
    (re.compile("哪里|哪儿|在哪|何处|什么地方"), "location"),
    (re.compile("百分之几|多少钱|多大|多高|多远|多重|多宽|多少(?:[兆千]?(?:字节|米|克|元)|公里|公斤)"), "amount"),
    (re.compile(f"几{_HAN_MEASURE}|多少"), "number"),
)
_COUNTED_ZH = re.compile("(?:几|多少)([兆千]?字节|公里|公斤|[个行种条份页次位名人章]?)([\u4e00-\u9fff]{2})?")
_WHICH_ZH = re.compile("(?:哪[一]?[个些种项款家条]|哪|什么样的|什么|何种)")
_NO_SHORT_ANSWER_ZH = _ASKS_ZH[0][0]
_NO_NAME_ZH = re.compile("(?:有|找|做|说明|保存|显示|包含|发生|看|会)(?:了|到|些)?什么[？?]?$")  # nothing names the answer
_NO_NOUN_ZH = frozenset("是 有 在 会 能 可以 可 要 的 了 叫 做 用 说 说明 保存".split())  # noqa: SIM905


def expected(question: str) -> Expected | None:
    """What `question` asks for; None where only a whole sentence can answer it, or nothing is recognised."""
    return _chinese(question) if language_of(question) == "zh" else _english(question)


def _english(question: str) -> Expected | None:
    text = question.strip().lower()
    found = _ASKS_EN.search(text)
    if not found:
        return None
    asks, rest = found[1], text[found.end() :]
    if asks in ("who", "whom", "whose"):
        return Expected("person")
    if asks == "where":
        return Expected("location")
    if asks == "when":
        return Expected("time")
    if asks == "how":
        measured: Kind | None = next((of for pattern, of in _HOW if pattern.match(text, found.start())), None)
        counted = _nouns(rest.partition(" many ")[2]) if measured == "number" else ()
        return Expected(measured, counted) if measured else None
    nouns = _nouns(rest)
    if asks == "what" and not _IS_EN.match(rest) and not _NAMED_EN.match(rest):
        return None  # "what does it do", "what happens": nothing names the answer
    kind: Kind = next((_NOUNS[noun] for noun in reversed(nouns) if noun in _NOUNS), "thing")
    return Expected(kind, nouns, _DEFINES_EN.fullmatch(text) is not None)


def _nouns(rest: str) -> tuple[str, ...]:
    """The words up to the first verb that everybody knows, three at most; the head of the phrase is the last of them."""
    found: list[str] = []
    for word, _, _ in words(rest, "en")[:3]:
        if word in _VERBS:
            return tuple(found)
        if word not in _COUNTS:
            found.append(singular(word))
    return tuple(found[:2])  # no verb in sight: "which command lists all files", the noun stands first


def _chinese(question: str) -> Expected | None:
    if _NO_SHORT_ANSWER_ZH.search(question):
        return None
    for pattern, kind in _ASKS_ZH[1:]:
        if asks := pattern.search(question):
            return Expected(kind, _counted(question[asks.start() :]) if kind in ("number", "amount") else ())
    found = _WHICH_ZH.search(question)
    if not found:
        return None
    following = [word.lower() for word, _, _ in words(question[found.end() :], "zh")[:2]]
    nouns = tuple(word for word in following[:1] if word not in _NO_NOUN_ZH)
    before = [word.lower() for word, _, _ in words(question[: found.start()], "zh") if word not in _NO_NOUN_ZH][-1:]
    nouns = nouns or tuple(before)  # "最快的方法是什么": what is asked for stands in front
    if not nouns or _NO_NAME_ZH.search(question):
        return None
    of: Kind = next((_NOUNS[noun] for noun in nouns if noun in _NOUNS), "thing")
    return Expected(of, nouns, _DEFINES_ZH.fullmatch(question.strip()) is not None)


def _counted(asked: str) -> tuple[str, ...]:
    """What is counted or measured: "多少行" → 行, "几个文档" → 个, 文档."""
    found = _COUNTED_ZH.match(asked)
    return tuple(word for word in (found.groups() if found else ()) if word)
