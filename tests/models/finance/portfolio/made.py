"""Simulated markets with a knowable answer."""

import numpy as np
import pandas as pd

from core.contracts import Table
from models.finance.advisor import AdvisorParams
from models.finance.portfolio.prices import Market, read

START = "2015-01-01"


def returns(years: float = 3, spreads=(0.01, 0.01, 0.02), means=(0.0005, 0.0005, 0.0005), seed: int = 0) -> np.ndarray:
    rows = int(years * 261)
    return np.random.default_rng(seed).normal(means, spreads, (rows, len(spreads)))


def prices(moves: np.ndarray, names=None) -> pd.DataFrame:
    days = pd.bdate_range(START, periods=len(moves) + 1)
    value = 100 * np.vstack([np.ones(moves.shape[1]), np.cumprod(1 + moves, axis=0)])
    names = list(names or (f"s{place}" for place in range(moves.shape[1])))
    return pd.DataFrame({"date": days.strftime("%Y-%m-%d"), **dict(zip(names, value.T))})


def market(frame: pd.DataFrame, **params) -> Market:
    return read(Table(frame), AdvisorParams(**params))
