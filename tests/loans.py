"""Loans whose rule is known, for tests: the chance of default rises with debt and falls with income; the rest is noise."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from core.contracts import Table


def loans(rows: int = 300, seed: int = 0, **columns: Any) -> Table:
    """A table of `rows` loans, a third of them bad, with gaps in `income` and a protected column `sex` that says nothing."""
    random = np.random.default_rng(seed)
    income, debt = random.normal(3_000, 800, rows).round(), random.exponential(1_000, rows).round()
    home = random.choice(["own", "rent", "other"], rows, p=[0.5, 0.4, 0.1])
    odds = -0.8 + 0.0022 * (debt - 1_000) - 0.0015 * (income - 3_000) + 0.8 * (home == "rent")
    bad = random.random(rows) < 1 / (1 + np.exp(-odds))
    income[random.random(rows) < 0.05] = np.nan
    frame = pd.DataFrame({
        "income": income, "debt": debt, "home": home, "noise": random.normal(size=rows),
        "sex": random.choice(["female", "male"], rows), "age": random.integers(18, 80, rows),
        "outcome": np.where(bad, "bad", "good"),
    })  # fmt: skip
    return Table(frame.assign(**columns), "loans", f"loans-{rows}-{seed}")
