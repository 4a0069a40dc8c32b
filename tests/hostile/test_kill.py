"""Twenty `kill -9` at random moments of worker and submitting process: nothing finished is lost, nothing is half there."""

import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Callable

import pytest

from core import jobs, registry, runs
from core.contracts import Context, Texts
from core.home import home
from core.jobs import folder, local, store
from tests.plugin.helpers import submit, wait

SUBMITTER_KILLS = 4
MOMENTS = ["starting"] + ["training", "trained", "result"] * 2 + ["saving", "run made", "files kept"] * 3
PARAMS = {"text": "text", "target": "label", "steps": 20, "seconds": 0.03, "saving": 0.3}


@pytest.mark.slow
def test_twenty_kills_lose_nothing_and_leave_nothing_half(source, ready_store, monkeypatch):
    monkeypatch.setenv("PANORAMA_JOBS", "2")
    monkeypatch.setattr(jobs, "START_SECONDS", 5)
    dice = random.Random(20)
    ids = [submit(source, "train", **PARAMS).id for _ in range(4)]
    for _ in range(SUBMITTER_KILLS):
        _kill_a_submitter(source, dice)
    moments = dice.sample(MOMENTS, len(MOMENTS))
    while moments:
        for job in jobs.all_jobs():
            if job.can_resume:
                jobs.resume(job.id)
        if not any(job.is_active for job in jobs.all_jobs()):
            ids.append(submit(source, "train", **PARAMS).id)
        if _kill_a_worker(moments[-1], dice):
            moments.pop()
        _nothing_is_half()
    _end(ids)


def _kill_a_worker(moment: str, dice: random.Random) -> bool:
    """Kills a worker some time after the sign that a stretch of its work has begun; False when it was too quick for us."""
    row = next(iter(store.running()), None)
    if row is None:
        return False
    seconds, has_begun = _signs(row.id)[moment]
    while not has_begun():
        if store.find(row.id).state != "running":
            return False
        time.sleep(0.005)
    time.sleep(dice.uniform(0, seconds))
    row = store.find(row.id)
    if not local.is_alive(row):
        return False
    os.kill(row.pid, signal.SIGKILL)
    return True


def _signs(job_id: str) -> dict[str, tuple[float, Callable[[], bool]]]:
    """Stretches of a worker's life: about how many seconds each takes, and how to see that it has begun."""
    place, kept, database = folder.of(job_id), home("artifacts", "plugin.steps"), home() / "mlflow.db"
    attempt, changed, known = store.find(job_id).attempt, database.stat().st_mtime_ns, set(os.listdir(kept))
    return {
        "starting": (0.5, lambda: store.find(job_id).pid is not None),
        "training": (0.6, lambda: folder.read_progress(job_id, attempt)[0] > 0),
        "saving": (0.3, lambda: any(place.glob("*trained/model"))),
        "trained": (3.0, lambda: (place / "trained").exists()),
        "run made": (0.1, lambda: database.stat().st_mtime_ns != changed),
        "files kept": (0.05, lambda: set(os.listdir(kept)) > known),
        "result": (0.01, lambda: (place / "result.json").exists()),
    }


def _kill_a_submitter(source, dice: random.Random) -> None:
    code = (
        "import sys; from core import jobs; from core.source import Source; print(flush=True);"
        "source = Source.model_validate_json(sys.argv[1]);"
        "[jobs.submit('plugin.steps', 'run', source, {'steps': 2}) for _ in range(3)]"
    )
    command = [sys.executable, "-c", code, source.model_dump_json()]
    submitter = subprocess.Popen(command, stdout=subprocess.PIPE, cwd=local.ROOT)
    submitter.stdout.readline()
    time.sleep(dice.uniform(0, 0.3))
    submitter.kill()
    submitter.wait()


def _nothing_is_half() -> None:
    """Whatever is listed can be opened."""
    learner = registry.get("plugin.steps").learner
    for job in jobs.all_jobs():
        assert job.state in ("queued", "running", "done", "interrupted"), f"{job}\n{jobs.log(job.id)}"
        if job.state == "done":
            jobs.result(job.id)
        assert not job.run_id or runs.get(job.run_id).job_id == job.id
    for run in runs.all_runs():
        model = learner.load(runs.model_folder(run.id))
        assert model.predict(Texts.of(["apple", "beet"]), Context()).best == ("fruit", "root")
        assert runs.report(run.id).sections
        assert run.metrics["accuracy"] == 1.0


def _end(ids: list[str]) -> None:
    """All can be brought to their end, and then there is one run for each training and not a file more."""
    for job in jobs.all_jobs():
        if wait(job.id).can_resume:
            jobs.resume(job.id)
            assert wait(job.id).state == "done"
    _nothing_is_half()
    trainings = [job for job in jobs.all_jobs() if job.action == "train"]
    assert {job.id for job in trainings} == set(ids)
    assert max(job.attempt for job in trainings) > 1
    assert sorted(run.id for run in runs.all_runs()) == sorted(job.run_id for job in trainings)
    assert sorted(p.name for p in home("artifacts", "plugin.steps").iterdir()) == sorted(job.run_id for job in trainings)
    leftovers = [p.name for job in trainings for p in folder.of(job.id).iterdir() if p.is_dir()]
    assert leftovers == []
