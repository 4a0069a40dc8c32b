"""The bars: what each capability promises on held-out data, measured when asked.

A bar that is met by a shipped model (its training takes over a minute) evaluates that model on the rows that its card kept aside,
and names the card and the command that makes it again; `retrain` trains it anew. Everything else is trained on the spot.
"""

from __future__ import annotations

import dataclasses
import time
from pathlib import Path
from typing import Any

from core import fitted, registry, samples
from core.contracts import Bar, Capability, Context, Evidence, Report, Table
from core.home import read_json
from core.lifecycle.train import train


def bars(capability_id: str = "", *, retrain: bool = False, context: Context | None = None) -> list[dict[str, Any]]:
    """A row for each bar of one capability, or of all.

    `score`, `interval` and `baseline` are computed here; a bar that is missed has `met` false, and nothing is lowered. Rows
    of shipped models also name the `run` and the `command` that makes it again.
    """
    chosen = [registry.get(capability_id)] if capability_id else list(registry.capabilities().values())
    return [measure(capability, bar, retrain, context or Context()) for capability in chosen for bar in capability.bars]


def measure(capability: Capability, bar: Bar, retrain: bool, context: Context) -> dict[str, Any]:
    """One bar of `capability` as a row."""
    started = time.perf_counter()
    made: dict[str, str] = {}
    if bar.measure:
        evidence = bar.measure(context)
    else:
        evidence, made = _measured_by_training(capability, bar, retrain, context)
    assert evidence.score is not None
    reference = bar.reference and {
        "value": bar.reference.value,
        "source": bar.reference.source,
        "protocol": bar.reference.protocol,
    }
    return {
        "id": capability.id, "metric": bar.metric, "score": evidence.score, "interval": evidence.interval,
        "baseline": evidence.baseline, "baseline_name": str(evidence.baseline_name), "reference": reference, "bar": bar.value,
        "met": evidence.score <= bar.value if bar.lower_is_better else evidence.score >= bar.value,
        "seconds": time.perf_counter() - started, "weights": evidence.answered_by,
        "data": samples.called(bar.sample), "rows": evidence.rows, **made,
    }  # fmt: skip


def _measured_by_training(capability: Capability, bar: Bar, retrain: bool, context: Context) -> tuple[Evidence, dict[str, str]]:
    """The evidence of a learning capability's bar, and what made the model where it was there before."""
    learner, table = capability, bar.table() if bar.table else samples.load(bar.sample)
    made: dict[str, str] = {}
    if bar.shipped:
        folder = fitted.model_folder(learner, fitted.SHIPPED + bar.shipped)
        card = read_json(folder / fitted.CARD)
        params = card["params"]
        made = {"run": f"{bar.shipped}, {card['date']}", "command": card["command"]}
        if not retrain:
            learner = _answering_with(learner, folder)
    else:
        params = bar.params
    evidence = _report(learner, table, params, context).evidence
    assert evidence is not None
    return evidence, made


def _report(capability: Capability, table: Table, params: dict[str, Any], context: Context) -> Report:
    assert capability.learner is not None
    return train(capability, table, capability.learner.params.model_validate(params), context).report


def _answering_with(capability: Capability, folder: Path) -> Capability:
    """`capability`, but what it "fits" is the model in `folder`: split, mends, baselines and measuring stay a training's."""
    learner = capability.learner
    assert learner is not None
    load = learner.load
    return dataclasses.replace(capability, learner=dataclasses.replace(learner, fit=lambda *given: load(folder)))
