"""Chinese in simplified or traditional characters, by OpenCC: Whisper writes now one, now the other."""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache
from typing import Any, Literal

from core.contracts import Utterance
from core.language import N_

Script = Literal["simplified", "traditional", "heard"]
SCRIPTS = {"simplified": N_("Simplified"), "traditional": N_("Traditional"), "heard": N_("As the model writes it")}
_TABLES = {"simplified": "t2s", "traditional": "s2t"}
CHINESE = ("zh", "yue")


def written(utterance: Utterance, language: str, script: Script) -> Utterance:
    """The sentence in that script; other languages as they are."""
    if language not in CHINESE or script == "heard":
        return utterance
    whole = converted("".join(word.text for word in utterance.words), script)
    if len(whole) != sum(len(word.text) for word in utterance.words):  # a phrase of another length: word by word then
        return replace(
            utterance, text=converted(utterance.text, script),
            words=tuple(replace(word, text=converted(word.text, script)) for word in utterance.words),
        )  # fmt: skip
    words, place = [], 0
    for word in utterance.words:
        words.append(replace(word, text=whole[place : place + len(word.text)]))
        place += len(word.text)
    return replace(utterance, text=converted(utterance.text, script), words=tuple(words))


def converted(text: str, script: Script) -> str:
    """`text` in that script."""
    return text if script == "heard" else str(_table(_TABLES[script]).convert(text))


@lru_cache(maxsize=2)
def _table(name: str) -> Any:
    from opencc import OpenCC

    return OpenCC(name)
