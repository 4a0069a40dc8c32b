"""Moments as one says them: `3 min ago`, then the date in the viewer's own time zone."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import streamlit as st

from core.ui.language import _


def ago(moment: str | None, now: datetime | None = None) -> str:
    """How long ago `moment` (ISO 8601, UTC) was; empty without one."""
    if not moment:
        return ""
    then = datetime.fromisoformat(moment)
    then = then if then.tzinfo else then.replace(tzinfo=UTC)
    minutes = int(((now or datetime.now(UTC)) - then).total_seconds() // 60)
    if minutes < 1:
        return _("just now")
    if minutes < 60:
        return _("{count} min ago", count=minutes)
    if minutes < 24 * 60:
        return _("{count} h ago", count=minutes // 60)
    return then.astimezone(_zone()).strftime("%Y-%m-%d %H:%M")


def seconds_between(start: str | None, end: str | None) -> float | None:
    """Seconds from `start` to `end`, both ISO 8601; None where one is missing."""
    if not start or not end:
        return None
    return (datetime.fromisoformat(end) - datetime.fromisoformat(start)).total_seconds()


def _zone() -> ZoneInfo:
    try:
        return ZoneInfo(st.context.timezone or "UTC")
    except (KeyError, ValueError, OSError):  # the browser said something that this machine's tables do not know
        return ZoneInfo("UTC")
