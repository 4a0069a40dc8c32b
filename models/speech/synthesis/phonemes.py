"""Sounds of a text as Kokoro was taught to read them: espeak's for English, misaki's for Chinese, and both in one sentence.

espeak is poor at Chinese; misaki (by Kokoro's author) makes IPA with tone arrows of the readings that pypinyin finds for words.
"""

from __future__ import annotations

import re
from typing import Any

_ENGLISH = re.compile(r"[A-Za-z][A-Za-z0-9'’&+.-]*(?:\s+[A-Za-z][A-Za-z0-9'’&+.-]*)*")  # inside a Chinese sentence
_THOUSANDS = re.compile(r"(?<=[0-9]),(?=[0-9]{3}(?![0-9]))")
_LONG_FIGURE = re.compile(r"[0-9]{13,}")
_HAN = re.compile(r"[\u3400-\u4dbf\u4e00-\u9fff]+")


def of_english(text: str, accent: str, tokenizer: Any) -> str:
    """IPA with stress by espeak; `tokenizer` is Kokoro's, `accent` "en-us" or "en-gb"."""
    return str(tokenizer.phonemize(text, accent))


def of_chinese(text: str, tokenizer: Any) -> str:
    """IPA with tones; figures are read in Chinese, English words in English."""
    found, end = [], 0
    for match in _ENGLISH.finditer(text):
        found += [_chinese(text[end : match.start()]), of_english(match.group(), "en-us", tokenizer)]
        end = match.end()
    found.append(_chinese(text[end:]))
    return " ".join(part for part in found if part)


def _chinese(text: str) -> str:
    """Without Latin letters. Words are cut by our own segmenter, which leaves no cache of jieba in the temporary folder."""
    if not text.strip():
        return ""
    from misaki.zh import ZHG2P

    from models.text.words import words

    written = ZHG2P.map_punctuation(_figures(text))
    found, end = [], 0
    for match in _HAN.finditer(written):
        found.append(written[end : match.start()])
        found.append(" ".join(ZHG2P.word2ipa(word) for word, _, _ in words(match.group(), "zh")))
        end = match.end()
    found.append(written[end:])
    return "".join(found).replace(chr(815), "").strip()


def _figures(text: str) -> str:
    """Figures as characters: 20% becomes 百分之二十; one longer than the names of numbers reach is read digit by digit."""
    import cn2an

    whole = _THOUSANDS.sub("", text)
    spelt = _LONG_FIGURE.sub(lambda figure: "".join("零一二三四五六七八九"[int(digit)] for digit in figure.group()), whole)
    return str(cn2an.transform(spelt, "an2cn"))
