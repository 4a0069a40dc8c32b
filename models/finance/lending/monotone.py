"""In which direction a number may move the chance: as the user says, or as the training rows propose."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from core.contracts import InputError
from core.language import N_
from core.learning.features import Features
from core.lifecycle.findings import listed

if TYPE_CHECKING:
    import pandas as pd

PARTS = 5  # of equal size, whose shares of events must go one way
LEAST_ROWS = 30  # in each


def directions(frame: pd.DataFrame, event: np.ndarray, features: Features, params: Any) -> dict[str, int]:
    """1 or -1 for each number that is bound; `params` has `rising`, `falling` (columns) and `monotone` ("none" or "proposed").

    Raises InputError where a column is named twice or is no number.
    """
    twice = set(params.rising) & set(params.falling)
    if twice:
        raise InputError(N_("The chance cannot both rise and fall with {columns}: name each column once."), columns=listed(twice))
    told = dict.fromkeys(params.rising, 1) | dict.fromkeys(params.falling, -1)
    others = [name for name in told if name not in features.numbers]
    if others:
        raise InputError(N_("A direction can only be asked of numbers that are learnt from, and these are none: {columns}."),
                         columns=listed(others))  # fmt: skip
    proposed = propose(frame, event, features) if params.monotone == "proposed" else {}
    return proposed | told


def propose(frame: pd.DataFrame, event: np.ndarray, features: Features) -> dict[str, int]:
    """Numbers whose five parts of equal size have shares of events that go one way, up to one standard error, and whose rank
    correlation with the event is beyond chance (p < .01).
    """
    from scipy.stats import spearmanr

    typed, found = features.typed(frame), {}
    for name in features.numbers:
        values = typed[name].to_numpy(np.float64)
        there = ~np.isnan(values)
        if there.sum() < PARTS * LEAST_ROWS or len(np.unique(values[there])) < 2:
            continue
        correlation, chance = spearmanr(values[there], event[there])
        if chance >= 0.01:
            continue
        edges = np.unique(np.quantile(values[there], np.linspace(0, 1, PARTS + 1)[1:-1]))
        places = np.searchsorted(edges, values[there], "right")
        shares = [(event[there][places == k].mean(), (places == k).sum()) for k in np.unique(places)]
        sign = 1 if correlation > 0 else -1
        errors = [np.sqrt(max(share * (1 - share), 1e-4) / count) for share, count in shares]
        steps = [sign * (after[0] - before[0]) + error for before, after, error in zip(shares, shares[1:], errors)]
        if all(step >= 0 for step in steps):
            found[name] = sign
    return found
