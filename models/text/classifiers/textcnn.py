"""TextCNN: convolutions of widths 3, 4 and 5 over word vectors, the strongest response of each, one linear layer.

Kim 2014, "Convolutional Neural Networks for Sentence Classification", with word vectors learnt from the training rows.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn

from core.contracts import Context
from core.learning.labelling import Labelling
from core.learning.targets import Rows
from models.text.classifiers.networks import PADDING, NetworkClassifier, fit_network, read_network

WIDTHS = (3, 4, 5)
FILTERS = 100


class TextCNN(nn.Module):
    def __init__(self, vocabulary: int, classes: int, width: int, dropout: float) -> None:
        super().__init__()
        self.embedding = nn.Embedding(vocabulary, width, padding_idx=PADDING)
        self.filters = nn.ModuleList(nn.Conv1d(width, FILTERS, size) for size in WIDTHS)
        self.dropout = nn.Dropout(dropout)
        self.head = nn.Linear(FILTERS * len(WIDTHS), classes)

    def forward(self, numbers: Tensor, lengths: Tensor) -> Tensor:
        short = max(WIDTHS) - numbers.shape[1]
        if short > 0:
            numbers = nn.functional.pad(numbers, (0, short), value=PADDING)
        vectors = self.dropout(self.embedding(numbers)).transpose(1, 2)
        pooled = []
        for size, layer in zip(WIDTHS, self.filters):
            responses = torch.relu(layer(vectors))
            last = (lengths - size).clamp(min=0)[:, None]  # windows beyond the text are no part of it, whatever the batch
            inside = torch.arange(responses.shape[2], device=numbers.device)[None] <= last
            pooled.append(responses.masked_fill(~inside[:, None], 0).amax(2))
        return self.head(self.dropout(torch.cat(pooled, 1)))


class TextCNNClassifier(NetworkClassifier):
    method = "textcnn"


def build(vocabulary: int, classes: int, settings: dict[str, Any]) -> nn.Module:
    return TextCNN(vocabulary, classes, settings["width"], settings["dropout"])


def fit(train: Rows, validation: Rows, labelling: Labelling, params: Any, context: Context) -> NetworkClassifier:
    return fit_network(TextCNNClassifier, build, (train, validation), labelling, params, context)


def read(folder: Path, settings: dict[str, Any], labelling: Labelling) -> NetworkClassifier:
    return read_network(TextCNNClassifier, build, folder, settings, labelling)
