"""The folder of one job: what the worker writes and everybody else reads. No reader ever sees half a file.

job.json         what to do: written before the row, so a job in the list is always complete
log.txt          everything the worker printed, over all attempts
progress.json    share, sentence and time of the last report
curve.jsonl      the live learning curve, one point a line
text.jsonl       pieces of the answer that stand already, one a line, of the latest attempt
parts.jsonl      parts of the result that stand already, likewise
checkpoint/      `Context.folder`: survives an interruption, gone when the job is done
trained/         a finished model that is not yet recorded as a run
result.json      the typed result
outcome.json     how the attempt ended: the worker's last word
"""

from __future__ import annotations

import json
import shutil
import time
from contextlib import suppress
from pathlib import Path
from typing import Any

from core.contracts import Message, dump, load
from core.home import home, read_json, write_json

LOG_BYTES = 256 * 1024  # of the log's end that are looked at
MIN_SHARE, MIN_SECONDS = 0.02, 2.0  # of progress, before the time left is worth a guess


def of(job_id: str) -> Path:
    return home("jobs") / job_id


def create(job_id: str, description: dict[str, Any]) -> None:
    """Makes the folder under a temporary name and renames it when job.json is in it."""
    temporary = home("jobs") / f".{job_id}"
    temporary.mkdir()
    write_json(temporary / "job.json", description)
    temporary.rename(of(job_id))


def delete(job_id: str) -> None:
    shutil.rmtree(of(job_id), ignore_errors=True)


def tidy(job_id: str) -> None:
    """Removes what only an attempt to come would need."""
    for name in ("checkpoint", "trained", ".trained"):
        shutil.rmtree(of(job_id) / name, ignore_errors=True)


def write_progress(job_id: str, attempt: int, share: float, message: Message, first: tuple[float, float]) -> None:
    """`first` is time and share of this attempt's first report: an attempt that resumes does not start at 0."""
    content = {"attempt": attempt, "share": share, "message": dump(message), "first": first}
    write_json(of(job_id) / "progress.json", content)


def read_progress(job_id: str, attempt: int) -> tuple[float, Message | None, float | None]:
    """Share done, sentence and estimated seconds left (None where it is too early to say) of that attempt."""
    progress = _read(of(job_id) / "progress.json")
    if progress is None or progress["attempt"] != attempt:
        return 0.0, None, None
    first_time, first_share = progress["first"]
    share, seconds = progress["share"], time.time() - first_time
    gained = share - first_share
    left = seconds * (1 - share) / gained if gained >= MIN_SHARE and seconds >= MIN_SECONDS else None
    return share, load(progress["message"]), left


def append_point(job_id: str, attempt: int, step: float, values: dict[str, float]) -> None:
    line = json.dumps({"attempt": attempt, "step": step, **dump(values)})
    with (of(job_id) / "curve.jsonl").open("a", encoding="utf-8") as stream:
        stream.write("\n" + line)  # ends a line that an earlier attempt was killed in


def read_curve(job_id: str) -> list[dict[str, float]]:
    """One dict a step, in order. An attempt that resumes from a checkpoint overwrites what came after the checkpoint."""
    points: dict[float, dict[str, Any]] = {}
    latest = 0
    with suppress(FileNotFoundError):
        for line in (of(job_id) / "curve.jsonl").read_text("utf-8").splitlines():
            try:
                point = json.loads(line)
            except ValueError:
                continue  # empty, or torn by a kill
            step, attempt = point["step"], point.pop("attempt")
            if attempt > latest:
                latest, points = attempt, {s: p for s, p in points.items() if s < step}
            points.setdefault(step, {}).update(point)
    return [points[step] for step in sorted(points)]


def append_text(job_id: str, attempt: int, piece: str) -> None:
    """A resumed attempt says again what stands already, so that nobody has to put attempts together."""
    _append(of(job_id) / "text.jsonl", attempt, piece)


def append_part(job_id: str, attempt: int, dumped: Any) -> None:
    """Likewise, of results."""
    _append(of(job_id) / "parts.jsonl", attempt, dumped)


def read_text(job_id: str, attempt: int, most: int) -> list[str]:
    """The last `most` pieces of that attempt's answer."""
    return _last(of(job_id) / "text.jsonl", attempt, most)


def read_parts(job_id: str, attempt: int, most: int) -> list[Any]:
    """The last `most` parts of that attempt's result."""
    return [load(dumped) for dumped in _last(of(job_id) / "parts.jsonl", attempt, most)]


def _append(path: Path, attempt: int, piece: Any) -> None:
    with path.open("a", encoding="utf-8") as stream:
        stream.write(json.dumps([attempt, piece]) + "\n")


def _last(path: Path, attempt: int, most: int) -> list[Any]:
    with suppress(FileNotFoundError), path.open("rb") as stream:
        stream.seek(0, 2)
        stream.seek(max(0, stream.tell() - LOG_BYTES))
        pieces = []
        for line in stream.read().decode("utf-8", "replace").splitlines()[-most:]:
            try:
                of_attempt, piece = json.loads(line)
            except ValueError:
                continue  # torn by a kill, or by the look at the end
            if of_attempt == attempt:
                pieces.append(piece)
        return pieces
    return []


def read_log(job_id: str, lines: int) -> str:
    with suppress(FileNotFoundError), (of(job_id) / "log.txt").open("rb") as stream:
        stream.seek(0, 2)
        stream.seek(max(0, stream.tell() - LOG_BYTES))
        return "\n".join(stream.read().decode("utf-8", "replace").splitlines()[-lines:])
    return ""


def write_outcome(job_id: str, attempt: int, outcome: dict[str, Any]) -> None:
    write_json(of(job_id) / "outcome.json", {"attempt": attempt, **outcome})


def read_outcome(job_id: str, attempt: int) -> dict[str, Any] | None:
    outcome = _read(of(job_id) / "outcome.json")
    return outcome if outcome is not None and outcome["attempt"] == attempt else None


def _read(path: Path) -> Any:
    try:
        return read_json(path)
    except FileNotFoundError:
        return None
