"""Weights as whole shares for an amount of money."""

from __future__ import annotations

import numpy as np


def whole_shares(weights: np.ndarray, prices: np.ndarray, amount: float) -> np.ndarray:
    """Counts (assets,) of whole shares that come near to `weights` (the rest is cash) and cost `amount` at most.

    Rounded down first; what is left buys, one by one, the share that lacks most and can be paid out of what is to be invested.
    """
    wanted = amount * weights
    counts = np.floor(wanted / prices + 1e-9)
    left = float(wanted.sum() - counts @ prices)
    while True:
        lacking = np.where((prices <= left + 1e-9) & (weights > 0), wanted - counts * prices, -np.inf)
        best = int(lacking.argmax())
        if lacking[best] <= prices[best] / 2:  # nearer to its weight without another one
            return counts.astype(int)
        counts[best] += 1
        left -= float(prices[best])
