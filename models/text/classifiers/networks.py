"""What TextCNN and BiLSTM share: a vocabulary from the training rows, batches of token numbers, saving, answering."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import torch
from safetensors.torch import load_file, save
from torch import Tensor, nn

from core.contracts import Context
from core.home import read_json, write_bytes, write_json
from core.language import N_
from core.learning.classification import Batches, Recipe, network_scores, train
from core.learning.labelling import Labelling
from core.learning.loop import prepare
from core.learning.targets import Rows
from models.text.classifiers.base import Classifier

# Chinese and Japanese by character, which is at least as good for neural networks as cutting words (Meng et al. 2019, "Is
# Word Segmentation Necessary for Deep Learning of Chinese Representations?"), the rest by word; a mark is a token too.
_SPACELESS = r"\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003134f"
TOKEN = re.compile(rf"[{_SPACELESS}]|[^\W_{_SPACELESS}]+(?:['’][^\W_{_SPACELESS}]+)*|[^\w\s]")
MOST_TOKENS_KNOWN = 30_000
PADDING, UNKNOWN = 0, 1


class Vocabulary:
    """Tokens by number; 0 pads and 1 stands for what training rows show less than twice."""

    def __init__(self, tokens: list[str]) -> None:
        self.tokens = tokens
        self.numbers = {token: number for number, token in enumerate(tokens, start=2)}

    @classmethod
    def of(cls, items: tuple[str, ...]) -> Vocabulary:
        counts = Counter(token for item in items for token in TOKEN.findall(item.lower()))
        common = sorted((token for token, count in counts.items() if count > 1), key=lambda token: (-counts[token], token))
        return cls(common[:MOST_TOKENS_KNOWN])

    def __len__(self) -> int:
        return len(self.tokens) + 2

    def read(self, item: str, most: int) -> list[int]:
        """Token numbers of a text, at most `most`; one unknown token where it has none."""
        return [self.numbers.get(token, UNKNOWN) for token in TOKEN.findall(item.lower())[:most]] or [UNKNOWN]


class NetworkClassifier(Classifier):
    """A network over token numbers: `network(numbers (rows, tokens), lengths (rows,)) -> scores (rows, classes)`."""

    def __init__(self, labelling: Labelling, vocabulary: Vocabulary, network: nn.Module, settings: dict[str, Any]) -> None:
        super().__init__(labelling)
        self.vocabulary, self.network, self.settings = vocabulary, network, settings
        self.device = next(network.parameters()).device

    def batches(self, items: tuple[str, ...], targets: np.ndarray | None = None) -> Batches:
        numbers = [self.vocabulary.read(item, self.settings["max_tokens"]) for item in items]
        lengths = np.array([len(found) for found in numbers], np.int64)

        def collate(rows: np.ndarray) -> tuple[Tensor, Tensor]:
            block = np.full((len(rows), lengths[rows].max()), PADDING, np.int64)
            for place, row in enumerate(rows):
                block[place, : lengths[row]] = numbers[row]
            return torch.from_numpy(block).to(self.device), torch.from_numpy(lengths[rows]).to(self.device)

        return Batches(lengths, np.zeros(0, np.int64) if targets is None else targets, collate)

    def scores(self, items: tuple[str, ...], context: Context) -> np.ndarray:
        return network_scores(self.network, self.batches(items), context)

    def vector(self, text: str) -> tuple[str, list[tuple[str, float]], int, float]:
        """The mean of the token vectors; its strongest parts are the tokens whose vectors are longest."""
        tokens = TOKEN.findall(text.lower())[: self.settings["max_tokens"]]
        numbers = torch.tensor(self.vocabulary.read(text, self.settings["max_tokens"]), device=self.device)
        with torch.inference_mode():
            vectors = self.network.embedding(numbers).float().cpu().numpy()  # type: ignore[operator]
        lengths = dict(zip(tokens, np.linalg.norm(vectors, axis=1).tolist()))
        strongest = sorted(lengths.items(), key=lambda pair: -pair[1])
        return N_("Length of each token's learnt vector"), strongest, vectors.shape[1], float(np.linalg.norm(vectors.mean(0)))

    def tokens(self, text: str) -> list[str]:
        return TOKEN.findall(text.lower())[: self.settings["max_tokens"]]

    def write(self, folder: Path) -> dict[str, Any]:
        tensors = {name: tensor.detach().cpu().contiguous() for name, tensor in self.network.state_dict().items()}
        write_bytes(folder / "network.safetensors", save(tensors))
        write_json(folder / "vocabulary.json", self.vocabulary.tokens)
        return self.settings

    def describe(self) -> dict[str, Any]:
        parameters = sum(tensor.numel() for tensor in self.network.parameters())
        return {**super().describe(), "vocabulary": len(self.vocabulary), "parameters": parameters, **self.settings}


Builder = Callable[[int, int, dict[str, Any]], nn.Module]  # (vocabulary, classes, settings) -> network


def fit_network(
    kind: type[NetworkClassifier], build: Builder, rows: tuple[Rows, Rows], labelling: Labelling, params: Any, context: Context
) -> NetworkClassifier:
    """Trains a network from scratch with early stopping, then calibrates it, both on the validation rows."""
    device = prepare(params.seed)
    learnt, kept = rows
    vocabulary = Vocabulary.of(learnt.items)
    settings = {"max_tokens": params.max_tokens, "width": params.width, "dropout": params.dropout}
    network = build(len(vocabulary), len(labelling.classes), settings).to(device)
    model = kind(labelling, vocabulary, network, settings)
    recipe = Recipe(params.epochs, params.batch, params.rate, params.patience, params.seed)
    validation = model.batches(kept.items, kept.targets)
    history = train(
        network, model.batches(learnt.items, learnt.targets), validation, labelling, recipe, context,
        params.balanced, device=device,
    )  # fmt: skip
    settings["epochs_trained"] = len(history)
    if len(kept):
        model.labelling = labelling.calibrated(network_scores(network, validation, context), kept.targets)
    return model


def read_network(
    kind: type[NetworkClassifier], build: Builder, folder: Path, settings: dict[str, Any], labelling: Labelling
) -> NetworkClassifier:
    vocabulary = Vocabulary(read_json(folder / "vocabulary.json"))
    network = build(len(vocabulary), len(labelling.classes), settings)
    network.load_state_dict(load_file(folder / "network.safetensors"))
    return kind(labelling, vocabulary, network.to(prepare(0)).eval(), settings)
