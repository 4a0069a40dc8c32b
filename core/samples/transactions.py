"""Card payments made by a documented simulator: customers with habits, terminals near them, and three ways to defraud them.

The model is that of Le Borgne, Siblini, Lebichot & Bontempi 2022, Reproducible Machine Learning for Credit Card Fraud Detection:
Practical Handbook, chapter 3, with its published parameters; the code is our own. Their world (5,000 customers, 10,000 terminals,
183 days) is shrunk to a tenth of the people and terminals on a tenth of the ground, and to 100 days, so that all densities stay
theirs: payments a customer, payments a terminal, terminals within reach, and the share of terminals and customers that are hit.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    import pandas as pd

FIRST_DAY = np.datetime64("2018-04-01", "s")
DAY = 86_400  # seconds


@dataclass(frozen=True)
class World:
    """The parameters. Amounts are in units of money, distances in the units of the ground, a square whose side is `side`."""

    customers: int = 500
    terminals: int = 1_000
    days: int = 100
    seed: int = 0
    side: float = 100 / 10**0.5  # theirs is 100, for ten times as many
    reach: float = 5.0  # a customer pays at terminals no further away
    least_mean, most_mean = 5.0, 100.0  # uniform; the mean amount of a customer, whose deviation is half of it
    most_a_day: float = 4.0  # uniform from 0; the mean number of payments of a customer in a day
    noon: float = DAY / 2  # seconds; when in the day one pays (normal)
    spread: float = 20_000.0
    largest: float = 220.0  # scenario 1: every payment above it is fraud
    terminals_a_day: float = 2 / 10_000  # scenario 2: share of the terminals that fall into wrong hands on a day
    terminal_days: int = 28  # all that is paid there for so long is fraud
    customers_a_day: float = 3 / 5_000  # scenario 3: share of the customers whose card is copied on a day
    customer_days: int = 14  # for so long
    customer_share: float = 1 / 3  # so many of their payments are fraud
    factor: float = 5.0  # and so many times as large


def transactions(others: dict[str, pd.DataFrame] | None = None) -> pd.DataFrame:
    """The sample: payments of the default `World`, without what only a simulator knows. It is made of no other sample."""
    return simulate(World()).drop(columns="scenario")


def simulate(world: World) -> pd.DataFrame:
    """Payments in the order of their time, to the second.

    Columns: date_time (ISO text), customer_id and terminal_id (text), amount (two decimals), fraud (0 or 1), scenario (0: honest;
    1 to 3 as in `World`). Where scenarios meet in a payment, the one with the higher number is named.
    The column `scenario` says all of the fraud, so nothing may learn from it: `transactions_of` leaves it out.
    """
    import pandas as pd

    random = np.random.default_rng(world.seed)
    customer, second, amount, terminal = _payments(world, random)
    order = np.argsort(second, kind="stable")
    customer, second, amount, terminal = customer[order], second[order], amount[order], terminal[order]
    scenario, amount = _frauds(world, random, customer, second // DAY, amount, terminal)
    width = len(str(max(world.customers, world.terminals)))
    return pd.DataFrame({
        "date_time": (FIRST_DAY + second.astype("timedelta64[s]")).astype(str),
        "customer_id": pd.Series([f"C{number:0{width}}" for number in customer], dtype="str"),
        "terminal_id": pd.Series([f"T{number:0{width}}" for number in terminal], dtype="str"),
        "amount": amount.round(2), "fraud": (scenario > 0).astype(np.int64), "scenario": scenario,
    })  # fmt: skip


def _payments(world: World, random: np.random.Generator) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Customer, second since the first day, amount and terminal of each honest payment."""
    homes, places = (random.uniform(0, world.side, (count, 2)) for count in (world.customers, world.terminals))
    mean = random.uniform(world.least_mean, world.most_mean, world.customers)
    daily = random.uniform(0, world.most_a_day, world.customers)
    near = [np.flatnonzero(np.hypot(*(places - home).T) < world.reach) for home in homes]
    counts = random.poisson(np.repeat(daily[:, None], world.days, 1))
    cells = np.repeat(np.arange(counts.size), counts.ravel())
    customer, day = cells // world.days, cells % world.days
    moment = random.normal(world.noon, world.spread, len(cells)).astype(np.int64)
    within = (moment > 0) & (moment < DAY) & (np.array([len(one) for one in near])[customer] > 0)  # others pay nothing
    customer, day, moment = customer[within], day[within], moment[within]
    amount = random.normal(mean[customer], mean[customer] / 2)
    amount = np.where(amount < 0, random.uniform(0, 2 * mean[customer]), amount)
    chosen = random.random(len(customer))
    terminal = np.array([near[who][int(share * len(near[who]))] for who, share in zip(customer, chosen)], np.int64)
    return customer, day * DAY + moment, amount.round(2), terminal


def _frauds(
    world: World, random: np.random.Generator, customer: np.ndarray, day: np.ndarray, amount: np.ndarray, terminal: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Scenario of each payment, int64, and the amounts with the fraud in them."""
    scenario, amount = np.where(amount > world.largest, 1, 0).astype(np.int64), amount.copy()
    for start in range(world.days):
        taken = random.choice(world.terminals, random.poisson(world.terminals_a_day * world.terminals), replace=False)
        scenario[(day >= start) & (day < start + world.terminal_days) & np.isin(terminal, taken)] = 2
    for start in range(world.days):
        copied = random.choice(world.customers, random.poisson(world.customers_a_day * world.customers), replace=False)
        theirs = np.flatnonzero((day >= start) & (day < start + world.customer_days) & np.isin(customer, copied))
        hit = random.choice(theirs, int(len(theirs) * world.customer_share), replace=False)
        amount[hit] *= world.factor
        scenario[hit] = 3
    return scenario, amount
