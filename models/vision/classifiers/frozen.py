"""A frozen pretrained network and logistic regression: few pictures go far, because the network has seen a million before."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor

from core.contracts import Context
from core.home import read_arrays, write_arrays
from core.learning.labelling import Labelling
from core.learning.linear import logistic, standard
from core.learning.targets import Rows, quality
from core.lifecycle.span import Span
from models.vision.classifiers import backbones
from models.vision.classifiers.base import PictureClassifier, calibrated
from models.vision.classifiers.features import features, vectors
from models.vision.classifiers.rows import usual_side

STRENGTHS = (0.001, 0.003, 0.01, 0.03, 0.1)  # of the inverse penalty C, on standardised vectors
COPIES = 2  # changed copies of each picture
MOST_FOR_COPIES = 1_500  # pictures up to which "choose" tries changed copies: each costs as much as the picture
LEAST_SIZE, STEP = 128, 32


class FrozenClassifier(PictureClassifier):
    """`head` float32 (classes, dimension) and `bias` (classes,) on the network's vectors less `centre` over `spread`."""

    method = "frozen"

    def __init__(self, labelling: Labelling, size: int, settings: dict[str, Any], arrays: dict[str, np.ndarray]) -> None:
        super().__init__(labelling, size, settings)
        self.arrays = arrays

    def scores(self, pixels: np.ndarray) -> np.ndarray:
        with backbones.leased(self.settings["weights"]) as backbone:
            return self.from_vectors(vectors(backbone, pixels))

    def from_vectors(self, found: np.ndarray) -> np.ndarray:
        part = self.arrays
        return ((found - part["centre"]) / part["spread"]) @ part["head"].T + part["bias"]

    def watched(self, pixels: np.ndarray) -> tuple[Tensor, Callable[[Tensor], Tensor]]:
        with backbones.leased(self.settings["weights"]) as backbone, torch.no_grad():
            network = backbone.network
            maps = network.maps(backbone.normal(pixels[None]))
        head, bias = (torch.from_numpy(values).to(maps.device) for values in plain(self.arrays))
        return maps, lambda seen: network.pooled(seen) @ head.T + bias

    def write(self, folder: Path) -> dict[str, Any]:
        write_arrays(folder / "head.npz", self.arrays)
        return {}

    def describe(self) -> dict[str, Any]:
        return {**super().describe(), "parameters": int(self.arrays["head"].size + self.arrays["bias"].size)}


def plain(arrays: dict[str, np.ndarray]) -> tuple[np.ndarray, np.ndarray]:
    """Weights and bias that do on plain vectors what the head does on standardised ones."""
    head = arrays["head"] / arrays["spread"]
    return head.astype(np.float32), (arrays["bias"] - head @ arrays["centre"]).astype(np.float32)


def read(folder: Path, settings: dict[str, Any], labelling: Labelling) -> FrozenClassifier:
    size = settings.pop("size")
    return FrozenClassifier(labelling, size, settings, read_arrays(folder / "head.npz"))


def size_for(params: Any, references: tuple[str, ...]) -> int:
    """The side of what the network sees: that of the pictures, within what it was made for."""
    if params.size:
        return params.size
    return int(np.clip(-(-usual_side(references) // STEP) * STEP, LEAST_SIZE, 224))


def fit(train: Rows, validation: Rows, labelling: Labelling, params: Any, context: Context) -> FrozenClassifier:
    """Chooses C and the changed copies on the validation rows (unless given), calibrates there; then learns from all rows."""
    size = size_for(params, train.items)
    everything = train + validation
    found = features(everything.items, params.backbone, size, Span(context, 0.0, 0.4))
    learnt, kept = found[: len(train)], found[len(train) :]
    tries = _presets(params, len(everything), bool(len(validation)))
    copies = {
        preset: [features(everything.items, params.backbone, size, context, preset, k + 1) for k in range(COPIES)]
        for preset in tries if preset != "none"
    }  # fmt: skip
    strengths = (params.strength,) if params.strength else STRENGTHS if len(validation) else (0.01,)
    best: tuple[tuple[float, float], str, FrozenClassifier] | None = None
    for preset in tries:
        more = [part[: len(train)] for part in copies.get(preset, [])]
        rows, targets = np.concatenate([learnt, *more]), np.concatenate([train.targets] * (1 + len(more)))
        for strength in strengths:
            context.check()
            model = _fitted(rows, targets, labelling, strength, params, size, preset)
            score = _worth(model, kept, validation.targets)
            if not len(validation):
                best = (score, preset, model)
                continue
            context.metric(strength, **{f"validation_accuracy_{preset}": score[0]})
            context.log(
                f"{preset}, C={strength:g}: {score[0]:.4f} right on {len(validation)} validation rows, loss {-score[1]:.4f}"
            )
            if best is None or score > best[0]:
                best = (score, preset, model)
    assert best is not None
    _, preset, chosen = best
    if not len(validation):
        return chosen
    sure = calibrated(labelling, chosen.from_vectors(kept), validation.targets)
    rows = np.concatenate([found, *copies.get(preset, [])])
    targets = np.concatenate([everything.targets] * (len(rows) // len(found)))
    return _fitted(rows, targets, sure, chosen.settings["C"], params, size, preset)


def _presets(params: Any, rows: int, can_choose: bool) -> tuple[str, ...]:
    if params.augmentation != "auto":
        return (params.augmentation,)
    return ("none", "shift", "photo") if can_choose and rows <= MOST_FOR_COPIES else ("none",)


def _worth(model: FrozenClassifier, kept: np.ndarray, targets: np.ndarray) -> tuple[float, float]:
    """How good on the validation rows: share right, and of models that are right as often, the surer one."""
    if not len(targets):
        return 0.0, 0.0
    scores = model.from_vectors(kept)
    chances = calibrated(model.labelling, scores, targets).probabilities(scores).clip(1e-7, 1 - 1e-7)
    if targets.ndim == 1:
        return quality(scores, targets), float(np.log(chances[np.arange(len(targets)), targets]).mean())
    return quality(scores, targets), float(np.where(targets > 0, np.log(chances), np.log1p(-chances)).mean())


def _fitted(
    rows: np.ndarray, targets: np.ndarray, labelling: Labelling, strength: float, params: Any, size: int, preset: str
) -> FrozenClassifier:
    from threadpoolctl import threadpool_limits  # comes with scikit-learn

    centre, spread = standard(rows)
    with threadpool_limits(1):  # its steps are short: on a busy machine threads would wait for each other, twenty times as long
        head, bias = logistic((rows - centre) / spread, targets, labelling, strength, params.balanced, params.seed)
    settings = {"weights": params.backbone, "C": strength, "augmentation": preset}
    return FrozenClassifier(labelling, size, settings, {"centre": centre, "spread": spread, "head": head, "bias": bias})
