"""Two networks for pairs of a user and an item: NeuMF (He et al. 2017) and DeepFM (Guo et al. 2017).

Both are a product of two vectors, a bias each, and a perceptron whose first layer adds what comes from the user and from the
item, so all pairs can be scored from what each side gives once.
"""

from __future__ import annotations

from abc import abstractmethod
from itertools import pairwise

import numpy as np
import torch
import torch.nn.functional as F  # noqa: N812 - its usual name
from torch import Tensor, nn

LAYERS = (64, 32, 16)  # of the perceptron, as in the paper of NeuMF
DROPOUT = 0.2
SPREAD = 0.05  # standard deviation of vectors to begin with

Side = tuple[Tensor, Tensor, Tensor]  # vectors (n, k), biases (n,), share of the first layer (n, LAYERS[0])
Field = tuple[
    np.ndarray, np.ndarray
]  # levels int64 (n, l) and weights float32 (n, l) of each user or item; rows may hold several


class Pairing(nn.Module):
    """Logits of pairs from two sides."""

    def __init__(self) -> None:
        super().__init__()
        self.deep = nn.ModuleList(nn.Linear(a, b) for a, b in pairwise(LAYERS))
        self.last = nn.Linear(LAYERS[-1], 1)

    @abstractmethod
    def user_side(self, users: Tensor) -> Side: ...

    @abstractmethod
    def item_side(self, items: Tensor) -> Side: ...

    def forward(self, users: Tensor, items: Tensor) -> Tensor:
        """Logits (n,) of n pairs."""
        (left, left_bias, left_hidden), (right, right_bias, right_hidden) = self.user_side(users), self.item_side(items)
        hidden = F.dropout(F.relu(left_hidden + right_hidden), DROPOUT, self.training)
        for layer in self.deep:
            hidden = F.dropout(F.relu(layer(hidden)), DROPOUT, self.training)
        return (left * right).sum(1) + left_bias + right_bias + self.last(hidden)[:, 0]

    def sides(self, users: int, items: int) -> dict[str, np.ndarray]:
        """What all users and items give, and the rest of the perceptron, as arrays."""
        device = self.last.weight.device
        with torch.inference_mode():
            found: dict[str, Tensor] = {}
            for name, side, count in (("user", self.user_side, users), ("item", self.item_side, items)):
                vectors, biases, hidden = side(torch.arange(count, device=device))
                found |= {f"{name}_vectors": vectors, f"{name}_biases": biases, f"{name}_hidden": hidden}
            for place, layer in enumerate((*self.deep, self.last)):
                found |= {f"weight_{place}": layer.weight.T, f"bias_{place}": layer.bias}
            return {name: np.ascontiguousarray(tensor.float().cpu().numpy()) for name, tensor in found.items()}

    def apart(self) -> dict[str, np.ndarray]:
        """What the sides are made of, where reasons are told from it."""
        return {}


class NeuMF(Pairing):
    """Generalised matrix factorisation and a perceptron, each with vectors of its own, `width` numbers each."""

    def __init__(self, users: int, items: int, width: int) -> None:
        super().__init__()
        self.product = nn.ModuleList(_vectors(count, width) for count in (users, items))
        self.concatenated = nn.ModuleList(_vectors(count, width) for count in (users, items))
        self.first = nn.ModuleList(nn.Linear(width, LAYERS[0], bias=bias) for bias in (True, False))
        self.weights = nn.Parameter(torch.ones(width))

    def user_side(self, users: Tensor) -> Side:
        product = self.product[0](users) * self.weights
        return product, product.new_zeros(len(users)), self.first[0](self.concatenated[0](users))

    def item_side(self, items: Tensor) -> Side:
        product = self.product[1](items)
        return product, product.new_zeros(len(items)), self.first[1](self.concatenated[1](items))


class DeepFM(Pairing):
    """A factorisation machine and a perceptron on the same vectors of all fields, `width` numbers a level."""

    def __init__(self, users: list[Field], items: list[Field], width: int) -> None:
        super().__init__()
        self.vectors, self.linear, self.first = nn.ModuleList(), nn.ModuleList(), nn.ModuleList()
        self.counts = (len(users), len(items))
        for side, fields in enumerate((users, items)):
            for place, (levels, weights) in enumerate(fields):
                count = int(levels.max()) + 1
                self.vectors.append(_vectors(count, width))
                self.linear.append(_vectors(count, 1))
                self.register_buffer(f"levels_{side}_{place}", torch.from_numpy(levels))
                self.register_buffer(f"weights_{side}_{place}", torch.from_numpy(weights))
            self.first.append(nn.Linear(width * len(fields), LAYERS[0], bias=side == 0))

    def user_side(self, users: Tensor) -> Side:
        return self._side(users, 0)

    def item_side(self, items: Tensor) -> Side:
        return self._side(items, 1)

    def apart(self) -> dict[str, np.ndarray]:
        """Levels, weights, vectors and linear weights of each field of each side (0: users), and the first layer (in, out)."""
        found: dict[str, Tensor] = {"first_bias": self.first[0].bias}
        for side in (0, 1):
            found[f"first_{side}"] = self.first[side].weight.T
            for place in range(self.counts[side]):
                field, own = f"field_{side}_{place}", side * self.counts[0] + place
                found[f"{field}_levels"] = getattr(self, f"levels_{side}_{place}")
                found[f"{field}_weights"] = getattr(self, f"weights_{side}_{place}")
                found[f"{field}_vectors"], found[f"{field}_linear"] = self.vectors[own].weight, self.linear[own].weight[:, 0]
        return {name: np.ascontiguousarray(tensor.detach().cpu().numpy()) for name, tensor in found.items()}

    def _side(self, rows: Tensor, side: int) -> Side:
        offset, found, linear = side * self.counts[0], [], torch.zeros(len(rows), device=rows.device)
        for place in range(self.counts[side]):
            levels = getattr(self, f"levels_{side}_{place}")[rows]
            weights = getattr(self, f"weights_{side}_{place}")[rows][:, :, None]
            found.append((self.vectors[offset + place](levels) * weights).sum(1))
            linear = linear + (self.linear[offset + place](levels) * weights).sum(1)[:, 0]
        fields = torch.stack(found, 1)
        summed = fields.sum(1)
        within = 0.5 * (summed**2 - (fields**2).sum(1)).sum(1)  # pairs of fields of the same side
        return summed, linear + within, self.first[side](fields.flatten(1))


def _vectors(count: int, width: int) -> nn.Embedding:
    made = nn.Embedding(count, width)
    nn.init.normal_(made.weight, std=SPREAD)
    return made
