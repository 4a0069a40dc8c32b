"""Long work: durable, in a process of its own, seen from every tab, cancelled within two seconds, resumed after a kill.

A job is a folder and a row before anything runs. The worker (`python -m core.worker`) writes only into the folder; whoever
looks next (a page, the command line, the ending worker itself) carries what it finds there into the row and starts what waits.
So there is no scheduler that could die, and neither server nor worker can be killed at a moment that leaves a job in limbo.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Literal, get_args

from core import registry
from core.contracts import InputError, Message, NotFoundError, Result, UserError, load
from core.contracts.params import parse
from core.home import read_json
from core.jobs import cluster, folder, local, store
from core.jobs.store import Row
from core.language import N_
from core.source import Source

Action = Literal["train", "run"]
State = Literal["queued", "running", "done", "failed", "cancelled", "interrupted"]

START_SECONDS = 30.0  # for a worker to register; one that has not by then never began

_WAITING = N_("Waiting: {count} before it.")
_STARTING = N_("Starting.")
_STOPPING = N_("Stopping.")
_NOT_STARTED = N_("The job could not be started on this machine. Free some memory and try again.")


@dataclass(frozen=True)
class Job:
    """A job as it stands now. Times are UTC in ISO 8601; `progress` is a share of 1, `seconds_left` an estimate or None.

    `metric` and `score` (with its `unit`, "" for a share of 1) are the headline of a training that is done, `run_id` names its
    model in `core.runs`; `error` is the sentence to show for a failed one, and `error_id` is the word that the log has for it.
    """

    id: str
    capability_id: str
    action: str
    title: str
    state: str
    source: Source
    params: dict[str, Any]
    created: str
    started: str | None = None
    ended: str | None = None
    attempt: int = 1
    progress: float = 0.0
    message: Message | None = None
    seconds_left: float | None = None
    run_id: str = ""
    metric: str = ""
    score: float | None = None
    unit: str = ""
    error: Message | None = None
    error_id: str = ""
    pid: int | None = None

    @property
    def is_active(self) -> bool:
        return self.state in ("queued", "running")

    @property
    def can_resume(self) -> bool:
        return self.state in ("interrupted", "cancelled", "failed")


def submit(capability_id: str, action: Action, source: Source, params: dict[str, Any], title: str = "") -> Job:
    """Puts a job on disk and starts it as soon as there is room; raises `InputError` when it could not work anyway."""
    capability = registry.get(capability_id)
    if action not in get_args(Action):
        raise ValueError(f"no such action: {action}")
    if action == "train" and capability.learner is None:
        raise InputError(N_("{name} does not learn, so there is nothing to train."), name=capability_id)
    kind = capability.learner.params if action == "train" and capability.learner else capability.params
    given = parse(kind, params).model_dump(mode="json")
    job_id, source_json = secrets.token_hex(6), source.model_dump(mode="json")
    folder.create(
        job_id, {"id": job_id, "capability_id": capability_id, "action": action, "source": source_json, "params": given}
    )
    store.insert(job_id, capability_id, action, title or source.name, source_json, given)
    pump()
    return get(job_id)


def get(job_id: str) -> Job:
    """The job; raises `NotFoundError`."""
    pump()
    return _job(_row(job_id))


def all_jobs(limit: int = 100) -> list[Job]:
    """The newest first."""
    pump()
    return [_job(row) for row in store.newest(limit)]


def cancel(job_id: str) -> Job:
    """Stops a job and frees its processor within two seconds; one that has ended already stays as it is."""
    store.ask_to_stop(_row(job_id).id)
    row = _row(job_id)
    if row.state == "running":
        _backend(row).stop(row)
    return get(job_id)


def resume(job_id: str) -> Job:
    """Goes on with an interrupted, cancelled or failed job from its checkpoint; others stay as they are."""
    store.requeue(_row(job_id).id)
    return get(job_id)


def remove(job_id: str) -> None:
    """Forgets a job and deletes its folder; the model of a finished training stays in `core.runs`."""
    job = get(job_id)
    if not store.delete(job.id):
        raise InputError(N_("This job is still running. Cancel it first."))
    folder.delete(job.id)


def curve(job_id: str) -> list[dict[str, float]]:
    """The live learning curve: a dict a step, with `step` and whatever the training measured there."""
    return folder.read_curve(_row(job_id).id)


def log(job_id: str, tail: int = 200) -> str:
    """The last `tail` lines that the worker wrote."""
    return folder.read_log(_row(job_id).id, tail)


def text(job_id: str, tail: int = 8) -> list[str]:
    """The last pieces of the answer that stand already."""
    row = _row(job_id)
    return folder.read_text(row.id, row.attempt, tail)


def parts(job_id: str, tail: int = 8) -> list[Result]:
    """The last parts of the result that stand already."""
    row = _row(job_id)
    return folder.read_parts(row.id, row.attempt, tail)


def result(job_id: str) -> Result:
    """What a finished job gave: the capability's result, or the report of a training."""
    job = get(job_id)
    if job.state != "done":
        raise NotFoundError(N_("This job has no result yet."))
    answer: Result = load(read_json(folder.of(job.id) / "result.json"))
    return answer


