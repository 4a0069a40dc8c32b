"""Customers with several dated rows: one row each, with what the months say side by side and in figures that sum them up."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from core.contracts import InputError, Table
from core.language import N_
from core.lifecycle.dates import moments

if TYPE_CHECKING:
    import pandas as pd

STEPS = 12  # latest rows of a customer that are looked at
MOST_COLUMNS = 30  # that change over time
LATEST, MEAN, HIGHEST, TREND, COUNT = "latest", "mean", "highest", "trend", "rows before"


@dataclass(frozen=True)
class History:
    """Which columns name the customer and the time, which change over time, and how many rows of each are looked at."""

    group: str
    time: str
    changing: tuple[str, ...]
    steps: int = STEPS

    def step(self, name: str, back: int) -> str:
        """The column that holds what `name` was so many rows before the latest."""
        return f"{name} −{back}" if back else name

    def sequence(self, frame: pd.DataFrame) -> np.ndarray:
        """What changed, float32 (customers, steps, columns), the oldest step first, NaN where there was none."""
        parts = [[frame[self.step(name, back)].to_numpy(np.float32) for name in self.changing] for back in range(self.steps)]
        return np.stack([np.stack(part, -1) for part in reversed(parts)], 1)

    @property
    def stepped(self) -> set[str]:
        """The columns of earlier steps: the LSTM reads them in order, other methods read what sums them up."""
        return {self.step(name, back) for name in self.changing for back in range(1, self.steps)}


def found(table: Table, params: Any) -> History | None:
    """The history in a table, where a customer column and a time column are named, most customers have several rows, and the
    target (where it is there) is the same in all of a customer's rows; else None.
    """
    import pandas as pd

    frame = table.frame
    if not (params.group and params.time and params.group in frame and params.time in frame) or not len(frame):
        return None
    groups = frame.groupby(params.group, sort=False)
    if groups.size().median() < 2:
        return None
    if params.target in frame and groups[params.target].nunique(dropna=True).max() > 1:
        return None
    left_out = {params.group, params.time, params.target, *params.leave_out, *params.protected}
    numbers = [name for name in frame.columns if name not in left_out and pd.api.types.is_numeric_dtype(frame[name])
               and not pd.api.types.is_bool_dtype(frame[name])]  # fmt: skip
    changing = tuple(name for name in numbers if groups[name].nunique().max() > 1)[:MOST_COLUMNS]
    return History(params.group, params.time, changing, int(min(STEPS, groups.size().max()))) if changing else None


def one_a_customer(table: Table, history: History) -> Table:
    """The latest row of each customer, with columns for the earlier steps and for mean, highest and trend of what changes.

    Raises InputError where columns are missing or a time cannot be read.
    """
    import pandas as pd

    absent = [name for name in (history.group, history.time, *history.changing) if name not in table.frame]
    if absent:
        raise InputError(N_("The table lacks columns that the model learnt from: {columns}. Add them, empty where unknown."),
                         columns=", ".join(absent[:20]))  # fmt: skip
    frame = table.frame[table.frame[history.group].notna()]
    when = moments(frame[history.time])
    if np.isnan(when).any():
        raise InputError(N_("Some cells of the time column {column} are empty or no date. Mend them, or leave those rows out."),
                         column=history.time)  # fmt: skip
    order = np.lexsort((when, pd.factorize(frame[history.group])[0]))
    frame = frame.iloc[order].reset_index(drop=True)
    codes = pd.factorize(frame[history.group])[0]
    last = np.flatnonzero(np.append(codes[1:] != codes[:-1], True)) if len(codes) else np.zeros(0, np.int64)
    first = np.concatenate([[0], last[:-1] + 1]) if len(codes) else last
    latest = frame.iloc[last].reset_index(drop=True)
    added: dict[str, Any] = {}
    for name in history.changing:
        values = pd.to_numeric(frame[name], errors="coerce").to_numpy(np.float64, na_value=np.nan)
        window = _window(values, first, last, history.steps)
        added |= {history.step(name, back): window[:, history.steps - 1 - back] for back in range(history.steps)}
        added |= _summed_up(name, window)
    added[COUNT] = np.minimum(last - first, 10**6).astype(float)
    columns = {**{name: latest[name] for name in latest.columns if name not in added}, **added}
    return replace(table, frame=pd.DataFrame(columns, index=latest.index))


def _window(values: np.ndarray, first: np.ndarray, last: np.ndarray, steps: int) -> np.ndarray:
    """The latest `steps` values of each customer, float64 (customers, steps), the oldest first, NaN where there was none."""
    places = last[:, None] - np.arange(steps - 1, -1, -1)
    return np.where(places >= first[:, None], values[np.maximum(places, 0)], np.nan)


def _summed_up(name: str, window: np.ndarray) -> dict[str, np.ndarray]:
    """Mean, highest and slope over the steps that are there."""
    there = ~np.isnan(window)
    count = np.maximum(there.sum(1), 1)
    filled = np.where(there, window, 0.0)
    mean = np.where(there.any(1), filled.sum(1) / count, np.nan)
    highest = np.where(there.any(1), np.where(there, window, -np.inf).max(1), np.nan)
    x = np.broadcast_to(np.arange(window.shape[1], dtype=float), window.shape)
    centred = np.where(there, x - (np.where(there, x, 0).sum(1) / count)[:, None], 0.0)
    spread = (centred**2).sum(1)
    slope = np.where(spread > 0, (centred * filled).sum(1) / np.maximum(spread, 1e-12), np.nan)
    return {f"{name} ({MEAN})": mean, f"{name} ({HIGHEST})": highest, f"{name} ({TREND})": slope}
