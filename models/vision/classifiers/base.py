"""What every method of sorting pictures has in common: answering in bounded batches, heat maps, saving, describing."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any, ClassVar

import numpy as np
import torch
from torch import Tensor

from core.contracts import Context, Labels, Picture, Pictures, Table
from core.home import read_json, write_json
from core.language import N_
from core.learning.labelling import Labelling
from core.learning.targets import quality
from models.vision.classifiers import gradcam, method
from models.vision.classifiers.backbones import whole
from models.vision.classifiers.rows import opened, seen

CONFIG = "classifier.json"
FEW = 50  # validation rows from which probabilities are calibrated


class PictureClassifier:
    """A fitted classifier of pictures of `size` pixels a side.

    A method gives `scores`, `watched` and `write` (and its module `read`); the rest follows.
    """

    method: ClassVar[str] = ""
    chunk: ClassVar[int] = 16  # pictures that are worked on at a time: bounds memory, paces progress and cancelling

    def __init__(self, labelling: Labelling, size: int, settings: dict[str, Any]) -> None:
        self.labelling, self.size, self.settings = labelling, size, settings

    def scores(self, pixels: np.ndarray) -> np.ndarray:
        """Raw scores of pictures uint8 (n, size, size, 3): float32 (n, classes)."""
        raise NotImplementedError

    def watched(self, pixels: np.ndarray) -> tuple[Tensor, Callable[[Tensor], Tensor]]:
        """What the last convolution sees of one picture (size, size, 3), and how scores follow from that: for heat maps."""
        raise NotImplementedError

    def write(self, folder: Path) -> dict[str, Any]:
        """Writes the arrays into `folder` and returns the JSON-able settings that `read` needs besides."""
        raise NotImplementedError

    def square(self, item: Picture | str | np.ndarray) -> np.ndarray:
        """A picture as the model reads it, uint8 (size, size, 3)."""
        return whole(item if isinstance(item, np.ndarray) else opened(item, 2 * self.size), self.size)

    def predict(self, inputs: Pictures | Table, context: Context | None = None) -> Labels:
        """Probabilities of every class for every picture, in the order given; a table names its pictures in a column."""
        context = context or Context()
        names, items = seen(inputs)
        parts = []
        for start in range(0, len(items), self.chunk):
            context.check()
            part: Sequence[Any] = items[start : start + self.chunk]
            parts.append(self.chances(np.stack([self.square(item) for item in part])))
            done = start + len(part)
            context.progress(done / len(items), N_("{done} of {total} pictures seen"), done=done, total=len(items))
        empty = np.zeros((0, len(self.labelling.classes)), np.float32)
        return Labels(
            names, self.labelling.classes, np.concatenate(parts) if parts else empty,
            self.labelling.multilabel, self.labelling.threshold,
        )  # fmt: skip

    def chances(self, pixels: np.ndarray) -> np.ndarray:
        """Probabilities float32 (n, classes) of pictures uint8 (n, size, size, 3)."""
        return self.labelling.probabilities(self.scores(pixels))

    def heat(self, pixels: np.ndarray, place: int) -> np.ndarray:
        """Where in a picture (height, width, 3) the model found the class number `place`: float32 (rows, columns), 0 to 1."""
        maps, scores_of = self.watched(self.square(pixels))
        return gradcam.heat(maps, scores_of, place)

    def save(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        settings = {**self.settings, **self.write(folder), "size": self.size}
        write_json(folder / CONFIG, {"method": self.method, "labelling": asdict(self.labelling), "settings": settings})

    def describe(self) -> dict[str, Any]:
        """JSON-able facts for the model card."""
        kept = self.labelling
        return {
            "method": self.method, "classes": list(kept.classes), "several_labels": kept.multilabel, "size": self.size,
            "threshold": kept.threshold, "calibration": {"scale": kept.scale, "shift": kept.shift}, **self.settings,
        }  # fmt: skip


def load(folder: Path) -> PictureClassifier:
    """What `PictureClassifier.save` wrote, whichever its method."""
    kept = read_json(folder / CONFIG)
    labelling = Labelling(**{**kept["labelling"], "classes": tuple(kept["labelling"]["classes"])})
    return method(kept["method"]).read(folder, kept["settings"], labelling)


def calibrated(labelling: Labelling, scores: np.ndarray, targets: np.ndarray) -> Labelling:
    """As `Labelling.calibrated`, but left alone where the rows are few or all right: any certainty would fit them."""
    return labelling if len(targets) < FEW or quality(scores, targets) == 1.0 else labelling.calibrated(scores, targets)


def numbers(network: torch.nn.Module) -> int:
    """How many numbers of a network were learnt."""
    return sum(tensor.numel() for tensor in network.parameters() if tensor.requires_grad)
