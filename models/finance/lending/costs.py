"""Where to cut: what a bad loan that is granted and a good one that is refused cost, at every chance."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from core.contracts import Message, Metric, Metrics, Section, Series
from core.language import N_
from core.lifecycle import bootstrap

GRID = 101  # cut-offs of the curve


@dataclass(frozen=True)
class Costs:
    """Of one granted row with the event, and of one refused row without it, in any unit of money."""

    bad: float = 5.0
    lost: float = 1.0

    @property
    def in_theory(self) -> float:
        """The cut-off that costs least where chances are right: `lost / (bad + lost)`, the same everywhere (Elkan 2001)."""
        return self.lost / (self.bad + self.lost)

    def of(self, chances: np.ndarray, event: np.ndarray, cutoffs: np.ndarray) -> np.ndarray:
        """Cost of 100 rows when those at or above a cut-off are refused, float64 (cut-offs,)."""
        granted = np.sort(chances[event]), np.sort(chances[~event])
        bad = np.searchsorted(granted[0], cutoffs, "left")
        lost = len(granted[1]) - np.searchsorted(granted[1], cutoffs, "left")
        return np.asarray(100 * (bad * self.bad + lost * self.lost) / max(len(event), 1))

    def best(self, chances: np.ndarray, event: np.ndarray) -> float:
        """The cut-off that costs least on these rows; of several alike, the one nearest to the theory."""
        steps = np.unique(chances)
        if len(steps) > 2_000:
            steps = np.unique(np.quantile(chances, np.linspace(0, 1, 2_000)))
        cutoffs = np.append((steps[1:] + steps[:-1]) / 2, [steps[0] / 2, (steps[-1] + 1) / 2, self.in_theory])
        found = self.of(chances, event, cutoffs)
        least = np.flatnonzero(found <= found.min() + 1e-9)
        return float(cutoffs[least[np.abs(cutoffs[least] - self.in_theory).argmin()]])


def sections(
    costs: Costs, cutoff: float, chosen_by: tuple[np.ndarray, np.ndarray], measured: tuple[np.ndarray, np.ndarray], seed: int
) -> tuple[Section, ...]:
    """The curve on the rows to choose by and on the test rows, and what the chosen cut-off costs on the latter."""
    grid = np.unique(np.append(np.linspace(0, 1, GRID), cutoff))
    on_both = [costs.of(*rows, grid) for rows in (chosen_by, measured)]
    values: dict[str, object] = {"cutoff": f"{100 * cutoff:.1f}", "theory": f"{100 * costs.in_theory:.1f}",
                                 "bad": f"{costs.bad:g}", "lost": f"{costs.lost:g}"}  # fmt: skip
    curve = Series(
        N_("Cost of 100 rows by cut-off"), tuple(round(float(100 * x), 2) for x in grid),
        {N_("rows to choose by"): _points(on_both[0]), N_("test rows"): _points(on_both[1])},
        N_("Cut-off: chance from which a loan is refused (%)"), N_("Cost of 100 rows"),
        Message(N_("A bad loan that is granted costs {bad}, a good one that is refused {lost}. The cut-off of {cutoff} % cost "
                   "least "
                   "on the rows to choose by; with perfect chances it would be {theory} %."), values),
    )  # fmt: skip
    return (Section(N_("Cut-off by cost"), curve), Section(N_("Cost on the test rows"), _metrics(costs, cutoff, *measured, seed)))


def _points(values: np.ndarray) -> tuple[float, ...]:
    return tuple(round(float(value), 3) for value in values)


def _metrics(costs: Costs, cutoff: float, chances: np.ndarray, event: np.ndarray, seed: int) -> Metrics:
    refused = chances >= cutoff
    each = np.where(event & ~refused, costs.bad, np.where(~event & refused, costs.lost, 0.0))

    def compute(weights: np.ndarray) -> dict[str, np.ndarray]:
        total = weights.sum(0, dtype=np.float64)
        return {"cost": 100 * (each @ weights) / total, "refused": refused.astype(float) @ weights / total}

    spread = bootstrap.intervals(compute, len(event), seed=seed, resamples=bootstrap.affordable(len(event), 20))
    unit = N_("per 100")
    grant, refuse = 100 * costs.bad * float(event.mean()), 100 * costs.lost * float((~event).mean())
    told = N_("On the same test rows.")
    return Metrics((
        Metric(N_("Cost with this cut-off"), float(100 * each.mean()), unit, spread.get("cost"), N_("For 100 test rows.")),
        Metric(N_("Cost if all are granted"), grant, unit, help=told), Metric(N_("Cost if all are "
                                                                                 "refused"), refuse, unit, help=told),
        Metric(N_("Share refused"), float(refused.mean()), "", spread.get("refused"), N_("Of the test rows.")),
        Metric(N_("Bad ones among the granted"), float(event[~refused].mean()) if (~refused).any() else 0.0, "", help=told),
    ))  # fmt: skip
