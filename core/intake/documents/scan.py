"""Recognises the text of a scanned page with RapidOCR (Chinese and English, its models come with the package)."""

from __future__ import annotations

from functools import cache
from typing import Any

from core.intake.documents.pdf import Line
from core.intake.documents.problem import Problem

LEAST_SCORE = 0.5  # of a recognised line


def lines(page: Any, number: int, scale: float) -> list[Line]:
    """The recognised lines of a pdfium page from top to bottom, in points as the page's own text would be."""
    picture = page.render(scale=scale).to_numpy()
    answer = _engine()(picture[:, :, :3])
    height = page.get_height()
    found = []
    for box, text, score in zip(answer.boxes if answer.boxes is not None else (), answer.txts or (), answer.scores or ()):
        if score < LEAST_SCORE or not text.strip():
            continue
        left, top = box.min(axis=0) / scale
        right, bottom = box.max(axis=0) / scale
        found.append(Line(text.strip(), float(left), height - float(bottom), float(right), height - float(top), number))
    return sorted(found, key=lambda line: (-line.top, line.left))


@cache
def _engine() -> Any:
    try:
        from rapidocr import RapidOCR
    except ImportError as error:
        raise Problem("no ocr") from error
    return RapidOCR(params={"Global.log_level": "error"})
