"""The training loop of both networks: warm-up, label smoothing, batches of like length, early stopping, checkpoints."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import torch
from safetensors import safe_open
from safetensors.torch import save
from torch import Tensor, nn
from torch.nn import functional

from core.contracts import Context
from core.home import write_bytes
from core.language import N_
from models.text.translation.lexicon import Lexicon
from models.text.translation.networks import Network
from models.text.translation.vocabulary import END, PADDING, START, padded

CHECKPOINT = "translation.safetensors"
SECONDS_BETWEEN_CHECKPOINTS = 60.0
POOL = 20  # batches whose rows are sorted by length together, so that little of a batch is padding
CLIP = 1.0  # longest gradient
DECAY = 0.01
GUIDANCE = 0.3  # weight of the attention's loss beside that of the pieces

Ways = Sequence[Sequence[Sequence[int]]]  # for each text the ways to cut it into pieces, the best first


@dataclass(frozen=True)
class Recipe:
    """How to train. The rate rises over `warmup` of the steps to `rate` and falls to 0 along a half cosine."""

    epochs: int
    batch: int
    rate: float
    patience: int
    smoothing: float
    seed: int
    warmup: float = 0.05
    resampled: bool = True  # draw the cut of each text anew every epoch


@dataclass(frozen=True, eq=False)
class Pairs:
    """Sources and targets, each with its ways to be cut."""

    sources: Ways
    targets: Ways

    def __len__(self) -> int:
        return len(self.sources)

    def lengths(self) -> np.ndarray:
        return np.array([len(s[0]) + len(t[0]) for s, t in zip(self.sources, self.targets)], np.int64)


@dataclass
class State:
    """Where a training stands; with the tensors it makes a checkpoint."""

    epoch: int = 0
    step: int = 0  # within the epoch
    loss: float = 0.0  # summed over the steps of the epoch
    best: float = -1e30  # the best chrF on the validation rows, or the least loss with its sign turned
    best_epoch: int = 0
    history: list[dict[str, float]] = field(default_factory=list)


def train(
    network: Network, pairs: Pairs, validation: Pairs, recipe: Recipe, context: Context,
    quality: Callable[[], float] | None = None, device: str = "cpu", lexicon: Lexicon | None = None,
) -> list[dict[str, float]]:  # fmt: skip
    """Trains `network` and leaves it as it was at its best on the validation rows; without such rows, as it is at the end.

    `quality()` translates validation rows and scores them after each epoch. The best is what translates best: the loss rises
    again while translations still get better. Without `quality` it is the least loss. Random numbers are drawn anew at each step
    from seed and step, so that a resumed training ends where the uninterrupted one does. Returns one entry an epoch: train_loss,
    validation_loss and validation_chrf.
    """
    tensors = dict(network.named_parameters())
    optimizer = torch.optim.AdamW(_groups(tensors), lr=recipe.rate, betas=(0.9, 0.98), weight_decay=DECAY)
    best = {name: tensor.detach().clone() for name, tensor in tensors.items()}
    state = _resume(context.folder, tensors, best, optimizer, device) or State()
    steps = -(-len(pairs) // recipe.batch)
    saved = time.monotonic()
    while state.epoch < recipe.epochs and (state.epoch - state.best_epoch <= recipe.patience or not len(validation)):
        batches = batches_of(pairs, recipe, state.epoch)
        network.train()
        while state.step < len(batches):
            context.check()
            done = state.epoch * steps + state.step
            torch.manual_seed(recipe.seed * 1_000_003 + done)
            _set_rate(optimizer, recipe, done, recipe.epochs * steps)
            loss = loss_of(network, *batches[state.step], recipe.smoothing, device, lexicon)
            optimizer.zero_grad(set_to_none=True)
            loss.backward()
            nn.utils.clip_grad_norm_(network.parameters(), CLIP)
            optimizer.step()
            state.loss, state.step = state.loss + float(loss.detach()), state.step + 1
            context.progress(done / (recipe.epochs * steps), N_("Epoch {epoch} of {epochs}"),
                             epoch=state.epoch + 1, epochs=recipe.epochs)  # fmt: skip
            if context.folder and time.monotonic() - saved > SECONDS_BETWEEN_CHECKPOINTS:
                _checkpoint(context.folder, state, tensors, best, optimizer)
                saved = time.monotonic()
        _close_epoch(network, state, validation, recipe, tensors, best, context, quality, device)
        if context.folder:
            _checkpoint(context.folder, state, tensors, best, optimizer)
            saved = time.monotonic()
    with torch.no_grad():
        for name, tensor in tensors.items():
            tensor.copy_(best[name])
    network.eval()
    return state.history


def batches_of(pairs: Pairs, recipe: Recipe, epoch: int) -> list[tuple[list[Sequence[int]], list[Sequence[int]]]]:
    """Sources and targets of each batch of an epoch, shuffled by seed and epoch, rows of like length together."""
    generator = np.random.default_rng([recipe.seed, epoch])
    lengths, order = pairs.lengths(), generator.permutation(len(pairs))
    rows: list[np.ndarray] = []
    for start in range(0, len(order), recipe.batch * POOL):
        part = order[start : start + recipe.batch * POOL]
        part = part[np.argsort(lengths[part], kind="stable")]
        rows += [part[k : k + recipe.batch] for k in range(0, len(part), recipe.batch)]

    def drawn(ways: Sequence[Sequence[int]]) -> Sequence[int]:
        # Half of the time the best cut, which is the one that is read later.
        if not recipe.resampled or len(ways) == 1 or generator.random() < 0.5:
            return ways[0]
        return ways[int(generator.integers(len(ways)))]

    chosen = [rows[k] for k in generator.permutation(len(rows))]
    return [([drawn(pairs.sources[k]) for k in batch], [drawn(pairs.targets[k]) for k in batch]) for batch in chosen]


def loss_of(
    network: Network, sources: Sequence[Sequence[int]], targets: Sequence[Sequence[int]], smoothing: float, device: str,
    lexicon: Lexicon | None = None,
) -> Tensor:  # fmt: skip
    """Mean cross-entropy a piece, in nats, of the targets with their end mark (teacher forcing, labels smoothed).

    With a `lexicon`, the attention is drawn to the pieces that it holds for the source of each piece.
    """
    source = torch.from_numpy(padded(sources)).to(device)
    given = torch.from_numpy(padded([[START, *target] for target in targets])).to(device)
    wanted = torch.from_numpy(padded([[*target, END] for target in targets])).to(device)
    scores, attention = network(source, given)
    loss = functional.cross_entropy(scores.flatten(0, 1), wanted.flatten(), ignore_index=PADDING, label_smoothing=smoothing)
    if lexicon is None:
        return loss
    wish = torch.from_numpy(lexicon.alignment(source.cpu().numpy(), wanted.cpu().numpy())).to(device)
    return loss - GUIDANCE * (wish * torch.log(attention + 1e-6)).sum() / (wanted != PADDING).sum()


@torch.inference_mode()
def validation_loss(network: Network, pairs: Pairs, recipe: Recipe, context: Context, device: str) -> float:
    """Mean loss a piece over all pairs, without smoothing: what the network knows, not what it is taught to doubt."""
    was = network.training
    network.eval()
    order, total, pieces = np.argsort(pairs.lengths(), kind="stable"), 0.0, 0
    for start in range(0, len(order), recipe.batch):
        context.check()
        rows = order[start : start + recipe.batch]
        targets = [pairs.targets[k][0] for k in rows]
        count = sum(len(target) + 1 for target in targets)
        total += count * float(loss_of(network, [pairs.sources[k][0] for k in rows], targets, 0.0, device))
        pieces += count
    network.train(was)
    return total / max(pieces, 1)


def _close_epoch(
    network: Network, state: State, validation: Pairs, recipe: Recipe, tensors: dict[str, Any], best: dict[str, Tensor],
    context: Context, quality: Callable[[], float] | None, device: str,
) -> None:  # fmt: skip
    """Measures on the validation rows, keeps the tensors when they are the best so far, and starts the next epoch."""
    point = {"train_loss": state.loss / max(state.step, 1)}
    state.epoch, state.step, state.loss = state.epoch + 1, 0, 0.0
    found = state.best + 1.0  # nothing to measure on: the last epoch is kept
    if len(validation):
        point["validation_loss"] = validation_loss(network, validation, recipe, context, device)
        found = -point["validation_loss"]
        if quality is not None:
            network.eval()
            found = point["validation_chrf"] = quality()
    if found > state.best:
        state.best, state.best_epoch = found, state.epoch
        for name, tensor in tensors.items():
            best[name].copy_(tensor.detach())
    context.metric(state.epoch, **point)
    state.history.append(point)
    context.log(f"epoch {state.epoch}: " + ", ".join(f"{name} {value:.4f}" for name, value in point.items()))


def _groups(tensors: dict[str, nn.Parameter]) -> list[dict[str, Any]]:
    """Parameter groups: no decay on biases, norms and the table of pieces."""
    flat = [tensor for name, tensor in tensors.items() if tensor.ndim == 1 or name == "table.weight"]
    deep = [tensor for name, tensor in tensors.items() if tensor.ndim > 1 and name != "table.weight"]
    return [{"params": deep}, {"params": flat, "weight_decay": 0.0}]


def _set_rate(optimizer: torch.optim.Optimizer, recipe: Recipe, done: int, total: int) -> None:
    warm = max(1, round(total * recipe.warmup))
    share = min(1.0, (done + 1) / warm)
    if done >= warm:
        share = 0.5 * (1 + float(np.cos(np.pi * (done - warm) / max(1, total - warm))))
    for group in optimizer.param_groups:
        group["lr"] = recipe.rate * share


def _checkpoint(folder: Path, state: State, tensors: dict[str, Any], best: dict[str, Tensor], optimizer: Any) -> None:
    kept = {f"now/{name}": tensor.detach() for name, tensor in tensors.items()}
    kept |= {f"best/{name}": tensor for name, tensor in best.items()}
    for number, moments in optimizer.state_dict()["state"].items():
        kept |= {f"moment/{number}/{name}": torch.as_tensor(value) for name, value in moments.items()}
    written = save({name: tensor.contiguous() for name, tensor in kept.items()}, {"state": json.dumps(asdict(state))})
    write_bytes(folder / CHECKPOINT, written)


def _resume(folder: Path | None, tensors: dict[str, Any], best: dict[str, Tensor], optimizer: Any, device: str) -> State | None:
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
                (tensors if kind == "now" else best)[rest].copy_(kept.get_tensor(name))
        state = State(**json.loads(kept.metadata()["state"]))
    optimizer.load_state_dict({"state": moments, "param_groups": optimizer.state_dict()["param_groups"]})
    return state
