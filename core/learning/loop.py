"""The one training loop of networks: warm-up, live curve, early stopping, checkpoints that an interrupted job goes on from."""

from __future__ import annotations

import json
import math
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Literal, TypeVar

import torch
from safetensors import safe_open
from safetensors.torch import save
from torch import Tensor, nn

from core.contracts import Context, InputError
from core.home import write_bytes
from core.language import N_

CHECKPOINT = "training.safetensors"
SECONDS_BETWEEN_CHECKPOINTS = 60.0
MOST_THREADS = 8

Batch = TypeVar("Batch")
Goodness = tuple[float, ...]


@dataclass(frozen=True)
class Schedule:
    """How long and how fast. Rates rise over `warmup` of the steps and then stay, or fall to 0 along a line or half a cosine.

    After `patience` epochs without a better one it ends; `clip` is the longest gradient.
    """

    epochs: int
    patience: int
    seed: int
    warmup: float = 0.0
    shape: Literal["constant", "linear", "cosine"] = "constant"
    clip: float = 1.0

    def share(self, done: int, total: int) -> float:
        """Of the highest rate, at step `done` of `total`."""
        warm = max(1, round(total * self.warmup))
        rising = min(1.0, (done + 1) / warm)
        if self.shape == "linear":
            return min(rising, (total - done) / max(1, total - warm))
        if self.shape == "cosine" and done >= warm:
            return 0.5 * (1 + math.cos(math.pi * (done - warm) / max(1, total - warm)))
        return rising


@dataclass
class State:
    """Where a training stands; with the tensors it makes a checkpoint."""

    epoch: int = 0
    step: int = 0  # within the epoch
    loss: float = 0.0  # summed over the steps of the epoch
    best: list[float] = field(default_factory=list)
    best_epoch: int = 0
    history: list[dict[str, float]] = field(default_factory=list)


def prepare(seed: int) -> str:
    """Seeds torch, gives it the processors that this process may use, and returns the device to work on."""
    from core.device import best, cores

    torch.manual_seed(seed)
    torch.set_num_threads(min(MOST_THREADS, cores()))
    return best()


def learn(
    network: nn.Module, optimizer: torch.optim.Optimizer, batches_of: Callable[[int], Sequence[Batch]],
    loss_of: Callable[[Batch], Tensor], measure: Callable[[], tuple[dict[str, float], Goodness]] | None, schedule: Schedule,
    context: Context,
) -> list[dict[str, float]]:  # fmt: skip
    """Trains what of `network` requires a gradient and leaves it, in eval mode, as it was at its best epoch.

    `batches_of(epoch)` gives the batches, the same number and the same ones whenever it is asked; `loss_of(batch)` a scalar.
    `measure()` gives the validation metrics of an epoch and how good it is, compared from the left; without it (no validation
    rows) the last epoch counts. Random numbers are drawn anew at each step from seed and step, so that training which goes on
    from a checkpoint ends where the uninterrupted one does. Returns one entry an epoch: train_loss and what was measured.

    Raises:
        InputError: the loss is no number any more.
    """
    trained = {name: tensor for name, tensor in network.named_parameters() if tensor.requires_grad}
    highest = [group["lr"] for group in optimizer.param_groups]
    best = {name: tensor.detach().clone() for name, tensor in trained.items()}
    state = _resume(context.folder, trained, best, optimizer) or State()
    saved = time.monotonic()
    while state.epoch < schedule.epochs and (measure is None or state.epoch - state.best_epoch <= schedule.patience):
        batches = batches_of(state.epoch)
        total = schedule.epochs * len(batches)
        network.train()
        while state.step < len(batches):
            context.check()
            done = state.epoch * len(batches) + state.step
            torch.manual_seed(schedule.seed * 1_000_003 + done)
            for group, rate in zip(optimizer.param_groups, highest):
                group["lr"] = rate * schedule.share(done, total)
            state.loss, state.step = (
                state.loss + _step(loss_of(batches[state.step]), optimizer, trained, schedule),
                state.step + 1,
            )
            context.progress(done / total, N_("Epoch {epoch} of {epochs}"), epoch=state.epoch + 1, epochs=schedule.epochs)
            if context.folder and time.monotonic() - saved > SECONDS_BETWEEN_CHECKPOINTS:
                _checkpoint(context.folder, state, trained, best, optimizer)
                saved = time.monotonic()
        _close_epoch(network, state, measure, trained, best, context)
        if context.folder:
            _checkpoint(context.folder, state, trained, best, optimizer)
            saved = time.monotonic()
    with torch.no_grad():
        for name, tensor in trained.items():
            tensor.copy_(best[name])
    network.eval()
    return state.history


def _step(loss: Tensor, optimizer: torch.optim.Optimizer, trained: dict[str, nn.Parameter], schedule: Schedule) -> float:
    optimizer.zero_grad(set_to_none=True)
    loss.backward()
    nn.utils.clip_grad_norm_(trained.values(), schedule.clip)
    optimizer.step()
    return float(loss.detach())


def _close_epoch(
    network: nn.Module, state: State, measure: Callable[[], tuple[dict[str, float], Goodness]] | None,
    trained: dict[str, nn.Parameter], best: dict[str, Tensor], context: Context,
) -> None:  # fmt: skip
    """Measures, keeps the tensors when they are the best so far, and starts the next epoch."""
    point = {"train_loss": state.loss / max(state.step, 1)}
    if not math.isfinite(point["train_loss"]):
        raise InputError(N_("The loss is no number any more: learning has gone astray. Train again with a lower learning rate."))
    state.epoch, state.step, state.loss = state.epoch + 1, 0, 0.0
    goodness = [float(state.epoch)]  # nothing to measure on: the last epoch is kept
    if measure is not None:
        network.eval()
        measured, found = measure()
        point |= measured
        goodness = [value if math.isfinite(value) else -1e30 for value in found]
    if not state.best or goodness > state.best:
        state.best, state.best_epoch = goodness, state.epoch
        for name, tensor in trained.items():
            best[name].copy_(tensor.detach())
    context.metric(state.epoch, **point)
    state.history.append(point)
    context.log(f"epoch {state.epoch}: " + ", ".join(f"{name} {value:.4f}" for name, value in point.items()))


def _checkpoint(folder: Path, state: State, trained: dict[str, Any], best: dict[str, Tensor], optimizer: Any) -> None:
    kept = {f"now/{name}": tensor.detach() for name, tensor in trained.items()}
    kept |= {f"best/{name}": tensor for name, tensor in best.items()}
    for number, moments in optimizer.state_dict()["state"].items():
        kept |= {f"moment/{number}/{name}": torch.as_tensor(value) for name, value in moments.items()}
    written = save({name: tensor.contiguous() for name, tensor in kept.items()}, {"state": json.dumps(asdict(state))})
    write_bytes(folder / CHECKPOINT, written)


def _resume(folder: Path | None, trained: dict[str, Any], best: dict[str, Tensor], optimizer: Any) -> State | None:
    """Puts a checkpoint's tensors back where there is one."""
    if folder is None or not (folder / CHECKPOINT).exists():
        return None
    device = str(next(iter(trained.values())).device)
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
