"""Starts a server in a home of its own and stops it again; a bare one-line Streamlit page is the peer."""

from __future__ import annotations

import contextlib
import os
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import psutil

ROOT = Path(__file__).parents[1]


@dataclass(frozen=True)
class Server:
    url: str
    process: psutil.Process
    seconds: float  # from the command to the first healthy answer

    @property
    def megabytes(self) -> float:
        """Resident memory of the server and its children."""
        family = [self.process, *self.process.children(recursive=True)]
        return sum(process.memory_info().rss for process in family) / 2**20


@contextlib.contextmanager
def serve(command: list[str], port: int, folder: Path, home: str) -> Iterator[Server]:
    """Runs `command` in `folder` until the block ends; raises `RuntimeError` if it is not healthy within two minutes."""
    started = time.perf_counter()
    environment = os.environ | {"PANORAMA_HOME": home, "PYTHONPATH": str(ROOT)}
    child = subprocess.Popen(command, cwd=folder, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    url = f"http://127.0.0.1:{port}"
    try:
        while time.perf_counter() - started < 120:
            with contextlib.suppress(OSError), urllib.request.urlopen(f"{url}/_stcore/health", timeout=1) as answer:  # noqa: S310
                if answer.status == 200:
                    break
            time.sleep(0.05)
        else:
            raise RuntimeError("the server never answered")
        yield Server(url, psutil.Process(child.pid), time.perf_counter() - started)
    finally:
        for process in [*psutil.Process(child.pid).children(recursive=True), psutil.Process(child.pid)]:
            process.kill()
        child.wait()


@contextlib.contextmanager
def panorama(home: str | None = None) -> Iterator[Server]:
    """Our dashboard on a free port of the loopback interface."""
    with tempfile.TemporaryDirectory() as own:
        port = free_port()
        with serve([sys.executable, "-m", "core", "serve", "--port", str(port)], port, ROOT, home or own) as server:
            yield server


@contextlib.contextmanager
def bare() -> Iterator[Server]:
    """A Streamlit page of one line."""
    with tempfile.TemporaryDirectory() as folder:
        page, port = Path(folder) / "page.py", free_port()
        page.write_text("import streamlit as st\nst.write('ready')\n")
        command = [sys.executable, "-m", "streamlit", "run", str(page), "--server.port", str(port), "--server.headless", "true"]
        with serve([*command, "--browser.gatherUsageStats", "false"], port, Path(folder), folder) as server:
            yield server


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]
