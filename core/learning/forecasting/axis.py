"""A table's dates and values as one series with even steps; what was done to it is said in notices, never silent."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal

import numpy as np

from core.contracts.errors import InputError
from core.contracts.inputs import Message
from core.language import N_

if TYPE_CHECKING:
    import pandas as pd

LEAST = 40  # steps below which there is nothing to fit and to test on
MOST = 20_000  # steps; of a longer series the latest are used
LARGEST = 1e60  # absolute value: squares of larger ones run over
COVERED = 0.8  # least share of steps with a value for a step to be the series' own
WEEKEND = 0.02  # share of the days at weekends below which they are no days of this series
LONG_PAUSE = 6  # days between two trading days that are worth saying
EARLY = 0.6  # share of the steps, the oldest, in which a season is looked for: the later ones are to be forecast
SEASONAL = 0.3  # least autocorrelation of the differences, one season apart

Step = Literal["h", "D", "B", "W", "M", "Q", "Y"]
Combine = Literal["mean", "sum", "last"]
STEPS: dict[Step, str] = {
    "h": N_("hours"), "D": N_("days"), "B": N_("trading days"), "W": N_("weeks"), "M": N_("months"), "Q": N_("quarters"),
    "Y": N_("years"),
}  # fmt: skip
SEASONS: dict[Step, int] = {"h": 24, "D": 7, "B": 5, "W": 52, "M": 12, "Q": 4, "Y": 1}
_MONTHS: dict[Step, int] = {"M": 1, "Q": 3, "Y": 12}
_COMBINED: dict[Combine, str] = {
    "mean": N_("Rows that fall on a step that has another row, averaged with it: {count}. Steps are {step}."),
    "sum": N_("Rows that fall on a step that has another row, added to it: {count}. Steps are {step}."),
    "last": N_("Rows that fall on a step that has a later row, left out: {count}. Steps are {step}."),
}


@dataclass(frozen=True, eq=False)
class TimeSeries:
    """A series with even steps, the oldest first.

    `dates` datetime64[s] (n,), the start of each step; `values` float64 (n,), finite; `observed` bool (n,): whether the value
    was given or filled from the past. `season` is the steps of a season, 1 where there is none.
    """

    name: str
    dates: np.ndarray
    values: np.ndarray
    observed: np.ndarray
    step: Step
    season: int = 1
    notices: tuple[Message, ...] = ()

    def __len__(self) -> int:
        return len(self.values)

    def after(self, count: int) -> np.ndarray:
        """The dates of the next `count` steps."""
        return later(self.dates[-1], self.step, count)

    def until(self, length: int) -> TimeSeries:
        """The first `length` steps."""
        return replace(self, dates=self.dates[:length], values=self.values[:length], observed=self.observed[:length])


def read_series(
    frame: pd.DataFrame, date: str, value: str, *, combine: Combine = "mean", season: int = 0, least: int = LEAST
) -> TimeSeries:  # fmt: skip
    """The column `value` of `frame` over its column `date`.

    The step is the finest (hour, day, trading day, week, month, quarter, year) of which four in five have a value; rows of one
    step are combined. A step without a value takes that of a season before, or the last one, so nothing comes from the future;
    days on which no market was open are no steps. `season` 0: found by the autocorrelation of the differences.

    Raises:
        InputError: a column is missing, holds no dates or no numbers, or too little is left of it.
    """
    times, values, notices = _cells(frame, date, value)
    step = _step_of(times)
    places = _places(times, step)
    numbers, counts = _combined(places, values, combine)
    repeated = int((counts - 1).sum())
    if repeated:
        notices.append(Message(_COMBINED[combine], {"count": repeated, "step": Message(STEPS[step])}))
    distinct = np.unique(places)
    if step == "B":
        series = _trading(value, distinct, numbers, notices)
    else:
        series = _even(value, distinct, numbers, step, notices)
    if len(series) < least:
        raise InputError(
            N_("The column {column} has {count} steps in time (steps are {step}); {least} or more are needed."),
            column=value, count=len(series), step=Message(STEPS[step]), least=least,
        )  # fmt: skip
    if len(series) > MOST:
        series = _latest(series)
    return _with_season(series, season)


def later(last: np.datetime64, step: Step, count: int) -> np.ndarray:
    """The `count` dates that follow `last`, datetime64[s]."""
    ahead = np.arange(1, count + 1)
    if step == "B":
        return np.busday_offset(last.astype("datetime64[D]"), ahead, roll="backward").astype("datetime64[s]")
    if step in _MONTHS:
        return (last.astype("datetime64[M]") + ahead * _MONTHS[step]).astype("datetime64[s]")
    return last + ahead * {"h": np.timedelta64(1, "h"), "D": np.timedelta64(1, "D"), "W": np.timedelta64(7, "D")}[step]


def find_season(values: np.ndarray, step: Step) -> int:
    """The usual season of `step` where the differences of `values` repeat after it, else 1."""
    season = SEASONS[step]
    if season < 2 or len(values) < 4 * season:
        return 1
    change = np.diff(values)
    change = change - change.mean()
    whole = float(change @ change)
    if whole <= 0:
        return 1
    return season if float(change[season:] @ change[:-season]) / whole >= SEASONAL else 1


def fill(values: np.ndarray, observed: np.ndarray, season: int) -> np.ndarray:
    """`values` with those not `observed` taken from a season before, or from the last step; the first must be observed."""
    filled = values.copy()
    for place in np.flatnonzero(~observed):
        filled[place] = filled[place - season] if season > 1 and place >= season else filled[place - 1]
    return filled


def _cells(frame: pd.DataFrame, date: str, value: str) -> tuple[np.ndarray, np.ndarray, list[Message]]:
    """Times datetime64[s] and values of the rows that have both, the oldest first."""
    from core.intake.dates import dates
    from core.intake.numbers import as_numbers

    for name in (date, value):
        if name not in frame.columns:
            raise InputError(N_("There is no column {column}. The table has: {columns}."), column=name,
                             columns=", ".join(map(str, frame.columns[:20])))  # fmt: skip
    if date == value:
        raise InputError(N_("The column {column} cannot be the date and the value at once: choose another value."), column=date)
    found, numbers = dates(frame[date]), as_numbers(frame[value])
    dated, known = found.notna().to_numpy(), np.isfinite(numbers)
    notices = []
    if dated.any() and not dated.all():
        notices.append(Message(N_("Rows without a date that can be read, left out: {count} of {all}."),
                               {"count": int((~dated).sum()), "all": len(frame)}))  # fmt: skip
    if (missing := int((dated & ~known).sum())) and known.any():
        notices.append(Message(N_("Cells of the column {column} that are empty or no finite number, left out: {count} of {all}."),
                               {"column": value, "count": missing, "all": len(frame)}))  # fmt: skip
    if not dated.any():
        raise InputError(N_("The column {column} holds no dates that can be read. Write them like 2024-03-05."), column=date)
    if not (dated & known).any():
        raise InputError(N_("The column {column} holds no numbers that can be read. Choose another value."), column=value)
    if (size := np.abs(numbers[dated & known]).max()) > LARGEST or 0 < size < 1 / LARGEST:
        raise InputError(N_("The values of the column {column} are too large or too small to reckon with. Give them in another "
                            "unit."), column=value)  # fmt: skip
    times = found[dated & known].to_numpy().astype("datetime64[s]")
    order = np.argsort(times, kind="stable")
    return times[order], numbers[dated & known][order], notices


def _places(times: np.ndarray, step: Step) -> np.ndarray:
    """The number of the step in which each time lies, int64."""
    if step in _MONTHS:
        return times.astype("datetime64[M]").astype(np.int64) // _MONTHS[step]
    if step == "h":
        return times.astype("datetime64[h]").astype(np.int64)
    days = times.astype("datetime64[D]").astype(np.int64)
    return (days + 3) // 7 if step == "W" else days  # 1970-01-01 was a Thursday: weeks begin on Monday


def _starts(places: np.ndarray, step: Step) -> np.ndarray:
    """The first moment of each step, datetime64[s]."""
    if step in _MONTHS:
        return (places * _MONTHS[step]).astype("datetime64[M]").astype("datetime64[s]")
    if step == "h":
        return places.astype("datetime64[h]").astype("datetime64[s]")
    return (places * 7 - 3 if step == "W" else places).astype("datetime64[D]").astype("datetime64[s]")


def _step_of(times: np.ndarray) -> Step:
    """The finest step of which enough have a value. Raises InputError where not even years do."""
    by_the_hour = bool((times != times.astype("datetime64[D]")).any())
    for step in STEPS:
        if step == "h" and not by_the_hour:
            continue
        places = np.unique(_places(times, step))
        if step == "B":
            at_weekends = (places + 3) % 7 >= 5
            weekdays = places[~at_weekends]
            if at_weekends.mean() > WEEKEND or not len(weekdays):
                continue
            first, last = weekdays[[0, -1]].astype("datetime64[D]")
            if len(weekdays) >= COVERED * (np.busday_count(first, last) + 1):
                return step
        elif len(places) >= COVERED * (places[-1] - places[0] + 1):
            return step
    raise InputError(
        N_("The dates from {first} to {last} have more gaps than values, whatever the step. Check the first and the last dates."),
        first=str(times[0])[:10], last=str(times[-1])[:10],
    )  # fmt: skip


def _combined(places: np.ndarray, values: np.ndarray, combine: Combine) -> tuple[np.ndarray, np.ndarray]:
    """One value for each distinct place, and the rows behind it. `places` ascend."""
    _, first, counts = np.unique(places, return_index=True, return_counts=True)
    if combine == "last":
        return values[first + counts - 1], counts
    sums = np.add.reduceat(values, first)
    return (sums if combine == "sum" else sums / counts), counts


def _trading(name: str, places: np.ndarray, numbers: np.ndarray, notices: list[Message]) -> TimeSeries:
    """Days as they are: a day without a price is one on which no market was open."""
    pauses = np.diff(places)
    if (pauses > LONG_PAUSE).any():
        longest = int(pauses.argmax())
        notices.append(Message(
            N_("Pauses of more than {days} days between two trading days: {count}, the longest after {date}. They count as one "
               "step."),
            {"days": LONG_PAUSE, "count": int((pauses > LONG_PAUSE).sum()), "date": str(_starts(places, "B")[longest])[:10]},
        ))  # fmt: skip
    return TimeSeries(name, _starts(places, "B"), numbers, np.ones(len(places), bool), "B", notices=tuple(notices))


def _even(name: str, places: np.ndarray, numbers: np.ndarray, step: Step, notices: list[Message]) -> TimeSeries:
    whole = np.arange(places[0], places[-1] + 1)
    values, observed = np.full(len(whole), np.nan), np.zeros(len(whole), bool)
    values[places - places[0]], observed[places - places[0]] = numbers, True
    if gaps := int((~observed).sum()):
        first = str(_starts(whole, step)[~observed][0])[:10]
        sentence = N_("Steps without a value: {count} of {all} (steps are {step}), the first at {date}. They are filled "
                      "from the past and not scored.")  # fmt: skip
        notices.append(Message(sentence, {"count": gaps, "all": len(whole), "step": Message(STEPS[step]), "date": first}))
    return TimeSeries(name, _starts(whole, step), fill(values, observed, 1), observed, step, notices=tuple(notices))


def _latest(series: TimeSeries) -> TimeSeries:
    first = int(np.flatnonzero(series.observed[-MOST:])[0]) - MOST  # a filled one cannot stand first
    said = Message(N_("Only the latest {count} of {all} steps are used."), {"count": -first, "all": len(series)})
    return replace(series, dates=series.dates[first:], values=series.values[first:], observed=series.observed[first:],
                   notices=(*series.notices, said))  # fmt: skip


def _with_season(series: TimeSeries, season: int) -> TimeSeries:
    if season > len(series) // 4:
        raise InputError(N_("A season of {season} steps is too long for {count} steps: four seasons or more are needed."),
                         season=season, count=len(series))  # fmt: skip
    chosen = season or find_season(series.values[: int(EARLY * len(series))], series.step)
    return replace(series, season=chosen, values=fill(series.values, series.observed, chosen))
