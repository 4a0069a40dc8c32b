"""Names what is on a picture, out of the 1,000 classes of ImageNet (Russakovsky et al. 2015)."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import torch

from core import weights
from core.contracts import (
    Context,
    Evidence,
    Gallery,
    Image,
    Message,
    Picture,
    Pictures,
    Ranking,
    Records,
    Report,
    Section,
)
from core.language import N_
from models.vision.classifiers import backbones, gradcam
from models.vision.classifiers.backbones import Backbone

FOLDER = Path(__file__).parent.parent
BATCH = 16  # pictures that go through the network at once
SHOWN = 12  # pictures of a batch that are shown
SMALL = 480  # pixels of the longer side of a picture of many
UNSURE = 0.3  # a likeliest class below this is hardly an answer


@lru_cache(maxsize=1)
def names() -> tuple[tuple[str, str], ...]:
    """English and Chinese name of each class, in the order of the scores."""
    english, chinese = ((FOLDER / f"imagenet_{code}.txt").read_text("utf-8").splitlines() for code in ("en", "zh"))
    return tuple(zip(english, chinese, strict=True))


def said(place: int) -> Message:
    """The name of a class in the language of whoever reads it. These 1,000 are no sentences of the catalogue: a kite is a bird
    among them, and a toy elsewhere.
    """
    english, chinese = names()[place]
    return Message(N_("{english_name}"), {"english_name": english, "chinese_name": chinese})


def both(place: int) -> str:
    """The name in both languages, for a chart."""
    return " ".join(names()[place])


@dataclass(frozen=True, eq=False)
class Answer:
    """What was seen on a picture: class numbers, the likeliest first, and their probabilities."""

    picture: Picture
    places: tuple[int, ...]
    chances: tuple[float, ...]


def report(given: Pictures, weights_name: str, top: int, heat: bool, context: Context) -> Report:
    """Names each picture; one is shown with a heat map, of many there is a summary, the first twelve and a table."""
    left_out: list[Message] = []
    with backbones.leased(weights_name) as backbone:
        answers, shown = _asked(given, backbone, top, heat, context, left_out)
    notices = (*given.notices, *left_out)
    if len(given) == 1:
        return _one(answers[0], shown, weights_name, notices)
    return _many(answers, shown, weights_name, notices)


def evidence(weights_name: str) -> Evidence:
    """Who answered. There is no truth to compare with, so there is no score."""
    entry = weights.entry(weights_name)
    caveats = (
        N_("It knows 1,000 classes, of animals and things above all, and no people: what is none of them gets the nearest name."),
        N_("A probability is how sure the network is, not how often it is right."),
    )
    return Evidence(answered_by=entry.title, license=entry.licence, caveats=caveats)


def _asked(
    given: Pictures, backbone: Backbone, top: int, heat: bool, context: Context, left_out: list[Message]
) -> tuple[list[Answer], list[tuple[Image, Image | None]]]:
    """The answers, and the first pictures with their heat map; pixels of a batch are all that is held."""
    from core.intake.pictures import decoded

    answers: list[Answer] = []
    shown: list[tuple[Image, Image | None]] = []
    waiting: list[tuple[Picture, np.ndarray, np.ndarray | None]] = []

    def answer() -> None:
        cuts = np.stack([seen for _, seen, _ in waiting])
        with torch.inference_mode():
            maps = backbone.network.maps(backbone.normal(cuts))
            chances = backbone.network.scores(backbone.network.pooled(maps)).float().softmax(1).cpu()
        best = chances.topk(min(max(top, 5), chances.shape[1]))
        for row, (picture, _, pixels) in enumerate(waiting):
            answers.append(Answer(picture, tuple(best.indices[row].tolist()), tuple(best.values[row].tolist())))
            if pixels is not None:
                shown.append(_pictured(answers[-1], pixels, maps[row : row + 1], backbone, heat, len(given) > 1))
        waiting.clear()

    for number, (picture, pixels) in enumerate(decoded(given, context, left_out)):
        waiting.append((picture, backbone.cut(pixels), pixels if number < SHOWN else None))
        if len(waiting) == BATCH or number < SHOWN:  # those that are shown one by one: they are held at full size
            answer()
    if waiting:
        answer()
    return answers, shown


def _pictured(
    answer: Answer, pixels: np.ndarray, maps: torch.Tensor, backbone: Backbone, heat: bool, is_one_of_many: bool
) -> tuple[Image, Image | None]:
    """The picture with its answer, and again with what spoke for it."""
    from core.visual import draw, encode

    most = SMALL if is_one_of_many else encode.MOST_PIXELS
    caption = Message(N_("{label}, {chance} sure"), {"label": said(answer.places[0]), "chance": f"{answer.chances[0]:.0%}"})
    image = encode.image(answer.picture.name, pixels, caption=caption, most=most)
    if not heat:
        return image, None
    network: Any = backbone.network
    amount = gradcam.heat(maps.clone(), lambda seen: network.scores(network.pooled(seen)), answer.places[0])
    warm = draw.heat(pixels, gradcam.placed(amount, *pixels.shape[:2], backbone.crop))
    explained = Message(N_("What spoke for {label}"), {"label": said(answer.places[0])})
    return image, encode.image(explained, warm, most=most, caption="" if is_one_of_many else HEAT)


HEAT = N_("Grad-CAM: the brighter, the more this part of the picture spoke for the answer. The network sees the square in the "
          "middle.")  # fmt: skip


def _one(answer: Answer, shown: list[tuple[Image, Image | None]], weights_name: str, notices: tuple[Message, ...]) -> Report:
    image, warm = shown[0]
    bars = Ranking(
        N_("Likeliest classes"), tuple(both(place) for place in answer.places), tuple(100 * chance for chance in answer.chances), "%",
        N_("Probability of each class, by the network itself."),
    )  # fmt: skip
    sections = [Section("", image), *([Section("", warm)] if warm else []), Section(bars.title, bars)]
    sections.append(Section(N_("Table"), Records(N_("Table"), _frame([answer], len(answer.places)))))
    return Report(N_("Sort pictures"), _summary(answer), tuple(sections), evidence(weights_name), notices)


def _summary(answer: Answer) -> Message:
    values: dict[str, object] = {"label": said(answer.places[0]), "chance": f"{answer.chances[0]:.0%}"}
    if answer.chances[0] >= UNSURE:
        return Message(N_("Most likely: {label}, {chance} sure."), values)
    second = said(answer.places[1])
    return Message(N_("Hard to say: {label} ({chance}) or {second}, or something that the network does not know."),
                   {**values, "second": second})  # fmt: skip


def _many(
    answers: list[Answer], shown: list[tuple[Image, Image | None]], weights_name: str, notices: tuple[Message, ...]
) -> Report:
    counts = Counter(answer.places[0] for answer in answers).most_common()
    often = Ranking(
        N_("How often each class came first"), tuple(both(place) for place, _ in counts), tuple(float(n) for _, n in counts),
        N_("pictures"),
    )  # fmt: skip
    summary = Message(
        N_("{count} pictures, {classes} different classes; the commonest is {label} ({often})."),
        {"count": len(answers), "classes": len(counts), "label": said(counts[0][0]), "often": counts[0][1]},
    ) if answers else Message(N_("None of the pictures could be opened."))  # fmt: skip
    first = Gallery(
        N_("Pictures with their answers"), tuple(image for image, _ in shown),
        Message(N_("The first {shown} of {count} pictures."), {"shown": len(shown), "count": len(answers)}),
    )  # fmt: skip
    sections = [Section(first.title, first), Section(often.title, often)]
    warm = tuple(image for _, image in shown if image)
    if warm:
        sections.append(Section(N_("What spoke for the answers"), Gallery(N_("What spoke for the answers"), warm, HEAT)))
    frame = Records(N_("Every picture with its answer"), _frame(answers, 1))
    return Report(N_("Sort pictures"), summary, (*sections, Section(frame.title, frame)), evidence(weights_name), notices)


def _frame(answers: list[Answer], each: int) -> Any:
    """A row a picture and class."""
    import pandas as pd

    rows = [(answer.picture.name, *names()[answer.places[k]], 100 * answer.chances[k]) for answer in answers for k in range(each)]
    columns = [N_("picture"), N_("class"), N_("class in Chinese"), N_("probability, %")]
    return pd.DataFrame(rows, columns=columns).round(2)
