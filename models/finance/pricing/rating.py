"""A rating table: every column cut into levels, and what each level multiplies the price by, with its interval (GLM, log
link)."""

from __future__ import annotations

import warnings
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from core.contracts import InputError
from core.language import N_
from core.learning.features import MISSING, OTHER, Features

if TYPE_CHECKING:
    import pandas as pd

BANDS = 8  # of a number with many values
FEW_VALUES = 12  # up to so many values of a number are levels of their own
LEAST_SHARE = 0.005  # of the exposure; rarer levels go to a neighbour, or are "other values" together
Z = 1.959964


@dataclass(frozen=True)
class Levels:
    """How one column is cut: `edges` of a number (level k holds values above edge k-1, up to edge k), or `names` of a category.

    `groups` says of each level to which level of the table it belongs; `titles` are what those are called; the base is 1.00.
    """

    name: str
    edges: tuple[float, ...]
    names: tuple[str, ...]
    groups: tuple[int, ...]
    titles: tuple[str, ...]
    base: int

    def codes(self, typed: pd.Series) -> np.ndarray:
        """The level of each cell of `Features.typed`; a gap, or a name never seen, is the last raw level."""
        if self.names:
            raw = np.asarray(typed.cat.codes, int)
        else:
            values = typed.to_numpy(float)
            raw = np.where(np.isnan(values), -1, np.searchsorted(self.edges, np.nan_to_num(values), side="left"))
        return np.asarray(self.groups)[np.where(raw < 0, len(self.groups) - 1, raw)]


def learn_levels(
    features: Features, typed: pd.DataFrame, exposure: np.ndarray, outcome: np.ndarray, names: list[str]
) -> list[Levels]:
    """Levels of the columns `names`, from the training rows: each has exposure and at least one claim or loss."""
    found = []
    for name in names:
        one = _of_number(name, typed[name], exposure, outcome) if name in features.numbers else _of_category(
            name, typed[name], exposure, outcome)  # fmt: skip
        if len(one.titles) > 1:
            found.append(one)
    return found


def _of_number(name: str, column: pd.Series, exposure: np.ndarray, outcome: np.ndarray) -> Levels:
    values = column.to_numpy(float)
    there = ~np.isnan(values)
    distinct = np.unique(values[there])
    if len(distinct) <= FEW_VALUES:
        edges = distinct[:-1].tolist()
    else:
        order = np.argsort(values[there], kind="stable")
        reached = np.cumsum(exposure[there][order])
        cuts = np.searchsorted(reached, reached[-1] * np.arange(1, BANDS) / BANDS)
        edges = [float(e) for e in np.unique(values[there][order][np.minimum(cuts, len(order) - 1)]) if e < distinct[-1]]
    raw = np.searchsorted(edges, values[there], side="left")
    groups = _joined(len(edges) + 1, raw, exposure[there], outcome[there], exposure.sum())
    ends = [float(distinct[0]), *edges, float(distinct[-1])]
    titles = []
    for group in range(max(groups) + 1):
        inside = values[there][np.isin(raw, np.flatnonzero(np.array(groups) == group))]
        low, high = (float(inside.min()), float(inside.max())) if len(inside) else (ends[0], ends[-1])
        titles.append(f"{low:.6g}" if low == high else f"{low:.6g} – {high:.6g}")
    base = _heaviest(np.array(groups)[raw], exposure[there], len(titles))
    gaps = ~there
    if exposure[gaps].sum() >= LEAST_SHARE * exposure.sum() and outcome[gaps].sum() > 0:
        return Levels(name, tuple(edges), (), (*groups, len(titles)), (*titles, MISSING), base)
    return Levels(name, tuple(edges), (), (*groups, base), tuple(titles), base)


def _joined(count: int, raw: np.ndarray, exposure: np.ndarray, outcome: np.ndarray, whole: float) -> list[int]:
    """Neighbouring bands together until each has exposure and an outcome; the group of each band."""
    sums = np.stack([np.bincount(raw, exposure, count), np.bincount(raw, outcome, count)])
    groups, open_ = [0], sums[:, 0].copy()
    for band in range(1, count):
        enough = open_[0] >= LEAST_SHARE * whole and open_[1] > 0 and sums[:, band:].sum(1)[1] > 0
        enough = enough and sums[:, band:].sum(1)[0] >= LEAST_SHARE * whole
        groups.append(groups[-1] + int(enough))
        open_ = sums[:, band].copy() if enough else open_ + sums[:, band]
    return groups


def _of_category(name: str, column: pd.Series, exposure: np.ndarray, outcome: np.ndarray) -> Levels:
    names = tuple(map(str, column.cat.categories))
    raw = np.asarray(column.cat.codes, int)
    raw = np.where(raw < 0, len(names), raw)  # a gap
    sums = np.stack([np.bincount(raw, exposure, len(names) + 1), np.bincount(raw, outcome, len(names) + 1)])
    strong = (sums[0] >= LEAST_SHARE * exposure.sum()) & (sums[1] > 0)
    strong[names.index(OTHER)] = False
    titles = [(*names, MISSING)[k] for k in np.flatnonzero(strong)]
    place = {int(k): number for number, k in enumerate(np.flatnonzero(strong))}
    rest = sums[:, ~strong].sum(1)
    base = int(np.argmax(sums[0][strong])) if len(titles) else 0
    other = base  # too little is known of what is rare: it costs what the base costs
    if titles and rest[0] >= LEAST_SHARE * exposure.sum() and rest[1] > 0:
        other, titles = len(titles), [*titles, OTHER]
    return Levels(name, (), names, tuple(place.get(k, other) for k in range(len(names) + 1)), tuple(titles), base)


