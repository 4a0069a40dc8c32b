"""How good are scores of an event? Ranking, calibration and lift on held-out rows, each with a bootstrap interval.

AUC: Hanley & McNeil 1982; Gini is 2 AUC − 1; KS (Kolmogorov–Smirnov) is the largest gap between the shares of events and of
others above a threshold. Ties share their place. Intervals draw rows, or whole groups of rows that hang together.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from core.contracts import Curves, Message, Metric, Metrics, Ranking, Records, Section
from core.language import N_
from core.lifecycle import bootstrap
from core.lifecycle.answers import THIS
from core.lifecycle.evaluate import Score

BINS = 10  # of equal numbers of rows, for calibration and lift
POINTS = 200  # of a curve
HEADLINES = ("auc", "gini", "ks", "average_precision")  # before the first chart; the others stand with all scores
LOWER = ("brier", "log_loss", "ece")  # better when lower
TITLES = {
    "auc": Score(N_("ROC AUC"), N_("Chance that a row with the event gets a higher score than one without; 50 % is guessing.")),
    "gini": Score(N_("Gini"), N_("2 × AUC − 1: 0 is guessing, 100 % perfect.")),
    "ks": Score(N_("KS"), N_("Kolmogorov–Smirnov: the largest gap between the share of events and the share of others above a "
                             "threshold.")),
    "average_precision": Score(N_("Average precision"), N_("Area under the precision–recall curve; the share of events is "
                                                           "guessing.")),
    "precision_budget": Score(N_("Precision at the share looked at"), N_("Of the rows with the highest scores, as many as can be "
                                                                         "looked into: the share with the event.")),
    "recall_budget": Score(N_("Recall at the share looked at"), N_("Share of all events among the rows with the highest scores, "
                                                                  "as many as can be looked into.")),
    "lift_budget": Score(N_("Lift at the share looked at"), N_("How many times more events are among those rows than among as "
                                                              "many drawn at random."), N_("times")),
    "brier": Score(N_("Brier score"), N_("Mean squared distance between chance and what came; 0 is best.")),
    "log_loss": Score(N_("Log loss"), N_("Mean surprise at what came, in nats; 0 is best."), N_("nats")),
    "ece": Score(N_("Calibration error"), N_("How far chances and shares of events lie apart, over 10 groups of rows of equal "
                                            "size; 0 is best.")),
}  # fmt: skip


@dataclass(frozen=True, eq=False)
class Scored:
    """`metrics` by id as in `TITLES` with `intervals`; `baselines`: the same metrics of each other scorer by its name.

    `gains`: for each other scorer, by how much ours is above it in the headline, with the interval of the paired difference.
    """

    metrics: dict[str, float]
    intervals: dict[str, tuple[float, float]]
    baselines: dict[str, dict[str, float]]
    gains: dict[str, tuple[float, float, float]]
    sections: tuple[Section, ...]


@dataclass(frozen=True, eq=False)
class Ranked:
    """Rows in falling order of score, cut after each run of equal scores: what any weighting of the rows needs."""

    order: np.ndarray  # int64 (n,)
    ends: np.ndarray  # int64 (k,): the last place of each run
    event: np.ndarray  # bool (n,), in the rows' own order

    @classmethod
    def of(cls, scores: np.ndarray, event: np.ndarray) -> Ranked:
        order = np.argsort(-scores, kind="stable")
        falling = scores[order]
        ends = np.flatnonzero(np.append(falling[1:] != falling[:-1], True)) if len(order) else np.zeros(0, np.int64)
        return cls(order, ends, event)

    def counted(self, weights: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Events and others at or above each threshold, float64 (k + 1, b) each, the first row 0; `weights` is (n, b)."""
        drawn = weights[self.order].astype(np.float64)
        marks = self.event[self.order][:, None]
        found = [np.cumsum(np.where(marks, drawn, 0), 0)[self.ends], np.cumsum(np.where(marks, 0, drawn), 0)[self.ends]]
        return tuple(np.vstack([np.zeros((1, drawn.shape[1])), part]) for part in found)  # type: ignore[return-value]


def ranking_scores(ranked: Ranked, weights: np.ndarray, budget: float) -> dict[str, np.ndarray]:
    """What depends on the order alone, in each of b resamples; `weights` float (n, b) says how often each row was drawn."""
    events, others = ranked.counted(weights)
    with np.errstate(invalid="ignore", divide="ignore"):
        hit, false = events / events[-1], others / others[-1]
        auc = np.sum(np.diff(false, axis=0) * (hit[1:] + hit[:-1]) / 2, 0)
        seen = events + others
        precision = np.where(seen[1:] > 0, events[1:] / seen[1:], 0)
        average = np.sum(np.diff(hit, axis=0) * precision, 0)
        found = np.array([np.interp(budget * total, column, caught) for total, column, caught in zip(seen[-1], seen.T, events.T)])
        rate = events[-1] / seen[-1]
        looked = found / (budget * seen[-1])
        return {"auc": auc, "gini": 2 * auc - 1, "ks": np.max(hit - false, 0), "average_precision": average,
                "precision_budget": looked, "recall_budget": found / events[-1], "lift_budget": looked / rate}  # fmt: skip


