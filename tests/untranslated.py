"""What a reader of Chinese would find in English although the catalogue knows it: in report, table to take away, and charts."""

from __future__ import annotations

from html.parser import HTMLParser
from typing import Any

from core.contracts import Curves, Documents, Labels, Matrix, Ranking, Report, Sound, Table, Texts
from core.language import catalogue
from core.ui import report
from core.ui.words import word_by_word


class _Texts(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: set[str] = set()
        self._is_style = False

    def handle_starttag(self, tag: str, attrs: Any) -> None:
        self._is_style = tag == "style"

    def handle_data(self, data: str) -> None:
        if not self._is_style:
            self.found.add(data.strip())


def untranslated(result: Any, given: Any = None) -> set[str]:
    """Texts of the Chinese report, and names in its charts, that are ids with another Chinese text; those that stand in what was
    given are the user's own.
    """
    read = _Texts()
    read.feed(report.render(report.as_report("", "", result), "zh").decode())
    shown = {*read.found, *_names(result)}
    chinese, own = catalogue("zh"), _own(given)
    return {text for text in shown if text and chinese.gettext(text) != text and text.lower() not in own}


def _names(result: Any) -> set[str]:
    """Names that a chart of the page has; reports show the first ones only, tables of files all."""
    if isinstance(result, Report):
        return set().union(*(_names(section.result) for section in result.sections))
    result = word_by_word(result, "zh")
    if isinstance(result, Ranking):
        return set(result.names)
    if isinstance(result, Curves):
        return set(result.curves)
    if isinstance(result, Matrix):
        return {*result.rows, *result.columns}
    if isinstance(result, Labels):
        return set(result.classes)
    return set()


def _own(given: Any) -> str:
    """All text that the user gave."""
    if isinstance(given, Table):
        return given.frame.to_csv().lower()
    if isinstance(given, Documents):
        return "\n".join(item.text for item in given.items).lower()
    if isinstance(given, Sound):
        return given.said.lower()
    return "\n".join(given.items).lower() if isinstance(given, Texts) else ""
