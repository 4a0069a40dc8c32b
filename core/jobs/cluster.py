"""Jobs on many machines: the same command through the Ray Jobs API, when `RAY_ADDRESS` names a cluster.

`RAY_ADDRESS` is the address of the cluster's dashboard, e.g. `http://head:8265`. Where the cluster asks for a token (Ray does by
default), set `RAY_AUTH_MODE=token` and `RAY_AUTH_TOKEN` for the dashboard's server as for the cluster. `PANORAMA_HOME` must be on
storage that all machines share under the same path, the code and its virtual environment likewise (an image that all use will
do), and `MLFLOW_TRACKING_URI` should name a server: a worker on another machine must not write the SQLite file of this one.
How many jobs run at once is Ray's affair: each asks for one processor.
"""

from __future__ import annotations

import os
import shlex
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from typing import Any

from core.contracts import UnavailableError
from core.home import home
from core.jobs import folder
from core.jobs.local import ROOT
from core.jobs.store import Row
from core.language import N_

PATIENCE_SECONDS = 2.0
PASSED_ON = ("MLFLOW_TRACKING_URI", "MLFLOW_TRACKING_TOKEN", "PANORAMA_PACKAGES", "PYTHONPATH", "HF_HUB_OFFLINE", "HF_ENDPOINT")


def address() -> str:
    """The cluster to use, or nothing."""
    return os.environ.get("RAY_ADDRESS", "")


def start(row: Row) -> None:
    """Submits the worker's command; raises `UnavailableError`."""
    log = shlex.quote(str(folder.of(row.id) / "log.txt"))
    command = shlex.join([sys.executable, "-m", "core.worker", row.id, str(row.attempt)])
    environment = {name: os.environ[name] for name in PASSED_ON if name in os.environ}
    environment.update(PANORAMA_HOME=str(home().absolute()), PANORAMA_BACKEND="ray", PYTHONUNBUFFERED="1")
    with _reaching():
        _client(address()).submit_job(
            entrypoint=f"cd {shlex.quote(str(ROOT))} && exec {command} >> {log} 2>&1",
            submission_id=_name(row),
            entrypoint_num_cpus=1,
            runtime_env={"env_vars": environment},
        )


def is_alive(row: Row) -> bool | None:
    """Whether Ray still works on it; None where Ray knows of no such job. A cluster out of reach is taken to work on."""
    try:
        with _reaching():
            return not _client(address()).get_job_status(_name(row)).is_terminal()
    except UnavailableError as error:
        return None if "does not exist" in str(error.__cause__) else True


def stop(row: Row) -> None:
    """Asks Ray to stop it and waits a moment; the worker ends itself about a second after that, at the latest."""
    with _reaching():
        _client(address()).stop_job(_name(row))
    deadline = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < deadline and is_alive(row):
        time.sleep(0.1)


def _name(row: Row) -> str:
    return f"panorama-{row.id}-{row.attempt}"


@lru_cache(maxsize=1)
def _client(cluster: str) -> Any:
    try:
        from ray.job_submission import JobSubmissionClient
    except ImportError:
        raise UnavailableError(
            N_("Jobs should go to a cluster, but Ray is not installed here. Install requirements-cluster.txt.")
        ) from None
    return JobSubmissionClient(cluster)


@contextmanager
def _reaching() -> Iterator[None]:
    """What Ray says when it cannot be reached, refuses the token or refuses the job, as one sentence."""
    try:
        yield
    except UnavailableError:
        raise
    except Exception as error:  # Ray's errors have no common base
        _client.cache_clear()
        raise UnavailableError(N_("The cluster cannot be reached. Check its address and its token.")) from error