def chance_scores(chances: np.ndarray, event: np.ndarray, weights: np.ndarray) -> dict[str, np.ndarray]:
    """Brier score and log loss of chances of the event, in each of b resamples."""
    clipped = np.clip(chances, 1e-15, 1 - 1e-15)
    losses, total = -np.log(np.where(event, clipped, 1 - clipped)), weights.sum(0, dtype=np.float64)
    return {"brier": ((chances - event) ** 2) @ weights / total, "log_loss": losses @ weights / total}


def auc(scores: np.ndarray, event: np.ndarray) -> float:
    """Area under the ROC curve; NaN where only one kind of rows is there."""
    return float(ranking_scores(Ranked.of(scores, event), np.ones((len(event), 1)), 0.1)["auc"][0])


def measure(
    scores: np.ndarray, event: np.ndarray, *, chances: bool, budget: float, seed: int = 0, units: np.ndarray | None = None,
    resamples: int | None = None,
) -> tuple[dict[str, float], dict[str, tuple[float, float]]]:  # fmt: skip
    """Every score with its interval. `chances`: the scores are chances of the event; `units` numbers rows drawn together."""
    ranked = Ranked.of(scores, event)

    def compute(weights: np.ndarray) -> dict[str, np.ndarray]:
        return ranking_scores(ranked, weights, budget) | (chance_scores(scores, event, weights) if chances else {})

    found = {name: float(value[0]) for name, value in compute(np.ones((len(event), 1))).items()}
    drawn = bootstrap.affordable(len(event), 30) if resamples is None else resamples
    spread = bootstrap.intervals(compute, len(event), seed=seed, groups=units, resamples=drawn) if drawn else {}
    if drawn and found["auc"] == 1:
        spread |= _without_errors(event, units)
    if chances:
        found["ece"] = _calibration_error(scores, event)
    return {name: found[name] for name in TITLES if name in found}, spread


def _without_errors(event: np.ndarray, units: np.ndarray | None) -> dict[str, tuple[float, float]]:
    """Where every event stands above all others, resamples have no spread. The share of events that do is then at least the lower
    end of the exact interval (Clopper & Pearson 1934), and AUC and average precision are at least that share.
    """
    from scipy.stats import binomtest

    count = int(event.sum()) if units is None else len(np.unique(units[event]))
    low = float(binomtest(count, count).proportion_ci(bootstrap.LEVEL, "exact").low)
    return {"auc": (low, 1.0), "gini": (2 * low - 1, 1.0), "average_precision": (low, 1.0)}


def evaluate(
    event: np.ndarray, answers: Mapping[str, np.ndarray], *, chances: Mapping[str, bool] | None = None, metric: str = "auc",
    budget: float = 0.1, seed: int = 0, units: np.ndarray | None = None, words: tuple[str, ...] = (),
) -> Scored:  # fmt: skip
    """Scores of several scorers for the same rows: `THIS` is the one that is judged, the others stand beside it.

    Args:
        event: whether it came, bool (rows,); `answers`: float64 (rows,) by name, `THIS` first.
        chances: by name, whether the scores are chances of the event; all of them without it.
        words: names that are ours, to be translated.
    """
    said = {name: (chances or {}).get(name, True) for name in answers}
    measured = {name: measure(scores, event, chances=said[name], budget=budget, seed=seed, units=units)
                for name, scores in answers.items()}  # fmt: skip
    found, spread = measured[THIS]
    gains = {name: _gain(answers[THIS], scores, event, metric, budget, seed, units)
             for name, scores in answers.items() if name != THIS}  # fmt: skip
    ours = (THIS, *words)
    told = {name: scores for name, scores in answers.items() if len(np.unique(scores)) > 1}  # guessing has its diagonal
    sections = [
        Section(N_("Scores"), _metrics(found, spread, HEADLINES)),
        Section(N_("Against the baselines"), _versus(metric, measured, ours)),
        Section(N_("All scores"), _table(measured, gains, metric)),
        Section("", _metrics(found, spread, tuple(name for name in found if name not in HEADLINES))),
        Section(N_("ROC"), _roc(told or answers, event, ours)),
        Section(N_("Precision and recall"), _precision_recall(told or answers, event, ours)),
        Section(N_("Who is found first"), _gains_curve(told or answers, event, ours)),
    ]
    if said[THIS]:
        sections.append(Section(N_("Calibration"), calibration(
            {name: scores for name, scores in told.items() if said[name]}, event, ours,
            found["ece"])))  # fmt: skip
    sections += [Section(N_("Separation (KS)"), _separation(answers[THIS], event, found["ks"])),
                 Section(N_("Groups of equal size"), _deciles(answers[THIS], event, said[THIS]))]  # fmt: skip
    others = {name: scored for name, (scored, _) in measured.items() if name != THIS}
    return Scored(found, spread, others, gains, tuple(sections))


