"""How many characters are read wrongly: on the printed sample, on pages drawn from known texts, and on the signs of a street.

Nothing here is learnt or tuned; the pages are drawn by us, so they are easier than a photograph and say so. "Worn" pages
are turned by a degree, blurred, darkened to one side and covered with noise, by a fixed seed.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from core.contracts import Context, Evidence, Pictures
from core.language import N_
from core.lifecycle import bootstrap

ERROR_RATE = N_("character error rate")
WORDS = N_("legible words read exactly")
SEED = 0
PAGE_LINES = 36
LINE_CHARACTERS = {"en": 78, "zh": 36}
TYPE = 26  # pixels high, about what 10 points are at 190 dots an inch
NOTHING = N_("no answer at all")
DRAWN = N_("Drawn by us from known text: cleaner than most scans.")

# Typed from the picture `printed_text`, line by line.
PRINTED = (
    "technical details are too complex to cover in the book itself.",
    "In teaching our courses, we have found it useful for the students to attempt a number of",
    "small implementation projects, which often build on one another, in order to get them used to",
    "working with real-world images and the challenges that these present. The students are then",
    "asked to choose an individual topic for each of their small-group, final projects. (Sometimes",
    "these projects even turn into conference papers!) The exercises at the end of each chapter",
    "contain numerous suggestions for smaller mid-term projects, as well as more open-ended",
    "problems whose solutions are still active research topics. Wherever possible, I encourage",
    "students to try their algorithms on their own personal photographs, since this better motivates",
    "them, often leads to creative variants on the problems, and better acquaints them with the",
    "variety and complexity of real-world imagery.",
    "In formulating and solving computer vision problems, I have often found it useful to draw",
    "inspiration from three high-level approaches:",
)
# Every word on the bus in `street` that a person can read in the picture, typed from it.
STREET = ("M1", "SOL", "SEVILLA", "EMT", "MADRID", "Un", "minibús", "100%", "eléctrico", "sí", "es", "plan", "muévete",
          "eléctricamEMTe", "cero", "emisiones")  # fmt: skip


def printed(context: Context) -> Evidence:
    """The printed sample against its transcription."""
    from core import samples

    return _evidence(samples.pictures("printed_text"), PRINTED, "printed_text", "", context)


def english(context: Context) -> Evidence:
    return _drawn("en", False, context)


def chinese(context: Context) -> Evidence:
    return _drawn("zh", False, context)


def worn_english(context: Context) -> Evidence:
    return _drawn("en", True, context)


def worn_chinese(context: Context) -> Evidence:
    return _drawn("zh", True, context)


def street(context: Context) -> Evidence:
    """How many of the words on the bus stand letter by letter in what is read, with fine detail; each word is drawn once."""
    import re

    from core import samples
    from core.intake import ocr
    from models.vision import read

    report = read.run(samples.pictures("street"), read.ReadParams(detail="fine"), context)
    found = re.split(r"[\s/]+", _answer(report))
    hits = np.array([word in found for word in STREET], float)

    def recall(drawn: np.ndarray) -> dict[str, np.ndarray]:
        return {"words": (hits @ drawn) / drawn.sum(0)}

    return Evidence(
        metric=WORDS, score=float(hits.mean()), interval=bootstrap.intervals(recall, len(hits))["words"], baseline=0.0,
        baseline_name=NOTHING, data="street", rows=len(hits), answered_by=ocr.name(), license="Apache-2.0",
        caveats=(N_("One photograph, 16 words: a look at signs, not a benchmark."),),
    )  # fmt: skip


def lines_of(language: str) -> tuple[str, ...]:
    """The lines of the drawn page: the handbook in that language, wrapped."""
    import textwrap

    from core import samples

    text = "\n".join(block.text for block in samples.documents(f"handbook_{language}").items[0].blocks).replace("`", "")
    if language == "en":
        wrapped = [line for part in text.split("\n") for line in textwrap.wrap(part, LINE_CHARACTERS["en"])]
    else:
        width = LINE_CHARACTERS["zh"]
        wrapped = [part[at : at + width].strip() for part in text.split("\n") for at in range(0, len(part), width)]
    return tuple(line for line in wrapped if line)[:PAGE_LINES]


def page(lines: Sequence[str], language: str, *, worn: bool) -> np.ndarray:
    """The lines black on white: English in DejaVu Serif, Chinese in the font that OpenCV brings."""
    import cv2

    step, edge = round(TYPE * 1.7), 60
    pixels = np.full((2 * edge + step * len(lines), 1240, 3), 255, np.uint8)
    if language == "en":
        pixels = _in_serif(pixels, lines, edge, step)
    else:
        face = cv2.FontFace("uni")
        for row, line in enumerate(lines):
            cv2.putText(pixels, line, (edge, edge + row * step + TYPE), (0, 0, 0), face, TYPE)
    return _worn(pixels) if worn else pixels


def _in_serif(pixels: np.ndarray, lines: Sequence[str], edge: int, step: int) -> np.ndarray:
    import matplotlib
    from PIL import Image, ImageDraw, ImageFont

    canvas = Image.fromarray(pixels)
    pen = ImageDraw.Draw(canvas)
    font = ImageFont.truetype(str(Path(matplotlib.get_data_path()) / "fonts" / "ttf" / "DejaVuSerif.ttf"), TYPE - 2)
    for row, line in enumerate(lines):
        pen.text((edge, edge + row * step), line, fill=(0, 0, 0), font=font)
    return np.asarray(canvas)


def _worn(pixels: np.ndarray) -> np.ndarray:
    """Turned by 1°, blurred (σ 1.1), unevenly lit, with noise of 14 grey values."""
    import cv2

    height, width = pixels.shape[:2]
    turn = cv2.getRotationMatrix2D((width / 2, height / 2), 1.0, 1.0)
    turned = cv2.warpAffine(pixels, turn, (width, height), borderValue=(255, 255, 255))
    light = np.linspace(0.95, 0.55, width)[None, :, None]
    noise = np.random.default_rng(SEED).normal(0, 14, pixels.shape)
    return (cv2.GaussianBlur(turned, (0, 0), 1.1) * light + noise).clip(0, 255).astype(np.uint8)


def distances(truth: str, found: str) -> np.ndarray:
    """Levenshtein's distance (1966) between every beginning of `truth` and every beginning of `found`, int32 (rows, columns)."""
    letters = np.array(list(found), dtype="U1")
    steps = np.arange(len(found) + 1)
    table = np.zeros((len(truth) + 1, len(found) + 1), np.int32)
    table[0] = steps
    for row, letter in enumerate(truth, 1):
        above = table[row - 1]
        here = np.concatenate([[row], np.minimum(above[1:] + 1, above[:-1] + (letters != letter))])
        table[row] = np.minimum.accumulate(here - steps) + steps  # insertions, all at once
    return table


