"""The bars of fraud: measured on rows that were never learnt from, with the settings that the form starts with."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from core import samples
from core.contracts import Capability, Context, Evidence, Table
from core.language import N_
from core.lifecycle import bootstrap
from core.lifecycle.answers import THIS
from core.lifecycle.evaluate_scoring import Ranked, auc, evaluate, ranking_scores
from core.lifecycle.span import Span
from core.lifecycle.train_scoring import REGRESSION, train

PAYMENTS = {"target": "fraud", "time": "date_time", "amount": "amount", "customer": "customer_id", "terminal": "terminal_id"}
FOLDS = 5


def average_precision(capability: Capability, params: dict[str, Any], context: Context) -> Evidence:
    """On a fifth of shuttle, by row, same share of anomalies; the labels only measure where the method takes none."""
    assert capability.learner is not None
    chosen = capability.learner.params.model_validate({"target": "anomaly", **params})
    found = train(capability, samples.load("shuttle"), chosen, context).report.evidence
    assert found is not None
    return found


def gain(capability: Capability, context: Context) -> Evidence:
    """The paired difference on the last fifth of the simulated payments, seven days after the last that was learnt from."""
    parts: list[Any] = []
    assert capability.learner is not None and capability.learner.illustrate is not None

    def kept(model: Any, given: Any, scores: np.ndarray, params: Any, inner: Context) -> Any:
        from models.finance.frauds.detector import known_frauds

        parts.extend(
            [
                scores,
                model.rivals[REGRESSION].scores(given[2].frame),
                known_frauds(given[2].frame, params.target, params.positive) == 1,
            ]
        )
        return ()

    learner = replace(capability.learner, illustrate=kept)
    chosen = learner.params.model_validate(PAYMENTS)
    evidence = train(replace(capability, learner=learner), samples.load("transactions"), chosen, context).report.evidence
    assert evidence is not None
    ours, theirs, fraud = parts
    value, low, high = evaluate(fraud, {THIS: ours, REGRESSION: theirs}, metric="average_precision").gains[REGRESSION]
    return replace(
        evidence, metric=N_("average precision minus that of a logistic regression"), score=value, interval=(low, high),
        baseline=0.0, baseline_name=REGRESSION,
    )  # fmt: skip


def repeated_auc(capability: Capability, context: Context) -> Evidence:
    """Mean AUC over five folds of phishing, rows that are alike in one fold, and its interval over resamples within each fold."""
    from sklearn.model_selection import StratifiedGroupKFold

    from core.lifecycle.split_scoring import alike

    rows: list[tuple[np.ndarray, np.ndarray, np.ndarray]] = []
    assert capability.learner is not None

    def kept(model: Any, given: Any, scores: np.ndarray, params: Any, inner: Context) -> Any:
        from models.finance.frauds.detector import known_frauds

        rows.append(
            (
                scores,
                model.rivals[REGRESSION].scores(given[2].frame),
                known_frauds(given[2].frame, params.target, params.positive) == 1,
            )
        )
        return ()

    capability = replace(capability, learner=replace(capability.learner, illustrate=kept))
    assert capability.learner is not None
    evidence, table = Evidence(), samples.load("phishing")
    chosen = capability.learner.params.model_validate({"target": "is_phishing", "method": "lightgbm"})
    numbers = alike(table.frame, {"is_phishing"})
    folds = StratifiedGroupKFold(FOLDS, shuffle=True, random_state=0).split(table.frame, table.frame["is_phishing"], numbers)
    for fold, (_, test) in enumerate(folds):
        said = np.where(np.isin(np.arange(len(table)), test), "test", "train")
        given = Table(table.frame.assign(split=said), table.name, table.digest)
        inner = Span(context, fold / FOLDS, (fold + 1) / FOLDS)
        evidence = train(capability, given, chosen, inner).report.evidence or evidence
    own, other = (float(np.mean([auc(one[place], one[2]) for one in rows])) for place in (0, 1))
    drawn = np.mean([_resampled(scores, fraud, seed) for seed, (scores, _, fraud) in enumerate(rows)], 0)
    low, high = np.quantile(drawn, [0.025, 0.975])
    return replace(
        evidence, metric=N_("ROC AUC, mean of 5 folds"), score=own,
        interval=(float(low), float(high)), baseline=other, baseline_name=REGRESSION,
        rows=sum(len(one[2]) for one in rows),
    )  # fmt: skip


def _resampled(scores: np.ndarray, fraud: np.ndarray, seed: int) -> np.ndarray:
    ranked = Ranked.of(scores, fraud)
    pieces = [ranking_scores(ranked, weights, 0.1)["auc"] for weights in bootstrap.draws(len(fraud), bootstrap.RESAMPLES, seed)]
    return np.concatenate(pieces)
