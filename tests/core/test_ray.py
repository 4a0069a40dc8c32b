"""The same jobs through the Ray Jobs API, on a head of our own: loopback, free ports, with a token."""

import importlib.util
import os
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import psutil
import pytest

from core import jobs
from core.contracts import UnavailableError
from core.jobs import cluster, folder, store
from tests.plugin.helpers import submit, wait

pytestmark = pytest.mark.skipif(
    importlib.util.find_spec("ray") is None, reason="Ray is not installed: pip install -r requirements-cluster.txt"
)

# Ray reads these once, when it is first imported in a process.
os.environ.update(RAY_AUTH_MODE="token", RAY_AUTH_TOKEN=secrets.token_hex(32), RAY_USAGE_STATS_ENABLED="0")


def free_ports(count: int) -> list[int]:
    sockets = [socket.socket() for _ in range(count)]
    for each in sockets:
        each.bind(("127.0.0.1", 0))
    ports = [each.getsockname()[1] for each in sockets]
    for each in sockets:
        each.close()
    return ports


@pytest.fixture(scope="module")
def head() -> Iterator[str]:
    """A Ray head; ended by the ids of its own processes, so that no other Ray on this machine is touched."""
    temporary = tempfile.mkdtemp(prefix="ray", dir="/tmp")  # a socket's path must be short
    gcs, dashboard, client = free_ports(3)
    command = [
        sys.executable, "-m", "ray.scripts.scripts", "start", "--head", "--block", "--disable-usage-stats", "--num-cpus=2",
        "--node-ip-address=127.0.0.1", f"--port={gcs}", "--dashboard-host=127.0.0.1", f"--dashboard-port={dashboard}",
        f"--ray-client-server-port={client}", f"--temp-dir={temporary}", "--object-store-memory=100000000",
    ]  # fmt: skip
    environment = {name: value for name, value in os.environ.items() if name != "RAY_ADDRESS"}
    with Path(temporary, "start.log").open("wb") as log:
        process = subprocess.Popen(command, env=environment, stdout=log, stderr=subprocess.STDOUT, start_new_session=True)
    address = f"http://127.0.0.1:{dashboard}"
    try:
        _wait_for(address, process, Path(temporary, "start.log"))
        yield address
    finally:
        cluster._client.cache_clear()
        family = [*psutil.Process(process.pid).children(recursive=True), psutil.Process(process.pid)]
        for number in (signal.SIGTERM, signal.SIGKILL):
            for member in family:
                with suppress(psutil.NoSuchProcess):
                    member.send_signal(number)
            _, family = psutil.wait_procs(family, timeout=5)
        process.wait(10)
        shutil.rmtree(temporary, ignore_errors=True)


def _wait_for(address: str, process: subprocess.Popen, log: Path) -> None:
    deadline = time.monotonic() + 120
    while time.monotonic() < deadline:
        assert process.poll() is None, log.read_text()
        try:
            with cluster._reaching():
                cluster._client(address).list_jobs()
            return
        except UnavailableError:
            time.sleep(1)
    raise AssertionError(log.read_text())


@pytest.fixture
def on_cluster(head, source, monkeypatch):
    monkeypatch.setenv("RAY_ADDRESS", head)
    return source


def test_a_job_goes_through_the_cluster(on_cluster):
    job = wait(submit(on_cluster, steps=3).id)
    assert job.state == "done", jobs.log(job.id)
    assert store.find(job.id).backend == "ray"
    assert jobs.result(job.id).items[1].value == 40
    assert "ended: done" in jobs.log(job.id)
    names = [j.submission_id for j in cluster._client(cluster.address()).list_jobs()]
    assert f"panorama-{job.id}-1" in names


@pytest.mark.parametrize("what", ["work", "native"])
def test_cancel_frees_the_processor_and_the_job_goes_on(on_cluster, what):
    job = submit(on_cluster, what=what, steps=60, seconds=0.1)
    while not jobs.get(job.id).progress:
        time.sleep(0.1)
    worker = _worker(job.id)
    start = time.monotonic()
    assert jobs.cancel(job.id).state == "cancelled"
    assert time.monotonic() - start < 4  # of which the worker itself takes one at the most
    assert not worker.is_running() or worker.status() == psutil.STATUS_ZOMBIE
    if what == "work":
        job = wait(jobs.resume(job.id).id)
        assert (job.state, job.attempt) == ("done", 2)
        assert jobs.result(job.id).items[0].value > 0


def test_a_killed_worker_is_interrupted(on_cluster):
    job = submit(on_cluster, steps=1000, seconds=0.1)
    while not jobs.get(job.id).progress:
        time.sleep(0.1)
    _worker(job.id).kill()
    assert wait(job.id).state == "interrupted"


def test_what_ray_never_heard_of_is_interrupted(on_cluster, monkeypatch):
    with monkeypatch.context() as patch:
        patch.setattr(jobs, "pump", lambda: None)
        job = submit(on_cluster)
    store.claim(1, "ray")
    assert jobs.get(job.id).state == "running"
    monkeypatch.setattr(jobs, "START_SECONDS", 0)
    assert jobs.get(job.id).state == "interrupted"


def test_a_cluster_out_of_reach_fails_the_job_with_a_sentence(source, monkeypatch):
    monkeypatch.setenv("RAY_ADDRESS", f"http://127.0.0.1:{free_ports(1)[0]}")
    cluster._client.cache_clear()
    job = submit(source)
    assert job.state == "failed"
    assert "cluster cannot be reached" in str(job.error)


def _worker(job_id: str) -> psutil.Process:
    first = next(line for line in folder.read_log(job_id, 10_000).splitlines() if f"job {job_id}" in line)
    return psutil.Process(int(first.rpartition(" ")[2]))
