"""The one training loop of the neural methods: live curve, early stopping, checkpoints that an interrupted job goes on from."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import torch
from safetensors import safe_open
from safetensors.torch import save
from torch import Tensor, nn

from core.contracts import Context
from core.home import write_bytes
from core.language import N_
from models.text.classifiers.base import Labelling
from models.text.classifiers.targets import balanced_weights, quality

CHECKPOINT = "checkpoint.safetensors"
SECONDS_BETWEEN_CHECKPOINTS = 60.0
MOST_THREADS = 8
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


@dataclass
class State:
    """Where a training stands; with the tensors it makes a checkpoint."""

    epoch: int = 0
    step: int = 0  # within the epoch
    loss: float = 0.0  # summed over the steps of the epoch
    best: float = -1.0
    best_loss: float = float("inf")
    best_epoch: int = 0
    history: list[dict[str, float]] = field(default_factory=list)


def prepare(seed: int) -> str:
    """Seeds torch, gives it the processors that this process may use, and returns the device to work on."""
    from core.device import best, cores

    torch.manual_seed(seed)
    torch.set_num_threads(min(MOST_THREADS, cores()))
    return best()


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

    `groups` are the optimizer's parameter groups where not all share one rate. Random numbers are drawn anew at every step
    from seed and step, so that training which goes on from a checkpoint ends where the uninterrupted one does. Returns
    one entry an epoch: train_loss, validation_loss, validation_accuracy.
    """
    trained = {name: tensor for name, tensor in network.named_parameters() if tensor.requires_grad}
    optimizer = torch.optim.AdamW(groups or [{"params": list(trained.values())}], lr=recipe.rate, weight_decay=recipe.decay)
    highest = [group["lr"] for group in optimizer.param_groups]
    loss_of = _loss(labelling, rows.targets, recipe, balanced, device)
    best = {name: tensor.detach().clone() for name, tensor in trained.items()}
    state = _resume(context.folder, trained, best, optimizer, device) or State()
    total = recipe.epochs * -(-len(rows.lengths) // recipe.batch)
    saved = time.monotonic()
    while state.epoch < recipe.epochs and state.epoch - state.best_epoch <= recipe.patience:
        batches = rows.epoch(recipe.batch, recipe.seed, state.epoch)
        network.train()
        while state.step < len(batches):
            context.check()
            done = state.epoch * len(batches) + state.step
            torch.manual_seed(recipe.seed * 1_000_003 + done)
            _set_rates(optimizer, highest, recipe, done, total)
            batch = batches[state.step]
            loss = loss_of(network(*rows.collate(batch)).float(), torch.as_tensor(rows.targets[batch], device=device))
            optimizer.zero_grad(set_to_none=True)
            loss.backward()
            nn.utils.clip_grad_norm_(trained.values(), recipe.clip)
            optimizer.step()
            state.loss += float(loss.detach())
            state.step += 1
            context.progress(done / total, N_("Epoch {epoch} of {epochs}"), epoch=state.epoch + 1, epochs=recipe.epochs)
            if context.folder and time.monotonic() - saved > SECONDS_BETWEEN_CHECKPOINTS:
                _checkpoint(context.folder, state, trained, best, optimizer)
                saved = time.monotonic()
        _close_epoch(network, state, validation, len(batches), loss_of, trained, best, context, device, recipe)
        if context.folder:
            _checkpoint(context.folder, state, trained, best, optimizer)
            saved = time.monotonic()
    with torch.no_grad():
        for name, tensor in trained.items():
            tensor.copy_(best[name])
    network.eval()
    return state.history


def _close_epoch(
    network: nn.Module, state: State, validation: Batches, steps: int, loss_of: Any, trained: dict[str, Any],
    best: dict[str, Tensor], context: Context, device: str, recipe: Recipe,
) -> None:  # fmt: skip
    """Measures on the validation rows, keeps the tensors when they are the best so far, and starts the next epoch."""
    point = {"train_loss": state.loss / max(steps, 1)}
    if len(validation.lengths):
        scores = network_scores(network, validation, context)
        with torch.no_grad():
            loss = float(loss_of(torch.as_tensor(scores, device=device), torch.as_tensor(validation.targets, device=device)))
        point |= {"validation_loss": loss, "validation_accuracy": quality(scores, validation.targets)}
    else:
        point |= {
            "validation_loss": 0.0,
            "validation_accuracy": float(state.epoch),
        }  # nothing to measure on: the last epoch is kept
    state.epoch, state.step, state.loss = state.epoch + 1, 0, 0.0
    now, before = (point["validation_accuracy"], -point["validation_loss"]), (state.best, -state.best_loss)
    if now[::-1] > before[::-1] if recipe.by_loss and len(validation.lengths) else now > before:
        state.best, state.best_loss, state.best_epoch = point["validation_accuracy"], point["validation_loss"], state.epoch
        for name, tensor in trained.items():
            best[name].copy_(tensor.detach())
    if len(validation.lengths):
        context.metric(state.epoch, **point)
    else:
        context.metric(state.epoch, train_loss=point["train_loss"])
    state.history.append(point)
    context.log(f"epoch {state.epoch}: " + ", ".join(f"{name} {value:.4f}" for name, value in point.items()))


def _loss(labelling: Labelling, targets: np.ndarray, recipe: Recipe, balanced: bool, device: str) -> nn.Module:
    weights = torch.as_tensor(balanced_weights(targets, len(labelling.classes)), device=device) if balanced else None
    if labelling.multilabel:
        return nn.BCEWithLogitsLoss(pos_weight=weights)
    return nn.CrossEntropyLoss(weight=weights, label_smoothing=recipe.smoothing)


def _set_rates(optimizer: torch.optim.Optimizer, highest: list[float], recipe: Recipe, done: int, total: int) -> None:
    warm = max(1, round(total * recipe.warmup))
    share = min(1.0, (done + 1) / warm)
    if recipe.linear_decay:
        share = min(share, (total - done) / max(1, total - warm))
    for group, rate in zip(optimizer.param_groups, highest):
        group["lr"] = rate * share


def _checkpoint(folder: Path, state: State, trained: dict[str, Any], best: dict[str, Tensor], optimizer: Any) -> None:
    tensors = {f"now/{name}": tensor.detach() for name, tensor in trained.items()}
    tensors |= {f"best/{name}": tensor for name, tensor in best.items()}
    for number, moments in optimizer.state_dict()["state"].items():
        tensors |= {f"moment/{number}/{name}": torch.as_tensor(value) for name, value in moments.items()}
    described = {**asdict(state), "best_loss": min(state.best_loss, 1e30)}
    write_bytes(folder / CHECKPOINT, save({n: t.contiguous() for n, t in tensors.items()}, {"state": json.dumps(described)}))


def _resume(folder: Path | None, trained: dict[str, Any], best: dict[str, Tensor], optimizer: Any, device: str) -> State | None:
    """Puts a checkpoint's tensors back where there is one."""
    if folder is None or not (folder / CHECKPOINT).exists():
        return None
    moments: dict[int, dict[str, Tensor]] = {}
    with safe_open(folder / CHECKPOINT, "pt", device=device) as kept, torch.no_grad():
        for name in kept.keys():  # noqa: SIM118 - not a dict
            kind, _, rest = name.partition("/")
            if kind == "moment":
                number, _, moment = rest.partition("/")
                moments.setdefault(int(number), {})[moment] = kept.get_tensor(name)
            else:
                (trained if kind == "now" else best)[rest].copy_(kept.get_tensor(name))
        state = State(**json.loads(kept.metadata()["state"]))
    optimizer.load_state_dict({"state": moments, "param_groups": optimizer.state_dict()["param_groups"]})
    return state
