"""What fine-tuning and training from scratch share: batches of changed pictures, the choice of changes, answering, saving."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import torch
from safetensors.torch import load_file, save
from torch import Tensor, nn

from core.contracts import Context
from core.home import read_json, write_bytes, write_json
from core.learning.classification import Batches, Recipe, network_scores, train
from core.learning.labelling import Labelling
from core.learning.targets import quality
from core.lifecycle.span import Span
from models.vision.classifiers.augment import PRESETS, augmented
from models.vision.classifiers.base import PictureClassifier, calibrated, numbers

WEIGHTS = "network.safetensors"
CHOSEN = "augmentation.json"  # in the job's folder: a resumed training does not choose again
TRIAL_ROWS, TRIAL_SHARE = 1_500, 6  # pictures that a trial learns from, and by what its epochs are divided
AT_ONCE = 64


class NetworkClassifier(PictureClassifier):
    """A network with `maps(x)` and `from_maps(maps)` over pictures that `normal(batch)` prepares."""

    def __init__(
        self, labelling: Labelling, size: int, settings: dict[str, Any], network: Any, normal: Callable[[Tensor], Tensor]
    ) -> None:
        super().__init__(labelling, size, settings)
        self.network, self.normal = network, normal

    def batches(self, pixels: np.ndarray, targets: np.ndarray, preset: str = "none") -> Batches:
        """Squares (n, size, size, 3) as the training loop wants them. Chance is torch's, which the loop seeds at each step."""

        def collate(rows: np.ndarray) -> tuple[Tensor]:
            batch = torch.from_numpy(np.ascontiguousarray(pixels[rows])).permute(0, 3, 1, 2).float() / 255
            return (self.normal(augmented(batch, preset)),)

        return Batches(np.ones(len(pixels), np.int64), targets, collate)

    def scores(self, pixels: np.ndarray) -> np.ndarray:
        return network_scores(self.network, self.batches(pixels, np.zeros(len(pixels))), Context(), AT_ONCE)

    def watched(self, pixels: np.ndarray) -> tuple[Tensor, Callable[[Tensor], Tensor]]:
        with torch.no_grad():
            maps = self.network.maps(self.normal(torch.tensor(pixels[None]).permute(0, 3, 1, 2).float() / 255))
        return maps, self.network.from_maps

    def write(self, folder: Path) -> dict[str, Any]:
        learnt = {
            name: tensor.detach().cpu().contiguous() for name, tensor in self.network.named_parameters() if tensor.requires_grad
        }
        write_bytes(folder / WEIGHTS, save(learnt))
        return {}

    def describe(self) -> dict[str, Any]:
        return {**super().describe(), "parameters": numbers(self.network)}


def fill(network: nn.Module, folder: Path) -> None:
    """Puts what was learnt back into a network that was made like the one that learnt it."""
    unknown = network.load_state_dict(load_file(folder / WEIGHTS), strict=False).unexpected_keys
    if unknown:
        raise ValueError(f"the saved network has parts that this one has not: {unknown[:3]}")


class _Quiet(Context):
    """A trial's context: it can be stopped, and leaves neither curve nor checkpoint."""

    def __init__(self, whole: Context) -> None:
        self.check = whole.check  # type: ignore[method-assign]


def learn(
    make: Callable[[], NetworkClassifier], pixels: tuple[np.ndarray, np.ndarray], targets: tuple[np.ndarray, np.ndarray],
    recipe: Recipe, params: Any, context: Context, groups: Callable[[NetworkClassifier], Any] | None = None,
) -> NetworkClassifier:  # fmt: skip
    """Trains what `make()` gives, with early stopping, then calibrates it, both on the validation rows.

    `pixels` and `targets` are those to learn from and those to choose by. `make` gives the same network every time.
    """
    preset = _preset(make, pixels, targets, recipe, params, Span(context, 0.0, 0.2), groups)
    model = make()
    model.settings["augmentation"] = preset
    rows, kept = model.batches(pixels[0], targets[0], preset), model.batches(pixels[1], targets[1])
    span = Span(context, 0.2 if params.augmentation == "auto" else 0.0, 1.0)
    history = train(model.network, rows, kept, model.labelling, recipe, span, params.balanced,
                    groups(model) if groups else None, _device(model))  # fmt: skip
    model.settings["epochs_trained"] = len(history)
    if len(targets[1]):
        model.labelling = calibrated(model.labelling, network_scores(model.network, kept, context), targets[1])
    return model


def _preset(
    make: Callable[[], NetworkClassifier], pixels: tuple[np.ndarray, np.ndarray], targets: tuple[np.ndarray, np.ndarray],
    recipe: Recipe, params: Any, context: Span, groups: Callable[[NetworkClassifier], Any] | None,
) -> str:  # fmt: skip
    """The changes named, or those that a short trial of each found best on the validation rows."""
    if params.augmentation != "auto":
        return params.augmentation
    if not len(targets[1]):
        return "none"
    note = context.folder / CHOSEN if context.folder else None
    if note and note.exists():
        return str(read_json(note))
    from dataclasses import replace

    chosen = np.random.default_rng(recipe.seed).permutation(len(targets[0]))[:TRIAL_ROWS]
    short = replace(recipe, epochs=max(2, recipe.epochs // TRIAL_SHARE))
    found = {}
    for number, preset in enumerate(PRESETS):
        context.progress(number / len(PRESETS))
        model = make()
        rows, kept = model.batches(pixels[0][chosen], targets[0][chosen], preset), model.batches(pixels[1], targets[1])
        history = train(model.network, rows, kept, model.labelling, short, _Quiet(context), params.balanced,
                        groups(model) if groups else None, _device(model))  # fmt: skip
        found[preset] = (quality(network_scores(model.network, kept, context), targets[1]),
                         -min(point["validation_loss"] for point in history))  # fmt: skip
        context.log(f"trial of {preset}: {found[preset][0]:.4f} right on the validation rows, loss {-found[preset][1]:.4f}")
    best = max(PRESETS, key=lambda name: found[name])
    if note:
        write_json(note, best)
    return best


def _device(model: NetworkClassifier) -> str:
    return str(next(model.network.parameters()).device)
