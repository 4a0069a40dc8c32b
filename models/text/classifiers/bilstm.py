"""BiLSTM with attention: reads a text in both directions and weighs its words before it decides.

Zhou et al. 2016, "Attention-Based Bidirectional Long Short-Term Memory Networks for Relation Classification", with the
additive attention of Bahdanau et al. 2015; word vectors are learnt from the training rows.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence

from core.contracts import Context, Highlights
from core.language import N_
from core.learning.labelling import Labelling
from core.learning.targets import Rows
from models.text.classifiers.base import highlights
from models.text.classifiers.networks import PADDING, TOKEN, NetworkClassifier, fit_network, read_network


class BiLSTM(nn.Module):
    def __init__(self, vocabulary: int, classes: int, width: int, dropout: float) -> None:
        super().__init__()
        self.embedding = nn.Embedding(vocabulary, width, padding_idx=PADDING)
        self.reader = nn.LSTM(width, width, batch_first=True, bidirectional=True)
        self.key = nn.Linear(2 * width, width)
        self.query = nn.Linear(width, 1, bias=False)
        self.dropout = nn.Dropout(dropout)
        self.head = nn.Linear(2 * width, classes)

    def attend(self, numbers: Tensor, lengths: Tensor) -> tuple[Tensor, Tensor]:
        """Scores (rows, classes) and attention (rows, tokens), which sums to 1 over the tokens of a text."""
        vectors = self.dropout(self.embedding(numbers))
        packed = pack_padded_sequence(vectors, lengths.cpu(), batch_first=True, enforce_sorted=False)
        states, _ = pad_packed_sequence(self.reader(packed)[0], batch_first=True, total_length=numbers.shape[1])
        outside = torch.arange(numbers.shape[1], device=numbers.device)[None] >= lengths[:, None]
        energies = self.query(torch.tanh(self.key(states))).squeeze(2).masked_fill(outside, -torch.inf)
        attention = energies.softmax(1)
        return self.head(self.dropout((attention[..., None] * states).sum(1))), attention

    def forward(self, numbers: Tensor, lengths: Tensor) -> Tensor:
        return self.attend(numbers, lengths)[0]


class BiLSTMClassifier(NetworkClassifier):
    method = "bilstm"

    def explain(self, text: str, label: str = "", context: Context | None = None) -> Highlights:
        """The attention that each word got: where the network looked, whichever way that word spoke."""
        network = self.network
        assert isinstance(network, BiLSTM)
        spans = [found.span() for found in TOKEN.finditer(text.lower())][: self.settings["max_tokens"]]
        with torch.inference_mode():
            scores, attention = network.attend(*self.batches((text,)).collate(np.array([0])))
        chosen = self.place(label, scores.float().cpu().numpy()[0])
        weights = attention[0].float().cpu().numpy()[: len(spans)]
        shown = text if len(text) == len(text.lower()) else text.lower()
        return highlights(
            shown, spans, weights, self.labelling.classes[chosen],
            N_("Attention: how much the network looked at each word before it decided. It does not say for or against."),
        )  # fmt: skip


def build(vocabulary: int, classes: int, settings: dict[str, Any]) -> nn.Module:
    return BiLSTM(vocabulary, classes, settings["width"], settings["dropout"])


def fit(train: Rows, validation: Rows, labelling: Labelling, params: Any, context: Context) -> NetworkClassifier:
    return fit_network(BiLSTMClassifier, build, (train, validation), labelling, params, context)


def read(folder: Path, settings: dict[str, Any], labelling: Labelling) -> NetworkClassifier:
    return read_network(BiLSTMClassifier, build, folder, settings, labelling)
