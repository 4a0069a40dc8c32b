"""The report on pictures that were sorted, whoever sorted them: a ready network or one that was trained here."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from core.contracts import (
    Context,
    Evidence,
    Gallery,
    Image,
    InputError,
    Message,
    Picture,
    Pictures,
    Ranking,
    Records,
    Report,
    Section,
)
from core.intake.pictures import reference_if_any
from core.language import N_

BATCH = 16  # pictures that are asked about at once
SHOWN = 12  # pictures of many that are shown
SMALL = 480  # pixels of the longer side of a picture of many
LEAST_SIDE = 112  # pixels: smaller pictures are enlarged, pixel by pixel
UNSURE = 0.3  # a likeliest class below this is hardly an answer
BARS = 20  # classes of a chart

TITLE = N_("Sort pictures")
HEAT = N_("Grad-CAM: the brighter, the more this part of the picture spoke for the answer.")


@dataclass(frozen=True, eq=False)
class Sorter:
    """Who answers: `square(pixels)` is what it sees of a picture, `chances(squares)` its probabilities (n, classes), and
    `heat(pixels, place)` where in the picture it found the class with that number.

    `said(place)` is the name of a class in a sentence, `written(place)` on a chart, `cells(place)` in the columns `columns`.
    """

    square: Callable[[np.ndarray], np.ndarray]
    chances: Callable[[np.ndarray], np.ndarray]
    heat: Callable[[np.ndarray, int], np.ndarray]
    said: Callable[[int], Message | str]
    written: Callable[[int], str]
    cells: Callable[[int], tuple[str, ...]]
    columns: tuple[str, ...]
    evidence: Evidence
    threshold: float | None = None  # of each class alone where a picture may have several


@dataclass(frozen=True, eq=False)
class Answer:
    """What was seen on a picture: class numbers, the likeliest first, and their probabilities."""

    picture: Picture
    places: tuple[int, ...]
    chances: tuple[float, ...]

    def chosen(self, threshold: float | None) -> tuple[int, ...]:
        """The classes that the picture was given: one, or all from `threshold` up."""
        if threshold is None:
            return self.places[:1]
        return tuple(place for place, chance in zip(self.places, self.chances) if chance >= threshold)


def report(given: Pictures, sorter: Sorter, top: int, heat: bool, context: Context) -> Report:
    """Sorts each picture; one is shown with its heat map, of many there is a summary, the first twelve and a table.

    Raises `InputError` where none of several pictures can be opened.
    """
    left_out: list[Message] = []
    answers, shown = _asked(given, sorter, top, heat, context, left_out)
    if not answers:
        raise InputError(
            N_("None of the {count} pictures can be opened. Save them anew and upload them again."), count=len(given)
        )
    notices = (*given.notices, *left_out)
    summary, sections = _one(answers[0], shown[0], sorter, top) if len(given) == 1 else _many(answers, shown, sorter)
    return Report(TITLE, summary, sections, sorter.evidence, notices)


def _asked(
    given: Pictures, sorter: Sorter, top: int, heat: bool, context: Context, left_out: list[Message]
) -> tuple[list[Answer], list[tuple[Image, Image | None]]]:
    """The answers, and the first pictures with their heat map. Only what the sorter sees of a batch is held."""
    from core.intake.pictures import decoded

    answers: list[Answer] = []
    shown: list[tuple[Image, Image | None]] = []
    waiting: list[tuple[Picture, np.ndarray]] = []

    def answer() -> None:
        found = sorter.chances(np.stack([square for _, square in waiting]))
        kept = found.shape[1] if sorter.threshold is not None else min(max(top, 5), found.shape[1])
        for (picture, _), row in zip(waiting, found):
            order = np.argsort(-row, kind="stable")[:kept]
            answers.append(Answer(picture, tuple(order.tolist()), tuple(row[order].tolist())))
        waiting.clear()

    for picture, pixels in decoded(given, context, left_out):
        waiting.append((picture, sorter.square(pixels)))
        if len(shown) < SHOWN:
            answer()
            shown.append(_pictured(answers[-1], pixels, sorter, heat, len(given) > 1))
        elif len(waiting) == BATCH:
            answer()
    if waiting:
        answer()
    return answers, shown


def _pictured(answer: Answer, pixels: np.ndarray, sorter: Sorter, heat: bool, is_one_of_many: bool) -> tuple[Image, Image | None]:
    """The picture with its answer, and again with what spoke for it."""
    from core.visual import draw, encode

    most = SMALL if is_one_of_many else encode.MOST_PIXELS
    label, chance = named(answer, sorter), f"{answer.chances[0]:.0%}"
    caption = Message(N_("{label}, {chance} sure"), {"label": label, "chance": chance})
    image = picture(answer.picture.name, pixels, caption, most)
    if not heat:
        return image, None
    warm = draw.heat(enlarged(pixels), sorter.heat(pixels, answer.places[0]))
    explained = Message(N_("What spoke for {label}"), {"label": sorter.said(answer.places[0])})
    return image, encode.image(explained, warm, most=most, caption="" if is_one_of_many else HEAT)


def named(answer: Answer, sorter: Sorter) -> Message | str:
    """The answer in words; of several labels, all of them."""
    chosen = answer.chosen(sorter.threshold)
    if len(chosen) == 1:
        return sorter.said(chosen[0])
    return " | ".join(sorter.written(place) for place in chosen) or Message(N_("none of the classes"))


def picture(title: Message | str, pixels: np.ndarray, caption: Message | str, most: int = SMALL) -> Image:
    """A picture to show. Small ones (digits) are enlarged, so that a page does not blur them."""
    from core.visual import encode

    large = enlarged(pixels)
    return encode.image(title, large, caption=caption, most=most, kind="png" if large is not pixels else "jpeg")


def enlarged(pixels: np.ndarray) -> np.ndarray:
    """Pixels repeated until the shorter side has `LEAST_SIDE`; a picture that is large enough comes back itself."""
    times = -(-LEAST_SIDE // max(1, min(pixels.shape[:2])))
    if times <= 1 or max(pixels.shape[:2]) * times > SMALL * 4:
        return pixels
    return pixels.repeat(times, 0).repeat(times, 1)


def _one(answer: Answer, shown: tuple[Image, Image | None], sorter: Sorter, top: int) -> tuple[Message, tuple[Section, ...]]:
    image, warm = shown
    places, chances = answer.places[:top], answer.chances[:top]
    bars = Ranking(
        N_("Likeliest classes"), tuple(map(sorter.written, places)), tuple(100 * chance for chance in chances), "%",
        N_("Probability of each class, by the network itself."),
    )  # fmt: skip
    sections = [Section("", image), *([Section("", warm)] if warm else []), Section(bars.title, bars)]
    sections.append(Section(N_("Table"), Records(N_("Table"), _frame([answer], sorter, top))))
    values: dict[str, object] = {"label": named(answer, sorter), "chance": f"{answer.chances[0]:.0%}"}
    if answer.chances[0] >= UNSURE or len(answer.places) < 2:
        return Message(N_("Most likely: {label}, {chance} sure."), values), tuple(sections)
    hard = N_("Hard to say: {label} ({chance}) or {second}, or something that the network does not know.")
    values |= {"label": sorter.said(answer.places[0]), "second": sorter.said(answer.places[1])}
    return Message(hard, values), tuple(sections)


def _many(answers: list[Answer], shown: list[tuple[Image, Image | None]], sorter: Sorter) -> tuple[Message, tuple[Section, ...]]:
    counts = Counter(place for answer in answers for place in answer.chosen(sorter.threshold)).most_common()
    often = Ranking(
        N_("How often each class was the answer"), tuple(sorter.written(place) for place, _ in counts[:BARS]),
        tuple(float(n) for _, n in counts[:BARS]), "", N_("Number of pictures with each answer."),
    )  # fmt: skip
    more = Message(N_("The first {shown} of {count} pictures."), {"shown": len(shown), "count": len(answers)})
    caption = more if len(answers) > len(shown) else ""
    first = Gallery(N_("Pictures with their answers"), tuple(image for image, _ in shown), caption)
    sections = [Section(first.title, first), Section(often.title, often)]
    warm = tuple(image for _, image in shown if image)
    if warm:
        sections.append(Section(N_("What spoke for the answers"), Gallery(N_("What spoke for the answers"), warm, HEAT)))
    pictures = tuple(reference_if_any(answer.picture) for answer in answers)
    table = Records(N_("Every picture with its answer"), _frame(answers, sorter, 1), pictures=pictures)
    sections.append(Section(table.title, table))
    if not counts:
        return Message(N_("{count} pictures; none reached the threshold of a class."), {"count": len(answers)}), tuple(sections)
    values: dict[str, object] = {"label": sorter.said(counts[0][0]), "often": counts[0][1]}
    values |= {"count": len(answers), "classes": len(counts)}
    if counts[0][1] == 1:
        return Message(N_("{count} pictures, {classes} different classes."), values), tuple(sections)
    return Message(N_("{count} pictures, {classes} different classes; the commonest is {label} ({often})."), values), tuple(
        sections
    )


def _frame(answers: list[Answer], sorter: Sorter, each: int) -> Any:
    """A row a picture and class; of several labels, one row a picture with all of them."""
    import pandas as pd

    rows: list[tuple[object, ...]] = []
    for answer in answers:
        if sorter.threshold is not None and each == 1:
            chosen = answer.chosen(sorter.threshold)
            rows.append((answer.picture.name, " | ".join(map(sorter.written, chosen)), 100 * answer.chances[0]))
        else:
            shares = list(zip(answer.places, answer.chances))[:each]
            rows += [(answer.picture.name, *sorter.cells(place), 100 * chance) for place, chance in shares]
    return pd.DataFrame(rows, columns=[N_("picture"), *sorter.columns, N_("probability, %")]).round(2)
