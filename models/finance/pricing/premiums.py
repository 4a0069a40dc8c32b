"""New policies priced: expected claims and losses, and the premium with its loadings."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from core.contracts import Evidence, InputError, Message, Metric, Metrics, Records, Report, Section, Series, Table
from core.language import N_
from core.learning.pricing import means, tenths

if TYPE_CHECKING:
    from models.finance.pricing.tariff import Tariff

TENTHS = 10
MOST_ROWS = 100_000  # of the table to take away


def report(tariff: Tariff, given: Table, params: Any, evidence: Evidence) -> Report:
    """Charts of the prices, what they add up to, and every policy with its price.

    Raises InputError where columns are missing or the loadings leave nothing.
    """
    import pandas as pd

    if params.expense + params.profit >= 1:
        raise InputError(N_("Expense and profit together take the whole premium: they must be less than 1."))
    if not len(given):
        raise InputError(N_("There is no policy in this table. Give at least one row."))
    exposure, notices = _exposure(tariff, given)
    pure = tariff.expected(given.frame)
    typed = tariff.typed(given.frame)
    kind = tariff.chosen.partition("_")[0]
    frequency = tariff.part(typed, kind, "frequency")
    ours: dict[str, Any] = {N_("expected claims"): frequency * exposure}
    if tariff.has_loss:
        office = (pure + params.fixed) / (1 - params.expense - params.profit)
        ours |= {N_("pure premium"): pure * exposure, N_("premium with loadings"): office * exposure}
    priced = {}
    for name, column in ours.items():  # first, for they are what is asked for
        free = name
        while free in given.frame.columns:
            free += " (Panorama)"
        priced[free] = np.round(column, 4 if name == "expected claims" else 2)
    frame = pd.concat([pd.DataFrame(priced, index=given.frame.index), given.frame], axis=1)
    columns = tuple(map(str, given.frame.columns))
    table = Records(N_("Policies with their price"), frame.head(MOST_ROWS),
                    N_("For the exposure of each row; the loadings are those of the form."), given=columns)  # fmt: skip
    shown: list[Section] = [Section(N_("In numbers"), _numbers(tariff, pure, exposure, ours))]
    if len(given) >= 2 * TENTHS:
        shown.append(_chart(tariff, pure, exposure))
    total = ours["premium with loadings" if tariff.has_loss else "expected claims"]
    values: dict[str, object] = {
        "count": f"{len(given):,}",
        "total": f"{total.sum():,.0f}",
        "method": Message(tariff.methods[tariff.chosen]),
    }
    summary = Message(N_("{count} policies priced by {method}: premiums with loadings of {total} in all.") if tariff.has_loss
                      else N_("{count} policies priced by {method}: {total} expected claims in all."), values)  # fmt: skip
    return Report(N_("Prices"), summary, (*shown, Section(table.title, table)), evidence, (*given.notices, *notices))


def _exposure(tariff: Tariff, given: Table) -> tuple[np.ndarray, tuple[Message, ...]]:
    """Exposure of each row; 1 where there is none, or none that can be used, and that is said."""
    import pandas as pd

    name = tariff.roles["exposure"]
    if not name or name not in given.frame:
        return np.ones(len(given)), ()
    values = pd.to_numeric(given.frame[name], errors="coerce").to_numpy(float)
    bad = ~(np.isfinite(values) & (values > 0))
    said = (
        (Message(N_("Policies without a usable exposure, priced for one unit: {count}."), {"count": int(bad.sum())}),)
        if bad.any()
        else ()
    )
    return np.where(bad, 1.0, values), said


def _numbers(tariff: Tariff, pure: np.ndarray, exposure: np.ndarray, ours: dict[str, np.ndarray]) -> Metrics:
    unit = N_("money of the table")
    found = [
        Metric(N_("Policies"), float(len(pure)), N_("policies")),
        Metric(N_("Expected claims"), float(ours["expected claims"].sum()), N_("claims")),
    ]
    if tariff.has_loss:
        found += [Metric(N_("Expected losses"), float((pure * exposure).sum()), unit),
                  Metric(N_("Premiums with loadings"), float(ours["premium with loadings"].sum()), unit)]  # fmt: skip
    return Metrics(tuple(found))


def _chart(tariff: Tariff, pure: np.ndarray, exposure: np.ndarray) -> Section:
    groups = tenths(pure, exposure, TENTHS)
    groups = np.searchsorted(np.unique(groups), groups)
    level = means(pure, exposure, groups)[:, 0]
    series = Series(
        N_("Prices from the cheapest to the dearest tenth"), tuple(range(1, len(level) + 1)),
        {N_("Expected"): tuple(map(float, level))}, N_("Tenth of the exposure, the cheapest first"),
        N_("Money a unit of exposure") if tariff.has_loss else N_("Claims a unit of exposure"),
        N_("Pure premium before loadings; the bars count policies.") if tariff.has_loss else N_("Expected claims; the bars "
                                                                                                "count policies."),
        counts=tuple(int(n) for n in np.bincount(groups)),
    )  # fmt: skip
    return Section(series.title, series)
