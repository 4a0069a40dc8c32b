"""How a detector learns: trees from labels, forest and autoencoder without, the weights of their blend on the validation rows."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from core.contracts import Context, Table
from core.language import N_
from core.learning.boosting import Boosted, Recipe, stopped_early
from core.learning.features import Features
from core.learning.scoring import LogisticRegression, is_event, without
from core.lifecycle.columns import SPLIT_COLUMN
from core.lifecycle.span import Span
from core.lifecycle.targets import class_names
from core.lifecycle.train_scoring import REGRESSION
from models.finance.frauds import detector as kept
from models.finance.frauds.detector import Detector, Settings
from models.finance.frauds.forest import Forest
from models.finance.frauds.windows import WORDS, Columns

if TYPE_CHECKING:
    import pandas as pd

FEW_FRAUDS = 10  # in the validation rows, below which nothing is chosen by them
NUMBERED = 100  # rows from which a column of different whole numbers is one that numbers them
MIXED = {"lightgbm": ("boosted",), "forest": ("forest",), "autoencoder": ("forest", "autoencoder"),
         "unlabelled": ("forest", "autoencoder"), "blend": ("boosted", "forest", "autoencoder")}  # fmt: skip


def fit(train: Table, validation: Table, params: Any, context: Context) -> Detector:
    """Learns as `params.method` says; labels reach nothing but the trees and the blend's weights."""
    frame, held = train.frame, validation.frame
    parts, columns = MIXED[params.method], columns_of(params)
    excluded = without(params) | {columns.customer, columns.terminal} | numbering(frame)
    plain = Features.learn(frame, excluded | kept.LABELLED_ONLY)
    labelled = bool(params.target) and params.target in frame
    design = plain.design(frame)
    forest = Forest.fit(design, params.trees, params.seed) if "forest" in parts else None
    context.check()
    autoencoder = (
        _autoencoder(design, plain.design(held), forest, params, Span(context, 0.0, 0.5)) if "autoencoder" in parts else None
    )
    settings = Settings(
        params.method, columns, tuple(name for name in frame.columns if name not in {params.target, SPLIT_COLUMN, *WORDS}),
        params.delay, params.alerts, facts={"rows learnt from": len(frame)},
    )  # fmt: skip
    for place, part in enumerate((forest, autoencoder)):
        if part is not None:
            own = part.scores(design)
            settings = replace(settings, middle=_put(settings.middle, place, own.mean()),
                               spread=_put(settings.spread, place, max(float(own.std()), 1e-9)))  # fmt: skip
    # The autoencoder is asked alone where it is the method; the forest has then only said which rows are usual.
    found = Detector(settings, plain, None, None if params.method == "autoencoder" else forest, autoencoder, np.zeros(1))
    if labelled:
        _learn_labels(found, train, validation, excluded, params, Span(context, 0.5, 1.0))
    found.quantiles = np.quantile(found.scores(frame), np.linspace(0, 1, kept.QUANTILES))
    if columns.time:
        found.remember(Table(_both(frame, held)), params)
    return found


def columns_of(params: Any) -> Columns:
    return Columns(params.time, params.amount, params.customer, params.terminal, params.target)


def numbering(frame: pd.DataFrame) -> set[str]:
    """Columns of whole numbers that are different in every row: they number the rows and say nothing of others."""
    import pandas as pd

    if len(frame) < NUMBERED:
        return set()
    return {str(name) for name in frame.columns
            if pd.api.types.is_integer_dtype(frame[name]) and frame[name].is_unique}  # fmt: skip


def _autoencoder(design: np.ndarray, held: np.ndarray, forest: Forest | None, params: Any, context: Span) -> Any:
    """Learns from the rows that the forest finds most usual."""
    from models.finance.frauds.autoencoder import Autoencoder

    assert forest is not None
    own = forest.scores(design)
    limit = np.quantile(own, 1 - params.set_aside)
    held = held[forest.scores(held) <= limit] if len(held) else held
    return Autoencoder.fit(design[own <= limit], held, params.epochs, params.seed, context)


def _learn_labels(found: Detector, train: Table, validation: Table, excluded: set[str], params: Any, context: Span) -> None:
    """Trees, the weights of the blend, and the rivals that the evaluation sets beside it."""
    frame, held = train.frame, validation.frame
    event, later = is_event(frame, params), is_event(held, params)
    names = sorted({name for name in class_names(frame[params.target]) if name} - {params.positive})
    found.settings = replace(found.settings, positive=params.positive, negative=names[0] if names else "")
    features = Features.learn(frame, excluded)
    if "boosted" in MIXED[params.method]:
        raw = _boost(found, (frame, event), (held, later), features, params, context)
        if params.method == "blend":
            _blend(found, raw, held, later)
    found.rivals = _rivals(found, frame, event, excluded, params)


