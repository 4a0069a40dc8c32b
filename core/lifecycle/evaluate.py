"""How good are answers? Every score with its interval, beside baselines, and where the errors are."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from core.contracts import Labels, Matrix, Message, Metric, Metrics, Ranking, Records, Section
from core.language import N_
from core.lifecycle import bootstrap, curves
from core.lifecycle.answers import THIS, Answers, calibration_error, pair, rankable, rankings, scores

MISTAKES = 20
MOST_GROUPS = 20
MOST_CELLS = 40  # classes of a confusion matrix that can still be read
EXCERPT = 300


@dataclass(frozen=True)
class Score:
    title: str
    help: str
    unit: str = ""


SCORES = {
    "accuracy": Score(N_("Accuracy"), N_("Share of rows answered right; of several labels, all must be.")),
    "macro_f1": Score(N_("Macro F1"), N_("Mean over the classes of F1, the harmonic mean of precision and recall: small classes "
                                         "count as much as large ones.")),
    "weighted_f1": Score(N_("Weighted F1"), N_("F1 averaged over the classes by their number of rows.")),
    "micro_f1": Score(N_("Micro F1"), N_("F1 over all labels of all rows together.")),
    "auc": Score(N_("ROC AUC"), N_("Chance that a row of a class gets a higher probability for it than a row of another; "
                                   "mean over the classes, 0.5 is guessing.")),
    "average_precision": Score(N_("Average precision"), N_("Area under the precision–recall curve, mean over the classes.")),
    "log_loss": Score(N_("Log loss"), N_("Mean surprise at the truth, in nats; 0 is best."), N_("nats")),
    "brier": Score(N_("Brier score"), N_("Mean squared distance between probabilities and truth; 0 is best.")),
    "chrf": Score(N_("chrF"), N_("How many runs of one to six characters answer and reference share (Popović 2015, sacrebleu); "
                                 "recall counts twice. 100 % is the reference word for word.")),
    "bleu": Score(N_("BLEU"), N_("How many runs of one to four words (in Chinese: characters) of the answer stand in the "
                                 "reference, less where the answer is too short (sacrebleu).")),
    "exact": Score(N_("Exact"), N_("Share of answers that are the reference character for character.")),
    "fall": Score(N_("Fall of the Fréchet distance"), N_("Share of the distance between drawn and held-out pictures "
                                                         "that went after the first epoch; 0 is no progress.")),
    "ndcg": Score("NDCG@10", N_("How high on lists of ten stands what users chose next, the top counting most; 1 is best.")),
    "hit_rate": Score("HR@10", N_("Share of users on whose list of ten is at least one item that they chose next.")),
    "recall": Score(N_("Recall@10"), N_("Share of what users chose next, as far as it fits, that is on their list of ten.")),
    "map": Score("MAP@10", N_("Mean average precision: precision at every right item of the list, averaged.")),
    "mrr": Score("MRR@10", N_("Mean of one over the place of the first right item, 0 where the list of ten has none.")),
    "coverage": Score(N_("Coverage"), N_("Share of all items that stand on anybody's list.")),
    "diversity": Score(N_("Diversity"), N_("How little the users of two items on a list overlap: 1 - mean cosine.")),
    "novelty": Score(N_("Novelty"), N_("Mean surprise at the items shown: an item that one user in 8 chose has 3 bits."),
                     N_("bits")),
    "popularity_bias": Score(N_("Popularity bias"), N_("How popular shown items are, over those that are chosen anyway; 1 is "
                                                       "as much."), "×"),
    "ece": Score(N_("Calibration error"), N_("How far confidence and share of right answers lie apart (15 bins); 0 is best.")),
}  # fmt: skip
SHARES = ("accuracy", "macro_f1", "weighted_f1", "micro_f1")


@dataclass(frozen=True, eq=False)
class Evaluation:
    """`metrics` by id (as in `SCORES`) with `intervals` where one was drawn; `baselines`: the same metrics of each baseline."""

    metrics: dict[str, float]
    intervals: dict[str, tuple[float, float]]
    baselines: dict[str, dict[str, float]]
    sections: tuple[Section, ...]


def evaluate(
    prediction: Labels,
    truth: Sequence[str | None],
    *,
    metric: str = "accuracy",
    baselines: Mapping[str, Labels] | None = None,
    groups: Sequence[object] | None = None,
    clustered: bool = False,
    rows: Sequence[int] | None = None,
    seed: int = 0,
    called: str = N_("text"),
    pictures: Sequence[str] = (),
) -> Evaluation:
    """Evaluates a classification against `truth` (one cell of the target a row; several labels as they stand in the cell).

    Args:
        metric: the headline, compared with the `baselines`, each a prediction for the same rows under its name.
        groups: a value for each row by which the headline is also given apart.
        clustered: rows of one group hang together (as after a split by group): intervals draw whole groups.
        rows: the number of each row in the user's table, shown beside the mistakes.
        called: what stands above the items of `prediction` in tables.
        pictures: references of the pictures that the items are, shown beside mistakes and confusions.
    """
    answers = pair(prediction, truth)
    metric = metric if metric in SHARES else "accuracy"
    units = _numbers(groups) if clustered and groups is not None else None
    found, spread = measure(answers, seed, units)
    others = {name: pair(other, truth) for name, other in (baselines or {}).items()}
    measured = {name: measure(other, seed, units, ranked=False) for name, other in others.items()}
    sections = [Section(N_("Scores"), _metrics(found, spread))]
    if measured:
        sections.append(Section(N_("Against the baselines"), _comparison(metric, (found, spread), measured)))
    sections += [Section(N_("Confusion matrix"), _confusion(answers, pictures)), Section(N_("Every class"), _per_class(answers))]
    if groups is not None:
        sections.append(Section(N_("By group"), _by_group(answers, groups)))
    if rankable(answers):
        sections += [
            Section(N_("ROC"), curves.roc(answers)),
            Section(N_("Precision and recall"), curves.precision_recall(answers)),
        ]
    sections += [
        Section(N_("Calibration"), curves.calibration(answers)),
        Section(N_("Most confident mistakes"), _mistakes(answers, prediction.items, rows, called, pictures)),
    ]
    return Evaluation(found, spread, {name: scored for name, (scored, _) in measured.items()}, tuple(sections))


def measure(
    answers: Answers, seed: int = 0, units: np.ndarray | None = None, *, ranked: bool = True
) -> tuple[dict[str, float], dict[str, tuple[float, float]]]:
    """The scores and their 95 % bootstrap intervals; `units` numbers rows that are drawn together."""
    ones = np.ones((len(answers), 1), np.float32)
    found = {name: float(value[0]) for name, value in scores(answers, ones).items()}
    spread = bootstrap.intervals(lambda weights: scores(answers, weights), len(answers), seed=seed, groups=units)
    if ranked and (classes := len(rankable(answers))):
        found.update({name: float(value[0]) for name, value in rankings(answers, ones).items()})
        resamples = bootstrap.affordable(len(answers), classes)
        spread.update(bootstrap.intervals(lambda weights: rankings(answers, weights), len(answers), seed=seed, groups=units,
                                          resamples=resamples))  # fmt: skip
    found["ece"] = calibration_error(answers)
    if answers.right.all() or not answers.right.any():
        spread = _without_errors(answers, spread, len(answers) if units is None else len(set(units.tolist())))
    return {name: found[name] for name in SCORES if name in found}, spread


def _without_errors(answers: Answers, spread: dict[str, tuple[float, float]], draws: int) -> dict[str, tuple[float, float]]:
    """Where every answer is right, all resamples are alike and say nothing: accuracy gets the exact interval (Clopper & Pearson
    1934) of `draws` independent rows or groups; other scores that do not vary get none.
    """
    from scipy.stats import binomtest

    exact = binomtest(draws if answers.right.all() else 0, draws).proportion_ci(bootstrap.LEVEL, "exact")
    kept = {name: ends for name, ends in spread.items() if name not in SHARES and ends[0] < ends[1]}
    return {"accuracy": (float(exact.low), float(exact.high)), **kept}


def _metrics(found: dict[str, float], spread: dict[str, tuple[float, float]]) -> Metrics:
    return Metrics(tuple(Metric(SCORES[name].title, value, SCORES[name].unit, spread.get(name), SCORES[name].help)
                         for name, value in found.items()))  # fmt: skip


def _comparison(
    metric: str,
    own: tuple[dict[str, float], dict[str, tuple[float, float]]],
    others: dict[str, tuple[dict[str, float], dict[str, tuple[float, float]]]],
) -> Ranking:
    every = {THIS: own, **others}
    values = {name: found[metric] for name, (found, _) in every.items()}
    spreads = [spread.get(metric, (values[name],) * 2) for name, (_, spread) in every.items()]
    return Ranking(
        SCORES[metric].title, tuple(every), tuple(values.values()), "",
        N_("On the same test rows, with 95 % bootstrap intervals. A model has to beat its baselines to be worth its cost."),
        tuple(low for low, _ in spreads), tuple(high for _, high in spreads), tuple(every),
    )  # fmt: skip


def _confusion(answers: Answers, pictures: Sequence[str] = ()) -> Matrix | Records:
    """Truth by answer; with several labels, or more classes than can be read, the commonest confusions."""
    import pandas as pd

    counts = answers.truth.T.astype(np.int64) @ answers.predicted.astype(np.int64)
    if answers.multilabel:
        missed = answers.truth & ~answers.predicted
        counts = missed.T.astype(np.int64) @ (answers.predicted & ~answers.truth).astype(np.int64)
    elif len(answers.classes) <= MOST_CELLS:
        return Matrix(
            N_("Confusion matrix"), answers.classes, answers.classes, counts, N_("Answer"), N_("Truth"),
            N_("Rows are the truth, columns the answers, both in test rows: what lies off the diagonal is wrong."),
        )  # fmt: skip
    np.fill_diagonal(counts, 0)
    truths, given = np.unravel_index(np.argsort(-counts, axis=None, kind="stable")[:MISTAKES], counts.shape)
    frame = pd.DataFrame({
        N_("truth"): [answers.classes[place] for place in truths], N_("answer"): [answers.classes[place] for place in given],
        N_("test rows"): counts[truths, given],
    })  # fmt: skip
    frame = frame[frame[N_("test rows")] > 0]
    shown = tuple(_first(answers, pictures, truths[place], given[place]) for place in range(len(frame))) if pictures else ()
    return Records(N_("Commonest confusions"), frame, N_("Which class was given in place of which."), pictures=shown)


def _first(answers: Answers, pictures: Sequence[str], truth: int, given: int) -> str:
    """The first picture of one class that was given another."""
    wrong = answers.truth[:, truth] & ~answers.predicted[:, truth] & answers.predicted[:, given] & ~answers.truth[:, given]
    return pictures[int(wrong.argmax())] if wrong.any() else ""


def _per_class(answers: Answers) -> Records:
    import pandas as pd
    from sklearn.metrics import precision_recall_fscore_support

    places = list(range(len(answers.classes)))
    truth, given = (
        (answers.truth, answers.predicted) if answers.multilabel else (answers.truth.argmax(1), answers.predicted.argmax(1))
    )
    precision, recall, f1, support = precision_recall_fscore_support(truth, given, labels=places, zero_division=0)
    frame = pd.DataFrame({
        N_("class"): answers.classes, N_("precision"): precision, N_("recall"): recall, N_("F1"): f1, N_("test rows"): support,
    })  # fmt: skip
    caption = N_(
        "Precision: how many of the rows given this class have it. Recall: how many of the rows that have it were given it."
    )
    return Records(N_("Every class"), frame, caption)


def _by_group(answers: Answers, groups: Sequence[object]) -> Ranking:
    """Accuracy in each of the largest groups, with Wilson's interval, which holds for small groups too."""
    from scipy.stats import binomtest

    names = np.array([str(group) for group in groups], dtype=object)
    found, counts = np.unique(names, return_counts=True)
    largest = found[np.argsort(-counts, kind="stable")[:MOST_GROUPS]]
    tests = [binomtest(int(answers.right[names == name].sum()), int((names == name).sum())) for name in largest]
    spreads = [test.proportion_ci(bootstrap.LEVEL, "wilson") for test in tests]
    caption = Message(N_("Share of right answers in the {shown} largest of {groups} groups, with 95 % intervals (Wilson 1927)."),
                      {"shown": len(largest), "groups": len(found)})  # fmt: skip
    return Ranking(
        N_("Accuracy by group"), tuple(largest), tuple(float(test.statistic) for test in tests), "", caption,
        tuple(float(spread.low) for spread in spreads), tuple(float(spread.high) for spread in spreads),
    )  # fmt: skip


