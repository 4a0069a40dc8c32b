"""Autoencoder: a network that is taught to say rows again through a narrow middle says badly what it has never met.

After Hawkins et al. 2002 (replicator networks). The rows that an isolation forest finds least usual are not learnt from, so that
the network does not learn to say them too (trimming, as in robust statistics); no label is asked for.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import torch
from safetensors.torch import load_file, save
from torch import Tensor, nn

from core.contracts import Context
from core.home import write_bytes
from core.learning import loop

FILE = "autoencoder.safetensors"
FARTHEST = 5.0  # standard deviations at which values are cut: one wild cell must not hide the rest
BATCH = 512
MOST_ROWS = 30_000  # learnt from, drawn by seed
CHUNK = 50_000
PATIENCE = 3


class Autoencoder:
    """`mean` and `deviation` of each column, float32 (columns,), of the rows that it learnt from; a column that never varied
    there is told apart by `deviation` 1.
    """

    def __init__(self, network: nn.Module, mean: np.ndarray, deviation: np.ndarray) -> None:
        self.network, self.mean, self.deviation = network, mean, deviation

    @classmethod
    def fit(cls, usual: np.ndarray, kept: np.ndarray, epochs: int, seed: int, context: Context) -> Autoencoder:
        """From float32 (rows, columns) without gaps; `kept` are rows to stop by."""
        loop.prepare(seed)
        torch.set_num_threads(1)  # so small a network waits longer for a second thread than it gains
        if len(usual) > MOST_ROWS:
            usual = usual[np.sort(np.random.default_rng(seed).choice(len(usual), MOST_ROWS, replace=False))]
        deviation = usual.std(0)
        model = cls(_network(usual.shape[1]), usual.mean(0), np.where(deviation > 1e-6, deviation, 1.0).astype(np.float32))
        seen, held = (torch.from_numpy(model._scaled(rows)) for rows in (usual, kept))

        def batches(epoch: int) -> list[Tensor]:
            order = np.random.default_rng((seed, epoch)).permutation(len(seen))
            return [torch.from_numpy(order[start : start + BATCH]) for start in range(0, len(order), BATCH)]

        def loss(rows: Tensor) -> Tensor:
            return nn.functional.mse_loss(model.network(seen[rows]), seen[rows])

        def measure() -> tuple[dict[str, float], tuple[float, ...]]:
            with torch.no_grad():
                found = float(nn.functional.mse_loss(model.network(held), held))
            return {"validation_loss": found}, (-found,)

        schedule = loop.Schedule(epochs=epochs, patience=PATIENCE, seed=seed, shape="cosine")
        optimizer = torch.optim.Adam(model.network.parameters(), lr=2e-3)
        loop.learn(model.network, optimizer, batches, loss, measure if len(held) else None, schedule, context)
        return model

    def errors(self, design: np.ndarray) -> np.ndarray:
        """Squared distance between what stands in a column and what was said, float32 (rows, columns), in squared deviations."""
        parts = []
        with torch.no_grad():
            for start in range(0, len(design), CHUNK):
                given = torch.from_numpy(self._scaled(design[start : start + CHUNK]))
                parts.append(((self.network(given) - given) ** 2).numpy())
        return np.concatenate(parts) if parts else np.zeros((0, len(self.mean)), np.float32)

    def scores(self, design: np.ndarray) -> np.ndarray:
        """Logarithm of the mean squared error of each row, float64 (rows,)."""
        return np.log(self.errors(design).mean(1, dtype=np.float64) + 1e-9)

    def _scaled(self, design: np.ndarray) -> np.ndarray:
        return np.clip((design - self.mean) / self.deviation, -FARTHEST, FARTHEST).astype(np.float32)

    def write(self, folder: Path) -> dict[str, Any]:
        tensors = {name: tensor.contiguous() for name, tensor in self.network.state_dict().items()}
        write_bytes(folder / FILE, save(tensors))
        return {"mean": self.mean.tolist(), "deviation": self.deviation.tolist()}

    @classmethod
    def read(cls, folder: Path, kept: dict[str, Any]) -> Autoencoder:
        network = _network(len(kept["mean"]))
        network.load_state_dict(load_file(folder / FILE))
        return cls(network.eval(), np.array(kept["mean"], np.float32), np.array(kept["deviation"], np.float32))


def _network(columns: int) -> nn.Module:
    hidden, middle = int(np.clip(4 * columns, 16, 128)), int(np.clip(columns // 2, 1, 32))
    return nn.Sequential(
        nn.Linear(columns, hidden), nn.SiLU(), nn.Linear(hidden, middle), nn.Linear(middle, hidden), nn.SiLU(),
        nn.Linear(hidden, columns),
    )  # fmt: skip
