"""Walk-forward: fit on the past, forecast what follows, move on (Tashman 2000); an embargo parts what is fitted on from that."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from core.contracts.errors import InputError
from core.language import N_

LEAST_FITTED = 20  # steps


@dataclass(frozen=True, eq=False)
class Fold:
    """Steps `start` to before `end` are fitted on. From each of `origins` (a step that is known, int64) the following
    `horizon` steps are forecast; whatever lies up to an origin may be looked at, but is not fitted on.
    """

    start: int
    end: int
    origins: np.ndarray


def folds(length: int, horizon: int, first: int, count: int, *, window: int = 0, embargo: int | None = None) -> tuple[Fold, ...]:
    """`count` folds of consecutive origins; the first forecast is of step `first`, the last of step `length - 1`.

    `window` 0: all of the past is fitted on (expanding), else its latest `window` steps (rolling). `embargo` steps, by default
    `horizon` of them, lie between the last step that is fitted on and the first one that is forecast.

    Raises:
        InputError: there is too little to fit on, or fewer origins than folds.
    """
    embargo = horizon if embargo is None else embargo
    origins = np.arange(first - 1, length - horizon)
    if len(origins) < count or first - embargo < LEAST_FITTED:
        raise InputError(
            N_("{length} steps are too few to forecast {horizon} at a time and to test it. Give more, or forecast fewer steps."),
            length=length, horizon=horizon,
        )  # fmt: skip
    parts = []
    for part in np.array_split(origins, count):
        end = int(part[0]) + 1 - embargo
        parts.append(Fold(max(0, end - window) if window else 0, end, part))
    return tuple(parts)


def ahead(origins: np.ndarray, horizon: int) -> np.ndarray:
    """The steps that are forecast from each origin, int64 (origins, horizon)."""
    return origins[:, None] + np.arange(1, horizon + 1)
