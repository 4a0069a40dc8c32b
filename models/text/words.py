"""Words, sentences and clauses of a text, and the language it is written in: what every text capability stands on.

Every span that is returned is `(piece, start, end)` with `text[start:end] == piece`, so that it can be marked in the text.
"""

from __future__ import annotations

import re
import threading
import unicodedata
from collections import Counter
from collections.abc import Iterable, Sequence
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    import jieba

Language = Literal["zh", "en", "other"]
Span = tuple[str, int, int]

_HAN = "\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003134f"
_HAN_LETTER = re.compile(f"[{_HAN}]")
_KANA_OR_HANGUL = re.compile(r"[\u3041-\u30ff\u31f0-\u31ff\u1100-\u11ff\uac00-\ud7af]")
_LATIN_LETTER = re.compile(r"[A-Za-z\u00aa\u00ba\u00c0-\u024f\u1e00-\u1eff]")
_LETTER = re.compile(r"[^\W\d_]")
_WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)*")
_LINE = re.compile(r"[\r\n]+")
_SENTENCE = re.compile(r".+?(?:[。！？!?…；;]+[”’」』\"')）]*|(?<=[^\W\d_]{2})\.+(?=\s|$)[”’\"')]*|$)", re.DOTALL)
_CLAUSE_BREAK = re.compile(
    r"[,，、:：]|(?<=[\w\s])(?:但是|不过|然而|可是|只是|\bbut\b|\bhowever\b|\balthough\b|\bthough\b)", re.IGNORECASE
)

# Zero-width joiners carry meaning in Arabic and Indic words and inside an emoji, and nowhere else.
_JOINER = re.compile("(?<![\u0600-\u0dff\u2600-\u27bf\ufe0f\U0001f000-\U0001faff])[\u200c\u200d]")
_INVISIBLE = re.compile(
    "[\u0000-\u0008\u000e-\u001f\u007f-\u0084\u0086-\u009f\u00ad\u061c\u180e\u200b\u200e\u200f\u202a-\u202e"
    "\u2060-\u2064\u2066-\u206f\ufeff\ufff9-\ufffc\ud800-\udfff\U000e0000-\U000e007f]"
)

_HAN_LETTER_WORTH = 3  # one Chinese character says about as much as three Latin letters
WORD_LISTS = Path(__file__).parent / "word_lists"
_LANGUAGE_LETTERS = 200  # of a text decide its language
_LANGUAGE_SAMPLE = 2_000  # texts that decide the language of a whole list


def listed(name: str) -> frozenset[str]:
    """The words of one of the lists in `word_lists`."""
    return frozenset((WORD_LISTS / f"{name}.txt").read_text("utf-8").split())


# Function words only. Negations (not, no, never; 不, 没, 无) are left out on purpose: they turn the meaning of what follows.
STOP_WORDS: dict[str, frozenset[str]] = {"en": listed("stop_en"), "zh": listed("stop_zh"), "other": frozenset()}

# Words that hold Spanish, French, German, Italian, Portuguese and Dutch together and are not English ones.
_EUROPEAN = listed("european")


