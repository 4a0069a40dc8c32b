"""What was trained, on what, how good, and where the model is: MLflow tracking and registry.

By default everything lies in `PANORAMA_HOME` (SQLite and a folder); a team's server comes through `MLFLOW_TRACKING_URI`. MLflow
takes seconds to import, so it is imported inside the functions, and pages that only list recent work read `core.jobs` instead.
A run counts once MLflow says that it is finished, which is noted last: what was interrupted before is never listed.
"""

from __future__ import annotations

import importlib.metadata
import json
import logging
import os
import platform
import shutil
import sys
import time
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote, urlparse

from core.contracts import InputError, NotFoundError, Report, load
from core.feedback import Feedback, all_feedback, feedback
from core.home import home, read_json, sync_tree
from core.language import N_

if TYPE_CHECKING:
    from mlflow import MlflowClient
    from mlflow.entities import Run as MlflowRun

__all__ = [
    "FACTS", "MODEL", "REPORT", "Feedback", "Registered", "Run", "all_feedback", "all_runs", "delete", "feedback", "get",
    "model_folder", "record", "register", "registered", "report", "resolve",
]  # fmt: skip

MODEL, REPORT, FACTS = "model", "report.json", "facts.json"  # what a recorded folder holds
PREFIX = "panorama/"  # of our experiments' names: one experiment a capability
CURVE = "curve/"  # of the names of metrics that are points of the learning curve
PACKAGES = ("numpy", "pandas", "scikit-learn", "torch", "transformers", "onnxruntime", "lightgbm")


@dataclass(frozen=True)
class Run:
    """One trained model: what it was trained on and with, how long that took, and how good it is on the test rows."""

    id: str
    capability_id: str
    created: str
    seconds: float
    params: dict[str, Any]
    metrics: dict[str, float]
    data: str
    digest: str
    rows: int
    job_id: str
    versions: dict[str, str]


@dataclass(frozen=True)
class Registered:
    """A name that stands for a run: the newest version of it."""

    name: str
    version: int
    run_id: str
    created: str


def record(
    capability_id: str,
    folder: Path,
    *,
    params: dict[str, Any],
    facts: dict[str, Any],
    curve: list[dict[str, float]] | None = None,
    job_id: str = "",
) -> Run:
    """Keeps the folder of a trained model (`model/`, `report.json`, `facts.json`) as a run.

    `facts` has `metrics`, `data`, `digest`, `rows` and `seconds`. One job gives one run: recorded again after an
    interruption, the finished run is returned, and half of one is swept away.
    """
    client = _client()
    experiment_id = _experiment(client, capability_id)
    for earlier in client.search_runs([experiment_id], f"tags.`panorama.job` = '{job_id}'") if job_id else ():
        if earlier.info.status == "FINISHED":
            return _run(earlier)
        _erase(client, earlier)
    tags = {
        "panorama.capability": capability_id, "panorama.job": job_id, "panorama.data": facts["data"],
        "panorama.digest": facts["digest"], "panorama.rows": str(facts["rows"]), "panorama.seconds": f"{facts['seconds']:.3f}",
        "panorama.versions": json.dumps(_versions()),
    }  # fmt: skip
    run_id = client.create_run(experiment_id, tags=tags, run_name=facts["data"]).info.run_id
    _log_numbers(client, run_id, params, facts["metrics"], curve or [])
    client.log_artifacts(run_id, str(folder))
    artifacts = _local_folder(client.get_run(run_id))
    if artifacts is not None:
        sync_tree(artifacts)
    client.set_terminated(run_id, "FINISHED")
    return get(run_id)


def all_runs(capability_id: str | None = None, limit: int = 100) -> list[Run]:
    """Finished runs, the newest first."""
    client = _client()
    ours = client.search_experiments(filter_string=f"name LIKE '{PREFIX}%'")
    wanted = [e.experiment_id for e in ours if capability_id in (None, e.name.removeprefix(PREFIX))]
    if not wanted:
        return []
    found = client.search_runs(
        wanted, "attributes.status = 'FINISHED'", max_results=limit, order_by=["attributes.start_time DESC"]
    )
    return [_run(run) for run in found]


