"""The report of a training: what the evaluation found, how the rows were split, what the guard said, the evidence card."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np

from core.contracts import Bar, Capability, Evidence, Message, Model, Records, Report, Section, Series, Table, TrainingParams
from core.language import N_
from core.lifecycle.evaluate import SCORES, Evaluation
from core.lifecycle.findings import Finding
from core.lifecycle.split import Split

MAJORITY = N_("majority class")
REGRESSION = N_("logistic regression on TF-IDF")
PAIRS = N_("pairs")  # what stands in place of classes where there are none
PIXELS = N_("logistic regression on pixels")
NEAREST = N_("nearest neighbour on mean MFCC")
WARPED = N_("nearest neighbour by dynamic time warping")


def is_its_own_baseline(params: TrainingParams) -> bool:
    """Whether the method chosen is itself a linear machine on TF-IDF."""
    return getattr(params, "method", "") == "tfidf"


def report(
    capability: Capability,
    model: Model,
    table: Table,
    params: TrainingParams,
    split: Split,
    strata: np.ndarray,
    findings: tuple[Finding, ...],
    evaluation: Evaluation,
    curves: Iterable[Series],
    seconds: float,
) -> Report:
    """Everything that a page shows and a manager gets. `strata` holds a name of a class for each row of `table`."""
    card = _evidence(capability, model, table, params, split, findings, evaluation, seconds)
    low, high = card.interval or (card.score, card.score)
    values = {
        "metric": Message(card.metric), "score": f"{card.score:.3f}", "low": f"{low:.3f}", "high": f"{high:.3f}",
        "rows": card.rows, "data": table.name, "baseline": f"{card.baseline:.3f}", "name": Message(card.baseline_name),
    }  # fmt: skip
    summary = N_("{metric} {score} (95 % interval {low} to {high}) on {rows} test rows of {data} that were never learnt from; "
                 "{name} reaches {baseline}.")  # fmt: skip
    first, *rest = evaluation.sections
    learning = [Section(series.title, series) for series in curves]
    guarded = Section(N_("Split and leak guard"), _parts(split, strata), split.how)
    notices = (*table.notices, *(finding.message for finding in findings))
    return Report(Message(capability.title), Message(summary, values), (first, *learning, *rest, guarded), card, notices)


def _evidence(
    capability: Capability, model: Model, table: Table, params: TrainingParams, split: Split, findings: tuple[Finding, ...],
    evaluation: Evaluation, seconds: float,
) -> Evidence:  # fmt: skip
    """The card. Its baseline is the best of those measured."""
    metric = capability.metric if capability.metric in evaluation.metrics else "accuracy"
    best = max(evaluation.baselines, key=lambda name: evaluation.baselines[name][metric])
    facts: dict[str, Any] = model.describe()
    bar = _bar(capability, table, params)
    source = bar.reference if bar else None
    promised = bar.value if bar and bar.metric == metric and not bar.shipped else None
    caveats: list[Message] = [finding.message for finding in findings]
    caveats += [Message(caveat) for caveat in facts.get("caveats", ())]
    if REGRESSION not in evaluation.baselines and is_its_own_baseline(params):
        caveats.append(Message(N_("The usual strong baseline, a linear model on TF-IDF, is this method itself.")))
    return Evidence(
        metric=SCORES[metric].title, score=evaluation.metrics[metric], interval=evaluation.intervals.get(metric),
        baseline=evaluation.baselines[best][metric], baseline_name=best,
        reference=source.value if source else None, reference_source=source.source if source else "",
        reference_protocol=source.protocol if source else "", bar=promised,
        data=table.name, rows=len(split.test),
        answered_by=", ".join(str(facts[key]) for key in ("method", "weights") if facts.get(key)),
        license=str(facts.get("license", "")), fallback=facts.get("fallback", ""), caveats=tuple(caveats), seconds=seconds,
    )  # fmt: skip


def _bar(capability: Capability, table: Table, params: TrainingParams) -> Bar | None:
    """The bar promised on this sample, the one whose params are those of the run first."""
    own = [bar for bar in capability.bars if bar.sample == table.name]
    given = params.model_dump()
    same = [bar for bar in own if all(given.get(name) == value for name, value in bar.params.items())]
    return next(iter(same or own), None)


def _parts(split: Split, strata: np.ndarray) -> Records:
    """Rows of each class in each part."""
    import pandas as pd

    parts = {N_("to learn from"): split.train, N_("to choose by"): split.validation, N_("to measure with"): split.test}
    names = sorted(set(strata.tolist()))
    counts = {title: [int((strata[rows] == name).sum()) for name in names] for title, rows in parts.items()}
    title, first = (N_("Rows of each part"), N_("kind")) if names == [PAIRS] else (N_("Rows of each class"), N_("class"))
    words = (first,) if names == [PAIRS] else ()
    return Records(title, pd.DataFrame({first: names, **counts}), split.how, words)
