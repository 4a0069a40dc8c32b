"""Who says what is to be cut out of a picture: people, boxes, objects, or a network that was trained here."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from core import weights
from core.contracts import Capability, Context, Evidence, InputError, Message
from core.contracts.shapes import parse_shapes
from core.language import N_
from models.vision.segmentation import grabcut, objects, selfie

PEOPLE, BOXES = "selfie", "grabcut"
BOX = "0.1 0.1 0.9 0.9"
PERSON, FOREGROUND = N_("person"), N_("foreground")


@dataclass(frozen=True, eq=False)
class Found:
    """What is on one picture: `alpha` float32 (height, width), 0–1, how much of a pixel is cut out; `whose` uint8 of that shape,
    0 nobody's, else k for the thing `names[k - 1]`. `labels`, of a trained network: the place of each pixel's class.
    """

    alpha: np.ndarray
    whose: np.ndarray
    names: tuple[str, ...]
    labels: np.ndarray | None = None


@dataclass(frozen=True, eq=False)
class Finder:
    """`look(pixels, context)` finds; `counts`: whether things are told apart one by one; `classes` are a trained network's."""

    look: Callable[[np.ndarray, Context], Found]
    evidence: Evidence
    counts: bool = True
    classes: tuple[str, ...] = ()
    notices: tuple[Message, ...] = ()


def finder(capability: Capability, params: Any) -> Finder:
    """The one that the params ask for. Raises InputError for a box or classes that cannot be read, UnavailableError for weights
    that cannot be had, NotFoundError for a run that is not there.
    """
    if params.model == PEOPLE:
        return _people(params)
    if params.model == BOXES:
        return _boxes(params)
    return _objects(params) if params.model in objects.KNOWN else _trained(capability, params)


def boxes(text: str) -> tuple[tuple[str, tuple[float, float, float, float]], ...]:
    """Names and corners (left, top, right, bottom as shares) of the boxes that were drawn or written: as shapes, or as the four
    numbers of a single one. Raises InputError.
    """
    text = text.strip()
    if text.startswith("[") or re.match(r"\s*(box|line|zone)\b", text, re.IGNORECASE):
        shapes = parse_shapes(text, ("box",))
        named = [(FOREGROUND if shape.name == f"box {place}" else shape.name, (*shape.points.min(0), *shape.points.max(0)))
                 for place, shape in enumerate(shapes, 1)]  # fmt: skip
    else:
        try:
            x0, y0, x1, y1 = (float(part) for part in re.split(r"[\s,;，；]+", text))
        except ValueError:
            x0 = y0 = x1 = y1 = -1.0
        named = [(FOREGROUND, (x0, y0, x1, y1))]
    for _, (x0, y0, x1, y1) in named:
        if not (0 <= x0 < x1 <= 1 and 0 <= y0 < y1 <= 1) or min(x1 - x0, y1 - y0) < 0.01:
            raise InputError(
                N_("The box must be four numbers from 0 to 1: left, top, right, bottom, e.g. {example}. Mend it and run again."),
                example=BOX,
            )
    return tuple((name, (float(x0), float(y0), float(x1), float(y1))) for name, (x0, y0, x1, y1) in named)


def _people(params: Any) -> Finder:
    def look(pixels: np.ndarray, context: Context) -> Found:
        alpha, whose = selfie.masks(pixels, context, params.people)
        return Found(alpha, whose, (PERSON,) * int(whose.max()))

    entries = [weights.entry(name) for name in ("nanodet", "selfie")]
    return Finder(look, Evidence(
        answered_by=", ".join(entry.title for entry in entries), license=entries[0].licence,
        caveats=(N_("Made for people near the camera: those far away, half hidden or in dark clothes lose parts."),),
    ))  # fmt: skip


def _boxes(params: Any) -> Finder:
    drawn = boxes(params.box or BOX)
    told = () if params.box else (Message(N_("No box was drawn, so nearly all of the picture was taken for one: {box}."),
                                          {"box": BOX}),)  # fmt: skip

    def look(pixels: np.ndarray, context: Context) -> Found:
        whose, alpha = np.zeros(pixels.shape[:2], np.uint8), np.zeros(pixels.shape[:2], np.float32)
        for number, (_, box) in enumerate(drawn, 1):
            one = grabcut.mask(pixels, box, context)
            whose[(one >= 0.5) & (whose == 0)] = number
            np.maximum(alpha, one, out=alpha)
        return Found(alpha, whose, tuple(name for name, _ in drawn))

    caveat = N_("By colour alone: where thing and background look alike, the edge is wrong.")
    evidence = Evidence(answered_by="GrabCut (OpenCV)", license="Apache-2.0", caveats=(caveat,))
    return Finder(look, evidence, counts=False, notices=told)


def _objects(params: Any) -> Finder:
    from models.vision.detection import choose

    with objects.lease(params.model) as found:
        names, route = found.names, found.route
    wanted = choose.wanted(names, params.classes)

    def look(pixels: np.ndarray, context: Context) -> Found:
        with objects.lease(params.model) as detector:  # for each picture, so that a large archive lets others in between
            seen = objects.find(detector, pixels, params.confidence, wanted)
        return Found((seen.whose > 0).astype(np.float32), seen.whose, tuple(names[k] for k in seen.classes))

    item = weights.entry(params.model)
    return Finder(look, Evidence(answered_by=f"{item.title}, {route}", license=item.licence))


def _trained(capability: Capability, params: Any) -> Finder:
    from core import fitted
    from core.lifecycle.train_segmentation import foreground, things
    from models.vision.detection import choose

    with fitted.open_model(capability, params.model) as model:
        classes: tuple[str, ...] = model.classes  # type: ignore[attr-defined]
    names = things(classes)
    wanted = choose.wanted(names, params.classes)

    def look(pixels: np.ndarray, context: Context) -> Found:
        with fitted.open_model(capability, params.model) as found:
            labels = found.labels(pixels)  # type: ignore[attr-defined]
        whose = foreground(labels, classes)
        if wanted:
            whose = np.where(np.isin(whose, [k + 1 for k in wanted]), whose, 0).astype(np.uint8)
        return Found((whose > 0).astype(np.float32), whose, names, labels)

    return Finder(look, fitted.evidence(capability, params.model), counts=False, classes=classes)
