"""Two small networks over cepstral coefficients (n, frames, 39), and the classifier around them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
import torch
from safetensors.torch import load_file, save
from torch import Tensor, nn

from core.contracts import Context, Labels, Sound, Table
from core.home import read_json, write_bytes, write_json
from core.language import N_
from core.learning.classification import Batches, Recipe, network_scores, train
from core.learning.labelling import Labelling
from core.learning.loop import prepare
from core.learning.targets import Rows, quality
from core.lifecycle.span import Span
from models.speech.words import clips
from models.speech.words.augment import WAYS, changed

WEIGHTS, CONFIG = "network.safetensors", "classifier.json"
SEEN = 39  # numbers of a frame
FEW = 50  # validation rows, below which they choose by chance: then they are learnt from as well
NOT_CHOSEN = N_("Under 50 recordings to choose by: they were learnt from as well, and the last epoch counts.")
AT_ONCE = 64


class Recurrent(nn.Module):
    """A two-way GRU (Cho et al. 2014), then the mean and the greatest value of each of its outputs."""

    def __init__(self, classes: int, width: int, dropout: float) -> None:
        super().__init__()
        self.reader = nn.GRU(SEEN, width, batch_first=True, bidirectional=True)
        self.dropout, self.head = nn.Dropout(dropout), nn.Linear(4 * width, classes)

    def forward(self, x: Tensor) -> Tensor:
        pressed = nn.functional.avg_pool1d(x.transpose(1, 2), 2).transpose(1, 2)  # two frames in one: half the steps
        states, _ = self.reader(self.dropout(pressed))
        return self.head(self.dropout(torch.cat([states.mean(1), states.amax(1)], 1)))


class Convolutional(nn.Module):
    """Three convolutions over time with pooling between them, then the mean and the greatest value of each channel."""

    def __init__(self, classes: int, width: int, dropout: float) -> None:
        super().__init__()
        stages: list[nn.Module] = []
        for given, made in ((SEEN, width), (width, width), (width, 2 * width)):
            stages += [nn.Conv1d(given, made, 5, padding=2), nn.GroupNorm(8, made), nn.ReLU(), nn.MaxPool1d(2)]
        self.stages = nn.Sequential(*stages)
        self.dropout, self.head = nn.Dropout(dropout), nn.Linear(4 * width, classes)

    def forward(self, x: Tensor) -> Tensor:
        found = self.stages(self.dropout(x).transpose(1, 2))
        return self.head(self.dropout(torch.cat([found.mean(2), found.amax(2)], 1)))


NETWORKS: dict[str, Callable[..., nn.Module]] = {"gru": Recurrent, "cnn": Convolutional}


class WordClassifier:
    """A fitted recogniser of single words."""

    def __init__(self, labelling: Labelling, settings: dict[str, Any], network: nn.Module, device: str) -> None:
        self.labelling, self.settings, self.network, self.device = labelling, settings, network, device

    def predict(self, inputs: Table | Sound, context: Context | None = None) -> Labels:
        """Probabilities of each word for the clips that a table names, or for each word of a recording."""
        context = context or Context()
        if isinstance(inputs, Sound):
            found = [word for _, _, word in clips.words_in(inputs)]
            names = tuple(f"{inputs.name} {number}" for number in range(1, len(found) + 1))
        else:
            names, references = clips.references_of(inputs)
            found = clips.open_clips(references, context)
        return Labels(names, self.labelling.classes, self.chances(found))

    def chances(self, words: list[np.ndarray]) -> np.ndarray:
        """Probabilities float32 (n, classes) of words, each (samples,) at 16 kHz."""
        if not words:
            return np.zeros((0, len(self.labelling.classes)), np.float32)
        rows = batches(words, np.zeros(len(words), np.int64), self.device)
        return self.labelling.probabilities(network_scores(self.network, rows, Context(), AT_ONCE))

    def save(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        write_bytes(
            folder / WEIGHTS, save({name: t.detach().cpu().contiguous() for name, t in self.network.state_dict().items()})
        )
        write_json(folder / CONFIG, {"labelling": asdict(self.labelling), "settings": self.settings})

    def describe(self) -> dict[str, Any]:
        """JSON-able facts for the model card."""
        return {
            **self.settings, "classes": list(self.labelling.classes), "calibration": {"scale": self.labelling.scale},
            "parameters": sum(tensor.numel() for tensor in self.network.parameters()),
            "caveats": [] if self.settings["chosen"] else [NOT_CHOSEN],
        }  # fmt: skip


def batches(words: list[np.ndarray], targets: np.ndarray, device: str, ways: tuple[str, ...] | None = None) -> Batches:
    """Words as the training loop wants them; changed by chance in `ways`, or as they are where that is None."""

    def collate(rows: np.ndarray) -> tuple[Tensor]:
        chosen = [words[row] for row in rows]
        made = [clips.placed(word) for word in chosen] if ways is None else [changed(word, ways) for word in chosen]
        return (torch.from_numpy(clips.inputs(made)).to(device),)

    return Batches(np.ones(len(words), np.int64), targets, collate)


def fit(train_rows: Rows, validation: Rows, labelling: Labelling, params: Any, context: Context) -> WordClassifier:
    """Learns from the clips that the rows name, with early stopping and calibration on the validation rows, if they are enough.

    Chosen on the sample of other letters: with the two speakers who chose the epoch learnt from as well, .54 were right, not .48.
    """
    if len(validation) < FEW:
        train_rows, validation = train_rows + validation, Rows((), np.zeros(0, np.int64))
    words = clips.open_clips((train_rows + validation).items, Span(context, 0.0, 0.1))
    learnt, kept = words[: len(train_rows)], words[len(train_rows) :]
    device = one_thread(params.seed)
    ways = tuple(way for way in WAYS if getattr(params, way))
    settings = {"method": params.method, "width": 8 * max(1, params.width // 8), "dropout": params.dropout,
                "augmentation": list(ways)}  # fmt: skip
    network = NETWORKS[params.method](len(labelling.classes), settings["width"], params.dropout).to(device)
    recipe = Recipe(params.epochs, params.batch, params.rate, params.patience, params.seed, warmup=0.1, decay=0.02,
                    smoothing=params.smoothing, linear_decay=True, by_loss=True)  # fmt: skip
    own, chosen_by = batches(learnt, train_rows.targets, device, ways), batches(kept, validation.targets, device)
    history = train(network, own, chosen_by, labelling, recipe, Span(context, 0.1, 1.0), params.balanced, device=device)
    settings |= {"epochs_trained": len(history), "chosen": bool(kept)}
    if kept:
        scores = network_scores(network, chosen_by, context)
        if quality(scores, validation.targets) < 1.0:  # where all are right, any certainty would fit them
            labelling = labelling.calibrated(scores, validation.targets)
    return WordClassifier(labelling, settings, network, device)


def load(folder: Path) -> WordClassifier:
    """What `WordClassifier.save` wrote."""
    kept = read_json(folder / CONFIG)
    labelling, settings = Labelling(**{**kept["labelling"], "classes": tuple(kept["labelling"]["classes"])}), kept["settings"]
    device = one_thread(0)
    network = NETWORKS[settings["method"]](len(labelling.classes), settings["width"], settings["dropout"])
    network.load_state_dict(load_file(folder / WEIGHTS))
    return WordClassifier(labelling, settings, network.to(device).eval(), device)


def one_thread(seed: int) -> str:
    """As `prepare`, on one thread: for so small a network a second one costs more than it brings."""
    device = prepare(seed)
    torch.set_num_threads(1)
    return device