def language_of(text: str | Sequence[str]) -> Language:
    """The language of a text by its scripts, or the commonest one of a list: cheap, and right for whole comments.

    Chinese where Chinese characters outweigh Latin letters, English where Latin letters do and the function words are not those
    of another European language; everything else, Japanese and Korean and a text without letters too, is "other".
    """
    if isinstance(text, str):
        return _language_of_one(text)
    step = max(1, len(text) // _LANGUAGE_SAMPLE)
    counted = Counter(_language_of_one(item) for item in text[::step] if _LETTER.search(item))
    return counted.most_common(1)[0][0] if counted else "other"


def _language_of_one(text: str) -> Language:
    text = text[:_LANGUAGE_LETTERS]
    if not text.isascii():
        han = len(_HAN_LETTER.findall(text))
        latin = len(_LATIN_LETTER.findall(text))
        others = len(_LETTER.findall(text)) - han - latin
        if len(_KANA_OR_HANGUL.findall(text)) * 10 > han or others > han + latin:
            if others:
                return "other"
        elif han and han * _HAN_LETTER_WORTH >= latin:
            return "zh"
        if not latin:
            return "other"
    elif not _LETTER.search(text):
        return "other"
    found = set(_WORD.findall(text.lower()))
    foreign, english = len(found & _EUROPEAN), len(found & STOP_WORDS["en"])
    return "other" if foreign >= 2 and foreign > english else "en"


def has_words(text: str) -> bool:
    """Whether there is any letter or digit in it: emoji and punctuation alone are no words."""
    return _WORD.search(text) is not None


def words(text: str, language: str) -> list[Span]:
    """The words of `text` in order, as they stand there (lower-case them yourself), without punctuation.

    Chinese is cut by jieba's dictionary and hidden Markov model; everything else at what is no letter or digit, keeping
    apostrophes inside a word (`don't`). Languages that are written without spaces, other than Chinese, are not cut.
    """
    if language != "zh":
        return [(found.group(), found.start(), found.end()) for found in _WORD.finditer(text)]
    pieces = _segmenter().tokenize(text)
    return [(piece, start, end) for piece, start, end in pieces if _WORD.search(piece)]


def sentences(text: str) -> list[Span]:
    """Sentences by their end marks in both languages and by line; a full stop after one letter (`U.S.`) or a digit ends none."""
    found: list[Span] = []
    for line, start, _ in _split(text, _LINE, 0):
        for match in _SENTENCE.finditer(line):
            found.extend(_trimmed(match.group(), start + match.start()))
    return found


def clauses(text: str) -> list[Span]:
    """Parts of sentences between commas, colons and words of contrast (`but`, 但是): one opinion ends, another begins."""
    return [part for sentence, start, _ in sentences(text) for part in _split(sentence, _CLAUSE_BREAK, start)]


def clean(text: str) -> str:
    """`text` in Unicode NFC, without control characters, lone surrogates and invisible marks; white space becomes one space."""
    text = " ".join(text.split())
    if text.isascii() and text.isprintable():
        return text
    text = unicodedata.normalize("NFC", text)
    return text if text.isprintable() else " ".join(_INVISIBLE.sub("", _JOINER.sub("", text)).split())


def parts_of_speech(candidates: Iterable[str]) -> dict[str, str]:
    """The commonest part of speech of Chinese words that jieba's dictionary has: `n` noun, `a` adjective, `v` verb…"""
    known = _dictionary_tags()
    return {word: known[word] for word in candidates if word in known}


def _split(text: str, at: re.Pattern[str], offset: int) -> list[Span]:
    starts = [0, *(match.start() if match.group()[0].isalpha() else match.end() for match in at.finditer(text)), len(text)]
    return [piece for a, b in pairwise(starts) for piece in _trimmed(text[a:b], offset + a)]


def _trimmed(piece: str, start: int) -> list[Span]:
    inner = piece.strip(" \t\r\n,，、:：")
    if not inner:
        return []
    start += piece.index(inner)
    return [(inner, start, start + len(inner))]


_loading = threading.Lock()
_loaded: list[jieba.Tokenizer] = []


def _segmenter() -> jieba.Tokenizer:
    """jieba's tokenizer, loaded once a process. Its dictionary is parsed from the package each time: the marshal file that jieba
    would otherwise leave in the temporary folder, where others could write it, was measured to save nothing."""
    with _loading:
        if not _loaded:
            import jieba

            jieba.setLogLevel("CRITICAL")
            tokenizer = jieba.Tokenizer()
            tokenizer.FREQ, tokenizer.total = tokenizer.gen_pfdict(tokenizer.get_dict_file())
            tokenizer.initialized = True
            _loaded.append(tokenizer)
        return _loaded[0]


@cache
def _dictionary_tags() -> dict[str, str]:
    with _segmenter().get_dict_file() as stream:
        rows = (line.decode("utf-8").split(" ") for line in stream)
        return {row[0]: row[2].strip() for row in rows if len(row) == 3}
