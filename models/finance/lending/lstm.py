"""A network that reads a customer's rows in order: LSTM (Hochreiter & Schmidhuber 1997) beside what does not change."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from core.contracts import Context
from core.home import write_bytes
from core.learning.features import Features
from models.finance.lending.history import History

if TYPE_CHECKING:
    import pandas as pd

FILE = "network.safetensors"
WIDTH, BATCH, CHUNK = 32, 128, 4_096


def _network(changing: int, still: int) -> Any:
    import torch
    from torch import nn

    class Reader(nn.Module):
        """The last state over the steps, and the columns that stay the same, to log odds."""

        def __init__(self) -> None:
            super().__init__()
            self.steps = nn.LSTM(2 * changing, WIDTH, batch_first=True)
            self.head = nn.Sequential(nn.Linear(WIDTH + still, WIDTH), nn.ReLU(), nn.Dropout(0.2), nn.Linear(WIDTH, 1))

        def forward(self, sequence: torch.Tensor, fixed: torch.Tensor) -> torch.Tensor:
            _, (state, _) = self.steps(sequence)
            answer: torch.Tensor = self.head(torch.cat([state[-1], fixed], 1))[:, 0]
            return answer

    return Reader()


class HistoryReader:
    """A fitted network. `still`: features of the columns that do not change; `middle`, `spread`: of those that do."""

    def __init__(self, network: Any, history: History, still: Features | None, middle: np.ndarray, spread: np.ndarray) -> None:
        self.network, self.history, self.still, self.middle, self.spread = network, history, still, middle, spread

    @classmethod
    def fit(
        cls, frame: pd.DataFrame, event: np.ndarray, validation: tuple[pd.DataFrame, np.ndarray], history: History,
        excluded: set[str], *, epochs: int, balanced: bool, seed: int, context: Context,
    ) -> HistoryReader:  # fmt: skip
        """Stops by the log loss of the validation rows."""
        import torch

        from core.contracts import InputError
        from core.learning import loop

        device = loop.prepare(seed)
        sums = {name for name in frame.columns if name.endswith(")") and any(name.startswith(f"{c} (") for c in history.changing)}
        try:
            still = Features.learn(frame, excluded | history.stepped | set(history.changing) | sums)
        except InputError:  # nothing but what changes
            still = None
        sequence = history.sequence(frame)
        middle = np.nan_to_num(np.nanmean(sequence, (0, 1)))
        spread = np.nan_to_num(np.nanstd(sequence, (0, 1)))
        spread[spread == 0] = 1
        reader = cls(None, history, still, middle, spread)
        reader.network = _network(len(history.changing), len(still.design_names) if still else 0).to(device)
        parts = [(*(part.to(device) for part in reader._tensors(rows)), torch.as_tensor(came.astype(np.float32), device=device))
                 for rows, came in ((frame, event), validation)]  # fmt: skip
        weight = torch.tensor(float((~event).sum() / max(event.sum(), 1)) if balanced else 1.0, device=device)
        loss = torch.nn.BCEWithLogitsLoss(pos_weight=weight)

        def batches(epoch: int) -> list[np.ndarray]:
            order = np.random.default_rng((seed, epoch)).permutation(len(event))
            return [order[k : k + BATCH] for k in range(0, len(order), BATCH)]

        def loss_of(rows: np.ndarray) -> torch.Tensor:
            answer: torch.Tensor = loss(reader.network(parts[0][0][rows], parts[0][1][rows]), parts[0][2][rows])
            return answer

        def measure() -> tuple[dict[str, float], tuple[float, ...]]:
            with torch.inference_mode():
                value = float(loss(reader.network(parts[1][0], parts[1][1]), parts[1][2]))
            return {"validation_loss": value}, (-value,)

        optimizer = torch.optim.AdamW(reader.network.parameters(), lr=3e-3, weight_decay=1e-3)
        loop.learn(reader.network, optimizer, batches, loss_of, measure if len(validation[1]) else None,
                   loop.Schedule(epochs, 5, seed, warmup=0.05, shape="linear"), context)  # fmt: skip
        reader.network.to("cpu")
        return reader

    def _tensors(self, frame: pd.DataFrame) -> tuple[Any, Any]:
        """Standardised steps with a mark for each whether it was there, and the columns that stay the same."""
        import torch

        sequence = self.history.sequence(frame)
        missing = np.isnan(sequence)
        values = np.clip((np.where(missing, self.middle, sequence) - self.middle) / self.spread, -10, 10)
        fixed = self.still.design(frame) if self.still else np.zeros((len(frame), 0), np.float32)
        both = np.concatenate([values, missing], -1).astype(np.float32)
        return torch.from_numpy(both), torch.from_numpy(fixed)

    def raw(self, frame: pd.DataFrame) -> np.ndarray:
        """Log odds, float64 (rows,)."""
        import torch

        found = []
        with torch.inference_mode():
            for start in range(0, len(frame), CHUNK):
                found.append(self.network(*self._tensors(frame.iloc[start : start + CHUNK])).numpy().astype(np.float64))
        return np.concatenate(found) if found else np.zeros(0)

    def write(self, folder: Path) -> dict[str, Any]:
        from safetensors.torch import save

        write_bytes(folder / FILE, save({name: part.contiguous() for name, part in self.network.state_dict().items()}))
        return {"history": {**vars(self.history), "changing": list(self.history.changing)},
                "still": self.still.to_json() if self.still else None, "middle": self.middle.tolist(),
                "spread": self.spread.tolist()}  # fmt: skip

    @classmethod
    def read(cls, folder: Path, kept: dict[str, Any]) -> HistoryReader:
        from safetensors.torch import load_file

        history = History(**{**kept["history"], "changing": tuple(kept["history"]["changing"])})
        still = Features.from_json(kept["still"]) if kept["still"] else None
        network = _network(len(history.changing), len(still.design_names) if still else 0)
        network.load_state_dict(load_file(folder / FILE))
        network.eval()
        return cls(network, history, still, np.array(kept["middle"], np.float32), np.array(kept["spread"], np.float32))
