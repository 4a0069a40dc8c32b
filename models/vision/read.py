"""The text in pictures, Chinese and English: each line with its place, all of it to copy, rows and columns as a table.

Lines are found and recognised by the small PP-OCR models (through RapidOCR), offline; columns of a page are read one after
the other.
"""

from __future__ import annotations

from dataclasses import dataclass
from time import perf_counter
from typing import TYPE_CHECKING, Any, Literal

from core.contracts import (
    Bar,
    Boxes,
    Capability,
    Context,
    Evidence,
    Gallery,
    Image,
    InputError,
    Message,
    Params,
    Picture,
    Pictures,
    Records,
    Report,
    Section,
    Text,
    parameter,
)
from core.language import N_
from models.vision.reading import trial

if TYPE_CHECKING:
    import numpy as np

    from core.intake.ocr import Line

SHOWN = 12  # pictures of a batch with their lines drawn in
SMALL_PIXELS = 640  # of those
UNSURE = 0.8  # lines below are worth a second look


class ReadParams(Params):
    language: Literal["auto", "zh", "en"] = parameter(
        "auto", title=N_("Language"),
        help=N_("Decides on punctuation and on spaces between pieces of a line; both are always read."),
        choices={"auto": N_("As it stands there"), "zh": N_("Chinese"), "en": N_("English")},
    )  # fmt: skip
    detail: Literal["usual", "fine"] = parameter(
        "usual", title=N_("Detail"),
        help=N_("Fine looks at the picture twice as large: for signs and small print, two to four times as slow."),
        choices={"usual": N_("Usual"), "fine": N_("Small text too")},
    )  # fmt: skip
    least: float = parameter(
        0.5, ge=0.1, le=0.99, title=N_("Least confidence"), advanced=True,
        help=N_("Lines that the model is less sure of are left out."),
    )  # fmt: skip


@dataclass(frozen=True, eq=False)
class _Page:
    """What one picture says. `lines` in reading order; the pixels are gone by now."""

    name: str
    lines: list[Line]
    text: str
    grid: list[list[str]]
    image: Image | None


def run(given: Pictures, params: ReadParams, context: Context) -> Report:
    """Reads all pictures.

    Raises:
        InputError: the only picture is damaged.
        UnavailableError: the package that reads is missing.
    """
    from core.intake.pictures import decoded

    started = perf_counter()
    left_out: list[Message] = []
    pages = []
    many = len(given) > 1
    for place, (picture, pixels) in enumerate(decoded(given, context, left_out)):
        pages.append(_page(picture, pixels, params, drawn=many and place < SHOWN, kept=not many))
    if not pages:
        raise InputError(N_("None of the pictures can be opened. Give PNG, JPEG, WebP, BMP, TIFF or GIF files."))
    return Report(
        title=N_("Text in pictures"), summary=_summary(pages), sections=tuple(_sections(pages, many)),
        evidence=_evidence(perf_counter() - started), notices=(*given.notices, *left_out),
    )  # fmt: skip


def _page(picture: Picture, pixels: np.ndarray, params: ReadParams, *, drawn: bool, kept: bool) -> _Page:
    from core.visual import draw, encode
    from models.vision.reading import engine, layout, wording

    found = engine.read(pixels, least=params.least, fine=params.detail == "fine")
    found = [type(line)(wording.spelt(line.text, params.language), line.score, line.corners) for line in found]
    rows = layout.ordered(found)
    lines = [item.line for row in rows for item in row]
    image = encode.image("", pixels) if kept else None
    if drawn:
        marked = draw.boxes(pixels, _corners(lines))
        caption = Message(N_("{count} lines"), {"count": len(lines)})
        image = encode.image(picture.name, marked, caption=caption, most=SMALL_PIXELS)
    text = layout.text_of(rows, params.language)
    return _Page(picture.name, lines, text, layout.grid(rows, params.language), image)


def _corners(lines: list[Line]) -> np.ndarray:
    """Boxes of the lines, float32 (n, 4) as x0, y0, x1, y1."""
    import numpy as np

    return np.array([[*line.corners.min(0), *line.corners.max(0)] for line in lines], np.float32).reshape(-1, 4)


def _is_dense(boxes: np.ndarray) -> bool:
    """Whether lines stand so near to each other that a number above each would hide the one above it."""
    import numpy as np

    reach = np.median(boxes[:, 3] - boxes[:, 1]) if len(boxes) else 0
    above = boxes.copy()
    above[:, 3], above[:, 1] = boxes[:, 1] - 1, boxes[:, 1] - reach
    low, high = np.maximum(above[:, None, :2], boxes[None, :, :2]), np.minimum(above[:, None, 2:], boxes[None, :, 2:])
    return bool((low < high).all(2).any(1).sum() > len(boxes) / 4)


