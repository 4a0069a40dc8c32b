"""What each liked item adds to a score. For methods whose scores are sums over the liked items the parts are exact.

Item neighbours, EASE and PureSVD are linear in what somebody chose. ALS is, too, once the items are learnt: its step for one user
(equation 4 of Hu, Koren and Volinsky 2008) solves a system that is linear in the choices.
"""

from __future__ import annotations

from typing import Literal, get_args

import numpy as np

from models.recommend import methods
from models.recommend.methods.base import Method
from models.recommend.methods.factors import AlternatingLeastSquares

Choice = Literal["ease", "item_knn", "pure_svd", "als"]
CHOICES = {name: methods.TITLES[name] for name in get_args(Choice)}


def shares(method: Method, liked: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """float64 (liked, items): the part of each liked item, chosen with `weights` (liked,), in the score of each item.

    The columns add up to what `method.scores_of` gives for all of them together.
    """
    if isinstance(method, AlternatingLeastSquares):
        items = method.arrays["items"].astype(np.float64)
        confidence = float(method.settings["confidence"]) * weights
        return np.asarray(user_parts(items, liked, confidence, float(method.settings["regularization"])).T @ items.T)
    from scipy.sparse import csr_matrix

    shape = (len(liked), method.history.shape[1])
    alone = csr_matrix((weights.astype(np.float32), (np.arange(len(liked)), liked)), shape=shape)
    return method.scores_of(alone).astype(np.float64)


def user_parts(items: np.ndarray, liked: np.ndarray, confidence: np.ndarray, regularization: float) -> np.ndarray:
    """float64 (d, liked): what each liked item adds to the vector of whoever chose exactly these, with `confidence` (liked,).

    `items` are the item factors, float64 (m, d).
    """
    mine = items[liked]
    gram = items.T @ items + (mine.T * (confidence - 1)) @ mine + regularization * np.eye(items.shape[1])
    return np.linalg.solve(gram, mine.T * confidence)
