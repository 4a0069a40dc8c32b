"""One job in one process: how it ends, and what it says."""

import logging
import os
import signal
import time

import pytest

from core import jobs, registry, runs, worker
from core.contracts import Context, Texts
from core.jobs import folder, store
from tests.plugin.helpers import submit, wait


def test_a_users_mistake_is_told_in_its_own_sentence(source):
    job = wait(submit(source, what="refuse").id)
    assert (job.state, job.error.id, job.error.values) == ("failed", "The column {name} has no text in it.", {"name": "a"})
    assert job.error_id in jobs.log(job.id)


def test_a_bug_is_told_without_its_traceback_which_is_in_the_log(source):
    job = wait(submit(source, what="bug").id)
    assert job.state == "failed"
    assert job.error_id in str(job.error)
    assert "secret" not in str(job.error)
    assert "Traceback" not in str(job.error)
    log = jobs.log(job.id)
    assert job.error_id in log
    assert "ZeroDivisionError: secret of the developer" in log


def test_too_little_memory_is_told(source):
    job = wait(submit(source, what="memory").id)
    assert job.state == "failed"
    assert "memory" in str(job.error)


def test_a_training_gives_a_run_a_model_and_a_report(source, ready_store):
    job = wait(submit(source, "train", text="text", target="label").id)
    assert job.state == "done", jobs.log(job.id)
    assert (job.metric, job.score) == ("Accuracy", 1.0)
    run = runs.get(job.run_id)
    assert (run.job_id, run.capability_id, run.data, run.digest) == (job.id, "plugin.steps", "words.csv", source.digest)
    assert run.metrics["accuracy"] == 1.0
    assert run.rows == 40
    assert jobs.result(job.id).evidence.score == runs.report(run.id).evidence.score == 1.0
    model = registry.get("plugin.steps").learner.load(runs.model_folder(run.id))
    assert model.predict(Texts.of(["apple", "beet"]), Context()).best == ("fruit", "root")
    assert sorted(p.name for p in folder.of(job.id).iterdir() if p.is_dir()) == []


def test_a_worker_that_dies_by_itself_is_interrupted(source):
    job = wait(submit(source, what="die").id)
    assert (job.state, job.error) == ("interrupted", None)


def test_a_signal_from_outside_interrupts_and_the_job_can_go_on(source):
    """A machine that shuts down is no wish of the user's: the job is offered again, not called cancelled."""
    job = submit(source, steps=1000, seconds=0.05)
    while not jobs.curve(job.id):
        time.sleep(0.05)
    os.kill(store.find(job.id).pid, signal.SIGTERM)
    assert wait(job.id).state == "interrupted"
    assert jobs.log(job.id, tail=1).endswith("ended: stopped")


def test_a_worker_that_nobody_asked_for_does_nothing(source, monkeypatch):
    monkeypatch.setattr(jobs, "pump", lambda: None)
    job = submit(source)
    assert worker.main(job.id, 1) == 4
    assert store.find(job.id).state == "queued"
    assert not (folder.of(job.id) / "log.txt").exists()


def test_the_first_to_speak_has_the_last_word():
    folder.create("w1", {})
    word = worker.LastWord("w1", 1)
    assert word.say({"state": "done", "score": 0.5})["state"] == "done"
    assert word.say({"state": "stopped"})["state"] == "done"
    assert folder.read_outcome("w1", 1)["score"] == 0.5
    assert folder.read_outcome("w1", 2) is None


def test_progress_is_written_at_once_for_a_new_sentence_and_rarely_for_the_same(monkeypatch):
    import threading

    folder.create("w2", {})
    context, written = worker.JobContext("w2", 1, threading.Event()), []
    monkeypatch.setattr(folder, "write_progress", lambda *values: written.append(values[2]))
    for step in range(100):
        context.progress(step / 100, "Reading.")
    context.progress(0.5, "Training.")
    assert written[0] == 0
    assert written[-1] == 0.5
    assert len(written) < 10


@pytest.fixture(autouse=True)
def keep_logging_as_it_was():
    handlers = list(logging.getLogger().handlers)
    yield
    logging.getLogger().handlers[:] = handlers
