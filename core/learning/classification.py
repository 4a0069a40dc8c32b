"""Training and asking a network that sorts rows into classes, on top of the loop."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from core.contracts import Context
from core.learning.labelling import Labelling
from core.learning.loop import Schedule, learn
from core.learning.targets import balanced_weights, quality

BATCHES_SORTED = 50  # batches whose rows are sorted by length together, so that little of a batch is padding


@dataclass(frozen=True)
class Recipe:
    """How to train. `rate` is the highest learning rate: it warms up over `warmup` of the steps and decays to 0 linearly.

    The best epoch is the one with most validation rows right or, `by_loss`, with the least loss on them, which moves less by
    chance where nearly all are right.
    """

    epochs: int
    batch: int
    rate: float
    patience: int
    seed: int
    warmup: float = 0.0
    decay: float = 0.01
    smoothing: float = 0.0
    clip: float = 1.0
    linear_decay: bool = False
    by_loss: bool = False


@dataclass(frozen=True, eq=False)
class Batches:
    """Rows to learn from: `collate(row numbers)` gives the network's inputs; `lengths` (rows,) is what they are sorted by."""

    lengths: np.ndarray
    targets: np.ndarray
    collate: Callable[[np.ndarray], tuple[Tensor, ...]]

    def epoch(self, size: int, seed: int, epoch: int) -> list[np.ndarray]:
        """Row numbers of each batch, shuffled by seed and epoch, with rows of like length together."""
        generator = np.random.default_rng([seed, epoch])
        order, pool, batches = generator.permutation(len(self.lengths)), size * BATCHES_SORTED, []
        for start in range(0, len(order), pool):
            part = order[start : start + pool]
            part = part[np.argsort(self.lengths[part], kind="stable")]
            batches += [part[k : k + size] for k in range(0, len(part), size)]
        return [batches[k] for k in generator.permutation(len(batches))]

    def in_order(self, size: int) -> Iterator[np.ndarray]:
        order = np.argsort(self.lengths, kind="stable")
        return (order[k : k + size] for k in range(0, len(order), size))


def network_scores(network: nn.Module, rows: Batches, context: Context, size: int = 64) -> np.ndarray:
    """The network's scores for the rows, float32 (rows, classes), in the order of the rows."""
    was, parts, places = network.training, [], []
    network.eval()
    with torch.inference_mode():
        for batch in rows.in_order(size):
            context.check()
            parts.append(network(*rows.collate(batch)).float().cpu().numpy())
            places.append(batch)
    network.train(was)
    scores = np.concatenate(parts)
    scores[np.concatenate(places)] = scores.copy()
    return scores


def train(
    network: nn.Module, rows: Batches, validation: Batches, labelling: Labelling, recipe: Recipe, context: Context,
    balanced: bool = False, groups: list[dict[str, Any]] | None = None, device: str = "cpu",
) -> list[dict[str, float]]:  # fmt: skip
    """Trains what of `network` requires a gradient and leaves it at its best epoch on the validation rows.

    `groups` are the optimizer's parameter groups where not all share one rate. Returns one entry an epoch: train_loss,
    validation_loss, validation_accuracy (the first alone, where there are no validation rows).
    """
    trained = [tensor for tensor in network.parameters() if tensor.requires_grad]
    optimizer = torch.optim.AdamW(groups or [{"params": trained}], lr=recipe.rate, weight_decay=recipe.decay)
    weighed = _loss(labelling, rows.targets, recipe, balanced, device)

    def loss_of(batch: np.ndarray) -> Tensor:
        loss: Tensor = weighed(network(*rows.collate(batch)).float(), torch.as_tensor(rows.targets[batch], device=device))
        return loss

    def measure() -> tuple[dict[str, float], tuple[float, ...]]:
        scores = network_scores(network, validation, context)
        with torch.no_grad():
            loss = float(weighed(torch.as_tensor(scores, device=device), torch.as_tensor(validation.targets, device=device)))
        right = quality(scores, validation.targets)
        return {"validation_loss": loss, "validation_accuracy": right}, (-loss, right) if recipe.by_loss else (right, -loss)

    schedule = Schedule(recipe.epochs, recipe.patience, recipe.seed, recipe.warmup,
                        "linear" if recipe.linear_decay else "constant", recipe.clip)  # fmt: skip
    return learn(
        network, optimizer, lambda epoch: rows.epoch(recipe.batch, recipe.seed, epoch), loss_of,
        measure if len(validation.lengths) else None, schedule, context,
    )  # fmt: skip


def _loss(labelling: Labelling, targets: np.ndarray, recipe: Recipe, balanced: bool, device: str) -> nn.Module:
    weights = torch.as_tensor(balanced_weights(targets, len(labelling.classes)), device=device) if balanced else None
    if labelling.multilabel:
        return nn.BCEWithLogitsLoss(pos_weight=weights)
    return nn.CrossEntropyLoss(weight=weights, label_smoothing=recipe.smoothing)