def get(run_id: str) -> Run:
    """The run; raises `NotFoundError`."""
    return _run(_find(_client(), run_id))


def resolve(reference: str) -> str:
    """The id of the run that `reference` means: a registered name (its newest version) or an id itself."""
    named = {entry.name: entry.run_id for entry in registered()}
    return named.get(reference) or get(reference).id


def report(run_id: str) -> Report:
    """The report that was made when the model was evaluated."""
    answer: Report = load(read_json(_artifact(run_id, REPORT)))
    return answer


def curve(run_id: str) -> dict[str, tuple[tuple[float, ...], tuple[float, ...]]]:
    """The learning curve as `(steps, values)` by the name of what was measured; empty for a method that has none."""
    client = _client()
    found = {}
    for name in sorted(name for name in _find(client, run_id).data.metrics if name.startswith(CURVE)):
        points = sorted(client.get_metric_history(run_id, name), key=lambda point: point.step)
        found[name.removeprefix(CURVE)] = tuple(float(p.step) for p in points), tuple(float(p.value) for p in points)
    return found


def model_folder(run_id: str) -> Path:
    """The folder of the model on this machine: where it lies when the store is local, else a copy that is fetched once."""
    return _artifact(run_id, MODEL)


def register(run_id: str, name: str) -> Registered:
    """Gives the run a name; a name that exists moves on to this run as a new version."""
    from mlflow.exceptions import MlflowException

    client = _client()
    run = _find(client, run_id)
    try:
        with suppress(MlflowException):  # it exists; a bad name fails again below
            client.create_registered_model(name)
        version = client.create_model_version(name, f"{run.info.artifact_uri}/{MODEL}", run_id)
    except MlflowException:
        raise InputError(N_("A model cannot be called {name}. Use letters, digits, spaces and dashes."), name=name) from None
    return Registered(name, int(version.version), run_id, _iso(version.creation_timestamp))


def registered() -> list[Registered]:
    """All names that stand for a run, in the order of the alphabet."""
    found = []
    for model in _client().search_registered_models():
        versions = sorted(model.latest_versions, key=lambda v: int(v.version))
        if versions:
            last = versions[-1]
            found.append(Registered(model.name, int(last.version), last.run_id, _iso(last.creation_timestamp)))
    return sorted(found, key=lambda entry: entry.name)


def delete(run_id: str) -> None:
    """Deletes a run with its model; a run that has a name must lose it first by naming another one."""
    names = ", ".join(entry.name for entry in registered() if entry.run_id == run_id)
    if names:
        raise InputError(N_("This run is registered as {names}. Give that name to another run first."), names=names)
    client = _client()
    _erase(client, _find(client, run_id))


def _erase(client: MlflowClient, run: MlflowRun) -> None:
    client.delete_run(run.info.run_id)  # MLflow only marks it: the files are ours to remove
    folder = _local_folder(run)
    if folder is not None:
        shutil.rmtree(folder.parent, ignore_errors=True)


def _log_numbers(
    client: MlflowClient, run_id: str, params: dict[str, Any], metrics: dict[str, float], curve: list[dict[str, float]]
) -> None:
    from mlflow.entities import Metric, Param

    now = int(time.time() * 1000)
    points = [Metric(name, float(value), now, 0) for name, value in metrics.items() if value is not None]
    for position, point in enumerate(curve):
        step = int(point["step"]) if float(point["step"]).is_integer() else position
        points += [Metric(CURVE + n, float(v), now, step) for n, v in point.items() if n != "step" and v is not None]
    for start in range(0, len(points), 1000):  # MLflow's limit for one batch
        client.log_batch(run_id, metrics=points[start : start + 1000])
    client.log_batch(run_id, params=[Param(name, json.dumps(value, ensure_ascii=False)) for name, value in params.items()])


