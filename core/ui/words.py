"""Names in results that are words of ours: `word_by_word(result, language)` is the result in the language of its reader.

Names of classes, columns and files are the user's own and stay; which are ours says the result's field `words`.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from core.contracts import Curves, Labels, Matrix, Ranking
from core.language import N_, translate


def word_by_word(result: Any, language: str) -> Any:
    """`result` with its own words in `language`; the result itself where it has none."""
    words = getattr(result, "words", ())
    if not words or not isinstance(result, Ranking | Curves | Matrix | Labels):
        return result

    def of(names: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(translate(name, language) if name in words else name for name in names)

    if isinstance(result, Ranking):
        return replace(result, names=of(result.names), words=())
    if isinstance(result, Curves):
        curves = dict(zip(of(tuple(result.curves)), result.curves.values()))
        return replace(result, curves=curves, marks=dict(zip(of(tuple(result.marks)), result.marks.values())), words=())
    if isinstance(result, Matrix):
        return replace(result, rows=of(result.rows), columns=of(result.columns), words=())
    return replace(result, classes=of(result.classes), words=())


def measured_on(data: str, language: str) -> str:
    """The name of the data on an evidence card; that they are simulated is said in the reader's language."""
    name, found, rest = data.rpartition(", simulated")
    return translate(N_("{name}, simulated"), language, name=name) if found and not rest else data