def _boost(
    found: Detector, learnt: tuple[Any, np.ndarray], held: tuple[Any, np.ndarray], features: Features, params: Any, context: Span
) -> np.ndarray:  # fmt: skip
    """Trees on the training and then on the validation rows too; the log odds of the validation rows before that, shifted.

    Only rows to learn from are drawn or repeated, so no copy of a row is on both sides.
    """
    recipe = Recipe(
        rounds=params.rounds, rate=params.rate, leaves=params.leaves, balanced=params.balance == "weights", seed=params.seed
    )
    chosen, shift = resampled(learnt[1], params)
    frame, event = learnt[0].iloc[chosen], learnt[1][chosen]
    rounds, raw = params.rounds, np.zeros(len(held[0]))
    if held[1].sum() >= FEW_FRAUDS:
        whole, marks = _both(frame, held[0]), np.concatenate([event, held[1]])
        folds = [(np.arange(len(event)), np.arange(len(event), len(marks)))]
        rounds, _, raw = stopped_early(whole, marks, features, recipe, folds, context)
    everything, marks = _both(learnt[0], held[0]), np.concatenate([learnt[1], held[1]])
    chosen, shift = resampled(marks, params)
    found.boosted = Boosted.fit(everything.iloc[chosen], marks[chosen], features, replace(recipe, rounds=rounds), context)
    found.settings = replace(found.settings, shift=shift, facts={**found.settings.facts, "trees": rounds})
    return raw - shift


def resampled(event: np.ndarray, params: Any) -> tuple[np.ndarray, float]:
    """Positions of the rows to learn from as `params.balance` asks, and by how much log odds are then too high: the logarithm of
    how many times more say frauds have (Dal Pozzolo et al. 2015, Calibrating probability with undersampling).
    """
    frauds, others = np.flatnonzero(event), np.flatnonzero(~event)
    say = max(1.0, len(others) / max(len(frauds), 1))
    if params.balance == "none" or not len(frauds) or say == 1:
        return np.arange(len(event)), 0.0
    random = np.random.default_rng(params.seed)
    if params.balance == "fewer":
        most = min(len(others), max(len(frauds) * params.ratio, 1))
        kept_rows = random.choice(others, most, replace=False)
        return np.sort(np.concatenate([frauds, kept_rows])), float(np.log(len(others) / most))
    if params.balance == "repeated":
        times = max(1, int(len(others) / params.ratio / len(frauds)))
        return np.sort(np.concatenate([np.repeat(frauds, times), others])), float(np.log(times))
    return np.arange(len(event)), float(np.log(say))


def _blend(found: Detector, raw: np.ndarray, held: pd.DataFrame, event: np.ndarray) -> None:
    """Weights of the three, none negative, by a logistic regression on the validation rows. With few frauds: the trees alone."""
    weights, bias, caveats = np.array([1.0, 0.0, 0.0]), 0.0, []
    if event.sum() >= FEW_FRAUDS and not event.all():
        weights, bias = nonnegative(np.column_stack([raw, found._unusual(held)]), event)
    else:
        sentence = N_("Only {count} frauds among the rows to choose by, too few to weigh the methods: the trees answer alone.")
        caveats = [{"id": sentence, "values": {"count": int(event.sum())}}]
    facts = {**found.settings.facts, "weights of the blend": [round(float(one), 3) for one in weights], "caveats": caveats}
    found.settings = replace(found.settings, weights=tuple(map(float, weights)), bias=float(bias), facts=facts)


def nonnegative(inputs: np.ndarray, event: np.ndarray) -> tuple[np.ndarray, float]:
    """Logistic regression whose negative weights are set to 0, the most negative first, and the rest fitted again."""
    from sklearn.linear_model import LogisticRegression as Regression

    used = np.ones(inputs.shape[1], bool)
    while used.any():
        model = Regression(C=1.0, max_iter=1_000).fit(inputs[:, used], event)
        weights = model.coef_[0]
        if (weights >= 0).all():
            found = np.zeros(inputs.shape[1])
            found[used] = weights
            return found, float(model.intercept_[0])
        used[np.flatnonzero(used)[weights.argmin()]] = False
    return np.zeros(inputs.shape[1]), float(np.log(event.mean() / (1 - event.mean())))


class _Part:
    """One of the methods of a blend, to stand beside it."""

    def __init__(self, whole: Detector, method: str) -> None:
        own = replace(whole.settings, method=method)
        self.detector = Detector(own, whole.plain, whole.boosted, whole.forest if method == "forest" else None,
                                 whole.autoencoder if method == "autoencoder" else None, whole.quantiles)  # fmt: skip
        self.chances = method == "lightgbm"

    def scores(self, frame: pd.DataFrame) -> np.ndarray:
        return self.detector.scores(frame)


def _rivals(found: Detector, frame: pd.DataFrame, event: np.ndarray, excluded: set[str], params: Any) -> dict[str, Any]:
    """A logistic regression on the same columns, and the parts of a blend."""
    rivals: dict[str, Any] = {REGRESSION: LogisticRegression.fit(frame, event, excluded, seed=params.seed)}
    for method in {"blend": ("lightgbm", "forest", "autoencoder"), "unlabelled": ("forest", "autoencoder")}.get(
        params.method, ()
    ):
        rivals[kept.METHODS[method]] = _Part(found, method)
    return rivals


def _put(pair: tuple[float, float], place: int, value: float) -> tuple[float, float]:
    return (float(value), pair[1]) if place == 0 else (pair[0], float(value))


def _both(first: pd.DataFrame, second: pd.DataFrame) -> pd.DataFrame:
    import pandas as pd

    return pd.concat([first, second], ignore_index=True) if len(second) else first
