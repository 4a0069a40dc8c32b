"""Rates by protected groups, what their gaps are, and what it costs to close them with a cut-off for each group.

Rates by Fairlearn's MetricFrame, mitigation by its ThresholdOptimizer (Hardt, Price & Srebro 2016): the same share of those who
would pay back is granted a loan in every group. Its cut-offs are chosen on the rows to choose by and measured on the test rows.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np

from core.contracts import Message, Ranking, Records, Section
from core.language import N_
from core.lifecycle import bootstrap
from core.lifecycle.evaluate_scoring import auc
from core.lifecycle.targets import class_names
from models.finance.lending.costs import Costs

if TYPE_CHECKING:
    import pandas as pd

MOST_GROUPS = 8
LEAST_ROWS = 10  # of a group that rates are given for
AGES = (25, 35, 50, 65)
UNKNOWN, OTHERS = N_("not given"), N_("other groups")
FOUR_FIFTHS = 0.8


@dataclass(frozen=True, eq=False)
class Part:
    """Rows with their outcome, chances, whether they are refused, and the frame that holds the protected columns."""

    frame: pd.DataFrame
    event: np.ndarray
    chances: np.ndarray
    refused: np.ndarray


def groups(cells: Any, edges: tuple[float, ...] | None = None) -> tuple[np.ndarray, tuple[float, ...] | None]:
    """The group of each row, object (rows,), and the edges of bands where the column holds many numbers.

    Ages come in the usual bands, other numbers in quarters; the rarest levels of a category are one group.
    """
    import pandas as pd

    if (
        pd.api.types.is_numeric_dtype(cells)
        and not pd.api.types.is_bool_dtype(cells)
        and (edges or cells.nunique() > MOST_GROUPS)
    ):
        values = cells.to_numpy(np.float64, na_value=np.nan)
        there = values[np.isfinite(values)]
        if edges is None:
            ages = len(there) and there.min() >= 10 and there.max() <= 120
            edges = tuple(map(float, AGES if ages else np.unique(np.quantile(there, (0.25, 0.5, 0.75)))))
        found = np.array(_bands(edges), dtype=object)[np.searchsorted(edges, np.nan_to_num(values), "right")]
        return np.where(np.isfinite(values), found, UNKNOWN), edges
    texts = np.array([name or UNKNOWN for name in class_names(cells)], dtype=object)
    names, counts = np.unique(texts.astype(str), return_counts=True)
    kept = set(names[np.argsort(-counts, kind="stable")[: MOST_GROUPS - (len(names) > MOST_GROUPS)]])
    return np.array([text if text in kept else OTHERS for text in texts], dtype=object), None


def sections(
    chosen_by: Part, measured: Part, protected: tuple[str, ...], cutoff: float, costs: Costs, seed: int
) -> list[Section]:
    """For each protected column: who is granted how much, the table of rates, and the price of equal chances."""
    found: list[Section] = []
    for name in protected:
        there, edges = groups(measured.frame[name])
        before, _ = groups(chosen_by.frame[name], edges)
        counts = {group: int((there == group).sum()) for group in _in_order(there, edges)}
        large = [group for group, count in counts.items() if count >= LEAST_ROWS]
        if len(large) < 2:
            continue
        found.append(Section(Message(N_("Fairness: {column}"), {"column": name}), _granted(name, there, large, measured)))
        found.append(Section("", _rates(name, there, large, measured)))
        if (price := _price(name, before, there, chosen_by, measured, costs, cutoff, seed)) is not None:
            found.append(Section("", price))
    return found


def _bands(edges: tuple[float, ...]) -> list[str]:
    return [f"< {edges[0]:g}", *(f"{low:g} – < {high:g}" for low, high in pairwise(edges)), f"≥ {edges[-1]:g}"]


def _in_order(there: np.ndarray, edges: tuple[float, ...] | None) -> list[str]:
    """The groups that occur: bands from the lowest to the highest, names by the alphabet."""
    known = set(there.tolist())
    bands = [band for band in _bands(edges) if band in known] if edges else []
    return [*bands, *sorted(known - set(bands))]


def _granted(name: str, there: np.ndarray, large: list[str], part: Part) -> Ranking:
    from scipy.stats import binomtest

    tests = [binomtest(int((~part.refused[there == group]).sum()), int((there == group).sum())) for group in large]
    spreads = [test.proportion_ci(bootstrap.LEVEL, "wilson") for test in tests]
    shares = [float(test.statistic) for test in tests]
    lowest, highest = min(shares), max(shares)
    ratio = lowest / highest if highest else 1.0
    values: dict[str, object] = {"low": Message(large[shares.index(lowest)]), "high": Message(large[shares.index(highest)]),
                                 "ratio": f"{100 * ratio:.0f}"}  # fmt: skip
    sentence = N_("Share of test rows that would be granted a loan, with 95 % intervals. The lowest ({low}) is {ratio} % of the "
                  "highest ({high}): above the four-fifths rule.")  # fmt: skip
    if ratio < FOUR_FIFTHS:
        sentence = N_("Share of test rows that would be granted a loan, with 95 % intervals. The lowest ({low}) is {ratio} % of "
                      "the highest ({high}): below the four-fifths rule, which asks for 80 %.")  # fmt: skip
    title, ends = Message(N_("Granted, by {column}"), {"column": name}), [(float(one.low), float(one.high)) for one in spreads]
    low, high = (tuple(100 * end for end in side) for side in zip(*ends))
    percent = tuple(100 * share for share in shares)
    return Ranking(title, tuple(large), percent, "%", Message(sentence, values), low, high, (UNKNOWN, OTHERS))


def _rates(name: str, there: np.ndarray, large: list[str], part: Part) -> Records:
    import pandas as pd
    from fairlearn.metrics import MetricFrame, count, false_negative_rate, selection_rate, true_positive_rate

    good, granted, kept = ~part.event, ~part.refused, np.isin(there, large)
    measures = {"rows": count, "granted": selection_rate, "among_good": true_positive_rate, "missed": false_negative_rate}
    frame = MetricFrame(
        metrics=measures, y_true=good[kept], y_pred=granted[kept], sensitive_features=there[kept].astype(str)
    ).by_group
    rows = []
    for group in large:
        own, of = frame.loc[str(group)], there == group
        both = 0 < part.event[of].sum() < of.sum()
        shares = (part.event[of].mean(), part.chances[of].mean(), own["granted"], own["among_good"])
        ranking = auc(part.chances[of], part.event[of]) if both else float("nan")
        rows.append((group, int(own["rows"]), *(round(100 * float(share), 1) for share in shares), ranking))
    names = [N_("group"), N_("test rows"), N_("with the event (%)"), N_("chance said (%)"), N_("granted (%)"),
             N_("granted among the good (%)"), N_("ROC AUC")]  # fmt: skip
    caption = Message(N_("Rates by {column}, groups of {least} test rows or more. Granted among the good: of those who paid "
                         "back, "
                         "who would get a loan; a gap there is a burden that nothing they did explains."),
                      {"column": name, "least": LEAST_ROWS})  # fmt: skip
    return Records(Message(N_("Rates by {column}"), {"column": name}), pd.DataFrame(rows, columns=names).round(3), caption,
                   words=("group",))  # fmt: skip


def _price(
    name: str, before: np.ndarray, there: np.ndarray, chosen_by: Part, measured: Part, costs: Costs, cutoff: float, seed: int
) -> Records | None:
    """Gap and cost on the test rows with one cut-off for all and with one for each group; None where groups are too small."""
    import pandas as pd

    known = [group for group in sorted(set(before.tolist()))
             if min((chosen_by.event[before == group]).sum(), (~chosen_by.event[before == group]).sum()) >= 5]  # fmt: skip
    rows, kept = np.isin(before, known), np.isin(there, known)
    if len(known) < 2 or not kept.any():
        return None
    granted = _mitigated(chosen_by, before, rows, measured, there, kept, costs, seed)
    single, event = ~measured.refused[kept], measured.event[kept]
    lines = []
    for title, answer in ((N_("one cut-off for all"), single), (N_("a cut-off for each group"), granted)):
        lines.append((title, 100 * _gap(answer, event, there[kept], known), 100 * _gap(answer, None, there[kept], known),
                      100 * float(answer.mean()), float(np.mean(np.where(event & answer, costs.bad, 0)) * 100
                                                        + np.mean(np.where(~event & ~answer, costs.lost, 0)) * 100)))  # fmt: skip
    names = [N_("way"), N_("gap in granted among the good (points)"), N_("gap in granted (points)"), N_("granted (%)"),
             N_("cost of 100 rows")]  # fmt: skip
    caption = Message(N_("Fairlearn's cut-offs for each group of {column} give those who pay back the same chance of a loan, "
                         "chosen "
                         "on the rows to choose by, measured on the test rows; AUC within each group stays as it is. They "
                         "look at the "
                         "group when they decide, which the law of many countries forbids: the table says what it would cost, it "
                         "changes no decision."), {"column": name})  # fmt: skip
    return Records(Message(N_("Price of equal chances, {column}"), {"column": name}), pd.DataFrame(lines, columns=names).round(1),
                   caption, words=("way",))  # fmt: skip


def _mitigated(
    chosen_by: Part,
    before: np.ndarray,
    rows: np.ndarray,
    measured: Part,
    there: np.ndarray,
    kept: np.ndarray,
    costs: Costs,
    seed: int,
) -> np.ndarray:
    """Who is granted a loan by a cut-off for each group. Rows are repeated by what errors on them cost; shares among the good,
    which are to be equal, stay what they are by that.
    """
    from fairlearn.postprocessing import ThresholdOptimizer
    from sklearn.base import BaseEstimator

    class AsGiven(BaseEstimator):  # type: ignore[misc]
        """Chances as an estimator: what ThresholdOptimizer asks for."""

        def fit(self, x: Any, y: Any) -> AsGiven:
            self.fitted_ = True
            return self

        def predict(self, x: Any) -> np.ndarray:
            return np.asarray(x)[:, 0]

    least = min(costs.bad, costs.lost)
    often = np.where(chosen_by.event, round(costs.bad / least), round(costs.lost / least)).clip(1, 50)[rows].astype(int)
    x, good = np.repeat(1 - chosen_by.chances[rows], often)[:, None], np.repeat(~chosen_by.event[rows], often).astype(int)
    optimizer = ThresholdOptimizer(estimator=AsGiven(), constraints="true_positive_rate_parity", objective="accuracy_score",
                                   predict_method="predict", grid_size=200)  # fmt: skip
    optimizer.fit(x, good, sensitive_features=np.repeat(before[rows], often).astype(str))
    answers = optimizer.predict(
        (1 - measured.chances[kept])[:, None], sensitive_features=there[kept].astype(str), random_state=seed
    )
    return np.asarray(answers).astype(bool)


def _gap(granted: np.ndarray, event: np.ndarray | None, there: np.ndarray, known: list[str]) -> float:
    """Largest difference of the share granted between groups, among the good ones where `event` is given."""
    masks = [(there == group) & (~event if event is not None else True) for group in known]
    shares = [float(granted[mask].mean()) for mask in masks if mask.sum() >= LEAST_ROWS]
    return max(shares) - min(shares) if len(shares) > 1 else float("nan")