def _mistakes(
    answers: Answers, items: Sequence[str], rows: Sequence[int] | None, called: str, pictures: Sequence[str]
) -> Records:  # fmt: skip
    """Wrong answers with the highest probability; with several labels, by the label that was furthest off."""
    import pandas as pd

    wrong = np.flatnonzero(~answers.right)
    off = np.abs(answers.probabilities - answers.truth).max(1) if answers.multilabel else answers.probabilities.max(1)
    chosen = wrong[np.argsort(-off[wrong], kind="stable")[:MISTAKES]]
    numbers = np.arange(len(answers)) if rows is None else np.asarray(rows)
    frame = pd.DataFrame({
        N_("row"): numbers[chosen] + 1, called: [items[row][:EXCERPT] for row in chosen],
        N_("truth"): [_named(answers, answers.truth[row]) for row in chosen],
        N_("answer"): [_named(answers, answers.predicted[row]) for row in chosen], N_("confidence"): off[chosen].round(4),
    })  # fmt: skip
    caption = N_("Where the model was surest and wrong: often the label is wrong, or what decides is not there.")
    shown = tuple(pictures[row] for row in chosen) if pictures else ()
    return Records(N_("Most confident mistakes"), frame, caption, pictures=shown)


def _named(answers: Answers, mask: np.ndarray) -> str:
    return " | ".join(name for name, is_meant in zip(answers.classes, mask) if is_meant)


def _numbers(groups: Sequence[object]) -> np.ndarray:
    """A number for each row, equal in one group; a missing group stands alone."""
    import pandas as pd

    codes = pd.factorize(pd.Series(list(groups)))[0]
    alone = codes < 0
    codes[alone] = codes.max() + 1 + np.arange(alone.sum())
    return codes
