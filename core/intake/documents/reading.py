"""Reads a PDF, Word or HTML file in a child process that may neither grow nor run for ever."""

from __future__ import annotations

import json
import logging
import os
import queue
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any

from core.contracts import Context, InputError, LimitError, UnavailableError
from core.intake.limits import DOCUMENT_MEMORY_BYTES, DOCUMENT_SECONDS, MAX_OCR_PAGES, OCR_PAGE_SECONDS
from core.intake.uploads import Upload
from core.language import N_

LOOK_SECONDS = 0.2  # between two looks at whether the work was stopped
_ROOT = Path(__file__).resolve().parents[3]
_logger = logging.getLogger(__name__)


def read(upload: Upload, ocr: bool, context: Context) -> dict[str, Any]:
    """`{"blocks": [[text, kind, page, level]], "pages", "read", "scanned": [page], "recognised"}` of the file.

    Raises InputError when the file is damaged or locked, LimitError when reading it takes too much memory or time.
    """
    seconds = DOCUMENT_SECONDS + (MAX_OCR_PAGES * OCR_PAGE_SECONDS if ocr else 0)
    command = [sys.executable, "-m", "core.intake.documents.child", upload.kind, str(upload.path), "ocr" if ocr else ""]
    environment = {**os.environ, "PYTHONPATH": str(_ROOT), "OMP_NUM_THREADS": str(min(4, os.cpu_count() or 1))}
    limit = str(DOCUMENT_MEMORY_BYTES * (3 if ocr else 1))  # onnxruntime maps far more than it uses
    process = subprocess.Popen(
        [*command, limit], cwd=_ROOT, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, encoding="utf-8"
    )
    alarm = threading.Timer(seconds, process.kill)
    alarm.start()
    last: dict[str, Any] = {}
    try:
        assert process.stdout is not None and process.stderr is not None
        for line in _lines(process.stdout, context):
            last = json.loads(line)
            if "share" in last:
                context.progress(last["share"], N_("Reading {name}"), name=upload.name)
        trouble = process.stderr.read()
        process.wait()
        context.check()
    except BaseException:
        process.kill()
        raise
    finally:
        alarm.cancel()
        process.wait()
        process.stdout.close()  # type: ignore[union-attr]
        process.stderr.close()  # type: ignore[union-attr]
    if "blocks" in last and process.returncode == 0:
        return last
    raise _error(last.get("error", ""), process.returncode, trouble, upload.name)


def _lines(stream: IO[str], context: Context) -> Iterator[str]:
    """The lines as they come. In between, whoever waits is asked whether to stop: recognising one page may take many seconds."""
    waiting: queue.Queue[str] = queue.Queue()

    def pass_on() -> None:
        try:
            for line in stream:
                waiting.put(line)
        except ValueError:  # closed, because the work was stopped
            pass
        waiting.put("")

    threading.Thread(target=pass_on, daemon=True, name="document").start()
    while True:
        context.check()
        try:
            line = waiting.get(timeout=LOOK_SECONDS)
        except queue.Empty:
            continue
        if not line:
            return
        yield line


def _error(problem: str, code: int, trouble: str, name: str) -> InputError | LimitError | UnavailableError:
    """The sentence for what went wrong in the child."""
    if problem == "password":
        return InputError(N_("{name} is protected by a password. Save it without one and upload it again."), name=name)
    if problem == "large":
        return LimitError(N_("{name} unpacks to far more than a document needs. Save it anew, or give a part of it."), name=name)
    if problem == "entities":
        return InputError(N_("{name} declares XML entities, which can do harm. Save it anew in Word."), name=name)
    if problem == "no ocr":
        return UnavailableError(
            N_("Text recognition is not installed here. Install it with: {command}"), command="pip install rapidocr"
        )
    if problem == "memory" or code < 0:
        return LimitError(N_("{name} takes too much memory or time to read. Give a part of it, or save it as text."), name=name)
    _logger.info("reading a document failed with code %s: %s", code, trouble[-2000:])
    return InputError(N_("{name} is damaged or not what its name says. Open it in its own program and save it again."), name=name)
