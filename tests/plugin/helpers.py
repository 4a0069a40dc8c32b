"""What the tests of jobs, worker and cluster share."""

import time

from core import jobs
from core.source import Source


def submit(source: Source, action: str = "run", **params: object) -> jobs.Job:
    return jobs.submit("plugin.steps", action, source, params)


def wait(job_id: str, seconds: float = 90) -> jobs.Job:
    """The job once it has ended."""
    deadline = time.monotonic() + seconds
    while (job := jobs.get(job_id)).is_active:
        assert time.monotonic() < deadline, f"{job}\n{jobs.log(job_id)}"
        time.sleep(0.05)
    return job
