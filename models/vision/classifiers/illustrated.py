"""What a training shows in pictures: what is confused with what, the surest mistakes, where the model looked, changed copies."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

import numpy as np
import torch

from core.contracts import Context, Gallery, Image, Labels, Message, Section, Table
from core.language import N_
from core.lifecycle.answers import Answers, pair
from models.vision.classifiers import gradcam
from models.vision.classifiers.answers import HEAT, enlarged, picture
from models.vision.classifiers.augment import augmented
from models.vision.classifiers.base import PictureClassifier
from models.vision.classifiers.rows import opened

MOST = 12  # pictures of a gallery
LOOKED = 8
CHANGED, VARIANTS = 2, 5  # pictures whose changed copies are shown, and how many of each
SIDE = 320  # pixels of the longer side of a picture in a gallery


def illustrated(
    model: PictureClassifier, parts: Sequence[Table], answer: Labels, params: Any, context: Context
) -> tuple[Section, ...]:
    """Galleries of a trained model: `answer` is what it said of the pictures of the third part, whose truth stands in them."""
    test = parts[2]
    found = pair(answer, test.frame[params.target].tolist())
    references, names = test.frame[params.picture].tolist(), list(answer.items)
    sections = [
        _confused(found, references, context), _mistakes(found, references, names, context),
        _looked(model, found, references, names, context),
    ]  # fmt: skip
    sections.append(_changed(model, parts[0].frame[params.picture].tolist(), params.seed))
    return tuple(Section(gallery.title, gallery) for gallery in sections if gallery.images)


def _confused(found: Answers, references: list[str], context: Context) -> Gallery:
    """A picture for each of the commonest confusions."""
    pairs: dict[tuple[str, str], list[int]] = defaultdict(list)
    for row in np.flatnonzero(~found.right):
        pairs[_said(found, found.truth[row]), _said(found, found.predicted[row])].append(int(row))
    images = []
    for (truth, given), rows in sorted(pairs.items(), key=lambda item: -len(item[1]))[:MOST]:
        context.check()
        title = Message(N_("{truth} taken for {given}"), {"truth": truth, "given": given or Message(N_("none of the classes"))})
        images.append(_image(title, references[rows[0]], Message(N_("{count} test pictures"), {"count": len(rows)})))
    return Gallery(N_("Most confused classes"), tuple(images), N_("One picture of each confusion, the commonest first."))


def _mistakes(found: Answers, references: list[str], names: list[str], context: Context) -> Gallery:
    wrong = np.flatnonzero(~found.right)
    off = _off(found)
    images = []
    for row in wrong[np.argsort(-off[wrong], kind="stable")[:MOST]]:
        context.check()
        given = _said(found, found.predicted[row]) or Message(N_("none of the classes"))
        values: dict[str, object] = {"truth": _said(found, found.truth[row]), "chance": f"{off[row]:.0%}", "given": given}
        images.append(_image(names[row], references[row], Message(N_("{truth}, answered {given}, {chance} sure"), values)))
    caption = N_("Where the model was surest and wrong: often the label is wrong, or what decides is not there.")
    return Gallery(N_("Surest mistakes, as pictures"), tuple(images), caption)


def _looked(model: PictureClassifier, found: Answers, references: list[str], names: list[str], context: Context) -> Gallery:
    """Heat maps of the surest mistakes and of right answers of different classes."""
    from core.visual import draw, encode

    wrong = np.flatnonzero(~found.right)
    chosen = wrong[np.argsort(-_off(found)[wrong], kind="stable")[: LOOKED // 2]].tolist()
    met: set[int] = set()
    for row in np.flatnonzero(found.right & found.predicted.any(1)):
        place = int(found.probabilities[row].argmax())
        if place not in met and len(chosen) < LOOKED:
            met.add(place)
            chosen.append(int(row))
    images = []
    for row in chosen:
        context.check()
        pixels = opened(references[row], 2 * SIDE)
        place = int(found.probabilities[row, : len(model.labelling.classes)].argmax())
        amount = gradcam.smooth(model.heat(pixels, place), *pixels.shape[:2])
        title = Message(N_("What spoke for {label}"), {"label": found.classes[place]})
        is_right = N_("right") if found.right[row] else N_("wrong")
        caption = Message(N_("{name}: {verdict}"), {"name": names[row], "verdict": Message(is_right)})
        images.append(encode.image(title, draw.heat(enlarged(pixels), amount), caption=caption, most=SIDE))
    return Gallery(N_("Where the model looked"), tuple(images), HEAT)


def _changed(model: PictureClassifier, references: list[str], seed: int) -> Gallery:
    """What the augmentation that was used makes of the first pictures of the training part."""
    preset = str(model.settings.get("augmentation", "none"))
    images: list[Image] = []
    for reference in references[:: max(1, len(references) // CHANGED)][:CHANGED] if preset != "none" else ():
        square = model.square(reference)
        images.append(picture(N_("original"), square, "", SIDE))
        batch = torch.from_numpy(np.repeat(square[None], VARIANTS, 0)).permute(0, 3, 1, 2).float() / 255
        changed = augmented(batch, preset, torch.Generator().manual_seed(seed))
        for variant in (changed.permute(0, 2, 3, 1).numpy() * 255).round().astype(np.uint8):
            images.append(picture(N_("changed"), variant, "", SIDE))
    caption = N_("The model learns from changed copies like these, drawn anew each time.")
    return Gallery(N_("What augmentation makes of a picture"), tuple(images), caption)


def _image(title: Message | str, reference: str, caption: Message | str) -> Image:
    return picture(title, opened(reference, 2 * SIDE), caption, SIDE)


def _off(found: Answers) -> np.ndarray:
    """How sure each answer was; of several labels, how far the worst of them was off."""
    if found.multilabel:
        return np.abs(found.probabilities - found.truth).max(1)
    return found.probabilities.max(1)


def _said(found: Answers, mask: np.ndarray) -> str:
    return " | ".join(name for name, is_meant in zip(found.classes, mask) if is_meant)