def _heaviest(groups: np.ndarray, exposure: np.ndarray, count: int) -> int:
    return int(np.bincount(groups, exposure, count).argmax())


@dataclass(frozen=True)
class Rating:
    """A fitted GLM with log link: `base` is the price of the base levels and `spread` its interval; `factors` are the
    relativities of each column's levels, `low` and `high` their 95 % intervals (Wald, on the log scale).
    """

    columns: tuple[Levels, ...]
    base: float
    factors: tuple[tuple[float, ...], ...]
    low: tuple[tuple[float, ...], ...]
    high: tuple[tuple[float, ...], ...]
    spread: tuple[float, float] = (0.0, 0.0)

    def expected(self, typed: pd.DataFrame) -> np.ndarray:
        """The price of each row a unit of exposure, float64 (rows,)."""
        price = np.full(len(typed), self.base)
        for column, factors in zip(self.columns, self.factors):
            price *= np.asarray(factors)[column.codes(typed[column.name])]
        return price

    def to_json(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_json(cls, kept: dict[str, Any]) -> Rating:
        columns = tuple(Levels(one["name"], tuple(one["edges"]), tuple(one["names"]), tuple(one["groups"]),
                               tuple(one["titles"]), one["base"])
                        for one in kept["columns"])  # fmt: skip
        factors, low, high = (tuple(map(tuple, kept[name])) for name in ("factors", "low", "high"))
        return cls(columns, kept["base"], factors, low, high, tuple(kept["spread"]))


def fit_rating(
    levels: list[Levels], typed: pd.DataFrame, observed: np.ndarray, weights: np.ndarray, power: float
) -> Rating:  # fmt: skip
    """Fits `observed` (a unit of weight) by a GLM with log link and the variance mean ** `power` (McCullagh and Nelder 1989).

    With the exposure as weight of a rate, the Poisson likelihood is that of counts with log exposure as offset. Dispersion is
    Pearson's, of Poisson at least 1. Raises InputError where it cannot be fitted.
    """
    import statsmodels.api as sm

    parts = [np.ones((len(typed), 1))]
    for column in levels:
        inside = column.codes(typed[column.name])[:, None] == np.arange(len(column.titles))
        parts.append(np.delete(inside, column.base, axis=1).astype(np.float64))
    family = {1.0: sm.families.Poisson, 2.0: sm.families.Gamma}.get(float(power))
    log = sm.families.links.Log()
    chosen = family(link=log) if family else sm.families.Tweedie(link=log, var_power=power)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of steps on the way; whether it ended well is looked at below
            model = sm.GLM(observed, np.hstack(parts), family=chosen, var_weights=weights)
            fitted = model.fit(maxiter=100, scale="X2")
    except (ValueError, np.linalg.LinAlgError, FloatingPointError):
        raise _unfittable() from None
    values, errors = np.asarray(fitted.params), np.asarray(fitted.bse)
    if power == 1 and fitted.scale < 1:
        errors = errors / np.sqrt(fitted.scale)
    if not (np.isfinite(values).all() and np.abs(values[1:]).max(initial=0) < 50):
        raise _unfittable()
    return _table(levels, values, np.clip(np.nan_to_num(errors), 0, 50))


def _unfittable() -> InputError:
    return InputError(N_("The GLM cannot be fitted to this table: a column nearly decides the claims, or there are too few. "
                         "Leave such columns out, or give more rows."))  # fmt: skip


def _table(levels: list[Levels], values: np.ndarray, errors: np.ndarray) -> Rating:
    factors: list[tuple[float, ...]] = []
    low: list[tuple[float, ...]] = []
    high: list[tuple[float, ...]] = []
    place = 1
    for column in levels:
        count = len(column.titles) - 1
        middle = np.insert(values[place : place + count], column.base, 0.0)
        spread = np.insert(errors[place : place + count], column.base, 0.0)
        for kept, moved in ((factors, 0.0), (low, -Z), (high, Z)):
            kept.append(tuple(float(np.exp(np.clip(m + moved * s, -50, 50))) for m, s in zip(middle, spread)))
        place += count
    ends = [float(np.exp(values[0] + moved * errors[0])) for moved in (-Z, Z)]
    return Rating(tuple(levels), float(np.exp(values[0])), tuple(factors), tuple(low), tuple(high), (ends[0], ends[1]))


def tweedie_power(observed: np.ndarray, expected: np.ndarray, weights: np.ndarray) -> float:
    """The power of the Tweedie variance, by the profile of the likelihood of the training rows on a grid of .1
    (Dunn and Smyth 2005, through statsmodels' density)."""
    import statsmodels.api as sm

    best, found = -np.inf, 1.5
    some = np.random.default_rng(0).permutation(len(observed))[:20_000]
    y, mu, w = observed[some], np.maximum(expected[some], 1e-9), weights[some]
    for power in np.arange(1.2, 1.85, 0.1).round(1):
        scale = float((w * (y - mu) ** 2 / mu**power).mean())
        with warnings.catch_warnings(), np.errstate(all="ignore"):
            warnings.simplefilter("ignore")
            family = sm.families.Tweedie(link=sm.families.links.Log(), var_power=power)
            rows = family.loglike_obs(y, mu, var_weights=w, scale=scale)
        total = float(np.sum(rows[np.isfinite(rows)])) if np.isfinite(rows).mean() > 0.99 else -np.inf
        if total > best:
            best, found = total, float(power)
    return found