def _gain(
    own: np.ndarray, other: np.ndarray, event: np.ndarray, metric: str, budget: float, seed: int, units: np.ndarray | None
) -> tuple[float, float, float]:
    """How far `own` lies above `other` in `metric`, with the interval of the difference on the same resamples."""
    pair = [Ranked.of(scores, event) for scores in (own, other)]
    chosen = metric if metric not in LOWER else "auc"

    def compute(weights: np.ndarray) -> dict[str, np.ndarray]:
        first, second = (ranking_scores(ranked, weights, budget)[chosen] for ranked in pair)
        return {"gain": first - second}

    value = float(compute(np.ones((len(event), 1)))["gain"][0])
    drawn = bootstrap.affordable(len(event), 60)
    low, high = bootstrap.intervals(compute, len(event), seed=seed, groups=units, resamples=drawn).get("gain", (value, value))
    return value, low, high


def _metrics(found: dict[str, float], spread: dict[str, tuple[float, float]], names: tuple[str, ...]) -> Metrics:
    return Metrics(tuple(Metric(TITLES[name].title, found[name], TITLES[name].unit, spread.get(name), TITLES[name].help)
                         for name in names))  # fmt: skip


def _versus(
    metric: str, measured: dict[str, tuple[dict[str, float], dict[str, tuple[float, float]]]], words: tuple[str, ...]
) -> Ranking:
    ordered = sorted(measured, key=lambda name: -measured[name][0][metric])
    values = {name: measured[name][0][metric] for name in ordered}
    ends = [measured[name][1].get(metric, (values[name],) * 2) for name in ordered]
    scale, unit = (1, TITLES[metric].unit) if TITLES[metric].unit else (100, "%")
    caption = N_("On the same test rows, with 95 % bootstrap intervals. A model has to beat its baselines to be worth its cost.")
    return Ranking(TITLES[metric].title, tuple(ordered), tuple(scale * value for value in values.values()), unit, caption,
                   tuple(scale * low for low, _ in ends), tuple(scale * high for _, high in ends), words)  # fmt: skip


def _table(
    measured: dict[str, tuple[dict[str, float], dict[str, tuple[float, float]]]], gains: dict[str, tuple[float, float, float]],
    metric: str,
) -> Records:  # fmt: skip
    import pandas as pd

    shown = ("auc", "gini", "ks", "average_precision", "precision_budget", "brier", "log_loss", "ece")
    frame = pd.DataFrame({
        N_("Method"): list(measured),
        **{TITLES[name].title: [round(found.get(name, float("nan")), 4) for found, _ in measured.values()] for name in shown},
        N_("This model is above by"): [_spread(gains.get(name)) for name in measured],
    })  # fmt: skip
    values: dict[str, object] = {"metric": Message(TITLES[metric].title)}
    caption = Message(N_("All on the same test rows. The last column: difference in {metric} with its 95 % interval, drawn in "
                         "pairs; where it holds 0, the two cannot be told apart."), values)  # fmt: skip
    return Records(N_("All scores"), frame, caption, words=("Method",))


def _spread(gain: tuple[float, float, float] | None) -> str:
    return "" if gain is None else f"{gain[0]:+.3f} ({gain[1]:+.3f} – {gain[2]:+.3f})"


