"""What makes up the scores of methods that are no sums over the liked items: DeepFM by field, BPR by factor, NCF by removal.

DeepFM: integrated gradients (Sundararajan, Taly and Yan 2017) over the embeddings of all fields, from none of them to all: the
parts and the score of no field add up to the logit. NCF: what an item shares with a liked one is its projection on the
embedding of that one, from the mean of all choices; the test takes it away (occlusion, as of Zeiler and Fergus 2014) and looks
how far the score falls.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from core.language import N_

if TYPE_CHECKING:
    from models.recommend.methods.base import Method
    from models.recommend.methods.neural import DeepFactorizationMachine, NeuralCollaborativeFiltering

STEPS = 1024  # of the path; the perceptron is linear in pieces, so the middle of a step is exact but for where two of them meet
USER, ITEM = N_("the user"), N_("the item itself")


def keeps_fields(method: Method) -> bool:
    """Whether it is a DeepFM whose fields were saved with it: those that were trained before have none."""
    return method.name == "deepfm" and "first_bias" in method.arrays and "fields" in method.facts


def by_field(
    method: DeepFactorizationMachine, user: int, items: np.ndarray
) -> tuple[tuple[str, ...], np.ndarray, np.ndarray]:  # fmt: skip
    """Names of the levels that stand in any of the pairs, what each adds to the logits float64 (levels, n), the rest (n,).

    The rest is the logit without any field; `values.sum(0) + rest` are the logits of the user with the n items.
    """
    field, levels, vectors, hidden, linear = _levels(method, user, items)
    total = vectors.sum(1)
    own = np.stack([vectors[:, field == one].sum(1) for one in field], 1)  # of the field that a level belongs to
    parts = linear + 0.5 * np.einsum("naw,naw->na", vectors, total[:, None] - own)
    start = method.arrays["first_bias"].astype(np.float64)
    slopes = np.zeros((len(items), len(start)))
    for step in range(STEPS):
        slopes += _slopes(method, start + (step + 0.5) / STEPS * hidden.sum(1)) / STEPS
    parts = parts + np.einsum("nah,nh->na", hidden, slopes)
    names = [[_name(method, int(field[a]), int(levels[i, a])) for a in range(len(field))] for i in range(len(items))]
    rows = {name: place for place, name in enumerate(dict.fromkeys(name for called in names for name in called))}
    found = np.zeros((len(rows), len(items)))
    for i, called in enumerate(names):
        for a, name in enumerate(called):
            found[rows[name], i] += parts[i, a]
    some = np.abs(found).sum(1) > 0  # slots of a cell that hold nothing are no reasons
    rest = np.repeat(method.perceptron(start[None]), len(items))
    return tuple(np.array(list(rows), object)[some]), found[some], rest


def _levels(method: DeepFactorizationMachine, user: int, items: np.ndarray) -> tuple[np.ndarray, ...]:
    """Of n pairs with a levels each: the field of each (a,), and for each pair levels (n, a), vectors (n, a, w), shares of the
    first layer (n, a, h) and linear weights (n, a). Fields of users come first.
    """
    kept, count = method.arrays, len(items)
    field: list[int] = []
    levels, vectors, hidden, linear = [], [], [], []
    for side, rows in ((0, np.full(count, user)), (1, items)):
        first = kept[f"first_{side}"].astype(np.float64)
        width = kept[f"field_{side}_0_vectors"].shape[1]
        for place in range(len(first) // width):
            name = f"field_{side}_{place}"
            here, weight = kept[f"{name}_levels"][rows], kept[f"{name}_weights"][rows].astype(np.float64)
            embedded = kept[f"{name}_vectors"][here] * weight[:, :, None]
            field += [len(set(field))] * here.shape[1]
            levels.append(here)
            vectors.append(embedded)
            hidden.append(embedded @ first[place * width : (place + 1) * width])
            linear.append(kept[f"{name}_linear"][here] * weight)
    return (np.array(field), *(np.concatenate(parts, 1) for parts in (levels, vectors, hidden, linear)))


def _slopes(method: DeepFactorizationMachine, hidden: np.ndarray) -> np.ndarray:
    """Gradients float64 (n, h) of the perceptron by the sums of its first layer (n, h)."""
    active = []
    for weight, bias in method.layers:
        active.append(hidden > 0)
        hidden = np.maximum(hidden, 0) @ weight + bias
    slopes = np.ones((len(hidden), 1))
    for (weight, _), on in zip(reversed(method.layers), reversed(active)):
        slopes = (slopes @ weight.T.astype(np.float64)) * on
    return slopes


def _name(method: DeepFactorizationMachine, field: int, level: int) -> str:
    of_users, of_items = method.facts["fields"]
    known = [(USER, None), *of_users, (ITEM, None), *of_items]
    column, names = known[field]
    return str(column) if names is None else f"{column}: {names[level]}"


def by_factor(method: Method, user: int) -> np.ndarray:
    """What each factor adds to the score of each item, float64 (factors, items): the product of user and item in it.

    The last one of BPR is what implicit adds to every item whoever asks, its bias. The columns add up to the scores.
    """
    return method.arrays["users"][user].astype(np.float64)[:, None] * method.arrays["items"].T


def by_removal(
    method: NeuralCollaborativeFiltering, user: int, liked: np.ndarray, items: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """How far the score of each item falls without what it shares with each liked one, and the cosines of their embeddings.

    Both float64 (liked, n), both from the mean of all choices: what popular items have in common is no reason. The falls do not
    add up.
    """
    kept, counts = method.arrays, np.asarray((method.history > 0).sum(0), np.float64).ravel()
    vectors, hidden = (kept[f"item_{part}"].astype(np.float64) for part in ("vectors", "hidden"))
    means = tuple(counts @ array / counts.sum() for array in (vectors, hidden))
    whole, falls = method.scores(np.array([user]))[0][items], np.zeros((len(liked), len(items)))
    for place, item in enumerate(items):
        left = _without(vectors[item], vectors[liked], means[0]) @ kept["user_vectors"][user]
        deep = method.perceptron(kept["user_hidden"][user] + _without(hidden[item], hidden[liked], means[1]))
        falls[:, place] = whole[place] - left - deep - kept["user_biases"][user] - kept["item_biases"][item]
    return falls, _units(vectors[liked] - means[0]) @ _units(vectors[items] - means[0]).T


def _without(vector: np.ndarray, liked: np.ndarray, mean: np.ndarray) -> np.ndarray:
    """The vector (k,) of an item without what it shares with each of the liked ones, (liked, k)."""
    ways = _units(liked - mean)
    return np.asarray(vector - (ways @ (vector - mean))[:, None] * ways)


def _units(vectors: np.ndarray) -> np.ndarray:
    return np.asarray(vectors / np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-12))


def product_of(method: NeuralCollaborativeFiltering, user: int, item: int) -> float:
    """The part of the score that the product of the vectors gives; the perceptron gives the rest."""
    return float(method.arrays["user_vectors"][user] @ method.arrays["item_vectors"][item])
