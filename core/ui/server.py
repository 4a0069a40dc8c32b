"""One server for everything: the dashboard, the HTTP API under /api, and /health."""

from __future__ import annotations

from pathlib import Path

import streamlit as st
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Mount, Route
from streamlit.runtime.pages_manager import PagesManager

from core import api

SCRIPT = Path(__file__).resolve().parents[2] / "app.py"

# Streamlit would take the folder pages/ for its old kind of pages until the first session has called st.navigation, and answer
# the first visitor's link to /text with that file alone or with "Page not found".
PagesManager.uses_pages_directory = False


async def health(request: Request) -> JSONResponse:
    """For whoever watches the server: it answers, so it lives."""
    return JSONResponse({"status": "ok"})


app = st.App(SCRIPT, routes=[Route("/health", health), Mount("/api", app=api.create())])


def main(host: str, port: int) -> None:
    """Starts the server and stays until it is stopped."""
    print(f"Panorama: http://{'localhost' if host in ('0.0.0.0', '127.0.0.1') else host}:{port}", flush=True)  # noqa: S104
    app.run(config={"server.port": port, "server.address": host, "server.headless": True})
