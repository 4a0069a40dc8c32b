"""A pretrained transformer whose upper layers are fine-tuned; its embeddings and lower layers stay as they are.

The frozen part is computed once for each text and kept for all epochs (`states`). The head starts from logistic regression on
the frozen model's vectors, so that the first steps do not spoil them (Kumar et al. 2022, "Fine-Tuning can Distort
Pretrained Features"); lower layers learn more slowly (Howard & Ruder 2018). Only what was trained is saved, in half precision,
with the name and checksum of the weights that it stands on.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import torch
from safetensors.torch import load_file, save
from torch import Tensor, nn

from core import weights
from core.contracts import Context, UnavailableError
from core.home import write_bytes
from core.language import N_
from core.learning.classification import Batches, Recipe, network_scores, train
from core.learning.labelling import Labelling
from core.learning.linear import logistic, standard
from core.learning.loop import prepare
from core.learning.targets import Rows
from core.lifecycle.span import Span
from models.text.classifiers.base import Classifier
from models.text.classifiers.states import Reader, States

LAYER_DECAY = 0.9  # each layer learns this much more slowly than the one above it
HEAD_RATE = 10.0  # times the learning rate of the top layer
PROBE_STRENGTH = 0.003
PROBE = "probe.safetensors"


class Upper(nn.Module):
    """The upper layers, the mean over tokens, and a linear head on it. It takes what the lower layers made of a text."""

    centre: Tensor
    spread: Tensor

    def __init__(self, layers: list[nn.Module], width: int, classes: int, dropout: float, precision: torch.dtype | None) -> None:
        super().__init__()
        self.layers, self.precision = nn.ModuleList(layers), precision
        self.register_buffer("centre", torch.zeros(width))
        self.register_buffer("spread", torch.ones(width))
        self.dropout = nn.Dropout(dropout)
        self.head = nn.Linear(width, classes)
        for part in self.layers.modules():
            if isinstance(part, nn.Dropout):
                part.p = dropout

    def pooled(self, states: Tensor, mask: Tensor) -> Tensor:
        """Standardised means, float32 (rows, width), of `states` (rows, tokens, width) where `mask` (rows, tokens) is true."""
        with torch.autocast(states.device.type, self.precision or torch.bfloat16, enabled=self.precision is not None):
            for layer in self.layers:
                states = layer(states, mask[:, None, None, :])
        counted = mask[..., None]
        mean = (states.float() * counted).sum(1) / counted.sum(1)
        return (mean - self.centre) / self.spread

    def forward(self, states: Tensor, mask: Tensor) -> Tensor:
        return self.head(self.dropout(self.pooled(states, mask)))


class TransformerClassifier(Classifier):
    method = "transformer"
    chunk = 512

    def __init__(self, labelling: Labelling, reader: Reader, upper: Upper, settings: dict[str, Any]) -> None:
        super().__init__(labelling)
        self.reader, self.upper, self.settings = reader, upper, settings

    def scores(self, items: tuple[str, ...], context: Context) -> np.ndarray:
        return network_scores(self.upper, _batches(States(self.reader, items, None, context), np.zeros(0, np.int64)), context)

    def vector(self, text: str) -> tuple[str, list[tuple[str, float]], int, float]:
        """The mean of the token vectors after the last layer, standardised; its dimensions have no name, only a number."""
        states = States(self.reader, (text,), None, Context())
        with torch.inference_mode():
            found = self.upper.pooled(*states.block(np.array([0]))).float().cpu().numpy()[0]
        order = np.argsort(-np.abs(found), kind="stable")
        return (
            N_("Vector after the last layer"),
            [(f"#{k}", float(found[k])) for k in order],
            len(found),
            float(np.linalg.norm(found)),
        )

    def tokens(self, text: str) -> list[str]:
        """Word pieces as the model's own tokenizer cuts them."""
        return self.reader.pieces(text)

    def write(self, folder: Path) -> dict[str, Any]:
        write_bytes(folder / "upper.safetensors", save(_halved(self.upper)))
        return self.settings

    def describe(self) -> dict[str, Any]:
        trained = sum(tensor.numel() for tensor in self.upper.parameters())
        return {**super().describe(), "parameters_trained": trained, "parameters": trained + self.reader.size, **self.settings}


