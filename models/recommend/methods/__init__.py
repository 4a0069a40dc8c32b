"""Methods of recommending, one file a method, under the names that params use."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

from core.home import read_json
from core.language import N_

if TYPE_CHECKING:
    from core.learning.interactions import Interactions
    from models.recommend.methods.base import Method

_PLACES = {
    "popularity": ("popularity", "Popularity"),
    "item_knn": ("neighbours", "ItemNeighbours"),
    "ease": ("ease", "Ease"),
    "pure_svd": ("pure_svd", "PureSVD"),
    "als": ("factors", "AlternatingLeastSquares"),
    "bpr": ("factors", "BayesianPersonalizedRanking"),
    "ncf": ("neural", "NeuralCollaborativeFiltering"),
    "deepfm": ("neural", "DeepFactorizationMachine"),
    "fused": ("fused", "Fused"),
}
TITLES = {
    "popularity": N_("Popularity"),
    "item_knn": N_("Item neighbours"),
    "ease": "EASE",
    "pure_svd": "PureSVD",
    "als": N_("Alternating least squares"),
    "bpr": N_("Bayesian personalised ranking"),
    "ncf": N_("Neural collaborative filtering"),
    "deepfm": "DeepFM",
    "fused": N_("Fused list"),
}
SINGLE = tuple(name for name in _PLACES if name != "fused")


def method(name: str) -> type[Method]:
    """The class of that name."""
    module, attribute = _PLACES[name]
    found: type[Method] = getattr(import_module(f"{__name__}.{module}"), attribute)
    return found


def make(name: str, **settings: Any) -> Method:
    """A method that is not fitted yet, with its defaults but for `settings`."""
    return method(name)(**settings)


def load(folder: Path, data: Interactions) -> Method:
    """What `save` of a method wrote, fitted on `data`."""
    from models.recommend.methods.base import SETTINGS

    kept = read_json(folder / SETTINGS)
    found = make(kept["name"], **kept["settings"])
    found.restore(folder, data)
    return found
