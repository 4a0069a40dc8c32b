"""Conversations on disk, so that F5 or a link of one's own shows them again: a file each below `home("talks")`.

The URL holds a random name that nobody can guess; the link to share does not carry it.
"""

from __future__ import annotations

import os
import re
import secrets
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import streamlit as st

from core.contracts import dump, load
from core.home import home, read_json, write_json

FOLDER, PARAMETER, FORM = "talks", "talk", 1
MOST, DAYS = 500, 30  # conversations that are kept, and how long after the last word
_NAME = re.compile(r"[0-9a-f]{32}")


def opened(about: tuple[str, str], place: str) -> list[dict[str, Any]]:
    """The turns of the conversation that the URL names, where it is `about` this capability and these documents; from now on
    `place` of the session is called so.
    """
    name = st.query_params.get(PARAMETER, "")
    path = _path(name)
    if path is None:
        return []
    try:
        told = read_json(path)
        if told["form"] != FORM or tuple(told["about"]) != about:
            return []
        turns = [{**turn, "report": load(turn["report"]), "notices": tuple(turn["notices"])} for turn in told["turns"]]
        os.utime(path)
    except (OSError, ValueError, KeyError, TypeError):
        return []
    st.session_state[_named(place)] = name
    return turns


def keep(about: tuple[str, str], turns: Sequence[Any], place: str) -> None:
    """Writes the turns (dataclasses with a `report`), where there are new ones, and puts the conversation's name into the URL."""
    name = st.session_state.setdefault(_named(place), secrets.token_hex(16))
    st.query_params[PARAMETER] = name
    if st.session_state.get(f"{place}.kept") is turns[-1]:
        return
    path = home(FOLDER) / f"{name}.json"
    told = [{**vars(turn), "report": dump(turn.report)} for turn in turns]
    write_json(path, {"form": FORM, "about": list(about), "turns": told})
    path.chmod(0o600)
    st.session_state[f"{place}.kept"] = turns[-1]
    _sweep(path.parent)


def drop(place: str) -> None:
    """Deletes the conversation."""
    if path := _path(st.session_state.pop(_named(place), "")):
        path.unlink(missing_ok=True)
    st.query_params.pop(PARAMETER, None)


def _named(place: str) -> str:
    return f"{place}.name"


def _path(name: str) -> Path | None:
    return home(FOLDER) / f"{name}.json" if _NAME.fullmatch(name) else None


def _sweep(folder: Path) -> None:
    """Removes what nobody has looked at for long, and the oldest beyond `MOST`."""
    found = sorted(folder.glob("*.json"), key=lambda path: -path.stat().st_mtime)
    for place, path in enumerate(found):
        if place >= MOST or path.stat().st_mtime < time.time() - DAYS * 86_400:
            path.unlink(missing_ok=True)
