"""A small convolutional network from scratch: for digits, symbols and other pictures that are like no photograph."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from core.contracts import Context
from core.learning.classification import Recipe
from core.learning.labelling import Labelling
from core.learning.loop import prepare
from core.learning.targets import Rows
from core.lifecycle.span import Span
from models.vision.classifiers.networks import NetworkClassifier, fill, learn
from models.vision.classifiers.rows import squares, usual_side

GROUPS = 8
SMALLEST, LARGEST, STEP = 28, 64, 4  # of the side that is chosen


class SmallNetwork(nn.Module):
    """Three stages of two convolutions each (in the manner of VGG, Simonyan & Zisserman 2015), then the mean of each channel.

    Group normalisation (Wu & He 2018) in place of batch normalisation: it keeps no running means, so a training that goes on from
    a checkpoint ends where the uninterrupted one does.
    """

    def __init__(self, classes: int, width: int, dropout: float) -> None:
        super().__init__()
        stages: list[nn.Module] = []
        given = 3
        for number, made in enumerate((width, 2 * width, 4 * width)):
            stages += [_convolution(given, made), _convolution(made, made)]
            if number < 2:
                stages.append(nn.MaxPool2d(2))
            given = made
        self.stages = nn.Sequential(*stages)
        self.dropout, self.head = nn.Dropout(dropout), nn.Linear(given, classes)

    def maps(self, x: Tensor) -> Tensor:
        return self.stages(x)

    def from_maps(self, maps: Tensor) -> Tensor:
        return self.head(self.dropout(maps.mean((2, 3))))

    def forward(self, x: Tensor) -> Tensor:
        return self.from_maps(self.maps(x))


def _convolution(given: int, made: int) -> nn.Module:
    return nn.Sequential(nn.Conv2d(given, made, 3, padding=1, bias=False), nn.GroupNorm(GROUPS, made), nn.ReLU())


class ScratchClassifier(NetworkClassifier):
    method = "scratch"


def _made(labelling: Labelling, size: int, settings: dict[str, Any], device: str) -> ScratchClassifier:
    network = SmallNetwork(len(labelling.classes), settings["width"], settings["dropout"]).to(device)
    return ScratchClassifier(labelling, size, settings, network, lambda batch: (batch.to(device) - 0.5) / 0.5)


def size_for(params: Any, references: tuple[str, ...]) -> int:
    """The side named, or that of the pictures within what such a network is good for."""
    return params.size or int(np.clip(usual_side(references) // STEP * STEP, SMALLEST, LARGEST))


def fit(train: Rows, validation: Rows, labelling: Labelling, params: Any, context: Context) -> NetworkClassifier:
    size = max(8, size_for(params, train.items))
    pixels = squares((train + validation).items, size, Span(context, 0.0, 0.02))
    settings = {"width": GROUPS * max(1, params.width // GROUPS), "dropout": params.dropout}

    def make() -> ScratchClassifier:
        device = prepare(params.seed)
        return _made(labelling, size, dict(settings), device)

    recipe = Recipe(params.epochs, params.batch, params.rate, params.patience, params.seed, warmup=0.1, decay=0.02,
                    smoothing=0.0 if labelling.multilabel else params.smoothing, linear_decay=True,
                    by_loss=True)  # fmt: skip
    parts = (pixels[: len(train)], pixels[len(train) :])
    return learn(make, parts, (train.targets, validation.targets), recipe, params, Span(context, 0.02, 1.0))


def read(folder: Path, settings: dict[str, Any], labelling: Labelling) -> NetworkClassifier:
    size = settings.pop("size")
    model = _made(labelling, size, settings, str(torch.device(prepare(0))))
    fill(model.network, folder)
    model.network.eval()
    return model
