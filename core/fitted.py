"""The one door to a fitted model, whether shipped or trained here: `open_model(capability, reference)`.

A reference is `shipped:<name of weights>`, the id of a run, or the name under which a run was registered; empty means the
newest run of the capability.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from core import cache, runs, weights
from core.contracts import Capability, Evidence, Model, NotFoundError
from core.home import read_json
from core.language import N_

SHIPPED = "shipped:"
CARD = "card.json"  # beside a shipped model's files: how it was made and measured


def model_folder(capability: Capability, reference: str = "") -> Path:
    """The folder of the model that `reference` names; raises `NotFoundError` when there is none."""
    if reference.startswith(SHIPPED):
        return weights.locate(reference.removeprefix(SHIPPED))
    return runs.model_folder(resolve(capability, reference))


def resolve(capability: Capability, reference: str = "") -> str:
    """The run id behind a run id, a registered name, or nothing (the newest run)."""
    if not reference:
        newest = runs.all_runs(capability.id, limit=1)
        if not newest:
            raise NotFoundError(N_("No model has been trained yet for {name}. Train one first."), name=capability.id)
        return newest[0].id
    return runs.resolve(reference)


def evidence(capability: Capability, reference: str = "") -> Evidence:
    """How good the model that `reference` names was on the rows that it never saw: from its card, or its run's report."""
    if not reference.startswith(SHIPPED):
        return runs.report(resolve(capability, reference)).evidence or Evidence()
    path = model_folder(capability, reference) / CARD
    card = read_json(path) if path.exists() else {}
    return Evidence(
        metric=card.get("metric", ""), score=card.get("score"), interval=tuple(card["interval"]) if card else None,
        baseline=card.get("baseline"), baseline_name=card.get("baseline_name", ""), data=card.get("data", ""),
        rows=card.get("test_rows"), answered_by=reference.removeprefix(SHIPPED), license=card.get("license", ""),
    )  # fmt: skip


@contextmanager
def open_model(capability: Capability, reference: str = "", timeout: float = 60.0) -> Iterator[Model]:
    """Leases the model: loaded once for all sessions, used by one at a time."""
    if capability.learner is None:
        raise NotFoundError(N_("{name} does not learn, so it has no models to open."), name=capability.id)
    folder = model_folder(capability, reference)
    load = capability.learner.load
    with cache.lease(f"{capability.id}@{folder}", lambda: load(folder), timeout=timeout) as model:
        yield model