def pump() -> None:
    """Notes what has ended and starts what waits, as far as there is room. Quick, and safe to call from anywhere at any time."""
    for row in store.running():
        _settle(row)
    to_cluster = bool(cluster.address())
    slots, name = (10**6, "ray") if to_cluster else (local.slots(), "local")
    while (claimed := store.claim(slots, name)) is not None:
        _start(claimed)


def _start(row: Row) -> None:
    try:
        _backend(row).start(row)
    except UserError as error:
        failure = {"error": {"id": error.message_id, "values": error.values}, "error_id": error.error_id}
        store.finish(row.id, row.attempt, "failed", failure)
    except OSError:
        store.finish(row.id, row.attempt, "failed", {"error": {"id": _NOT_STARTED, "values": {}}})


def _settle(row: Row) -> None:
    """Carries the end of a running attempt into its row. The worker's last word counts, and it is looked for after the pulse."""
    alive = _is_alive(row)
    outcome = folder.read_outcome(row.id, row.attempt)
    if outcome is not None and outcome["state"] != "stopped":
        if outcome["state"] == "done":
            folder.tidy(row.id)
        store.finish(row.id, row.attempt, outcome["state"], outcome)
    elif outcome is not None or not alive:
        store.finish(row.id, row.attempt, "cancelled" if row.stopping else "interrupted", {})


def _is_alive(row: Row) -> bool:
    started = datetime.fromisoformat(row.started) if row.started else datetime.now(UTC)
    is_fresh = (datetime.now(UTC) - started).total_seconds() < START_SECONDS
    if row.backend == "ray":
        alive = cluster.is_alive(row)
        return is_fresh if alive is None else alive
    return is_fresh if row.pid is None else local.is_alive(row)


def _backend(row: Row) -> Any:
    return cluster if row.backend == "ray" else local


def _row(job_id: str) -> Row:
    row = store.find(job_id)
    if row is None:
        raise NotFoundError(N_("There is no job {name}. It may have been removed."), name=job_id)
    return row


def _job(row: Row) -> Job:
    share, message, left = folder.read_progress(row.id, row.attempt) if row.state == "running" else (0.0, None, None)
    if row.state == "queued":
        message = Message(_WAITING, {"count": store.waiting_before(row.number)})
    elif row.state == "running":
        message = Message(_STOPPING) if row.stopping else message or Message(_STARTING)
    return Job(
        row.id, row.capability_id, row.action, row.title, row.state, Source.model_validate(row.source), row.params, row.created,
        row.started, row.ended, row.attempt, 1.0 if row.state == "done" else share, message, left, row.run_id, row.metric,
        row.score, row.unit, Message(row.error["id"], load(row.error["values"])) if row.error else None, row.error_id, row.pid,
    )  # fmt: skip
