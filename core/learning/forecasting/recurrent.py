"""An LSTM (Hochreiter and Schmidhuber 1997) that reads the latest steps and forecasts all steps ahead at once."""

from __future__ import annotations

from typing import Any

import numpy as np

from core.contracts.capability import Context
from core.learning.forecasting import features
from core.learning.forecasting.problem import Forecast, Problem
from core.learning.forecasting.walk import Fold, ahead

LEAST = 300  # steps below which a network only learns by heart
MOST_ORIGINS = 3_000  # latest origins that are learnt from
WIDTH, BATCH, RATE, EPOCHS, PATIENCE = 32, 128, 3e-3, 20, 4
VALIDATION = 0.15  # share of the origins, the latest, by which the epoch is chosen
_FAR = 8.0  # inputs are held within so many spreads


def fit(problem: Problem, fold: Fold, context: Context) -> Forecast:
    """Learns to correct `features.base`, by the loss that the outcome is judged by."""
    import torch

    from core.learning.loop import Schedule, learn, prepare

    device = prepare(problem.seed)
    torch.set_num_threads(1)  # the tensors are small: a second thread costs more than it brings
    size = features.spread(problem, fold.start, fold.end)
    steps = max(20, features.lags(problem))
    origins = np.arange(fold.start + steps, fold.end - problem.horizon)[-MOST_ORIGINS:]
    origins = origins[np.isfinite(problem.actual(origins)).all(1)]
    inputs = [torch.as_tensor(part, device=device) for part in _inputs(problem, origins, steps, size)]
    start = features.base(problem, origins)
    actual = problem.actual(origins)
    goal = torch.as_tensor(actual / np.exp(start) if problem.kind == "volatility" else (actual - start) / size, device=device)
    goal = goal.float()
    network = _network(len(inputs[0][0, 0]), inputs[1].shape[1], problem.horizon).to(device)
    cut = int((1 - VALIDATION) * len(origins))
    learnt = cut - problem.horizon  # their outcomes lie before the first origin of the validation part

    def loss_of(batch: Any) -> Any:
        return _loss(problem.kind, network(inputs[0][batch], inputs[1][batch]), goal[batch])

    def batches_of(epoch: int) -> list[Any]:
        order = torch.randperm(learnt, generator=torch.Generator().manual_seed(problem.seed * 1_000 + epoch))
        return list(order.split(BATCH))

    def measure() -> tuple[dict[str, float], tuple[float, ...]]:
        with torch.no_grad():
            found = float(_loss(problem.kind, network(inputs[0][cut:], inputs[1][cut:]), goal[cut:]))
        return {"validation_loss": found}, (-found,)

    optimizer = torch.optim.AdamW(network.parameters(), lr=RATE, weight_decay=1e-3)
    learn(network, optimizer, batches_of, loss_of, measure, Schedule(EPOCHS, PATIENCE, problem.seed, 0.05, "cosine"), context)

    def forecast(asked: np.ndarray) -> np.ndarray:
        read, known = (torch.as_tensor(part, device=device) for part in _inputs(problem, asked, steps, size))
        with torch.no_grad():
            moved = network(read, known).cpu().numpy().astype(np.float64)
        first = features.base(problem, asked)
        return np.exp(first + moved) if problem.kind == "volatility" else first + size * moved

    return forecast


def _inputs(problem: Problem, origins: np.ndarray, steps: int, size: float) -> tuple[np.ndarray, np.ndarray]:
    """What is read, float32 (origins, steps, channels): the latest steps; and what is known of the steps ahead, (origins, k)."""
    places = origins[:, None] + np.arange(1 - steps, 1)
    signal = features._signal(problem)
    level = features.base(problem, origins)[:, :1]
    moved = np.clip((signal[places] - level) / size, -_FAR, _FAR)
    waves = _waves(problem)
    read = np.concatenate([moved[:, :, None], waves[places]], 2)
    targets = ahead(origins, problem.horizon)
    known = waves[targets].reshape(len(origins), -1)
    if problem.season > 1:
        back = problem.season * -(-np.arange(1, problem.horizon + 1) // problem.season)
        past = [problem.outcome[np.maximum(targets - back - problem.season * more, 0)] for more in (0, 1)]
        known = np.column_stack([known, *(np.clip((one - level) / size, -_FAR, _FAR) for one in past)])
    return read.astype(np.float32), known.astype(np.float32)


def _waves(problem: Problem) -> np.ndarray:
    """The calendar as sines and cosines, (n + horizon, channels)."""
    lengths = {features.HOUR: 24, features.WEEKDAY: 7, features.DAY: 365.25, features.MONTH: 12}
    columns = []
    for name, part in features.calendar(problem).items():
        angle = 2 * np.pi * part / lengths[name]
        columns += [np.sin(angle), np.cos(angle)]
    return np.column_stack(columns) if columns else np.zeros((len(problem.dates), 0))


def _network(channels: int, known: int, horizon: int) -> Any:
    import torch
    from torch import nn

    class Network(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.reader = nn.LSTM(channels, WIDTH, batch_first=True)
            self.head = nn.Sequential(nn.Linear(WIDTH + known, WIDTH), nn.ReLU(), nn.Dropout(0.1), nn.Linear(WIDTH, horizon))
            nn.init.zeros_(self.head[-1].weight)  # it starts from the simple forecast
            nn.init.zeros_(self.head[-1].bias)

        def forward(self, read: torch.Tensor, ahead: torch.Tensor) -> torch.Tensor:
            states, _ = self.reader(read)
            return self.head(torch.cat([states[:, -1], ahead], 1))

    return Network()


def _loss(kind: str, moved: Any, goal: Any) -> Any:
    """Of values absolute, of returns squared, of variances QLIKE with `moved` as the logarithm of the ratio to the base."""
    if kind == "value":
        return (moved - goal).abs().mean()
    if kind == "returns":
        return ((moved - goal) ** 2).mean()
    return (moved + goal * (-moved).exp()).mean()
