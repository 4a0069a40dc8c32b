"""From policies to a tariff: GLMs and trees for frequency, severity and premium, and which of the ways sets the price."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from core.contracts import Context, Table
from core.language import N_
from core.learning.features import Features
from core.learning.pricing import mean_deviance
from core.lifecycle.span import Span
from models.finance.pricing import trees
from models.finance.pricing.rating import Rating, fit_rating, learn_levels, tweedie_power
from models.finance.pricing.tariff import FREQUENCY, METHODS, POWERS, PREMIUM, SEVERITY, Tariff

if TYPE_CHECKING:
    import pandas as pd

LEAST_SEVERITY = 100  # claims with a loss, below which every claim is expected to cost the mean
MOST_RATED = 40  # columns of a rating table: of more, those that the trees use most


@dataclass(frozen=True, eq=False)
class _Rows:
    """Typed columns with exposure, claims and losses, float64 (rows,)."""

    typed: pd.DataFrame
    exposure: np.ndarray
    claims: np.ndarray
    loss: np.ndarray

    def of(self, name: str) -> tuple[pd.DataFrame, np.ndarray, np.ndarray]:
        """Columns, what is observed a unit of weight, and the weights, of those rows that say something about `name`."""
        if name == SEVERITY:
            rows = (self.claims > 0) & (self.loss > 0)
            return self.typed[rows], self.loss[rows] / self.claims[rows], self.claims[rows]
        return self.typed, (self.claims if name == FREQUENCY else self.loss) / self.exposure, self.exposure


def fit(train: Table, validation: Table, params: Any, context: Context) -> Tariff:
    """Fits all ways on `train`; `validation` stops the trees and, where `params.method` leaves it open, chooses the way.

    Raises InputError where there is no column to learn from, or the GLM cannot be fitted.
    """
    roles = {"exposure": params.exposure, "claims": params.target, "loss": params.loss}
    features = Features.learn(train.frame, without=set(params.unlearnt))
    learnt, chosen_by = (_rows(part, features, roles) for part in (train, validation))
    names = [FREQUENCY] if not params.loss else [FREQUENCY, SEVERITY, PREMIUM]
    power = params.power or (tweedie_power(*_rates(learnt)) if params.loss else 1.0)
    boosters = {}
    for place, name in enumerate(names):
        share = Span(context, 0.6 * place / len(names), 0.6 * (place + 1) / len(names))
        if name == SEVERITY and len(learnt.of(SEVERITY)[1]) < LEAST_SEVERITY:
            continue
        boosters[name] = trees.fit_trees(learnt.of(name), chosen_by.of(name), POWERS.get(name, power), params.rounds, params.rate,
                                         params.leaves, params.seed, share, name)  # fmt: skip
    context.progress(0.65, N_("Fitting generalised linear models"))
    rated = _most_used(features, boosters[FREQUENCY])
    ratings = {}
    for name in names:
        context.check()
        ratings[name] = _rating(features, learnt.of(name), rated, POWERS.get(name, power))
    return _balanced(Tariff(features, ratings, boosters, "", {}, roles, power, {"rated": rated}), learnt, chosen_by, params)


def _rows(part: Table, features: Features, roles: dict[str, str]) -> _Rows:
    frame = part.frame
    values = {name: frame[column].to_numpy(float) if column else np.zeros(len(frame)) for name, column in roles.items()}
    exposure = values["exposure"] if roles["exposure"] else np.ones(len(frame))
    return _Rows(features.typed(frame), exposure, values["claims"], values["loss"])


def _rates(learnt: _Rows) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    _, observed, weights = learnt.of(PREMIUM)
    return observed, np.full(len(observed), float(np.average(observed, weights=weights))), weights


def _most_used(features: Features, booster: Any) -> list[str]:
    names = list(features.names)
    if len(names) <= MOST_RATED:
        return names
    gains = booster.feature_importance("gain")
    return [names[k] for k in np.sort(np.argsort(-gains, kind="stable")[:MOST_RATED])]


def _rating(features: Features, rows: tuple[pd.DataFrame, np.ndarray, np.ndarray], rated: list[str], power: float) -> Rating:
    typed, observed, weights = rows
    if power == 2 and len(observed) < LEAST_SEVERITY:
        mean = float(np.average(observed, weights=weights)) if len(observed) else 0.0
        return Rating((), mean, (), (), (), (mean, mean))
    levels = learn_levels(features, typed, weights, observed * weights, rated)
    return fit_rating(levels, typed, observed, weights, power)


def _balanced(tariff: Tariff, learnt: _Rows, chosen_by: _Rows, params: Any) -> Tariff:
    """With the factors that make prices add up on the training rows, and the way that is best on the validation rows."""
    seen = learnt.loss if tariff.has_loss else learnt.claims
    ways = [name for name in METHODS if _is_fitted(tariff, name)]
    balance = {name: float(seen.sum() / max((tariff.raw(learnt.typed, name) * learnt.exposure).sum(), 1e-12)) for name in ways}
    tariff = replace(tariff, balance=balance)
    chosen = params.method if params.method in ways else ""
    judged = chosen_by if len(chosen_by.exposure) >= trees.LEAST_VALIDATION else learnt
    observed = (judged.loss if tariff.has_loss else judged.claims) / judged.exposure
    losses = {name: float(mean_deviance(observed, tariff.raw(judged.typed, name) * balance[name], judged.exposure,
                                        tariff.power)[0])
              for name in ways}  # fmt: skip
    return replace(
        tariff, chosen=chosen or min(losses, key=lambda name: losses[name]), facts={**tariff.facts, "validation": losses}
    )


def _is_fitted(tariff: Tariff, method: str) -> bool:
    kind, _, way = method.partition("_")
    if not tariff.has_loss:
        return way == "product"
    return kind == "glm" or way == "tweedie" or SEVERITY in tariff.boosters
