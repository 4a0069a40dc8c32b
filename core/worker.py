"""One job, one process: `python -m core.worker JOB [ATTEMPT]`.

The order of what is written is the point: a model is saved whole under a temporary name, renamed to `trained`, recorded as a
run, then comes the result and at last the outcome. A kill at any moment leaves the job where it can be resumed, and resuming
repeats nothing that has been finished.
"""

from __future__ import annotations

import logging
import os
import secrets
import shutil
import signal
import socket
import sys
import threading
import time
from pathlib import Path
from typing import Any

import psutil

from core import jobs, registry, runs
from core.contracts import Cancelled, Capability, Context, Evidence, Message, Result, UserError, dump, load
from core.contracts.params import parse
from core.home import read_json, sync_tree, write_json
from core.jobs import folder, store
from core.language import N_
from core.lifecycle.span import Span
from core.source import Source, open_input, open_source

NICENESS = 5  # the dashboard goes first
GRACE_SECONDS = 0.7  # for the work to notice that it should stop
REPORT_SECONDS = 0.3  # between two writes of the progress
OCR_SHARE = 0.5  # of the progress bar, for recognising scanned pages before the work on their text
TRAINING_SHARE = 0.95  # of the progress bar; the rest is saving and recording

_STOPPED = N_("This job was stopped.")
_SAVING = N_("Saving the model.")
_BUG = N_("Something went wrong on our side. The log names it under the error id {error_id}.")
_MEMORY = N_("There is not enough memory for this. Take fewer rows or a smaller model.")


class JobContext(Context):
    """Writes to the job's folder what the work reports."""

    def __init__(self, job_id: str, attempt: int, stopping: threading.Event) -> None:
        self.job_id, self.attempt, self.stopping = job_id, attempt, stopping
        self.folder = folder.of(job_id) / "checkpoint"
        self.folder.mkdir(exist_ok=True)
        self.scale = 1.0
        self._first: tuple[float, float] | None = None
        self._written, self._sentence = 0.0, ""

    def progress(self, share: float, message: str = "", **values: object) -> None:
        share = min(1.0, max(0.0, share)) * self.scale
        self._first = self._first or (time.time(), share)
        if time.monotonic() - self._written >= REPORT_SECONDS or message != self._sentence:
            self._written, self._sentence = time.monotonic(), message
            folder.write_progress(self.job_id, self.attempt, share, Message(message, dict(values)), self._first)

    def metric(self, step: float, **values: float) -> None:
        folder.append_point(self.job_id, self.attempt, step, values)

    def text(self, piece: str) -> None:
        folder.append_text(self.job_id, self.attempt, piece)

    def part(self, result: Result) -> None:
        folder.append_part(self.job_id, self.attempt, dump(result))

    def log(self, line: str) -> None:
        print(time.strftime("%H:%M:%S", time.gmtime()), line, flush=True)

    def check(self) -> None:
        if self.stopping.is_set():
            raise Cancelled(_STOPPED)


class LastWord:
    """How the attempt ended: the first who says it is right, be it the work or the stop signal."""

    def __init__(self, job_id: str, attempt: int) -> None:
        self.job_id, self.attempt = job_id, attempt
        self._lock = threading.Lock()
        self._said: dict[str, Any] | None = None

    def say(self, outcome: dict[str, Any]) -> dict[str, Any]:
        """Writes `outcome`, unless another was written; returns the one that stands."""
        with self._lock:
            if self._said is None:
                self._said = {"ended": store.now(), **outcome}
                folder.write_outcome(self.job_id, self.attempt, self._said)
            return self._said


def main(job_id: str, attempt: int = 1) -> int:
    """Does the job; returns the exit code (0 done, 1 failed, 3 stopped, 4 not ours to do)."""
    is_local = os.environ.get("PANORAMA_BACKEND", "local") == "local"
    process = psutil.Process()
    if is_local and not store.register(job_id, attempt, process.pid, process.create_time()):
        return 4
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    os.nice(NICENESS)
    last_word = LastWord(job_id, attempt)
    context = JobContext(job_id, attempt, _obey_stop_signal(last_word))
    context.log(f"job {job_id}, attempt {attempt}, process {process.pid}")
    outcome = last_word.say(_outcome(context))
    context.log(f"ended: {outcome['state']}")
    if is_local:
        _hand_over(job_id)
    return {"done": 0, "failed": 1, "stopped": 3}[outcome["state"]]