def _sections(pages: list[_Page], many: bool) -> list[Section]:
    title = N_("Lines in the picture")
    shown: list[Section] = []
    if many:
        images = tuple(page.image for page in pages if page.image)
        caption = N_("The first {count} pictures with their lines.") if len(pages) > SHOWN else ""
        shown.append(Section(title, Gallery(title, images, Message(caption, {"count": SHOWN}) if caption else "")))
    else:
        (page,) = pages
        assert page.image is not None
        boxes = _corners(page.lines)
        numbers = () if _is_dense(boxes) else tuple(range(1, len(boxes) + 1))
        label = N_("line") if numbers else ""
        shown.append(Section(title, Boxes(title, page.image, boxes, (label,) * len(boxes), ids=numbers)))
    whole = _whole_text(pages)
    if whole:
        caption = N_("In reading order. Cells that stand apart have a tab between them.")
        shown.append(Section(N_("Text"), Text(N_("Text"), whole, caption=caption)))
    for page in [page for page in pages if page.grid][: SHOWN if many else 1]:
        shown.append(Section(N_("Table"), _table(page, many)))
    if whole:
        shown.append(Section(N_("Every line"), _every_line(pages, many)))
    return shown


def _whole_text(pages: list[_Page]) -> str:
    """The text of all pictures; of several, each under its name."""
    if len(pages) == 1:
        return pages[0].text
    return "\n\n".join(f"{page.name}\n{page.text}" for page in pages if page.text)


def _table(page: _Page, many: bool) -> Records:
    """Rows and columns; the first row gives the names where it can."""
    import pandas as pd

    first, *rest = page.grid
    is_head = len(set(first)) == len(first) and all(cell and not any(c.isdigit() for c in cell) for cell in first)
    names = first if is_head else [str(place) for place in range(1, len(first) + 1)]
    title = Message(N_("Table in {name}"), {"name": page.name}) if many else N_("Table")
    caption = N_("Rows by their height in the picture, columns by the white space between them: check it against the picture.")
    return Records(title, pd.DataFrame(rest if is_head else page.grid, columns=names), caption)


def _every_line(pages: list[_Page], many: bool) -> Records:
    import pandas as pd

    rows: list[dict[str, Any]] = []
    for page in pages:
        for number, (line, box) in enumerate(zip(page.lines, _corners(page.lines).tolist()), 1):
            row: dict[str, Any] = {N_("Picture"): page.name} if many else {}
            row |= {N_("Number"): number, N_("Text"): line.text, N_("Confidence"): round(100 * line.score, 1)}
            rows.append(row | {key: round(value, 1) for key, value in zip(("x0", "y0", "x1", "y1"), box)})
    caption = N_("Confidence in percent, corners in pixels. A low confidence often means a wrong character.")
    return Records(N_("Every line"), pd.DataFrame(rows), caption)


def _summary(pages: list[_Page]) -> Message:
    lines = [line for page in pages for line in page.lines]
    if not lines:
        return Message(N_("No text was found. If there is small text in it, choose the finer detail."))
    unsure = sum(line.score < UNSURE for line in lines)
    values: dict[str, object] = {
        "lines": len(lines), "characters": f"{sum(len(line.text) for line in lines):,}", "unsure": unsure, "pictures": len(pages),
    }  # fmt: skip
    if len(pages) == 1:
        return Message(N_("{lines} lines with {characters} characters; {unsure} of the lines are unsure."), values)
    return Message(
        N_("{lines} lines with {characters} characters in {pictures} pictures; {unsure} of the lines are unsure."), values
    )


def _evidence(seconds: float) -> Evidence:
    from core.intake import ocr

    return Evidence(
        answered_by=ocr.name(), license="Apache-2.0", seconds=seconds,
        caveats=(N_("Good on print; handwriting, ornate type and small signs are read with mistakes. Check names and figures."),),
    )  # fmt: skip


CAPABILITY = Capability(
    id="vision.read",
    title=N_("Text in pictures"),
    summary=N_(
        "Reads Chinese and English text in pictures: each line with its place, the whole to copy, rows and columns as a table."
    ),
    takes=(Pictures,),
    returns=Report,
    params=ReadParams,
    run=run,
    samples=("printed_text", "street"),
    metric="character error rate",
    bars=(
        Bar("printed_text", trial.ERROR_RATE, 0.005, measure=trial.printed, lower_is_better=True),
        Bar("rendered page, English", trial.ERROR_RATE, 0.02, measure=trial.english, lower_is_better=True),
        Bar("rendered page, Chinese", trial.ERROR_RATE, 0.02, measure=trial.chinese, lower_is_better=True),
        Bar("worn page, English", trial.ERROR_RATE, 0.05, measure=trial.worn_english, lower_is_better=True),
        Bar("worn page, Chinese", trial.ERROR_RATE, 0.05, measure=trial.worn_chinese, lower_is_better=True),
        Bar("street", trial.WORDS, 1.0, measure=trial.street),
    ),
)