def _client() -> MlflowClient:
    """MLflow's client, with its usage statistics off, on the team's server or on a file of our own."""
    os.environ["MLFLOW_DISABLE_TELEMETRY"] = os.environ["DO_NOT_TRACK"] = "true"
    from mlflow import MlflowClient

    logging.getLogger("mlflow").setLevel(logging.WARNING)
    logging.getLogger("alembic").setLevel(logging.WARNING)
    address = os.environ.get("MLFLOW_TRACKING_URI")
    return MlflowClient(tracking_uri=address or _own_store(), registry_uri=address or _own_store())


def _own_store() -> str:
    """Our own SQLite file, which appears only when its tables are complete: MLflow takes seconds to make them."""
    path = home().absolute() / "mlflow.db"
    if not path.exists():
        from mlflow import MlflowClient

        temporary = path.with_name(f".mlflow.{os.getpid()}.{os.urandom(3).hex()}.db")
        try:
            MlflowClient(tracking_uri=f"sqlite:///{temporary}").search_experiments()
            with suppress(FileExistsError):  # another process was quicker: its file may hold runs already
                os.link(temporary, path)
        finally:
            temporary.unlink(missing_ok=True)
    return f"sqlite:///{path}"


def _experiment(client: MlflowClient, capability_id: str) -> str:
    from mlflow.exceptions import MlflowException

    name = PREFIX + capability_id
    address = os.environ.get("MLFLOW_TRACKING_URI", "")
    is_server = address.startswith(("http", "databricks"))
    location = None if is_server else (home("artifacts").absolute() / capability_id).as_uri()
    if client.get_experiment_by_name(name) is None:
        with suppress(MlflowException):  # another process was quicker
            client.create_experiment(name, artifact_location=location)
    experiment = client.get_experiment_by_name(name)
    assert experiment is not None
    return str(experiment.experiment_id)


def _find(client: MlflowClient, run_id: str) -> MlflowRun:
    from mlflow.exceptions import MlflowException

    try:
        run = client.get_run(run_id)
    except MlflowException:
        run = None
    if run is None or run.info.status != "FINISHED" or run.info.lifecycle_stage != "active":
        raise NotFoundError(N_("There is no run {name}. It may have been deleted."), name=run_id)
    return run


def _artifact(run_id: str, name: str) -> Path:
    client = _client()
    run = _find(client, run_id)
    local = _local_folder(run)
    if local is not None:
        return local / name
    copy = home("fetched", run_id) / name
    if not copy.exists():
        temporary = home("fetched", run_id, f".{os.getpid()}.{os.urandom(3).hex()}")
        fetched = Path(client.download_artifacts(run_id, name, str(temporary)))
        with suppress(OSError):  # another process was quicker
            fetched.rename(copy)
        shutil.rmtree(temporary, ignore_errors=True)
    return copy


def _local_folder(run: MlflowRun) -> Path | None:
    """The folder of the run's artifacts if it lies on this machine."""
    address = urlparse(run.info.artifact_uri)
    return Path(unquote(address.path)) if address.scheme in ("", "file") else None


def _run(run: MlflowRun) -> Run:
    tags, metrics = run.data.tags, run.data.metrics
    return Run(
        id=run.info.run_id,
        capability_id=tags.get("panorama.capability", ""),
        created=_iso(run.info.start_time),
        seconds=float(tags.get("panorama.seconds", 0)),
        params={name: json.loads(value) for name, value in run.data.params.items()},
        metrics={name: value for name, value in metrics.items() if not name.startswith(CURVE)},
        data=tags.get("panorama.data", ""),
        digest=tags.get("panorama.digest", ""),
        rows=int(tags.get("panorama.rows", 0)),
        job_id=tags.get("panorama.job", ""),
        versions=json.loads(tags.get("panorama.versions", "{}")),
    )


def _versions() -> dict[str, str]:
    """Python and those of `PACKAGES` that this process has imported."""
    modules = {"scikit-learn": "sklearn"}
    used = [name for name in PACKAGES if modules.get(name, name) in sys.modules]
    return {"python": platform.python_version(), **{name: importlib.metadata.version(name) for name in used}}


def _iso(milliseconds: int) -> str:
    return datetime.fromtimestamp(milliseconds / 1000, UTC).isoformat(timespec="milliseconds")
