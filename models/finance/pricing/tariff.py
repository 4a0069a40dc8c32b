"""A tariff: the fitted models of a portfolio together, which of them sets the price, saved as JSON and LightGBM's text."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from core.contracts import Context, Records, Section, Table
from core.home import read_json, write_bytes, write_json
from core.language import N_
from core.learning.features import Features
from models.finance.pricing import trees
from models.finance.pricing.rating import Rating

if TYPE_CHECKING:
    import pandas as pd

FILE = "tariff.json"
FREQUENCY, SEVERITY, PREMIUM = "frequency", "severity", "premium"
POWERS = {FREQUENCY: 1.0, SEVERITY: 2.0}  # of the variance; that of the premium is a parameter
# The ways to a price, by id: which models it multiplies.
METHODS = {
    "glm_product": N_("GLM, frequency × severity"), "glm_tweedie": N_("GLM, Tweedie"),
    "lightgbm_product": N_("LightGBM, frequency × severity"), "lightgbm_tweedie": N_("LightGBM, Tweedie"),
}  # fmt: skip
FREQUENCY_ONLY = {"glm_product": N_("GLM, frequency"), "lightgbm_product": N_("LightGBM, frequency")}


@dataclass(frozen=True, eq=False)
class Tariff:
    """`ratings` and `boosters` by what they give: frequency, severity, premium; `chosen` is the method that sets the price.

    `balance` of each method multiplies its prices so that they add up to what the training rows cost. `roles`: the columns of
    exposure, claims and loss; "" where there is none. `power` is that of the Tweedie variance.
    """

    features: Features
    ratings: dict[str, Rating]
    boosters: dict[str, Any]
    chosen: str
    balance: dict[str, float]
    roles: dict[str, str]
    power: float
    facts: dict[str, Any] = field(default_factory=dict)

    @property
    def methods(self) -> dict[str, str]:
        """Titles of the methods that were fitted, by id."""
        return {name: (METHODS if self.has_loss else FREQUENCY_ONLY)[name] for name in self.balance}

    @property
    def has_loss(self) -> bool:
        """Whether prices are money; else they are expected claims."""
        return bool(self.roles["loss"])

    def typed(self, frame: pd.DataFrame) -> pd.DataFrame:
        return self.features.typed(frame)

    def expected(self, frame: pd.DataFrame, method: str = "") -> np.ndarray:
        """Money (without losses: claims) a unit of exposure by one method, float64 (rows,)."""
        method = method or self.chosen
        return self.raw(self.typed(frame), method) * self.balance[method]

    def raw(self, typed: pd.DataFrame, method: str) -> np.ndarray:
        """The same before it is balanced."""
        kind, _, way = method.partition("_")
        parts = (PREMIUM,) if way == "tweedie" else (FREQUENCY, SEVERITY) if self.has_loss else (FREQUENCY,)
        return np.prod([self.part(typed, kind, name) for name in parts], axis=0)

    def part(self, typed: pd.DataFrame, kind: str, name: str) -> np.ndarray:
        """What the GLM or LightGBM says of `name` (frequency, severity, premium)."""
        if kind == "glm":
            return self.ratings[name].expected(typed)
        return trees.predicted(self.boosters[name], typed)

    def predict(self, inputs: Table, context: Context) -> Records:
        """The price of each policy, beside its columns."""
        expected = self.expected(inputs.frame)
        title = N_("Pure premium") if self.has_loss else N_("Expected claims")
        return Records(title, inputs.frame.assign(**{title: expected}), given=tuple(map(str, inputs.frame.columns)))

    def sections(self, parts: Sequence[Table], context: Context) -> tuple[Section, ...]:
        """What the models say of the columns: relativities, a rating table, effects."""
        from models.finance.pricing import shown

        return shown.sections(self, parts, context)

    def describe(self) -> dict[str, Any]:
        return {
            "method": self.methods[self.chosen], "columns": list(self.features.names), "power": self.power, **self.facts,
            "trees": {name: booster.current_iteration() for name, booster in self.boosters.items()},
        }  # fmt: skip

    def save(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        for name, booster in self.boosters.items():
            write_bytes(folder / f"{name}.txt", booster.model_to_string().encode())
        write_json(folder / FILE, {
            "features": self.features.to_json(), "ratings": {name: rating.to_json() for name, rating in self.ratings.items()},
            "boosters": list(self.boosters), "chosen": self.chosen, "balance": self.balance, "roles": self.roles,
            "power": self.power, "facts": self.facts,
        })  # fmt: skip

    @classmethod
    def load(cls, folder: Path) -> Tariff:
        import lightgbm

        kept = read_json(folder / FILE)
        boosters = {name: lightgbm.Booster(model_str=(folder / f"{name}.txt").read_text("utf-8")) for name in kept["boosters"]}
        ratings = {name: Rating.from_json(rating) for name, rating in kept["ratings"].items()}
        return cls(Features.from_json(kept["features"]), ratings, boosters, kept["chosen"], kept["balance"], kept["roles"],
                   kept["power"], kept["facts"])  # fmt: skip