def _outcome(context: JobContext) -> dict[str, Any]:
    """Does the work and says how it ended: `done`, `failed` or `stopped`."""
    try:
        return {"state": "done", **_work(context)}
    except Cancelled:
        return {"state": "stopped"}
    except UserError as error:
        if context.stopping.is_set():  # a child that the same signal ended is no failure of its file
            return {"state": "stopped"}
        problem, values, error_id = error.message_id, error.values, error.error_id
        context.log(f"error {error_id}: {error}")
    except MemoryError as error:
        problem, values, error_id = _MEMORY, {}, _note_traceback(error)
    except Exception as error:
        if context.stopping.is_set():  # what a stop breaks on its way is no failure
            return {"state": "stopped"}
        error_id = _note_traceback(error)
        problem, values = _BUG, {"error_id": error_id}
    return {"state": "failed", "error": {"id": problem, "values": dump(values)}, "error_id": error_id}


def _note_traceback(error: BaseException) -> str:
    error_id = secrets.token_hex(4)
    logging.getLogger("core.worker").error("error %s", error_id, exc_info=error)
    return error_id


def _work(context: JobContext) -> dict[str, Any]:
    description = read_json(folder.of(context.job_id) / "job.json")
    capability = registry.get(description["capability_id"])
    source = Source.model_validate(description["source"])
    if description["action"] == "train":
        return _train(capability, source, description["params"], context)
    params = parse(capability.params, description["params"])
    reading = Span(context, 0.0, OCR_SHARE if source.ocr else 0.0)
    given = open_input(source, capability.takes, reading)
    context.check()
    answer = capability.run(given, params, Span(context, reading.end, 1.0))
    write_json(folder.of(context.job_id) / "result.json", dump(answer))
    return {}


def _train(capability: Capability, source: Source, given: dict[str, Any], context: JobContext) -> dict[str, Any]:
    done = folder.of(context.job_id) / "trained"
    if not done.exists():  # else the last attempt ended between training and recording
        context.scale = TRAINING_SHARE
        _fit(capability, source, given, context, done)
        context.scale = 1.0
    context.progress(TRAINING_SHARE, _SAVING)
    context.check()
    facts = read_json(done / runs.FACTS)
    points = folder.read_curve(context.job_id)
    run = runs.record(capability.id, done, params=given, facts=facts, curve=points, job_id=context.job_id)
    report = read_json(done / runs.REPORT)
    write_json(folder.of(context.job_id) / "result.json", report)
    card = load(report).evidence or Evidence()
    return {"run_id": run.id, "metric": card.metric, "score": card.score, "unit": card.unit}


def _fit(capability: Capability, source: Source, given: dict[str, Any], context: JobContext, done: Path) -> None:
    """Trains and leaves model, report and facts as the folder `done`: either all of it or nothing."""
    from core import runs
    from core.lifecycle.train import train

    assert capability.learner is not None
    start = time.perf_counter()
    table = open_source(source, context)
    trained = train(capability, table, parse(capability.learner.params, given), context)
    temporary = done.with_name(".trained")
    shutil.rmtree(temporary, ignore_errors=True)
    trained.model.save(temporary / runs.MODEL)
    facts = {
        "metrics": dump(trained.metrics), "model": dump(trained.model.describe()), "rows": len(table), "data": source.name,
        "digest": table.digest or source.digest, "seconds": time.perf_counter() - start,
    }  # fmt: skip
    write_json(temporary / runs.REPORT, dump(trained.report))
    write_json(temporary / runs.FACTS, facts)
    sync_tree(temporary)
    temporary.rename(done)


def _obey_stop_signal(last_word: LastWord) -> threading.Event:
    """Gives an event that SIGTERM sets. Work that does not look at it, or sits in native code, is ended after `GRACE_SECONDS`."""
    stopping = threading.Event()
    receiver, sender = socket.socketpair()
    sender.setblocking(False)
    signal.set_wakeup_fd(sender.fileno(), warn_on_full_buffer=False)
    signal.signal(signal.SIGTERM, lambda *_: stopping.set())

    def watch() -> None:
        with receiver, sender:
            receiver.recv(1)  # written by Python's own signal handler, whatever the main thread is doing
            stopping.set()
            time.sleep(GRACE_SECONDS)
            last_word.say({"state": "stopped"})
            for child in psutil.Process().children(recursive=True):
                child.kill()
            os._exit(3)

    threading.Thread(target=watch, daemon=True, name="stop").start()
    return stopping


def _hand_over(job_id: str) -> None:
    """Notes the end in the row and starts the next job, unless somebody is just about to kill this process's family."""
    row = store.find(job_id)
    if row is not None and not row.stopping:
        jobs.pump()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], *map(int, sys.argv[2:3])))
