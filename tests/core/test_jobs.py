"""Jobs: on disk before they start, seen from anywhere, cancelled at once, resumed after a kill."""

import os
import signal
import subprocess
import sys
import threading
import time

import psutil
import pytest

from core import jobs
from core.contracts import InputError, NotFoundError
from core.home import home
from core.jobs import folder, local, store
from tests.plugin.helpers import submit, wait


def test_a_job_runs_in_another_process_and_gives_its_result(source):
    job = submit(source, steps=3)
    assert job.state in ("queued", "running")
    job = wait(job.id)
    assert (job.state, job.progress, job.attempt, job.error) == ("done", 1.0, 1, None)
    assert job.pid != os.getpid()
    assert job.created <= job.started <= job.ended
    assert [(m.name, m.value) for m in jobs.result(job.id).items] == [("first step", 0), ("rows", 40)]
    assert [p["step"] for p in jobs.curve(job.id)] == [0, 1, 2]
    assert "from step 0" in jobs.log(job.id)
    assert jobs.log(job.id, tail=1).endswith("ended: done")
    assert not (folder.of(job.id) / "checkpoint").exists()


def test_the_job_is_on_disk_before_it_starts(source, monkeypatch):
    monkeypatch.setattr(jobs, "pump", lambda: None)
    job = submit(source)
    assert job.state == "queued"
    assert job.message.id == "Waiting: {count} before it."
    assert (folder.of(job.id) / "job.json").exists()
    assert store.find(job.id).source == source.model_dump(mode="json")


def test_bad_jobs_are_refused_before_they_are_made(source):
    with pytest.raises(InputError, match="steps"):
        submit(source, steps=0)
    with pytest.raises(InputError, match="unheard"):
        submit(source, unheard=1)
    with pytest.raises(NotFoundError):
        jobs.submit("no.such", "run", source, {})
    with pytest.raises(NotFoundError):
        jobs.get("../../etc")
    assert jobs.all_jobs() == []


def test_one_after_the_other_without_anybody_looking(source, monkeypatch):
    monkeypatch.setenv("PANORAMA_JOBS", "1")
    ids = [submit(source, steps=2, seconds=0.1).id for _ in range(3)]
    most = 0
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline and any(store.find(i).state != "done" for i in ids):  # reads, but never pumps
        most = max(most, len(store.running()))
        time.sleep(0.02)
    rows = [store.find(i) for i in ids]
    assert [row.state for row in rows] == ["done"] * 3
    assert most == 1
    assert rows[0].started < rows[1].started < rows[2].started


