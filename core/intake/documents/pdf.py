"""PDF through pdfium: lines with their place on the page become paragraphs and headings; running heads and feet are left out."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any

from core.intake.documents.plain import join
from core.intake.documents.problem import Problem, Row, found
from core.intake.limits import MAX_DOCUMENT_PAGES, MAX_OCR_PAGES

LEAST_CHARACTERS = 8  # of a page, below which it counts as a picture when it holds one
OCR_SCALE = 2.0  # times 72 dots an inch
GAP = 0.75  # of a line's height, above which the next line begins a paragraph
HEADING = 1.15  # times the usual height of a line
HEADING_CHARACTERS = 150
REPEATED = 0.5  # share of pages on which a line at the edge is a running head or foot
_FIGURES = re.compile(r"\d+")
_PASSWORD = 4  # FPDF_ERR_PASSWORD
_LINE_ENDS = (10, 13)
_BLANKS = (0, 9, 10, 13, 32, 160)
_HYPHENS = (2, 0xFFFE)  # pdfium's marks for a hyphen at the end of a line


@dataclass(frozen=True)
class Line:
    """A line and its box in points, y upwards; `size` is its height."""

    text: str
    left: float
    bottom: float
    right: float
    top: float
    page: int

    @property
    def size(self) -> float:
        return self.top - self.bottom


def read(path: Path, ocr: bool, progress: Callable[[float], None]) -> dict[str, Any]:
    """The document as the answer of a parser; scanned pages are recognised where `ocr`."""
    import pypdfium2

    try:
        document = pypdfium2.PdfDocument(str(path))
    except pypdfium2.PdfiumError as error:
        if getattr(error, "err_code", None) == _PASSWORD or "password" in str(error).lower():
            raise Problem("password") from error
        raise
    count = min(len(document), MAX_DOCUMENT_PAGES)
    pages: list[list[Line]] = []
    scanned: list[int] = []
    for number in range(1, count + 1):
        page = document[number - 1]
        lines = _lines(page, number)
        if sum(len(line.text) for line in lines) < LEAST_CHARACTERS and _has_picture(page):
            scanned.append(number)
            lines = []
        pages.append(lines)
        page.close()
        progress(number / count * (0.2 if ocr and scanned else 1.0))
    recognised = scanned[:MAX_OCR_PAGES] if ocr else []
    for place, number in enumerate(recognised, 1):
        from core.intake.documents import scan

        pages[number - 1] = scan.lines(document[number - 1], number, OCR_SCALE)
        progress(0.2 + 0.8 * place / len(recognised))
    left = [number for number in scanned if number not in recognised]
    return found(_rows(_without_edges(pages)), len(document), count, left, len(recognised))


def _has_picture(page: Any) -> bool:
    import pypdfium2.raw as pdfium

    return any(True for _ in page.get_objects(filter=[pdfium.FPDF_PAGEOBJ_IMAGE, pdfium.FPDF_PAGEOBJ_FORM], max_depth=3))


def _lines(page: Any, number: int) -> list[Line]:
    """The lines of a page in the order in which the file draws them, spaces and line ends as pdfium finds them."""
    text = page.get_textpage()
    codes = [pdfium_code(text, index) for index in range(text.count_chars())]
    lines: list[Line] = []
    start = 0
    for end in [*(index for index, code in enumerate(codes) if code in _LINE_ENDS), len(codes)]:
        seen = [index for index in range(start, end) if codes[index] not in _BLANKS]
        line = " ".join("".join(_letter(code) for code in codes[start:end]).split())
        start = end + 1
        if line and seen:
            boxes = [text.get_charbox(index, loose=True) for index in {seen[0], seen[len(seen) // 2], seen[-1]}]
            left, bottom, right, top = (pick(side) for pick, side in zip((min, min, max, max), zip(*boxes)))
            lines.append(Line(line, left, bottom, right, top, number))
    text.close()
    return lines


def pdfium_code(text: Any, index: int) -> int:
    """The Unicode number of a character; 0 for none."""
    import pypdfium2.raw as pdfium

    return int(pdfium.FPDFText_GetUnicode(text, index))


def _letter(code: int) -> str:
    if code in _HYPHENS:
        return "-"
    return chr(code) if code >= 32 and not 0xD800 <= code <= 0xDFFF and code != 0xFFFF else " "


def _without_edges(pages: list[list[Line]]) -> list[Line]:
    """All lines but running heads and feet: the first or last of a page, the same on half of the pages but for figures."""

    def mark(line: Line) -> str:
        return _FIGURES.sub("#", line.text)

    edges = [[*lines[:2], *lines[-2:]] for lines in pages if lines]
    counted = Counter(name for lines in edges for name in {mark(line) for line in lines})
    often = {name for name, count in counted.items() if len(edges) >= 4 and count >= REPEATED * len(edges)}
    kept: list[Line] = []
    for lines in pages:
        ends = {id(line) for line in (*lines[:2], *lines[-2:])}
        kept += [line for line in lines if not (id(line) in ends and mark(line) in often)]
    return kept


def _rows(lines: list[Line]) -> list[Row]:
    """Lines as blocks: a gap, another size of type or a short last line ends a paragraph."""
    usual = median([line.size for line in lines]) if lines else 1.0
    rows: list[Row] = []
    gathered: list[Line] = []

    def close() -> None:
        if not gathered:
            return
        text = join([line.text for line in gathered])
        size = max(line.size for line in gathered)
        is_heading = size > HEADING * usual and len(text) <= HEADING_CHARACTERS and any(c.isalpha() for c in text)
        level = (1 if size > 1.8 * usual else 2 if size > 1.35 * usual else 3) if is_heading else 0
        rows.append((text, "heading" if is_heading else "paragraph", gathered[0].page, level))
        gathered.clear()

    for line in lines:
        if gathered and not _goes_on(gathered[-1], line, usual):
            close()
        gathered.append(line)
    close()
    return rows


def _goes_on(before: Line, line: Line, usual: float) -> bool:
    """Whether `line` belongs to the paragraph that `before` ends."""
    if abs(line.size - before.size) > 0.25 * usual:
        return False
    if line.page != before.page or line.bottom > before.top:  # a new page or column: the sentence decides
        return before.text[-1:].isalnum() or before.text[-1:] in ",，、-"
    return before.bottom - line.top < GAP * max(before.size, usual)
