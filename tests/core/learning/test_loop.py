"""The training loop: what an epoch is worth, when it stops, and that an interrupted one ends where the uninterrupted one does."""

from collections.abc import Callable
from pathlib import Path

import pytest
import torch
from torch import Tensor, nn

from core.contracts import Context, InputError
from core.learning import loop
from core.learning.loop import Schedule, learn


class Stopped(Exception):
    """Stands for a kill."""


class Until(Context):
    """Stops before step `last`; checkpoints go to `folder`."""

    def __init__(self, folder: Path, last: int) -> None:
        self.folder, self.left = folder, last

    def check(self) -> None:
        self.left -= 1
        if self.left < 0:
            raise Stopped


def parts() -> tuple[nn.Module, torch.optim.Optimizer, Callable[[int], list[int]], Callable[[int], Tensor]]:
    torch.manual_seed(0)
    network = nn.Sequential(nn.Linear(3, 4), nn.Dropout(0.5), nn.Linear(4, 1))
    given = torch.randn(20, 3)
    wanted = given.sum(1, keepdim=True)

    def loss_of(batch: int) -> Tensor:
        rows = slice(4 * batch, 4 * batch + 4)
        return nn.functional.mse_loss(network(given[rows]), wanted[rows])

    return network, torch.optim.AdamW(network.parameters(), lr=0.02), lambda epoch: list(range(5)), loss_of


def run(context: Context, goodness: list[float] | None, **values: object) -> tuple[nn.Module, list[dict[str, float]]]:
    network, optimizer, batches, loss_of = parts()
    told = iter(goodness or [])

    def measure() -> tuple[dict[str, float], tuple[float, ...]]:
        value = next(told)
        return {"validation_accuracy": value}, (value,)

    schedule = Schedule(**{"epochs": 6, "patience": 9, "seed": 1, "warmup": 0.2, "shape": "cosine", **values})
    return network, learn(network, optimizer, batches, loss_of, measure if goodness else None, schedule, context)


def tensors(network: nn.Module) -> list[float]:
    return [float(value) for tensor in network.parameters() for value in tensor.flatten()]


@pytest.mark.parametrize("last", [7, 15, 28])
def test_an_interrupted_training_ends_where_the_uninterrupted_one_does(last: int, tmp_path: Path, monkeypatch) -> None:
    monkeypatch.setattr(loop, "SECONDS_BETWEEN_CHECKPOINTS", 0.0)
    whole, history = run(Context(), None)
    with pytest.raises(Stopped):
        run(Until(tmp_path, last), None)
    assert (tmp_path / loop.CHECKPOINT).exists()
    resumed, told = run(Until(tmp_path, 10_000), None)
    assert told == history
    assert tensors(resumed) == tensors(whole)


def test_the_best_epoch_is_kept_and_patience_ends_it() -> None:
    third, _ = run(Context(), [0.1, 0.2, 0.9, 0.3, 0.3, 0.3])
    alone, history = run(Context(), [0.1, 0.2, 0.9, 0.3, 0.4, 0.5], patience=1)
    assert tensors(third) == tensors(alone)
    assert len(history) == 5
    assert tensors(run(Context(), None)[0]) != tensors(third)
    assert not third.training


def test_a_goodness_that_is_no_number_never_counts_as_the_best() -> None:
    kept, _ = run(Context(), [float("nan"), 0.2, float("nan"), 0.1, 0.1, 0.1])
    assert tensors(kept) == tensors(run(Context(), [0.1, 0.2, 0.1, 0.1, 0.1, 0.1])[0])


@pytest.mark.parametrize(
    ("shape", "start", "top", "end"), [("constant", 0.1, 1.0, 1.0), ("linear", 0.1, 1.0, 1 / 90), ("cosine", 0.1, 1.0, 0.0003)]
)
def test_rates_rise_and_fall(shape: str, start: float, top: float, end: float) -> None:
    schedule = Schedule(1, 0, 0, warmup=0.1, shape=shape)
    shares = [schedule.share(step, 100) for step in range(100)]
    assert shares[0] == pytest.approx(start)
    assert max(shares) == pytest.approx(top)
    assert shares[-1] == pytest.approx(end, abs=2e-4)


def test_a_loss_that_is_no_number_is_one_sentence() -> None:
    network, optimizer, batches, _ = parts()
    astray = lambda batch: sum(tensor.sum() for tensor in network.parameters()) * float("nan")  # noqa: E731
    with pytest.raises(InputError, match="lower learning rate"):
        learn(network, optimizer, batches, astray, None, Schedule(2, 1, 0), Context())
