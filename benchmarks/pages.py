"""The home page beside a bare Streamlit page in the same Chromium, idle memory, and reruns of eight sessions at once."""

from __future__ import annotations

import asyncio
import random
import shutil
import statistics
import time
from collections.abc import Callable
from typing import Any

from benchmarks.server import Server, bare, panorama

FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
         "--disable-component-update", "--disable-sync"]  # fmt: skip
SESSIONS, RERUNS, VISITS = 8, 9, 9
STARTS = 5  # of a fresh server, each asked for its first page by a fresh browser
THINKING = (1.0, 5.0)  # seconds between a person's clicks, uniform


def measure() -> list[dict[str, Any]]:
    """Rows of `{"what", "value", "unit", "peer", "ratio", "bar", "met"}`."""
    ours_cold, ours_warm, ours_idle, ours_start, (reruns, herd) = _visits(panorama, "[data-testid=stApp] h1")
    bare_cold, bare_warm, bare_idle, bare_start, (bare_reruns, bare_herd) = _visits(bare, "text=ready")
    return [
        _ratio(f"home page, cold (median of {STARTS} fresh servers and browsers)", ours_cold, bare_cold, 1.5),
        _ratio(f"home page, warm (median of {STARTS * VISITS})", ours_warm, bare_warm, 1.5),
        _limit("server start to first healthy answer", ours_start, "s", bare_start, 10),
        _limit("idle server", ours_idle, "MB", bare_idle, 300),
        _limit(f"rerun, 95th percentile of {SESSIONS} sessions, 1 to 5 s between clicks", reruns, "s", bare_reruns, 0.3),
        _limit(f"rerun, 95th percentile of {SESSIONS} sessions that all click at the same instant", herd, "s", bare_herd, 0.3),
    ]


def _ratio(what: str, ours: float, peer: float, bar: float) -> dict[str, Any]:
    return {"what": what, "value": ours, "unit": "s", "peer": peer, "ratio": ours / peer, "bar": bar, "met": ours / peer <= bar}


def _limit(what: str, ours: float, unit: str, peer: float | None, bar: float) -> dict[str, Any]:
    return {"what": what, "value": ours, "unit": unit, "peer": peer, "bar": bar, "met": ours <= bar}


def _visits(start: Callable[..., Any], selector: str) -> tuple[float, float, float, float, tuple[float, float]]:
    """(median cold visit, median warm visit, idle megabytes, seconds to start, p95 of reruns with and without thinking)."""
    from playwright.sync_api import sync_playwright

    chromium = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    cold, warm = [], []
    with sync_playwright() as play:
        for _ in range(STARTS):
            with start() as server:
                idle = server.megabytes
                browser = play.chromium.launch(executable_path=chromium, args=FLAGS)
                page = browser.new_page(viewport={"width": 1440, "height": 1000})
                cold.append(_visit(page, server, selector))
                warm += [_visit(page, server, selector) for _ in range(VISITS)]
                browser.close()
    with start() as server:
        reruns = asyncio.run(_reruns(server, THINKING)), asyncio.run(_reruns(server, (1.0, 1.0)))
    return statistics.median(cold), statistics.median(warm), idle, server.seconds, reruns


def _visit(page: Any, server: Server, selector: str) -> float:
    """Seconds from asking for the page until its content stands and the script has ended."""
    begun = time.perf_counter()
    page.goto(server.url)
    page.wait_for_selector(selector)
    page.wait_for_selector("[data-test-script-state=notRunning]", state="attached")
    return time.perf_counter() - begun


async def _reruns(server: Server, thinking: tuple[float, float]) -> float:
    """95th percentile, in seconds, of reruns of the first page asked for by eight sessions."""
    times = await asyncio.gather(*(_session(server, random.Random(seed), thinking) for seed in range(SESSIONS)))
    ordered = sorted(seconds for session in times for seconds in session)
    return ordered[int(len(ordered) * 0.95)]


async def _session(server: Server, clock: random.Random, thinking: tuple[float, float]) -> list[float]:
    """One session over Streamlit's own web socket protocol: asks for a rerun, waits until the script has ended, thinks, again."""
    import websockets
    from streamlit.proto.BackMsg_pb2 import BackMsg
    from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

    address = server.url.replace("http", "ws") + "/_stcore/stream"
    times = []
    async with websockets.connect(address, max_size=None, subprotocols=[websockets.Subprotocol("streamlit")]) as socket:
        for turn in range(RERUNS):
            message = BackMsg()
            message.rerun_script.query_string = ""
            begun = time.perf_counter()
            await socket.send(message.SerializeToString())
            while True:
                answer = ForwardMsg()
                answer.ParseFromString(await socket.recv())
                if answer.WhichOneof("type") == "script_finished":
                    break
            if turn:  # the first run starts the session
                times.append(time.perf_counter() - begun)
            await asyncio.sleep(clock.uniform(*thinking))
    return times


if __name__ == "__main__":
    for row in measure():
        print(row)
