"""Learning to score loans: every method chooses its settings on rows to choose by, and is calibrated and cut off on the same."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np

from core.contracts import Context, Message, Table
from core.language import N_
from core.learning.boosting import Boosted, Recipe, stopped_early
from core.learning.features import Features
from core.learning.scoring import LogisticRegression, without
from core.lifecycle.findings import listed
from core.lifecycle.span import Span
from models.finance.lending.calibration import calibrate
from models.finance.lending.costs import Costs
from models.finance.lending.folds import Choosing, choosing
from models.finance.lending.history import History
from models.finance.lending.lstm import HistoryReader
from models.finance.lending.monotone import directions
from models.finance.lending.reasons import Steps
from models.finance.lending.scorecard import Scaling, Scorecard
from models.finance.lending.scorer import Calibrated, Part, Scorer
from models.finance.lending.stability import Profile

if TYPE_CHECKING:
    import pandas as pd

NAMES = {
    "blend": N_("LightGBM and logistic regression together"), "lightgbm": N_("LightGBM"), "logistic": N_("logistic regression"),
    "scorecard": N_("WOE scorecard"), "lstm": N_("LSTM on the history"),
}  # fmt: skip
FEW, LARGE = 2_000, 50_000  # rows
MOST_TREES = 600
STRENGTHS = (0.03, 0.1, 0.3, 1.0)  # inverse penalties that are tried
WEIGHTS = tuple(np.linspace(0, 1, 11))  # of the trees in a blend
FACTS_ROWS = 50_000  # that bins and steps are made of
REJECTS = N_("Such tables hold loans that were granted. How refused ones would have gone is not known, and nothing was done "
             "to guess "
             "it (no reject inference): for people unlike those who were granted loans, chances may be wrong.")  # fmt: skip
# Parts with their weights, log odds of the rows to choose by, the places of these, facts.
Learnt = tuple[tuple[tuple[Part, float], ...], np.ndarray, np.ndarray, dict[str, Any]]


class Work:
    """One training: the rows, the features, and each method once, however many ask for it."""

    def __init__(self, chosen: Choosing, features: Features, params: Any, history: History | None, context: Context) -> None:
        self.chosen, self.features, self.params, self.history, self.context = chosen, features, params, history, context
        learnt = chosen.learnt
        self.frame, self.event = chosen.frame.iloc[learnt], chosen.event[learnt]
        self.monotone = directions(self.frame, self.event, features, params)
        self._kept: dict[str, Learnt] = {}

    def learnt(self, method: str) -> Learnt:
        if method not in self._kept:
            ways: dict[str, Callable[[], Learnt]] = {"lightgbm": self._trees, "logistic": self._linear, "scorecard": self._card,
                                                     "lstm": self._network, "blend": self._blend}  # fmt: skip
            self.context.log(f"learning: {method}")
            self._kept[method] = ways[method]()
        return self._kept[method]

    def _trees(self) -> Learnt:
        """Leaves and number of trees by the log loss of the rows to choose by."""
        rows = len(self.chosen.frame)
        base = Recipe(rounds=MOST_TREES, balanced=self.params.balanced, monotone=self.monotone, seed=self.params.seed)
        tried = [replace(base, leaves=leaves) for leaves in ((3, 5, 8) if rows < FEW else (3, 7, 15))]
        if rows > LARGE:
            tried = [replace(base, leaves=31, least=100, rate=0.1, columns=0.8, rounds=300)]
        found = []
        for place, recipe in enumerate(tried):
            span = Span(self.context, place / (len(tried) + 1), (place + 1) / (len(tried) + 1))
            found.append(stopped_early(self.chosen.frame, self.chosen.event, self.features, recipe, self.chosen.folds, span))
        best = min(range(len(tried)), key=lambda place: found[place][1])
        recipe = replace(tried[best], rounds=found[best][0])
        model = Boosted.fit(self.frame, self.event, self.features, recipe, self.context)
        facts = {"trees": recipe.rounds, "leaves": recipe.leaves}
        return ((model, 1.0),), found[best][2], self.chosen.kept, facts

    def _linear(self) -> Learnt:
        """The penalty by the log loss of the rows to choose by."""

        def fit(frame: pd.DataFrame, event: np.ndarray, strength: float) -> LogisticRegression:
            return LogisticRegression.fit(frame, event, set(), strength=strength, balanced=self.params.balanced,
                                          seed=self.params.seed, features=self.features)  # fmt: skip

        def asked_of(strength: float, frame: pd.DataFrame, event: np.ndarray, asked: pd.DataFrame) -> np.ndarray:
            return fit(frame, event, strength).raw(asked)

        truth = self.chosen.event[self.chosen.kept]
        strengths = STRENGTHS if len(self.chosen.frame) <= LARGE else (1.0,)
        held = {strength: self.chosen.held_out(partial(asked_of, strength), self.context) for strength in strengths}
        best = min(held, key=lambda strength: log_loss(held[strength], truth))
        return ((fit(self.frame, self.event, best), 1.0),), held[best], self.chosen.kept, {"C": best}

    def _card(self) -> Learnt:
        def fit(frame: pd.DataFrame, event: np.ndarray) -> Scorecard:
            scaling = Scaling(self.params.base_points, self.params.base_odds, self.params.double_odds)
            return Scorecard.fit(frame, event, self.features, scaling=scaling, monotone=self.monotone,
                                 balanced=self.params.balanced, seed=self.params.seed, context=self.context)  # fmt: skip

        held = self.chosen.held_out(lambda frame, event, asked: fit(frame, event).raw(asked), self.context)
        card = fit(self.frame, self.event)
        return ((card, 1.0),), held, self.chosen.kept, {"columns on the scorecard": len(card.bins)}

    def _network(self) -> Learnt:
        """Stopped by the rows to choose by; of folds, the first alone: it learns from four fifths, and takes minutes."""
        assert self.history is not None
        frame, event, (learnt, kept) = self.chosen.frame, self.chosen.event, self.chosen.folds[0]
        network = HistoryReader.fit(
            frame.iloc[learnt], event[learnt], (frame.iloc[kept], event[kept]), self.history, without(self.params),
            epochs=self.params.epochs, balanced=self.params.balanced, seed=self.params.seed, context=self.context,
        )  # fmt: skip
        return ((network, 1.0),), network.raw(frame.iloc[kept]), kept, {"epochs": self.params.epochs}

    def _blend(self) -> Learnt:
        """Log odds of trees and of logistic regression, weighted by the log loss of the rows to choose by."""
        trees, linear = self.learnt("lightgbm"), self.learnt("logistic")
        truth = self.chosen.event[self.chosen.kept]
        mixed = {weight: weight * trees[1] + (1 - weight) * linear[1] for weight in WEIGHTS}
        best = min(mixed, key=lambda weight: log_loss(mixed[weight], truth))
        parts = tuple((part, weight) for part, weight in ((trees[0][0][0], best), (linear[0][0][0], 1 - best)) if weight > 0)
        facts = {**trees[3], **linear[3], "weight of the trees": round(float(best), 2)}
        return parts, mixed[best], self.chosen.kept, facts


def log_loss(raw: np.ndarray, event: np.ndarray) -> float:
    """Mean log loss of log odds."""
    return float(np.mean(np.logaddexp(0, np.where(event, -raw, raw))))


def fit(train: Table, validation: Table, params: Any, history: History | None, context: Context) -> Scorer:
    """The score by `params.method`, and the other methods beside it where `params.compare`."""
    excluded = without(params)
    chosen = choosing(train, validation, params)
    summed = excluded | (history.stepped if history else set())
    features = Features.learn(chosen.frame.iloc[chosen.learnt], summed)
    methods = [params.method]
    if params.compare:
        methods += [name for name in NAMES if name != params.method and (name != "lstm" or history is not None)]
    work = Work(chosen, features, params, history, context)
    kept = {}
    for place, name in enumerate(methods):
        work.context = Span(context, place / len(methods), (place + 1) / len(methods))
        work.context.progress(0.0, N_("Learning: {method}"), method=Message(NAMES[name]))
        parts, held, rows, facts = work.learnt(name)
        kept[name] = Calibrated(parts, calibrate(held, chosen.event[rows], params.calibration)), held, rows, facts
    score, held, rows, facts = kept[params.method]
    chances, truth, costs = score.calibration.chances(held), chosen.event[rows], Costs(params.cost_bad, params.cost_lost)
    few = work.frame.iloc[:: max(1, len(work.frame) // FACTS_ROWS)]
    told = {
        "method": NAMES[params.method], "learnt from": len(work.frame), **facts, "calibration": params.calibration,
        "left out": dict(features.left_out), "monotone": dict(work.monotone),
        "caveats": _caveats(params, features, work, history),
    }  # fmt: skip
    return Scorer(
        params.method, score, features, params.target, params.positive, costs.best(chances, truth), costs,
        Profile.of(few, features, score.scores(few)), Steps.of(few, features), told, tuple(params.protected), history,
        {NAMES[name]: one for name, (one, *_) in kept.items() if name != params.method},
        (chosen.frame.iloc[rows], truth, chances),
    )  # fmt: skip


def _caveats(params: Any, features: Features, work: Work, history: History | None) -> tuple[Message, ...]:
    found = [Message(REJECTS)]
    if params.protected:
        sentence = N_("Protected columns that were not learnt from: {columns}. Others may still stand for them.")
        if params.use_protected:
            sentence = N_("Protected columns were learnt from: {columns}. In many countries such a score may not be used.")
        found.append(Message(sentence, {"columns": listed(params.protected)}))
    if features.left_out:
        values: dict[str, object] = {"columns": listed(features.left_out)}
        found.append(Message(N_("Columns that say nothing of new rows and were left out: {columns}."), values))
    if work.monotone and params.method in ("blend", "logistic", "lstm"):
        found.append(Message(N_("Only LightGBM and the scorecard keep to the directions that were asked for.")))
    if params.method == "lstm" or history is not None:
        found.append(Message(N_("The rows of a customer were made one: up to {count} of the latest, and what sums them up."),
                             {"count": history.steps if history else 0}))  # fmt: skip
    return tuple(found)
