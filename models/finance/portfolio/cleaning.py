"""From the numbers of a table to returns: gaps carried over, wrong prices taken for missing, jumps named."""

from __future__ import annotations

import numpy as np

from core.contracts import Message
from core.language import N_

PRICES, SHARES, PERCENT = N_("prices"), N_("returns as shares of 1"), N_("returns in percent")
MOST_LISTED = 5
_SPLITS = np.array([2, 3, 4, 5, 7, 8, 10, 15, 20, 25, 50, 100])
_NEAR = 0.03  # how near to a whole ratio a jump must be to look like a split
_CALM = 0.1  # median move of all assets below which the market cannot be the reason
_MOST_NEGATIVE = 0.1  # share of numbers that may be wrong and the table still be one of prices
_LARGE = 50.0  # no return of a day, not even in percent, is as large
_WHOLE = 1.0  # a return as a share of 1 hardly ever is


def kind_of(numbers: np.ndarray, told: str) -> str:
    """What the numbers are: `told` ("prices", "returns"), or found out of their signs and sizes ("auto")."""
    known = numbers[np.isfinite(numbers)]
    negative, size = float((known <= 0).mean()), float(np.quantile(np.abs(known), 0.99))
    if told == "prices" or (told == "auto" and (negative < _MOST_NEGATIVE or size > _LARGE)):
        return PRICES
    return PERCENT if size > _WHOLE else SHARES


def returns_of(
    numbers: np.ndarray, kind: str, days: np.ndarray, names: tuple[str, ...], notices: list[Message]
) -> tuple[np.ndarray, np.ndarray, np.ndarray | None]:
    """Returns (rows, assets), which numbers were given, and the last prices where there are any; says what was wrong.

    A gap is carried over: its move comes with the next price. Before the first number of a column and after its last, NaN.
    """
    if kind == PRICES:
        return _from_prices(numbers, days, names, notices)
    returns = numbers * (0.01 if kind == PERCENT else 1.0)
    wrong = int((returns <= -1).sum())
    if wrong:
        notices.append(Message(N_("Returns of −100 % or less, taken for missing: {count}."), {"count": wrong}))
        returns = np.where(returns > -1, returns, np.nan)
    seen, inside = np.isfinite(returns), _inside(returns)
    _say_gaps(int((inside & ~seen).sum()), notices)
    return np.where(inside & ~seen, 0.0, returns), seen, None


def listed(names: list[str]) -> str:
    """The first few names, and how many there are."""
    return ", ".join(names[:MOST_LISTED]) + (f" … ({len(names)})" if len(names) > MOST_LISTED else "")


def _from_prices(
    prices: np.ndarray, days: np.ndarray, names: tuple[str, ...], notices: list[Message]
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    wrong = int((prices <= 0).sum())
    if wrong:
        notices.append(Message(N_("Prices of zero or below, taken for missing: {count}."), {"count": wrong}))
        prices = np.where(prices > 0, prices, np.nan)
    seen, inside = np.isfinite(prices), _inside(prices)
    _say_gaps(int((inside & ~seen).sum()), notices)
    place = np.maximum.accumulate(np.where(seen, np.arange(len(prices))[:, None], 0))
    carried = np.where(inside, np.take_along_axis(prices, place, 0), np.nan)
    with np.errstate(over="ignore"):
        returns = np.vstack([np.full(prices.shape[1], np.nan), carried[1:] / carried[:-1] - 1])
    returns[~np.isfinite(returns)] = np.nan
    _say_jumps(returns, days, names, notices)
    return returns, seen, prices[place[-1], np.arange(prices.shape[1])]


def _inside(numbers: np.ndarray) -> np.ndarray:
    """Which cells lie between the first and the last number of their column."""
    known = np.isfinite(numbers)
    return np.logical_or.accumulate(known) & np.logical_or.accumulate(known[::-1])[::-1]


def _say_gaps(count: int, notices: list[Message]) -> None:
    if count:
        notices.append(Message(N_("Gaps between numbers, over which the last one was carried: {count} cells."), {"count": count}))


def _say_jumps(returns: np.ndarray, days: np.ndarray, names: tuple[str, ...], notices: list[Message]) -> None:
    """Names jumps that look like splits: by a whole ratio, in a row in which the others hardly moved."""
    ratio = 1 + np.nan_to_num(returns)
    size = np.maximum(ratio, 1 / np.maximum(ratio, 1e-12))
    calm = np.abs(np.median(np.nan_to_num(returns), axis=1)) < _CALM
    found = [
        f"{names[column]} {str(days[row])[:10]}"
        for row, column in np.argwhere(size > _SPLITS[0] * (1 - _NEAR))
        if np.abs(size[row, column] / _SPLITS - 1).min() < _NEAR and (calm[row] or len(names) <= 2)
    ]
    if found:
        sentence = N_(
            "Jumps that look like splits of shares and were left as they are: {names}. Give adjusted prices where that is so."
        )
        notices.append(Message(sentence, {"names": listed(found)}))
