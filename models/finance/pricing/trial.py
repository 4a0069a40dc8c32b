"""The bars of `finance.insurance`."""

from __future__ import annotations

from typing import Any

import numpy as np

from core import samples
from core.contracts import Capability, Context, Evidence, Table
from core.language import N_
from core.learning.pricing import mean_deviance
from core.lifecycle import bootstrap
from core.lifecycle import train_pricing as training
from core.lifecycle.evaluate_pricing import MEAN, MEAN_CLAIMS, TRUTH

FOLDS = 8
SIMULATED = {"exposure": "exposure", "loss": "loss"}


def share_of_truth(capability: Capability, metric: str, context: Context) -> Evidence:
    """A score on the simulated policies kept aside, divided by the true prices' score on the same policies, with the interval of
    that share; the mean premium has 0.
    """
    assert capability.learner is not None
    table, params, _ = training.prepared(samples.load("motor_policies"), capability.learner.params.model_validate(SIMULATED))
    split = training.split_policies(table, params)
    parts = [Table(table.frame.iloc[rows].reset_index(drop=True), table.name, table.digest)
             for rows in (split.train, split.validation, split.test)]  # fmt: skip
    model: Any = capability.learner.fit(parts[0], parts[1], params, context)
    measured = training.measure(model, parts, params, split)
    ours, true = measured.every[measured.chosen], measured.every[TRUTH]

    def share(times: np.ndarray) -> dict[str, np.ndarray]:
        return {"share": measured.scores(ours, times)[metric] / measured.scores(true, times)[metric]}

    context.log(
        f"{metric}: {measured.metrics()[metric]:.4f} {measured.intervals()[metric]}, true prices "
        f"{measured.metrics(TRUTH)[metric]:.4f}"
    )
    score = measured.metrics()[metric] / measured.metrics(TRUTH)[metric]
    return Evidence(
        metric=metric, score=score, interval=measured.drawn(share).get("share"), baseline=0.0, baseline_name=MEAN,
            rows=len(parts[2]),
        data=samples.called("motor_policies"), answered_by=str(model.describe()["method"]),
        caveats=(N_("Simulated policies: the true prices are known."),),
    )  # fmt: skip


def folds_of_1973(capability: Capability, context: Context) -> Evidence:
    """Explained Poisson deviance of the cells of 1973, each priced by what was learnt from the other folds; intervals over cells.

    Nothing is chosen: the GLM alone, as in Venables and Ripley.
    """
    assert capability.learner is not None
    params = capability.learner.params.model_validate({"exposure": "holders", "target": "claims", "method": "glm_product"})
    table, params, _ = training.prepared(samples.load("car_insurance_1973"), params)
    fold = np.random.default_rng(0).permutation(len(table)) % FOLDS
    exposure, claims = table.frame["holders"].to_numpy(float), table.frame["claims"].to_numpy(float)
    expected, mean = np.zeros(len(table)), np.zeros(len(table))
    for number in range(FOLDS):
        rest, kept = (Table(table.frame[fold == number if held else fold != number].reset_index(drop=True), table.name)
                      for held in (False, True))  # fmt: skip
        model: Any = capability.learner.fit(rest, Table(rest.frame.head(0), table.name), params, context)
        expected[fold == number] = model.expected(kept.frame)
        mean[fold == number] = rest.frame["claims"].sum() / rest.frame["holders"].sum()

    def explained(times: np.ndarray | None = None) -> dict[str, np.ndarray]:
        ours, base = (mean_deviance(claims / exposure, one, exposure, 1.0, times) for one in (expected, mean))
        return {"explained": 1 - ours / base}

    return Evidence(
        metric="explained", score=float(explained()["explained"][0]), baseline=0.0, baseline_name=MEAN_CLAIMS, rows=len(table),
        interval=bootstrap.intervals(explained, len(table)).get("explained"), data=samples.called("car_insurance_1973"),
        answered_by=str(model.describe()["method"]),
    )  # fmt: skip
