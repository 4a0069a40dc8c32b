"""How both networks are trained, on top of the loop: label smoothing, cuts drawn anew every epoch, guided attention."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional

from core.contracts import Context
from core.learning.loop import Schedule, learn
from models.text.translation.lexicon import Lexicon
from models.text.translation.networks import Network
from models.text.translation.vocabulary import END, PADDING, START, padded

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
    optimizer = torch.optim.AdamW(
        _groups(dict(network.named_parameters())), lr=recipe.rate, betas=(0.9, 0.98), weight_decay=DECAY
    )

    def measure() -> tuple[dict[str, float], tuple[float, ...]]:
        point = {"validation_loss": validation_loss(network, validation, recipe, context, device)}
        if quality is None:
            return point, (-point["validation_loss"],)
        point["validation_chrf"] = quality()
        return point, (point["validation_chrf"],)

    schedule = Schedule(recipe.epochs, recipe.patience, recipe.seed, recipe.warmup, "cosine", CLIP)
    return learn(
        network, optimizer, lambda epoch: batches_of(pairs, recipe, epoch),
        lambda batch: loss_of(network, *batch, recipe.smoothing, device, lexicon),
        measure if len(validation) else None, schedule, context,
    )  # fmt: skip


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


def _groups(tensors: dict[str, nn.Parameter]) -> list[dict[str, Any]]:
    """Parameter groups: no decay on biases, norms and the table of pieces."""
    flat = [tensor for name, tensor in tensors.items() if tensor.ndim == 1 or name == "table.weight"]
    deep = [tensor for name, tensor in tensors.items() if tensor.ndim > 1 and name != "table.weight"]
    return [{"params": deep}, {"params": flat, "weight_decay": 0.0}]
