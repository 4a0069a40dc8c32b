"""How good prices are on policies that were never learnt from: deviance, Gini, balance, lift, double lift, with intervals."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from core.contracts import Curves, Message, Metric, Metrics, Ranking, Records, Section, Series
from core.language import N_
from core.learning.pricing import gini, lorenz, mean_deviance, means, tenths, unit_deviance
from core.lifecycle import bootstrap

MEAN = N_("Mean premium")
MEAN_CLAIMS = N_("Mean frequency")
TRUTH = N_("True prices of the simulation")
TITLES = {
    "gini": (N_("Gini index"), N_("Twice the area between the ordered Lorenz curve and the diagonal: 0 is an order by chance. "
                                  "Losses are mostly luck, so even the true prices stay far below 1.")),
    "explained": (N_("Explained deviance"), N_("Share of the mean premium's deviance that the prices take away; 0 is no better "
                                               "than one price for all.")),
    "balance": (N_("Expected ÷ observed"), N_("All prices together against what was paid; 1 is balanced.")),
}  # fmt: skip
POINTS = 101  # of a Lorenz curve that is drawn


@dataclass(frozen=True, eq=False)
class Measured:
    """Test rows: `exposure`, `observed` and `mean` (the baseline's price) a unit of exposure, and the prices of each method by
    title.

    `groups`: a number for each row where whole groups are drawn. `money`: whether prices are money, else claims.
    """

    exposure: np.ndarray
    observed: np.ndarray
    mean: float
    prices: dict[str, np.ndarray]
    chosen: str
    power: float
    money: bool
    groups: np.ndarray | None = None
    seed: int = 0
    truth: np.ndarray | None = None
    _kept: dict[str, dict[str, tuple[float, float]]] = field(default_factory=dict)

    @property
    def every(self) -> dict[str, np.ndarray]:
        """Prices by title, the baseline's and the simulation's own among them."""
        base = {MEAN if self.money else MEAN_CLAIMS: np.full(len(self.exposure), self.mean)}
        return {**self.prices, **base, **({TRUTH: self.truth} if self.truth is not None else {})}

    @property
    def base(self) -> str:
        return MEAN if self.money else MEAN_CLAIMS

    def scores(self, prices: np.ndarray, times: np.ndarray | None = None) -> dict[str, np.ndarray]:
        """`TITLES`' measures of some prices, (b,) each."""
        weights = self.exposure[:, None] * (1.0 if times is None else times)
        base = mean_deviance(self.observed, np.full(len(prices), self.mean), self.exposure, self.power, times)
        with np.errstate(invalid="ignore", divide="ignore"):
            return {
                "gini": gini(prices, self.observed, self.exposure, times),
                "explained": 1 - mean_deviance(self.observed, prices, self.exposure, self.power, times) / base,
                "balance": (weights * prices[:, None]).sum(0) / (weights * self.observed[:, None]).sum(0),
            }

    def metrics(self, name: str = "") -> dict[str, float]:
        return {key: float(value[0]) for key, value in self.scores(self.every[name or self.chosen]).items()}

    def intervals(self, name: str = "") -> dict[str, tuple[float, float]]:
        """95 % bootstrap intervals over policies (or whole groups of them)."""
        name = name or self.chosen
        if name not in self._kept:
            prices = self.every[name]
            self._kept[name] = self.drawn(lambda times: self.scores(prices, times))
        return self._kept[name]

    def drawn(self, compute: Callable[[np.ndarray], dict[str, np.ndarray]]) -> dict[str, tuple[float, float]]:
        resamples = bootstrap.affordable(len(self.exposure), 20)
        return bootstrap.intervals(compute, len(self.exposure), seed=self.seed, groups=self.groups, resamples=resamples)


def sections(measured: Measured) -> tuple[Section, ...]:
    """Charts first: lift, Lorenz curve, all methods, double lift; then the table of numbers."""
    found: list[Any] = [lift(measured), curve(measured), *(versus(measured, name) for name in ("gini", "explained"))]
    double = double_lift(measured)
    if double is not None:
        found.append(double)
    found.append(numbers(measured))
    return (Section(N_("In numbers"), headline(measured)), *(Section(result.title, result) for result in found))


def headline(measured: Measured) -> Metrics:
    values, spread = measured.metrics(), measured.intervals()
    return Metrics(tuple(Metric(title, values[name], "" if name != "balance" else "×", spread.get(name), told)
                         for name, (title, told) in TITLES.items()))  # fmt: skip


def lift(measured: Measured) -> Series:
    """Expected against observed in tenths of the exposure, the cheapest first."""
    prices = measured.prices[measured.chosen]
    groups = tenths(prices, measured.exposure)
    present = np.unique(groups)
    groups = np.searchsorted(present, groups)
    expected = means(prices, measured.exposure, groups)[:, 0]
    observed = means(measured.observed, measured.exposure, groups)[:, 0]
    spread = measured.drawn(
        lambda times: {str(k): row for k, row in enumerate(means(measured.observed, measured.exposure, groups, times))}
    )
    low, high = zip(*(spread.get(str(k), (observed[k],) * 2) for k in range(len(present))))
    return Series(
        N_("Lift: expected against observed"), tuple(range(1, len(present) + 1)),
        {N_("Expected"): tuple(map(float, expected)), N_("Observed"): tuple(map(float, observed))},
        N_("Tenth of the exposure, the cheapest first"), _unit(measured),
        N_("Policies that were never learnt from, ordered by their price. The band is the 95 % interval of what was observed; "
           "the bars count policies."), {"Observed": (tuple(map(float, low)), tuple(map(float, high)))},
        tuple(int(n) for n in np.bincount(groups)),
    )  # fmt: skip


def _unit(measured: Measured) -> str:
    return N_("Money a unit of exposure") if measured.money else N_("Claims a unit of exposure")


def curve(measured: Measured) -> Curves:
    """The ordered Lorenz curves."""
    drawn = {}
    for name, prices in measured.every.items():
        if name == measured.base:
            continue
        x, y = (values[:, 0] for values in lorenz(prices, measured.observed, measured.exposure))
        places = np.linspace(0, 1, POINTS)
        drawn[name] = (tuple(map(float, places)), tuple(map(float, np.interp(places, x, y))))
    return Curves(
        N_("Ordered Lorenz curve"), drawn, N_("Share of the exposure, the cheapest first"),
        N_("Share of the losses") if measured.money else N_("Share of the claims"),
        N_("The further below the diagonal, the better the prices find out who costs little (Frees, Meyers and Cummings 2011)."),
        diagonal=True, words=tuple(measured.every),
    )  # fmt: skip


def versus(measured: Measured, metric: str) -> Ranking:
    """All methods by one measure, with intervals."""
    names = tuple(measured.every)
    values = [measured.metrics(name)[metric] for name in names]
    spread = [measured.intervals(name).get(metric, (value, value)) for name, value in zip(names, values)]
    order = sorted(range(len(names)), key=lambda k: -values[k])
    title, told = TITLES[metric]
    return Ranking(title, tuple(names[k] for k in order), tuple(values[k] for k in order), "", told,
                   tuple(spread[k][0] for k in order), tuple(spread[k][1] for k in order), names)  # fmt: skip


def double_lift(measured: Measured) -> Series | None:
    """Two methods against each other where they disagree; None where there are not two of different kinds."""
    other = rival(measured)
    if other is None:
        return None
    first, second = measured.prices[measured.chosen], measured.prices[other]
    groups = tenths(first / np.maximum(second, 1e-12), measured.exposure)
    groups = np.searchsorted(np.unique(groups), groups)
    lines = {measured.chosen: first, other: second, N_("Observed"): measured.observed}
    level = {name: means(values, measured.exposure, groups)[:, 0] for name, values in lines.items()}
    seen = measured.drawn(lambda t: {str(k): row for k, row in enumerate(means(measured.observed, measured.exposure, groups, t))})
    low, high = zip(*(seen.get(str(k), (level["Observed"][k],) * 2) for k in range(len(level["Observed"]))))
    return Series(
        N_("Double lift: where two methods disagree"), tuple(range(1, len(low) + 1)),
        {name: tuple(map(float, values)) for name, values in level.items()},
        N_("Tenth of the exposure, by first price ÷ second price"), _unit(measured),
        Message(N_("Left, {first} asks for less than {second}, right for more. The line nearer to what was observed is right."),
                {"first": Message(measured.chosen), "second": Message(other)}),
        {"Observed": (tuple(map(float, low)), tuple(map(float, high)))},
    )  # fmt: skip


def rival(measured: Measured) -> str | None:
    """The method of the other kind that is best by deviance."""
    kind = measured.chosen.partition(",")[0]
    others = [name for name in measured.prices if name.partition(",")[0] != kind]
    return max(others, key=lambda name: measured.metrics(name)["explained"], default=None)


def numbers(measured: Measured) -> Records:
    """Every method's scores, and how far the deviance lies below the mean premium's."""
    import pandas as pd

    rows = []
    for name, prices in measured.every.items():
        values = measured.metrics(name)
        deviance = float(mean_deviance(measured.observed, prices, measured.exposure, measured.power)[0])
        rows.append({N_("method"): name, N_("deviance"): deviance, N_("explained deviance"): values["explained"],
                     N_("Gini"): values["gini"], N_("expected ÷ observed"): values["balance"]})  # fmt: skip
    return Records(
        N_("All methods in numbers"), pd.DataFrame(rows).round(4),
        Message(N_("Mean deviance a unit of exposure with the variance mean ^ {power} for all, on the same policies."),
                {"power": f"{measured.power:g}"}), words=("method",),
    )  # fmt: skip


def influence(measured: Measured) -> float:
    """Share of the chosen method's deviance that the hundredth of the policies with the largest part brings."""
    parts = measured.exposure * unit_deviance(measured.observed, measured.prices[measured.chosen], measured.power)
    return float(np.sort(parts)[-max(1, len(parts) // 100) :].sum() / parts.sum())
