"""Text in pictures, through RapidOCR: the small PP-OCR models for Chinese and English, which come with its package.

One place for all who read: scanned pages of documents, and pictures.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

LEAST_SCORE = 0.5  # of a recognised line
DOUBTFUL = 0.8  # mean score of all lines: below, they may stand upside down
MOST_SIDE = 2000  # pixels of the longer side that the engine looks at; larger pictures are scaled down by it


@dataclass(frozen=True, eq=False)
class Line:
    """A recognised line: its text, how sure the engine is (0–1), and its corners, float32 (4, 2) as x, y in pixels, clockwise."""

    text: str
    score: float
    corners: np.ndarray


def engine(threads: int = -1, most_side: int = MOST_SIDE) -> Any:
    """The models, loaded (a second). They are not safe for several threads at once: lease them. Raises ImportError."""
    from rapidocr import RapidOCR

    return RapidOCR(
        params={
            "Global.log_level": "error",
            "Global.max_side_len": most_side,
            "EngineConfig.onnxruntime.intra_op_num_threads": threads,
        }
    )


def recognise(engine: Any, pixels: np.ndarray, least: float = LEAST_SCORE) -> list[Line]:
    """The lines in `pixels`, uint8 (height, width, 3) in OpenCV's order blue, green, red, as the engine finds them.

    They are read as they stand. Only where that makes little sense is the engine asked which of them stand upside down: its
    answer to that is wrong for some upright lines, and a line read upside down is lost.
    """
    whole = np.ascontiguousarray(pixels)
    found = _lines(engine(whole, use_cls=False, text_score=0.0))
    if found and np.mean([line.score for line in found]) < DOUBTFUL:
        turned = _lines(engine(whole, use_cls=True, text_score=0.0))
        found = max(found, turned, key=lambda lines: sum(line.score * len(line.text) for line in lines))
    return [line for line in found if line.score >= least]


def _lines(answer: Any) -> list[Line]:
    if getattr(answer, "boxes", None) is None:
        return []
    return [
        Line(text.strip(), float(score), np.asarray(box, np.float32).reshape(4, 2))
        for box, text, score in zip(answer.boxes, answer.txts or (), answer.scores or ())
        if text.strip()
    ]


def name() -> str:
    """What answers, with its version."""
    from importlib.metadata import version

    return f"PP-OCRv6 small (RapidOCR {version('rapidocr')})"
