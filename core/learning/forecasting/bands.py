"""Prediction intervals from past errors: split conformal prediction, the errors taken in the order of time."""

from __future__ import annotations

import numpy as np

MEMORY = 250  # latest errors that a band is made of: the times change


def half_width(scores: np.ndarray, level: float) -> float:
    """The `level` quantile of past scores (absolute errors), corrected for their number (Vovk and others 2005).

    NaN where there are too few for the level, e.g. under 19 for .95.
    """
    scores = scores[np.isfinite(scores)]
    rank = int(np.ceil((len(scores) + 1) * level))
    return float(np.partition(scores, rank - 1)[rank - 1]) if 0 < rank <= len(scores) else float("nan")


def walk(scores: np.ndarray, level: float, memory: int = MEMORY) -> np.ndarray:
    """Half widths for each forecast of consecutive origins, from what was known at its origin; same shape as `scores`.

    `scores` (origins, horizon) are absolute errors, NaN where not observed. The error of the forecast from origin j, h steps
    ahead, is known from origin j + h on. No band is guaranteed to cover `level` of a series that changes: count it.
    """
    found = np.full(scores.shape, np.nan)
    for step in range(scores.shape[1]):
        for origin in range(step + 1, len(scores)):
            known = origin - step  # rows 0 to before `known` lie step + 1 or more origins back
            found[origin, step] = half_width(scores[max(0, known - memory) : known, step], level)
    return found


def latest(scores: np.ndarray, level: float, memory: int = MEMORY) -> np.ndarray:
    """Half widths (horizon,) for the forecast that follows all of `scores`."""
    return np.array([half_width(scores[-memory:, step], level) for step in range(scores.shape[1])])


def covered(scores: np.ndarray, widths: np.ndarray) -> tuple[float, int]:
    """The share of outcomes within the bands, and how many there were."""
    known = np.isfinite(scores) & np.isfinite(widths)
    return (float((scores[known] <= widths[known]).mean()) if known.any() else float("nan")), int(known.sum())