def _shape(scores: np.ndarray, event: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Shares of events and of others at or above each threshold, thinned to what a screen shows."""
    events, others = (part[:, 0] for part in Ranked.of(scores, event).counted(np.ones((len(event), 1))))
    kept = np.unique(np.linspace(0, len(events) - 1, min(len(events), POINTS)).round().astype(int))
    return events[kept], others[kept]


def _points(values: np.ndarray) -> tuple[float, ...]:
    return tuple(round(float(value), 5) for value in values)


def _roc(answers: Mapping[str, np.ndarray], event: np.ndarray, words: tuple[str, ...]) -> Curves:
    found = {name: _shape(scores, event) for name, scores in answers.items()}
    lines = {name: (_points(others / others[-1]), _points(events / events[-1])) for name, (events, others) in found.items()}
    return Curves(N_("ROC curves"), lines, N_("False positive rate"), N_("True positive rate"),
                  N_("The further a curve bends to the upper left, the better events are told from the rest. The diagonal is "
                     "guessing."), diagonal=True, words=words)  # fmt: skip


def _precision_recall(answers: Mapping[str, np.ndarray], event: np.ndarray, words: tuple[str, ...]) -> Curves:
    found = {name: _shape(scores, event) for name, scores in answers.items()}
    lines = {name: (_points(events[1:] / events[-1]), _points(events[1:] / (events + others)[1:]))
             for name, (events, others) in found.items()}  # fmt: skip
    return Curves(N_("Precision–recall curves"), lines, N_("Recall"), N_("Precision"),
                  N_("Of the rows above a threshold, how many have the event, when so many of all events are above it."),
                  words=words)  # fmt: skip


def _gains_curve(answers: Mapping[str, np.ndarray], event: np.ndarray, words: tuple[str, ...]) -> Curves:
    found = {name: _shape(scores, event) for name, scores in answers.items()}
    lines = {name: (_points((events + others) / (events + others)[-1]), _points(events / events[-1]))
             for name, (events, others) in found.items()}  # fmt: skip
    return Curves(N_("Cumulative gains"), lines, N_("Share of rows, highest scores first"), N_("Share of events found"),
                  N_("How many of all events are found among the rows with the highest scores. The diagonal is drawing at "
                     "random."), diagonal=True, words=words)  # fmt: skip


def calibration(answers: Mapping[str, np.ndarray], event: np.ndarray, words: tuple[str, ...], error: float) -> Curves:
    """Reliability: in groups of equal size, the mean chance against the share of events."""
    lines = {}
    for name, chances in answers.items():
        bins = _bins(chances)
        lines[name] = (
            _points(np.array([chances[rows].mean() for rows in bins])),
            _points(np.array([event[rows].mean() for rows in bins])),
        )
    return Curves(
        N_("Calibration"), lines, N_("Chance that was said"), N_("Share with the event"),
        Message(N_("On the diagonal events come as often as was said. {bins} groups of equal size; calibration error {error} %."),
                {"bins": BINS, "error": f"{100 * error:.1f}"}),
        diagonal=True, diagonal_name=N_("Perfect calibration"), words=words,
    )  # fmt: skip


def _bins(scores: np.ndarray) -> list[np.ndarray]:
    """Rows from the lowest to the highest scores, in groups of equal size."""
    return [rows for rows in np.array_split(np.argsort(scores, kind="stable"), BINS) if len(rows)]


def _calibration_error(chances: np.ndarray, event: np.ndarray) -> float:
    return float(sum(abs(chances[rows].mean() - event[rows].mean()) * len(rows) for rows in _bins(chances)) / max(len(event), 1))


def _separation(scores: np.ndarray, event: np.ndarray, ks: float) -> Curves:
    """The shares of events and of others at or above each score."""
    ranked = Ranked.of(scores, event)
    events, others = (part[1:, 0] for part in ranked.counted(np.ones((len(event), 1))))
    kept = np.unique(np.linspace(0, len(events) - 1, min(len(events), POINTS)).round().astype(int))
    x = _points(scores[ranked.order][ranked.ends][kept])
    lines = {
        N_("with the event"): (x, _points(events[kept] / events[-1])),
        N_("without it"): (x, _points(others[kept] / others[-1])),
    }
    return Curves(N_("Share of rows at or above a score"), lines, N_("Score"), N_("Share of rows"),
                  Message(N_("The further apart, the better the two are told. The largest gap is {ks} % (KS)."),
                          {"ks": f"{100 * ks:.1f}"}), words=tuple(lines))  # fmt: skip


def _deciles(scores: np.ndarray, event: np.ndarray, chances: bool) -> Records:
    """Of ten groups, highest scores first: rows, events with Wilson's interval, lift, and what was said."""
    import pandas as pd
    from scipy.stats import binomtest

    rate, rows = float(event.mean()), []
    for place, group in enumerate(reversed(_bins(scores)), 1):
        found = binomtest(int(event[group].sum()), len(group))
        ends = found.proportion_ci(bootstrap.LEVEL, "wilson")
        share = float(event[group].mean())
        rows.append((place, len(group), scores[group].min(), scores[group].max(), int(event[group].sum()), 100 * share,
                     f"{100 * ends.low:.1f}–{100 * ends.high:.1f}", share / rate if rate else float("nan")))  # fmt: skip
    names = [N_("group"), N_("test rows"), N_("lowest score"), N_("highest score"), N_("events"), N_("share with the event (%)"),
             N_("95 % interval (%)"), N_("lift")]  # fmt: skip
    frame = pd.DataFrame(rows, columns=names).round(3)
    caption = N_("Highest scores first. Lift: how many times more events than in all test rows. Intervals after Wilson 1927.")
    return Records(N_("Groups of equal size"), frame, caption)
