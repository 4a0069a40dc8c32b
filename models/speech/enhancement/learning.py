"""Trains the mask network on mixtures that are made anew for every epoch, on the one training loop."""

from __future__ import annotations

from typing import Any

import numpy as np
import torch
from torch import Tensor

from core.contracts import Context, Table
from core.learning.loop import Schedule, learn
from core.lifecycle.mixtures import LEARNT, RATE, RATIOS, Piece, mixed, mixtures, pieces
from core.lifecycle.span import Span
from core.lifecycle.split_speakers import recordings_of, units_of
from models.speech.enhancement.network import HOP, SIZE, MaskModel, made

STRETCH = 2 * RATE  # samples of a mixture that is learnt from
VALIDATION_SEED = 1_000_003
MOST_VALIDATED = 24  # pieces
PAUSE = 1e-9  # mean power below which a stretch is one
COMPRESSION = 0.3  # of magnitudes in the spectral loss, as in Wilson et al. (2018)


def fit(train: Table, validation: Table, params: Any, context: Context) -> MaskModel:
    """A network trained on the recordings of `train`, kept at the epoch of the best SI-SDR on those of `validation` (the last one
    where there are none).

    Raises InputError where no recording can be used, Cancelled where the user stops it.
    """
    reading = Span(context, 0.0, 0.05)
    column = recordings_of(train, params)
    learnt = pieces(train.frame[column].tolist(), units_of(train, params), reading)
    held = pieces(validation.frame[column].tolist(), units_of(validation, params), reading) if len(validation) else []
    model = made({"width": params.width, "layers": params.layers, "loss": params.loss}, params.seed)
    torch.set_num_threads(1)  # for so narrow a network a second one costs more than it brings, on a busy machine much more
    history = _learn(model, learnt, held[:MOST_VALIDATED], params, Span(context, 0.05, 1.0))
    model.facts["epochs"] = len(history)
    return model


def _learn(model: MaskModel, learnt: list[Piece], held: list[Piece], params: Any, context: Context) -> list[dict[str, float]]:
    kept = list(mixtures(held, LEARNT, VALIDATION_SEED))

    def batches_of(epoch: int) -> list[tuple[int, np.ndarray]]:
        order = np.random.default_rng([params.seed, epoch]).permutation(len(learnt))
        return [(epoch, order[k : k + params.batch]) for k in range(0, len(order), params.batch)]

    def loss_of(batch: tuple[int, np.ndarray]) -> Tensor:
        pairs = [_drawn(learnt, int(row), [params.seed, batch[0], int(row)]) for row in batch[1]]
        clean, noisy = (torch.from_numpy(np.stack(part)).to(model.device) for part in zip(*pairs))
        found = model.masked(noisy)
        return si_sdr_loss(clean, found) if params.loss == "si_sdr" else spectral_loss(clean, found)

    def measure() -> tuple[dict[str, float], tuple[float, ...]]:
        from core.sound import measures

        gains = []
        for one in kept:
            context.check()
            gains.append(measures.si_sdr(one.clean, model.enhance(one.noisy)) - measures.si_sdr(one.clean, one.noisy))
        gain = float(np.mean(gains))
        return {"validation_gain": gain}, (gain,)

    optimizer = torch.optim.AdamW(model.network.parameters(), lr=params.rate, weight_decay=0.01)
    schedule = Schedule(params.epochs, params.patience, params.seed, warmup=0.05, shape="cosine", clip=5.0)
    return learn(model.network, optimizer, batches_of, loss_of, measure if kept else None, schedule, context)


def _drawn(learnt: list[Piece], row: int, seed: list[int]) -> tuple[np.ndarray, np.ndarray]:
    """(clean, noisy), `STRETCH` samples each, of a piece with noise that was not drawn before."""
    drawn = np.random.default_rng(seed)
    piece = learnt[row]
    start = int(drawn.integers(0, max(1, len(piece.samples) - STRETCH + 1)))
    if float(np.mean(piece.samples[start : start + STRETCH] ** 2)) < PAUSE:  # there is no ratio of silence to noise
        start = _loudest(piece.samples)
    part = np.pad(piece.samples[start : start + STRETCH], (0, max(0, STRETCH - len(piece.samples))))
    kind = LEARNT[int(drawn.integers(len(LEARNT)))]
    return mixed(Piece(part, piece.unit), kind, float(drawn.uniform(*RATIOS)), int(drawn.integers(2**31)), learnt)


def _loudest(samples: np.ndarray) -> int:
    """Where the stretch with the most energy begins."""
    sums = np.concatenate([[0.0], np.cumsum(np.square(samples, dtype=np.float64))])
    return int(np.argmax(sums[STRETCH:] - sums[: max(0, len(sums) - STRETCH)])) if len(samples) > STRETCH else 0


def si_sdr_loss(clean: Tensor, found: Tensor) -> Tensor:
    """Minus the scale-invariant ratio in dB of Le Roux et al. (2019), the mean over the batch; samples (batch, n)."""
    target, other = (part - part.mean(1, keepdim=True) for part in (clean, found))
    scale = (target * other).sum(1, keepdim=True) / (target.square().sum(1, keepdim=True) + 1e-8)
    projected = scale * target
    ratio = projected.square().sum(1) / ((other - projected).square().sum(1) + 1e-8)
    return -10 * torch.log10(ratio + 1e-8).mean()


def spectral_loss(clean: Tensor, found: Tensor) -> Tensor:
    """Mean squared difference of compressed magnitudes (Wilson et al. 2018); samples (batch, n)."""
    window = torch.hann_window(SIZE, device=clean.device)
    sizes = [(torch.stft(part, SIZE, HOP, window=window, return_complex=True).abs() + 1e-6) ** COMPRESSION
             for part in (clean, found)]  # fmt: skip
    return (sizes[0] - sizes[1]).square().mean()
