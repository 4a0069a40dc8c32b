"""Names what is on a picture, out of the 1,000 classes of ImageNet (Russakovsky et al. 2015)."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

import numpy as np
import torch

from core import weights
from core.contracts import Context, Evidence, Message, Pictures, Report
from core.language import N_
from models.vision.classifiers import answers, backbones, gradcam
from models.vision.classifiers.answers import Sorter
from models.vision.classifiers.backbones import Backbone

FOLDER = Path(__file__).parent.parent


@lru_cache(maxsize=1)
def names() -> tuple[tuple[str, str], ...]:
    """English and Chinese name of each class, in the order of the scores."""
    english, chinese = ((FOLDER / f"imagenet_{code}.txt").read_text("utf-8").splitlines() for code in ("en", "zh"))
    return tuple(zip(english, chinese, strict=True))


def said(place: int) -> Message:
    """The name of a class in the language of whoever reads it. These 1,000 are no sentences of the catalogue: a kite is a bird
    among them, and a toy elsewhere. `:.0` leaves a value out, so that each language shows its own.
    """
    english, chinese = names()[place]
    return Message(N_("{english_name}{chinese_name:.0}"), {"english_name": english, "chinese_name": chinese})


def report(given: Pictures, weights_name: str, top: int, heat: bool, context: Context) -> Report:
    """Names each picture by the network with those weights."""
    with backbones.leased(weights_name) as backbone:
        return answers.report(given, _sorter(backbone), top, heat, context)


def _sorter(backbone: Backbone) -> Sorter:
    network = backbone.network

    def chances(squares: np.ndarray) -> np.ndarray:
        with torch.inference_mode():
            return network(backbone.normal(squares)).float().softmax(1).cpu().numpy()

    def heat(pixels: np.ndarray, place: int) -> np.ndarray:
        with torch.no_grad():
            maps = network.maps(backbone.normal(backbone.cut(pixels)[None]))
        found = gradcam.heat(maps, lambda seen: network.scores(network.pooled(seen)), place)
        return gradcam.placed(found, pixels.shape[0], pixels.shape[1], backbone.crop)

    return Sorter(
        backbone.cut, chances, heat, said, lambda place: " ".join(names()[place]), lambda place: names()[place],
        (N_("class"), N_("class in Chinese")), evidence(backbone.name),
    )  # fmt: skip


def evidence(weights_name: str) -> Evidence:
    """Who answered. There is no truth to compare with, so there is no score."""
    entry = weights.entry(weights_name)
    caveats = (
        N_("It knows 1,000 classes, of animals and things above all, and no people: what is none of them gets the nearest name."),
        N_("A probability is how sure the network is, not how often it is right."),
    )
    return Evidence(answered_by=entry.title, license=entry.licence, caveats=caveats)
