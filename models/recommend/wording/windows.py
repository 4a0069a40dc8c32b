"""What somebody liked in the last session, week, month or year: lists follow what counts now."""

from __future__ import annotations

from typing import Literal

import numpy as np

from core.language import N_

SESSION_GAP = 30 * 60  # seconds without a rating after which a new session begins, the usual half hour of web analytics
DAY = 86_400

Window = Literal["all", "year", "month", "week", "session"]
WINDOWS: dict[str, str] = {
    "all": N_("All time"), "year": N_("Last year"), "month": N_("Last month"), "week": N_("Last week"),
    "session": N_("Last session"),
}  # fmt: skip
_DAYS = {"year": 365, "month": 30, "week": 7}


def within(times: np.ndarray, window: str) -> np.ndarray:
    """Which of somebody's `times` (seconds, NaN where unknown) lie in the window, counted back from the last of them.

    The last session is the last run of ratings no more than half an hour apart.
    """
    if window == "all":
        return np.ones(len(times), bool)
    known = np.isfinite(times)
    if not known.any():
        return known
    filled = np.where(known, times, -np.inf)
    if window != "session":
        return filled > filled.max() - _DAYS[window] * DAY
    order = np.sort(times[known])
    gaps = np.flatnonzero(np.diff(order) > SESSION_GAP)
    return filled >= (order[gaps[-1] + 1] if len(gaps) else order[0])
