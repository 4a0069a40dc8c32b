"""A pretrained network whose upper blocks learn on: more exact than frozen, and slower. It starts where `frozen` ends."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from core.contracts import Context
from core.learning.classification import Recipe
from core.learning.labelling import Labelling
from core.learning.linear import logistic, standard
from core.learning.loop import prepare
from core.learning.targets import Rows
from core.lifecycle.span import Span
from models.vision.classifiers import backbones
from models.vision.classifiers.features import features
from models.vision.classifiers.frozen import plain, size_for
from models.vision.classifiers.networks import NetworkClassifier, fill, learn
from models.vision.classifiers.rows import squares

HEAD_FASTER = 10  # times the rate of the blocks
START_STRENGTH = 0.01  # of the logistic regression that the head starts from


class TunedNetwork(nn.Module):
    """A pretrained network, of which only the last `blocks` blocks learn, and a head of our own.

    Its batch normalisation keeps the means of ImageNet: a batch of a few pictures has none worth learning.
    """

    def __init__(self, network: Any, blocks: int, head: nn.Linear, dropout: float) -> None:
        super().__init__()
        self.network, self.dropout, self.head = network, nn.Dropout(dropout), head
        for tensor in network.parameters():
            tensor.requires_grad_(False)
        for part in network.upper(blocks):
            for tensor in part.parameters():
                tensor.requires_grad_(True)

    def train(self, mode: bool = True) -> TunedNetwork:
        super().train(mode)
        self.network.eval()
        return self

    def maps(self, x: Tensor) -> Tensor:
        return self.network.maps(x)

    def from_maps(self, maps: Tensor) -> Tensor:
        return self.head(self.dropout(self.network.pooled(maps)))

    def forward(self, x: Tensor) -> Tensor:
        return self.from_maps(self.maps(x))


class TunedClassifier(NetworkClassifier):
    method = "tuned"


def _made(labelling: Labelling, size: int, settings: dict[str, Any], dimension: int) -> TunedClassifier:
    backbone = backbones.load(settings["weights"])
    head = nn.Linear(dimension, len(labelling.classes)).to(backbone.device)
    network = TunedNetwork(backbone.network, settings["blocks"], head, settings["dropout"])
    return TunedClassifier(labelling, size, settings, network, backbone.normal)


def fit(train: Rows, validation: Rows, labelling: Labelling, params: Any, context: Context) -> NetworkClassifier:
    size = size_for(params, train.items)
    found = features(train.items, params.backbone, size, Span(context, 0.0, 0.1))
    centre, spread = standard(found)
    weights, bias = logistic((found - centre) / spread, train.targets, labelling, START_STRENGTH, params.balanced, params.seed)
    start = plain({"head": weights, "bias": bias, "centre": centre, "spread": spread})
    pixels = squares((train + validation).items, size, Span(context, 0.1, 0.15))
    settings = {"weights": params.backbone, "blocks": params.trained_blocks, "dropout": params.dropout}

    def make() -> TunedClassifier:
        prepare(params.seed)
        model = _made(labelling, size, {**settings, "dimension": found.shape[1]}, found.shape[1])
        with torch.no_grad():
            for tensor, values in zip((model.network.head.weight, model.network.head.bias), start, strict=True):
                tensor.copy_(torch.from_numpy(np.ascontiguousarray(values)))
        return model

    def groups(model: NetworkClassifier) -> list[dict[str, Any]]:
        head = list(model.network.head.parameters())
        blocks = [tensor for tensor in model.network.network.parameters() if tensor.requires_grad]
        return [{"params": blocks}, {"params": head, "lr": params.tuning_rate * HEAD_FASTER}]

    recipe = Recipe(params.tuning_epochs, params.tuning_batch, params.tuning_rate, params.patience, params.seed, warmup=0.1,
                    smoothing=0.0 if labelling.multilabel else params.smoothing, linear_decay=True,
                    by_loss=True)  # fmt: skip
    parts = (pixels[: len(train)], pixels[len(train) :])
    return learn(make, parts, (train.targets, validation.targets), recipe, params, Span(context, 0.15, 1.0), groups)


def read(folder: Path, settings: dict[str, Any], labelling: Labelling) -> NetworkClassifier:
    size = settings.pop("size")
    model = _made(labelling, size, settings, settings["dimension"])
    fill(model.network, folder)
    model.network.eval()
    return model
