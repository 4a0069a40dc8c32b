"""Neural methods on the common training loop: NCF (He et al. 2017) and DeepFM (Guo et al. 2017), learnt on sampled negatives."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np

from core.contracts import Context
from models.recommend.methods.base import Method

if TYPE_CHECKING:
    from core.learning.interactions import Interactions

MOST_CHOICES = 2_000_000  # seen in an epoch
PATIENCE = 3


class _Neural(Method):
    """`negatives` that nobody chose are drawn for each choice; `epochs` at most, fewer where `validate` says so.

    `validate`, where set, says after each epoch how good the method is; the best epoch is kept and noted in `facts`.
    """

    folds_in = False
    defaults: ClassVar[dict[str, Any]] = {
        "width": 32, "epochs": 20, "rate": 2e-3, "decay": 1e-2, "negatives": 4, "batch": 4096, "seed": 0,
    }  # fmt: skip

    def __init__(self, **settings: Any) -> None:
        super().__init__(**settings)
        self.validate: Callable[[Method], float] | None = None

    @abstractmethod
    def _network(self, data: Interactions) -> Any: ...

    def _fit(self, data: Interactions, context: Context) -> None:
        import torch
        from torch.nn.functional import binary_cross_entropy_with_logits

        from core.learning.loop import Schedule, learn, prepare

        device = prepare(int(self.settings["seed"]))
        torch.set_num_threads(1)  # the batches are too small to gain from more, and threads that wait for each other lose
        network = self._network(data).to(device)
        sampler = _Sampler(data, self.settings)

        def loss_of(batch: tuple[np.ndarray, np.ndarray, np.ndarray]) -> Any:
            users, items, chosen = (torch.from_numpy(part).to(device) for part in batch)
            return binary_cross_entropy_with_logits(network(users, items), chosen)

        def measure() -> tuple[dict[str, float], tuple[float, ...]]:
            assert self.validate is not None
            self.arrays = network.sides(len(data.users), len(data.items))
            found = self.validate(self)
            return {"validation_ndcg": found}, (found,)

        optimizer = torch.optim.AdamW(network.parameters(), lr=self.settings["rate"], weight_decay=self.settings["decay"])
        schedule = Schedule(int(self.settings["epochs"]), PATIENCE, int(self.settings["seed"]), clip=5.0)
        history = learn(network, optimizer, sampler.batches, loss_of, measure if self.validate else None, schedule, context)
        scored = [point.get("validation_ndcg", 0.0) for point in history]
        self.facts["epochs"] = int(np.argmax(scored)) + 1 if self.validate else len(history)
        self.arrays = network.sides(len(data.users), len(data.items)) | network.apart()

    def scores(self, users: np.ndarray) -> np.ndarray:
        kept = self.arrays
        found = kept["user_vectors"][users] @ kept["item_vectors"].T + kept["user_biases"][users, None] + kept["item_biases"]
        for row, user in enumerate(users):
            found[row] += self.perceptron(kept["user_hidden"][user] + kept["item_hidden"])
        return np.asarray(found, np.float32)

    @property
    def layers(self) -> list[tuple[np.ndarray, np.ndarray]]:
        """Weights (in, out) and biases of the perceptron after its first layer."""
        count = sum(name.startswith("weight_") for name in self.arrays)
        return [(self.arrays[f"weight_{place}"], self.arrays[f"bias_{place}"]) for place in range(count)]

    def perceptron(self, hidden: np.ndarray) -> np.ndarray:
        """What it adds to the scores (n,), from the sums of its first layer (n, k)."""
        for weight, bias in self.layers:
            hidden = np.maximum(hidden, 0) @ weight + bias
        return np.asarray(hidden[:, 0])

    def item_vectors(self) -> np.ndarray:
        return self.arrays["item_vectors"]


class NeuralCollaborativeFiltering(_Neural):
    name = "ncf"

    def _network(self, data: Interactions) -> Any:
        from models.recommend.methods.networks import NeuMF

        return NeuMF(len(data.users), len(data.items), int(self.settings["width"]))


class DeepFactorizationMachine(_Neural):
    """Takes the facts of users and items, such as genres and year, besides their ids."""

    name = "deepfm"

    def _network(self, data: Interactions) -> Any:
        from models.recommend.methods.fields import fields, level_names
        from models.recommend.methods.networks import DeepFM

        self.facts["fields"] = [level_names(data.user_facts), level_names(data.item_facts)]
        users, items = fields(len(data.users), data.user_facts), fields(len(data.items), data.item_facts)
        return DeepFM(users, items, int(self.settings["width"]))


class _Sampler:
    """Batches of choices with drawn negatives; the same whenever they are asked for."""

    def __init__(self, data: Interactions, settings: dict[str, Any]) -> None:
        self.user, self.item = data.user.astype(np.int64), data.item.astype(np.int64)
        self.items, self.settings = len(data.items), settings
        self.known = np.sort(self.user * self.items + self.item)

    def batches(self, epoch: int) -> list[tuple[np.ndarray, np.ndarray, np.ndarray]]:
        generator = np.random.default_rng((int(self.settings["seed"]), epoch))
        places = generator.permutation(len(self.user))[:MOST_CHOICES]
        users = np.repeat(self.user[places], 1 + int(self.settings["negatives"]))
        items = generator.integers(0, self.items, len(users))
        first = np.arange(0, len(users), 1 + int(self.settings["negatives"]))
        chosen = self._is_known(users, items)  # what was drawn by chance although it was chosen is a choice
        items[first], chosen[first] = self.item[places], True
        order, size = generator.permutation(len(users)), int(self.settings["batch"])
        users, items, labels = users[order], items[order], chosen[order].astype(np.float32)
        parts = [slice(start, start + size) for start in range(0, len(users), size)]
        return [(users[part], items[part], labels[part]) for part in parts]

    def _is_known(self, users: np.ndarray, items: np.ndarray) -> np.ndarray:
        pairs = users * self.items + items
        places = np.minimum(np.searchsorted(self.known, pairs), len(self.known) - 1)
        return self.known[places] == pairs