def fit(rows: Rows, validation: Rows, labelling: Labelling, params: Any, context: Context) -> TransformerClassifier:
    """Fine-tunes the `params.trained_layers` upper layers with early stopping, then calibrates, both on the validation rows."""
    device = prepare(params.seed)
    reader, upper = _base(
        params.weights, params.trained_layers, params.max_tokens, len(labelling.classes), params.tuning_dropout, device
    )
    folder, learning = context.folder, Span(context, 0.35, 1.0)
    learnt = _batches(States(reader, rows.items, folder and folder / "train", Span(context, 0.0, 0.3)), rows.targets)
    kept = _batches(
        States(reader, validation.items, folder and folder / "validation", Span(context, 0.3, 0.35)), validation.targets
    )  # fmt: skip
    _start_head(upper, learnt, labelling, params, learning)
    recipe = Recipe(
        params.tuning_epochs, params.tuning_batch, params.tuning_rate, params.patience, params.seed, warmup=params.warmup,
        smoothing=params.smoothing, linear_decay=True,
    )  # fmt: skip
    history = train(upper, learnt, kept, labelling, recipe, learning, params.balanced, _groups(upper, recipe), device)
    upper.load_state_dict({name: tensor.float() for name, tensor in _halved(upper).items()})  # as it will be saved
    settings = {
        "weights": params.weights, "sha256": checksum(params.weights), "trained_layers": len(upper.layers),
        "max_tokens": params.max_tokens, "dropout": params.tuning_dropout, "epochs_trained": len(history),
    }  # fmt: skip
    model = TransformerClassifier(labelling, reader, upper, settings)
    if len(validation):
        model.labelling = labelling.calibrated(network_scores(upper, kept, context), validation.targets)
    return model


def read(folder: Path, settings: dict[str, Any], labelling: Labelling) -> TransformerClassifier:
    if checksum(settings["weights"]) != settings["sha256"]:
        raise UnavailableError(
            N_("This model was trained on other weights than the {name} on this machine. Bring those back, or train again."),
            name=settings["weights"],
        )  # fmt: skip
    classes = len(labelling.classes)
    device = prepare(0)
    reader, upper = _base(
        settings["weights"], settings["trained_layers"], settings["max_tokens"], classes, settings["dropout"], device
    )
    upper.load_state_dict({name: tensor.float() for name, tensor in load_file(folder / "upper.safetensors").items()})
    return TransformerClassifier(labelling, reader, upper.eval(), settings)


def checksum(name: str) -> str:
    """SHA-256 of the tensors of the weights called `name`."""
    from core.weights import checks

    listed = [file for file in weights.entry(name).files if file.path.endswith((".safetensors", ".bin"))]
    return listed[0].sha256 or checks.sha256(weights.locate(name) / listed[0].path)


def _base(name: str, trained: int, most: int, classes: int, dropout: float, device: str) -> tuple[Reader, Upper]:
    """The frozen lower part and the upper part to train, of the pretrained model called `name`."""
    half = half_precision(device)
    reader, layers = Reader.open(name, trained, most, device, half)
    return reader, Upper(layers, reader.width, classes, dropout, half).to(device)


def half_precision(device: str) -> torch.dtype | None:
    """bfloat16 where the processor computes in it itself, else nothing: emulated, it is slower than float32."""
    if device == "cuda":
        return torch.bfloat16 if torch.cuda.is_bf16_supported(including_emulation=False) else None
    if device == "cpu" and (torch.cpu._is_avx512_bf16_supported() or torch.cpu._is_amx_tile_supported()):
        return torch.bfloat16
    return None


def _batches(states: States, targets: np.ndarray) -> Batches:
    return Batches(states.lengths, targets, states.block)


def _halved(upper: Upper) -> dict[str, Tensor]:
    return {name: tensor.detach().half().cpu().contiguous() for name, tensor in upper.state_dict().items()}


def _groups(upper: Upper, recipe: Recipe) -> list[dict[str, Any]]:
    """Parameter groups: slower below, none of the decay on biases and norms."""
    groups: list[dict[str, Any]] = []
    for depth, layer in enumerate(reversed(upper.layers)):
        flat: list[Tensor] = []
        deep: list[Tensor] = []
        for tensor in layer.parameters():
            (flat if tensor.ndim == 1 else deep).append(tensor)
        rate = recipe.rate * LAYER_DECAY**depth
        groups += [{"params": deep, "lr": rate}, {"params": flat, "lr": rate, "weight_decay": 0.0}]
    return [*groups, {"params": list(upper.head.parameters()), "lr": recipe.rate * HEAD_RATE}]


def _start_head(upper: Upper, rows: Batches, labelling: Labelling, params: Any, context: Context) -> None:
    """Standardises the pooled vectors and puts logistic regression on them into the head; kept for a resumed job."""
    names = ("centre", "spread", "head.weight", "head.bias")
    own = upper.state_dict()
    path = context.folder and context.folder / PROBE
    if path and path.exists():
        found = load_file(path)
    else:
        context.progress(0.0, N_("Starting the head from logistic regression"))
        vectors = network_scores(_Pooled(upper), rows, context)
        centre, spread = standard(vectors)
        head = logistic((vectors - centre) / spread, rows.targets, labelling, PROBE_STRENGTH, params.balanced, params.seed)
        found = dict(zip(names, map(torch.from_numpy, (centre, spread, *head))))
        if path:
            write_bytes(path, save(found))
    with torch.no_grad():
        for name in names:
            own[name].copy_(found[name])


class _Pooled(nn.Module):
    """The pooled vectors instead of the scores."""

    def __init__(self, upper: Upper) -> None:
        super().__init__()
        self.upper = upper

    def forward(self, states: Tensor, mask: Tensor) -> Tensor:
        return self.upper.pooled(states, mask)
