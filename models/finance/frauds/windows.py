"""What is known of a payment at its moment: how the customer and the terminal behaved before it, and nothing from after it.

Windows of 1, 7 and 30 days over the customer's payments and, ending where labels become known, over the terminal's: the features
of Le Borgne, Siblini, Lebichot & Bontempi 2022, Fraud Detection Handbook, chapter 3.5. A window holds what came strictly before
the moment, and for the customer the payment itself; so rows of one moment tell each other nothing, whatever their order.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from core.contracts import InputError
from core.language import N_

if TYPE_CHECKING:
    import pandas as pd

DAY = 86_400.0  # seconds
DAYS = (1, 7, 30)
NIGHT_ENDS = 6  # o'clock

NIGHT, WEEKEND = N_("at night"), N_("at the weekend")
PAYMENTS = {1: N_("customer's payments (1 day)"), 7: N_("customer's payments (7 days)"), 30: N_("customer's payments (30 days)")}
MEANS = {1: N_("customer's mean amount (1 day)"), 7: N_("customer's mean amount (7 days)"),
         30: N_("customer's mean amount (30 days)")}  # fmt: skip
UNUSUAL = N_("amount over the customer's usual")
# These end where labels become known.
VISITS = {1: N_("terminal's payments (1 day)"), 7: N_("terminal's payments (7 days)"), 30: N_("terminal's payments (30 days)")}
RISKS = {1: N_("terminal's fraud share (1 day)"), 7: N_("terminal's fraud share (7 days)"),
         30: N_("terminal's fraud share (30 days)")}  # fmt: skip
WORDS = (NIGHT, WEEKEND, UNUSUAL, *(name for names in (PAYMENTS, MEANS, VISITS, RISKS) for name in names.values()))


@dataclass(frozen=True)
class Columns:
    """Which column says what; "" where none does."""

    time: str = ""
    amount: str = ""
    customer: str = ""
    terminal: str = ""
    target: str = ""

    @property
    def windowed(self) -> bool:
        return bool(self.time and (self.customer or self.terminal))


@dataclass(frozen=True, eq=False)
class Payments:
    """n payments in any order. Customers and terminals are hashes, so that a model that keeps some holds no names.

    `when` float64 seconds, `customer` and `terminal` uint64 (0: not said), `amount` float64 (0 where not said), `fraud` float64:
    1, 0, or NaN where nobody knows.
    """

    when: np.ndarray
    customer: np.ndarray
    terminal: np.ndarray
    amount: np.ndarray
    fraud: np.ndarray

    def __len__(self) -> int:
        return len(self.when)

    @classmethod
    def of(cls, frame: pd.DataFrame, columns: Columns, fraud: np.ndarray | None = None) -> Payments:
        """Raises InputError where a time cannot be read."""
        return cls(
            seconds(frame[columns.time], columns.time), _hashed(frame, columns.customer), _hashed(frame, columns.terminal),
            _amounts(frame, columns.amount), np.full(len(frame), np.nan) if fraud is None else fraud.astype(np.float64),
        )  # fmt: skip

    def rows(self, chosen: np.ndarray) -> Payments:
        """Those rows (positions or a mask)."""
        return Payments(self.when[chosen], self.customer[chosen], self.terminal[chosen], self.amount[chosen], self.fraud[chosen])

    def after(self, earlier: Payments) -> Payments:
        """These and `earlier` ones: first those, then these."""
        pairs = ((getattr(earlier, name), getattr(self, name)) for name in ("when", "customer", "terminal", "amount", "fraud"))
        return Payments(*(np.concatenate(pair) for pair in pairs))


def seconds(cells: pd.Series, name: str) -> np.ndarray:
    """Moments in seconds, float64. Numbers that are no dates or Unix times are seconds themselves.

    Raises InputError that names a cell which is no time.
    """
    import pandas as pd

    from core.intake.dates import dates

    found = dates(cells)
    if pd.api.types.is_numeric_dtype(cells) and float(found.isna().mean()) > 0.05:
        values = cells.to_numpy(np.float64, na_value=np.nan)
    else:
        values = np.where(found.isna(), np.nan, found.astype("datetime64[us]").astype("int64").to_numpy() / 1e6)
    unread = np.flatnonzero(~np.isfinite(values))
    if len(unread):
        raise InputError(
            N_('{rows} cells of the time column {column} are empty or no time, e.g. "{example}" in row {row}. Mend them, or '
               "choose no time column."),
            rows=len(unread), column=name, example=str(cells.iloc[unread[0]])[:40], row=int(unread[0]) + 1,
        )  # fmt: skip
    return values


def features(payments: Payments, columns: Columns, delay: float, known: Payments | None = None) -> dict[str, np.ndarray]:
    """The features of each payment by name, float64 (n,); NaN where there is nothing to say yet.

    Args:
        delay: days until it is known whether a payment was fraud; the terminal's windows end so long before the moment.
        known: earlier payments that the windows may look back on. They get no features of their own.
    """
    found: dict[str, np.ndarray] = {}
    if not columns.time:
        return found
    whole = payments if known is None else payments.after(known)
    own = np.arange(len(whole) - len(payments), len(whole))
    hour, day = (whole.when[own] % DAY) / 3600, np.floor(whole.when[own] / DAY)
    if np.ptp(whole.when) > DAY:
        found[NIGHT] = (hour <= NIGHT_ENDS).astype(np.float64)
        found[WEEKEND] = ((day + 3) % 7 >= 5).astype(np.float64)  # 1970-01-01 was a Thursday
    if columns.customer:
        found |= _of_customers(whole, own, bool(columns.amount))
    if columns.terminal:
        found |= _of_terminals(whole, own, delay, bool(np.isfinite(whole.fraud).any()))
    return found


def _of_customers(whole: Payments, own: np.ndarray, amounts: bool) -> dict[str, np.ndarray]:
    past = Past(whole.customer, whole.when)
    found = {}
    for days in DAYS:
        count, total = past.sums(days * DAY, 0, (np.ones(len(whole)), whole.amount))
        found[PAYMENTS[days]] = (count + 1)[own]
        if amounts:
            found[MEANS[days]] = ((total + whole.amount) / (count + 1))[own]
    if amounts:
        with np.errstate(invalid="ignore", divide="ignore"):
            found[UNUSUAL] = np.where((count > 0) & (total > 0), whole.amount * count / total, np.nan)[own]
    return found


def _of_terminals(whole: Payments, own: np.ndarray, delay: float, labelled: bool) -> dict[str, np.ndarray]:
    past = Past(whole.terminal, whole.when)
    known = np.isfinite(whole.fraud)
    found = {}
    for days in DAYS:
        count, judged, fraud = past.sums((days + delay) * DAY, delay * DAY, (np.ones(len(whole)), known.astype(np.float64),
                                                                             np.where(known, whole.fraud, 0)))  # fmt: skip
        found[VISITS[days]] = count[own]
        if labelled:
            found[RISKS[days]] = np.where(judged > 0, fraud / np.maximum(judged, 1), 0)[own]
    return found


class Past:
    """Sums over what came before, for rows that are of one customer (or terminal)."""

    def __init__(self, keys: np.ndarray, when: np.ndarray) -> None:
        """`keys` (n,), 0 for rows that belong to nobody; `when` float64 (n,) seconds."""
        codes = np.unique(keys, return_inverse=True)[1].astype(np.float64)
        alone = keys == 0
        codes[alone] = codes.max(initial=0) + 1 + np.arange(alone.sum())
        self.when, self.codes = when, codes
        self.order = np.lexsort((when, codes))
        # Complex numbers are sorted by their real part first: one search finds a moment within the rows of one customer.
        self.places = codes[self.order] + 1j * when[self.order]

    def sums(self, since: float, until: float, values: tuple[np.ndarray, ...]) -> list[np.ndarray]:
        """For each row the sums of each of `values` over the rows of its key from `since` to `until` seconds before it: the
        farther end counts, the nearer one does not. float64 (n,) each, in the order given.
        """
        first = np.searchsorted(self.places, self.codes + 1j * (self.when - since), "left")
        end = np.maximum(np.searchsorted(self.places, self.codes + 1j * (self.when - until), "left"), first)
        running = [np.concatenate([[0.0], np.cumsum(value[self.order])]) for value in values]
        return [total[end] - total[first] for total in running]


def row_keys(frame: pd.DataFrame, columns: Columns, names: Sequence[str]) -> list[str]:
    """The keys of `core.decisions` of rows by these columns; a moment is the same however it is written."""
    from core import decisions

    if columns.time and columns.time in names:
        frame = frame.assign(**{columns.time: seconds(frame[columns.time], columns.time)})
    return decisions.keys(frame, names)


def _hashed(frame: pd.DataFrame, name: str) -> np.ndarray:
    from pandas.util import hash_array

    from core.lifecycle.targets import class_names

    if not name:
        return np.zeros(len(frame), np.uint64)
    names = class_names(frame[name])
    said = np.array([one is not None for one in names], bool)
    hashed = hash_array(np.array([one or "" for one in names], dtype=object), categorize=True)
    return np.where(said, np.maximum(hashed, 1), 0).astype(np.uint64)


def _amounts(frame: pd.DataFrame, name: str) -> np.ndarray:
    import pandas as pd

    if not name:
        return np.zeros(len(frame))
    cells = frame[name]
    if not pd.api.types.is_numeric_dtype(cells):
        cells = pd.to_numeric(cells.astype("str").str.replace(",", "").str.strip(), errors="coerce")
    values = cells.to_numpy(np.float64, na_value=np.nan)
    if not np.isfinite(values).any() and len(values):
        raise InputError(N_("The column {column} should hold amounts, and none can be read as a number. Choose another one."),
                         column=name)  # fmt: skip
    return np.where(np.isfinite(values), values, 0.0)
