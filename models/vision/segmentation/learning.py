"""Trains U-Net on pictures with masks, on the one training loop: cross-entropy and Dice, pictures and masks changed together."""

from __future__ import annotations

from typing import Any

import numpy as np
import torch
import torch.nn.functional as F  # noqa: N812 - its usual name
from torch import Tensor

from core.contracts import Context, InputError, Message, Table
from core.intake.pictures import masks
from core.language import N_
from core.learning.loop import Schedule, learn
from core.lifecycle.evaluate_segmentation import counted, scores
from core.lifecycle.span import Span
from models.vision.classifiers.augment import Change, changed
from models.vision.classifiers.rows import squares, usual_side
from models.vision.detection.library import free_cores
from models.vision.segmentation.learnt import SegmentationModel, made
from models.vision.segmentation.networks import STRIDE

SMALLEST, LARGEST = 64, 256  # of the side that is chosen
AT_ONCE = 16  # pictures that are measured at once
CHANGE = Change(turn=20, zoom=(0.8, 1.25), shear=0.0, shift=0.08, color=0.25, mirror=True)
FEW_NUMBERS = 4_096  # side times width up to which one thread learns: on a busy machine the second one cost twenty times the time
PICTURE = "picture"


def fit(train: Table, validation: Table, params: Any, context: Context) -> SegmentationModel:
    """A network trained on the pictures of `train`, kept at the epoch of the best mean intersection over union on those of
    `validation` (the last one where there are none).

    Raises InputError where the masks show one class only, Cancelled where the user stops it.
    """
    cells = [table.frame[params.target].tolist() for table in (train, validation)]
    classes = tuple(dict.fromkeys(name for cell in cells[0] for name in masks.names_in(cell)))
    if len(classes) < 2:
        raise InputError(N_("The masks to learn from show one class only ({name}): there is nothing to tell apart. Give masks of "
                            "more pictures."), name=Message(classes[0] if classes else masks.BACKGROUND))  # fmt: skip
    if masks.BACKGROUND in classes:
        classes = (masks.BACKGROUND, *(name for name in classes if name != masks.BACKGROUND))
    references = [table.frame[PICTURE].tolist() for table in (train, validation)]
    size = _side(params.size, tuple(references[0]))
    pixels = [squares(part, size, Span(context, 0.0, 0.02)) for part in references]
    labels = [_labels(part, classes, size, context) for part in cells]
    facts = {"architecture": params.architecture, "classes": list(classes), "size": size, "width": params.width}
    model = made(facts, params.seed)
    torch.set_num_threads(1 if size * params.width <= FEW_NUMBERS else free_cores())
    history = _learn(model, pixels, labels, params, Span(context, 0.02, 1.0))
    model.facts["epochs"] = len(history)
    return model


def _side(asked: int, references: tuple[str, ...]) -> int:
    """The side named, or that of the pictures within bounds, as a multiple of the stride."""
    found = asked or int(np.clip(usual_side(references), SMALLEST, LARGEST))
    return max(STRIDE, round(found / STRIDE) * STRIDE)


def _labels(cells: list[str], classes: tuple[str, ...], size: int, context: Context) -> np.ndarray:
    """Masks pressed into uint8 (n, size, size), the nearest pixel each."""
    import cv2

    found = np.empty((len(cells), size, size), np.uint8)
    for place, cell in enumerate(cells):
        context.check()
        found[place] = cv2.resize(masks.decoded(cell, classes), (size, size), interpolation=cv2.INTER_NEAREST_EXACT)
    return found


def _learn(
    model: SegmentationModel, pixels: list[np.ndarray], labels: list[np.ndarray], params: Any, context: Context
) -> list[dict[str, float]]:
    count, network = len(pixels[0]), model.network
    batch = min(params.batch, count)

    def batches_of(epoch: int) -> list[np.ndarray]:
        order = np.random.default_rng([params.seed, epoch]).permutation(count)
        return [order[k : k + batch] for k in range(0, count, batch)]

    def loss_of(rows: np.ndarray) -> Tensor:
        seen = torch.from_numpy(np.ascontiguousarray(pixels[0][rows])).permute(0, 3, 1, 2).float() / 255
        truth = torch.from_numpy(labels[0][rows])
        if params.augmentation:
            seen, truth = changed_together(seen, truth)
        return loss(network(model.normal(seen)), truth.to(model.device).long())

    def measure() -> tuple[dict[str, float], tuple[float, ...]]:
        losses, counts = [], []
        with torch.inference_mode():
            for start in range(0, len(pixels[1]), AT_ONCE):
                context.check()
                seen = (
                    torch.from_numpy(np.ascontiguousarray(pixels[1][start : start + AT_ONCE])).permute(0, 3, 1, 2).float() / 255
                )
                truth = labels[1][start : start + AT_ONCE]
                found = network(model.normal(seen))
                losses.append(float(loss(found, torch.from_numpy(truth).to(model.device).long())))
                answers = found.argmax(1).to(torch.uint8).cpu().numpy()
                counts += [counted("", *pair, len(model.classes)).counts for pair in zip(truth, answers)]
        whole = scores(np.stack(counts).astype(float), np.ones((len(counts), 1)))
        overlap, lost = float(whole["miou"][0]), float(np.mean(losses))
        return {"validation_loss": lost, "validation_miou": overlap}, (overlap, -lost)

    optimizer = torch.optim.AdamW([t for t in network.parameters() if t.requires_grad], lr=params.rate, weight_decay=0.01)
    schedule = Schedule(params.epochs, params.patience, params.seed, warmup=0.1, shape="cosine")
    return learn(network, optimizer, batches_of, loss_of, measure if len(pixels[1]) else None, schedule, context)


def changed_together(pictures: Tensor, truth: Tensor) -> tuple[Tensor, Tensor]:
    """Pictures (n, 3, height, width) and masks, uint8 (n, height, width), mirrored, turned, scaled and shifted alike, the
    pictures recoloured. Where nothing was, the mask does not count.
    """
    pictures, grid = changed(pictures, CHANGE)
    moved = F.grid_sample(truth[:, None].float(), grid, mode="nearest", padding_mode="border", align_corners=False)[:, 0]
    inside = (grid.abs() <= 1).all(-1)
    return pictures, torch.where(inside, moved, torch.tensor(float(masks.VOID))).to(torch.uint8)


def loss(found: Tensor, truth: Tensor) -> Tensor:
    """Cross-entropy plus one minus Dice (Milletari, Navab & Ahmadi 2016), the mean over the classes that the batch has.

    `found` are scores (n, classes, height, width), `truth` int64 (n, height, width); where that is `VOID`, nothing counts.
    """
    found = found.float()
    known = truth != masks.VOID
    entropy = F.cross_entropy(found, truth, ignore_index=masks.VOID, reduction="sum") / known.sum().clamp(min=1)
    marks = F.one_hot(torch.where(known, truth, 0), found.shape[1]).permute(0, 3, 1, 2) * known[:, None]
    chances = found.softmax(1) * known[:, None]
    shared, both = (chances * marks).sum((0, 2, 3)), (chances + marks).sum((0, 2, 3))
    occurs = marks.sum((0, 2, 3)) > 0
    dice = ((2 * shared + 1) / (both + 1))[occurs]
    return entropy + (1 - dice.mean() if len(dice) else 0.0)
