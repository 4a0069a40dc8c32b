"""Recognises the text of a scanned page (Chinese and English)."""

from __future__ import annotations

from functools import cache
from typing import Any

from core.intake import ocr
from core.intake.documents.pdf import Line
from core.intake.documents.problem import Problem


def lines(page: Any, number: int, scale: float) -> list[Line]:
    """The recognised lines of a pdfium page from top to bottom, in points as the page's own text would be."""
    picture = page.render(scale=scale).to_numpy()
    height = page.get_height()
    found = []
    for line in ocr.recognise(_engine(), picture[:, :, :3]):
        left, top = line.corners.min(axis=0) / scale
        right, bottom = line.corners.max(axis=0) / scale
        found.append(Line(line.text, float(left), height - float(bottom), float(right), height - float(top), number))
    return sorted(found, key=lambda line: (-line.top, line.left))


@cache
def _engine() -> Any:
    try:
        return ocr.engine()
    except ImportError as error:
        raise Problem("no ocr") from error