def errors(truth: Sequence[str], found: str) -> tuple[np.ndarray, np.ndarray]:
    """Wrong characters and all characters of each true line. White space does not count.

    The whole of `found` is aligned with the whole truth, so what is missing, added or out of order counts; each error belongs to
    the true line at which the alignment makes it.
    """
    lines = ["".join(line.split()) for line in truth]
    whole, read = "".join(lines), "".join(found.split())
    owner = [place for place, line in enumerate(lines) for _ in line] or [0]
    wrong = np.zeros(len(lines))
    table = distances(whole, read)
    row, column = len(whole), len(read)
    while row or column:
        cost = int(table[row, column])
        if row and column and cost == table[row - 1, column - 1] + (whole[row - 1] != read[column - 1]):
            row, column = row - 1, column - 1
        elif row and cost == table[row - 1, column] + 1:
            row -= 1
        else:
            column -= 1
        wrong[owner[min(row, len(owner) - 1)]] += cost - int(table[row, column])
    return wrong, np.array([len(line) for line in lines], float)


def _drawn(language: str, worn: bool, context: Context) -> Evidence:
    lines = lines_of(language)
    given = Pictures.of(page(lines, language, worn=worn), f"page {language}")
    return _evidence(given, lines, f"handbook_{language}, drawn", DRAWN, context)


def _evidence(given: Pictures, truth: Sequence[str], data: str, caveat: str, context: Context) -> Evidence:
    from core.intake import ocr
    from models.vision import read

    wrong, length = errors(truth, _answer(read.run(given, read.ReadParams(), context)))

    def rate(drawn: np.ndarray) -> dict[str, np.ndarray]:
        return {"rate": (wrong @ drawn) / (length @ drawn)}

    return Evidence(
        metric=ERROR_RATE, score=float(wrong.sum() / length.sum()), interval=bootstrap.intervals(rate, len(wrong))["rate"],
        baseline=1.0, baseline_name=NOTHING, data=data, rows=len(wrong), answered_by=ocr.name(), license="Apache-2.0",
        caveats=(caveat,) if caveat else (),
    )  # fmt: skip


def _answer(report: Any) -> str:
    from core.contracts import Text

    return next((section.result.text for section in report.sections if isinstance(section.result, Text)), "")
