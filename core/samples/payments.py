"""Two thousand customers of a card that does not exist, twelve months each: who falls behind, by a rule that is known.

A customer has an income, a limit and a habit: of the balance that a month ends with, a share is paid back. In some the habit
worsens month by month. What they owe beyond what they earn, and above all how that has grown over the year, decides by chance
whether they default in the half year after. Only the order of the months tells those who worsen from those who recover.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    import pandas as pd

SEED, CUSTOMERS, MONTHS = 7, 2_000, 12
FIRST = np.datetime64("2025-01")
REGIONS = ("north", "east", "south", "west")


def payment_history(_: dict[str, pd.DataFrame]) -> pd.DataFrame:
    """A row for each customer and month, oldest first, float amounts in euros; the target is the same in all of a customer's."""
    import pandas as pd

    random = np.random.default_rng(SEED)
    income = np.exp(random.normal(7.8, 0.4, CUSTOMERS)).round(-1)
    limit = (income * random.uniform(1.0, 3.0, CUSTOMERS)).round(-2)
    habit, drift = random.beta(5, 2, CUSTOMERS), random.normal(0, 0.03, CUSTOMERS)
    months = np.arange(MONTHS)
    paid_share = np.clip(habit[:, None] + drift[:, None] * (months - 6) + random.normal(0, 0.08, (CUSTOMERS, MONTHS)), 0.02, 1.0)
    spent = income[:, None] * random.uniform(0.1, 0.5, (CUSTOMERS, MONTHS))
    balance, paid = np.zeros((CUSTOMERS, MONTHS)), np.zeros((CUSTOMERS, MONTHS))
    owed = limit * random.uniform(0, 0.4, CUSTOMERS)
    for month in months:
        owed = np.minimum(owed * 1.015 + spent[:, month], 1.3 * limit)
        paid[:, month] = owed * paid_share[:, month]
        owed = owed - paid[:, month]
        balance[:, month] = owed
    late = random.random((CUSTOMERS, MONTHS)) < np.clip(0.5 - 1.2 * paid_share, 0.01, 0.6)
    used = balance / limit[:, None]
    grown = used[:, -3:].mean(1) - used[:, :3].mean(1)
    risk = -2.6 + 2.5 * used[:, -1] + 6.0 * grown + 0.5 * late[:, -4:].sum(1) - 0.3 * (np.log(income) - 7.8)
    default = random.random(CUSTOMERS) < 1 / (1 + np.exp(-risk))
    age, region = random.integers(19, 76, CUSTOMERS), random.choice(REGIONS, CUSTOMERS)
    every = np.repeat(np.arange(CUSTOMERS), MONTHS)
    return pd.DataFrame({
        "customer": [f"C{number:05d}" for number in every + 1],
        "month": np.tile((FIRST + months).astype(str), CUSTOMERS),
        "age": age[every], "region": region[every], "income": income[every], "credit_limit": limit[every],
        "balance": balance.ravel().round(2), "paid": paid.ravel().round(2), "late": late.ravel().astype(int),
        "default": np.where(default, "yes", "no")[every],
    })  # fmt: skip