def test_of_many_who_claim_at_once_one_wins(source, monkeypatch):
    monkeypatch.setattr(jobs, "pump", lambda: None)
    for _ in range(4):
        submit(source)
    claimed, barrier = [], threading.Barrier(8)

    def claim() -> None:
        barrier.wait()
        claimed.append(store.claim(2, "local"))

    threads = [threading.Thread(target=claim) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    won = [row.id for row in claimed if row is not None]
    assert len(won) == len(set(won)) == 2


@pytest.mark.parametrize("what", ["work", "native", "family"])
def test_cancel_frees_the_processor_within_two_seconds(source, what):
    """Work that looks, native code that does not, and a grandchild that will not hear of it."""
    job = submit(source, what=what, steps=1000, seconds=0.1)
    while not (jobs.curve(job.id) or jobs.get(job.id).progress):
        time.sleep(0.05)
    row = store.find(job.id)
    family = [psutil.Process(row.pid), *psutil.Process(row.pid).children(recursive=True)]
    assert len(family) == (2 if what == "family" else 1)
    start = time.monotonic()
    assert jobs.cancel(job.id).state == "cancelled"
    assert time.monotonic() - start < 2
    assert not any(p.is_running() and p.status() != psutil.STATUS_ZOMBIE for p in family)
    assert jobs.cancel(job.id).state == "cancelled"


def test_cancel_before_it_starts(source, monkeypatch):
    monkeypatch.setenv("PANORAMA_JOBS", "1")
    first, second = submit(source, steps=100, seconds=0.1), submit(source)
    assert second.state == "queued"
    assert jobs.cancel(second.id).state == "cancelled"
    assert jobs.cancel(first.id).state == "cancelled"
    assert store.find(second.id).pid is None


def test_a_killed_worker_is_found_and_its_job_goes_on_from_the_checkpoint(source):
    job = submit(source, steps=20, seconds=0.1)
    while len(jobs.curve(job.id)) < 3:
        time.sleep(0.02)
    os.kill(store.find(job.id).pid, signal.SIGKILL)
    job = wait(job.id)
    assert (job.state, job.can_resume) == ("interrupted", True)
    with pytest.raises(NotFoundError):
        jobs.result(job.id)
    job = wait(jobs.resume(job.id).id)
    assert (job.state, job.attempt) == ("done", 2)
    assert jobs.result(job.id).items[0].value >= 2
    assert [p["step"] for p in jobs.curve(job.id)] == list(range(20))
    assert jobs.resume(job.id).state == "done"


def test_a_job_outlives_the_process_that_submitted_it(source):
    code = (
        "import sys, time; from core import jobs; from core.source import Source;"
        "job = jobs.submit('plugin.steps', 'run', Source.model_validate_json(sys.argv[1]), {'steps': 10, 'seconds': .1});"
        "print(job.id, flush=True); time.sleep(60)"
    )
    server = subprocess.Popen(
        [sys.executable, "-c", code, source.model_dump_json()], stdout=subprocess.PIPE, text=True, cwd=local.ROOT
    )
    job_id = server.stdout.readline().strip()
    server.kill()
    server.wait()
    assert wait(job_id).state == "done"


def test_a_launcher_that_died_between_claim_and_start(source, monkeypatch):
    with monkeypatch.context() as patch:
        patch.setattr(jobs, "pump", lambda: None)
        job = submit(source)
    store.claim(1, "local")
    assert jobs.get(job.id).state == "running"  # it may still be about to start
    monkeypatch.setattr(jobs, "START_SECONDS", 0)
    assert jobs.get(job.id).state == "interrupted"
    assert not store.register(job.id, 1, 1, 0.0)  # a worker that comes too late is sent away
    monkeypatch.undo()
    monkeypatch.setenv("PANORAMA_HOME", str(home()))


def test_a_reused_process_number_is_not_taken_for_the_worker(source, monkeypatch):
    with monkeypatch.context() as patch:
        patch.setattr(jobs, "pump", lambda: None)
        job = submit(source)
    store.claim(1, "local")
    assert store.register(job.id, 1, os.getpid(), psutil.Process().create_time() - 100)
    assert jobs.get(job.id).state == "interrupted"


def test_remove_takes_row_and_folder_but_not_while_it_runs(source):
    job = submit(source, steps=100, seconds=0.1)
    with pytest.raises(InputError):
        jobs.remove(job.id)
    jobs.cancel(job.id)
    jobs.remove(job.id)
    assert jobs.all_jobs() == []
    assert not folder.of(job.id).exists()


def test_the_curve_skips_a_torn_line_and_follows_the_last_attempt():
    folder.create("c1", {})
    for step in range(5):
        folder.append_point("c1", 1, step, {"loss": 1.0})
    for step in (3, 4):
        folder.append_point("c1", 2, step, {"loss": 0.5})
    folder.append_point("c1", 2, 4, {"accuracy": float("nan")})
    with (folder.of("c1") / "curve.jsonl").open("a") as stream:
        stream.write('{"attempt": 2, "st')
    assert [p["loss"] for p in jobs.folder.read_curve("c1")] == [1.0, 1.0, 1.0, 0.5, 0.5]
    folder.append_point("c1", 3, 1, {"loss": 0.1})
    assert [p["step"] for p in folder.read_curve("c1")] == [0, 1]


def test_time_left_comes_from_the_rate_of_this_attempt(monkeypatch):
    from core.contracts import Message

    folder.create("t1", {})
    monkeypatch.setattr(folder.time, "time", lambda: 1010.0)
    folder.write_progress("t1", 2, 0.6, Message("Half {x}.", {"x": 1}), (1000.0, 0.5))
    share, message, left = folder.read_progress("t1", 2)
    assert (share, str(message), round(left, 6)) == (0.6, "Half 1.", 40.0)
    assert folder.read_progress("t1", 3) == (0.0, None, None)
    folder.write_progress("t1", 2, 0.5, Message("Begun."), (1000.0, 0.5))
    assert folder.read_progress("t1", 2)[2] is None


def test_a_machine_that_cannot_start_a_process_says_so(source, monkeypatch):
    def refuse(row: store.Row) -> None:
        raise OSError("Cannot allocate memory")

    monkeypatch.setattr(local, "start", refuse)
    job = submit(source)
    assert job.state == "failed"
    assert "could not be started" in str(job.error)


def test_jobs_do_not_drag_heavy_libraries_into_the_server():
    code = (
        "import sys; from core import cache, jobs, runs; jobs.all_jobs(); runs.feedback('h', 'm', 1); runs.all_feedback();"
        "print([m for m in ('torch', 'mlflow', 'sklearn', 'ray', 'transformers', 'pandas', 'streamlit') if m in sys.modules])"
    )
    answer = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=local.ROOT)
    assert answer.stdout.strip() == "[]"
