"""Pieces of text put together as their language writes them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Literal

Language = Literal["auto", "zh", "en"]
_HAN = re.compile(r"[\u3000-\u303f\u3400-\u9fff\uf900-\ufaff\uff00-\uffef]")
# What the engine writes in full width although the text is English (Unicode, Halfwidth and Fullwidth Forms).
_HALF = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)} | {0x3000: 0x20, 0x3002: 0x2E, 0x3001: 0x2C}
_FULL = {",": "，", ";": "；", ":": "：", "?": "？", "!": "！"}
_AFTER_HAN = re.compile(r"(?<=[\u3400-\u9fff])\s*([,;:?!])(?!\d)\s*")


def spelt(text: str, language: Language) -> str:
    """Punctuation as the language has it: half width in English, full width after a Chinese character in Chinese."""
    if language == "en":
        return text.translate(_HALF)
    if language == "zh":
        return _AFTER_HAN.sub(lambda mark: _FULL[mark[1]], text)
    return text


def joined(pieces: Sequence[str], language: str = "auto") -> str:
    """Pieces of one row side by side: a space between them, but none where a Chinese character stands at the seam."""
    whole = ""
    for piece in pieces:
        seam = whole[-1:] + piece[:1]
        between = "" if not whole or not piece or (language != "en" and _HAN.search(seam)) else " "
        whole += between + piece
    return whole
