"""Every score equals scikit-learn's; intervals cover; sections come in order and survive JSON."""

import json

import numpy as np
import pytest
from sklearn import metrics

from core.contracts import Curves, Labels, Matrix, Ranking, Records, dump, load
from core.lifecycle import baselines, bootstrap
from core.lifecycle.answers import Answers, calibration_error, pair, rankings, scores
from core.lifecycle.curves import POINTS, roc
from core.lifecycle.evaluate import SCORES, evaluate, measure


def answered(
    classes: int, rows: int = 400, ties: bool = False, seed: int = 0
) -> tuple[Labels, list[str], np.ndarray, np.ndarray]:
    """A prediction that is often right, the truth as names, the probabilities and the truth as numbers."""
    generator = np.random.default_rng(seed)
    truth = generator.choice(classes, rows, p=np.arange(1, classes + 1) / np.arange(1, classes + 1).sum())
    raised = generator.normal(size=(rows, classes))
    raised[np.arange(rows), truth] += 1.5
    chances = np.exp(raised) / np.exp(raised).sum(1, keepdims=True)
    if ties:
        chances = np.round(chances, 1) + 0.05
        chances /= chances.sum(1, keepdims=True)
    names = tuple(f"c{number}" for number in range(classes))
    items = tuple(f"text {row}" for row in range(rows))
    return Labels(items, names, chances), [names[number] for number in truth], chances, truth


def ones(answers: Answers) -> np.ndarray:
    return np.ones((len(answers), 1), np.float32)


@pytest.mark.parametrize("ties", [False, True])
@pytest.mark.parametrize("classes", [2, 3, 7])
def test_scores_equal_scikit_learn(classes: int, ties: bool) -> None:
    prediction, names, chances, truth = answered(classes, ties=ties)
    given, hot = chances.argmax(1), np.eye(classes)[truth]
    found, _ = measure(pair(prediction, names))
    expected = {
        "accuracy": metrics.accuracy_score(truth, given),
        "macro_f1": metrics.f1_score(truth, given, average="macro"),
        "weighted_f1": metrics.f1_score(truth, given, average="weighted"),
        "log_loss": metrics.log_loss(truth, chances),
        "brier": metrics.brier_score_loss(truth, chances if classes > 2 else chances[:, 1]),
        "auc": metrics.roc_auc_score(truth, chances if classes > 2 else chances[:, 1], multi_class="ovr"),
        "average_precision": metrics.average_precision_score(hot, chances),
    }
    assert {name: found[name] for name in expected} == pytest.approx(expected, abs=1e-6)


def test_several_labels_equal_scikit_learn() -> None:
    generator = np.random.default_rng(0)
    truth = generator.random((300, 4)) < 0.4
    chances = np.clip(truth * 0.4 + generator.random((300, 4)) * 0.6, 0, 1)
    names = ("a", "b", "c", "d")
    cells = [" | ".join(np.array(names)[row]) for row in truth]
    found, _ = measure(pair(Labels(tuple(cells), names, chances, multilabel=True), cells))
    given = chances >= 0.5
    expected = {
        "accuracy": metrics.accuracy_score(truth, given),
        "micro_f1": metrics.f1_score(truth, given, average="micro"),
        "macro_f1": metrics.f1_score(truth, given, average="macro"),
        "log_loss": np.mean([metrics.log_loss(truth[:, k], chances[:, k]) for k in range(4)]),
        "brier": np.mean([metrics.brier_score_loss(truth[:, k], chances[:, k]) for k in range(4)]),
        "auc": metrics.roc_auc_score(truth, chances),
        "average_precision": metrics.average_precision_score(truth, chances),
    }
    assert {name: found[name] for name in expected} == pytest.approx(expected, abs=1e-6)


@pytest.mark.parametrize("classes", [2, 5])
def test_a_resample_is_scored_as_its_rows_would_be(classes: int) -> None:
    """Weights stand for repeated rows: the same scores as scikit-learn's on the rows drawn."""
    prediction, names, chances, truth = answered(classes, rows=150, ties=True)
    weights = next(bootstrap.draws(150, 1, seed=3))
    drawn = np.repeat(np.arange(150), weights[:, 0].astype(int))
    answers = pair(prediction, names)
    found = {**scores(answers, weights), **rankings(answers, weights)}
    assert weights.sum() == 150 and weights.max() > 1
    assert found["accuracy"][0] == pytest.approx(metrics.accuracy_score(truth[drawn], chances[drawn].argmax(1)))
    assert found["macro_f1"][0] == pytest.approx(metrics.f1_score(truth[drawn], chances[drawn].argmax(1), average="macro"))
    many = chances[drawn] if classes > 2 else chances[drawn, 1]
    assert found["auc"][0] == pytest.approx(metrics.roc_auc_score(truth[drawn], many, multi_class="ovr"), abs=1e-6)
    expected = metrics.average_precision_score(np.eye(classes)[truth[drawn]], chances[drawn])
    assert found["average_precision"][0] == pytest.approx(expected, abs=1e-6)


def test_intervals_cover_and_shrink_with_the_rows() -> None:
    few, many = (measure(pair(*answered(3, rows)[:2]), seed=1)[1] for rows in (100, 10_000))
    assert few == measure(pair(*answered(3, 100)[:2]), seed=1)[1]
    width = {rows: spread["accuracy"][1] - spread["accuracy"][0] for rows, spread in ((100, few), (10_000, many))}
    assert 6 < width[100] / width[10_000] < 15  # a hundred times the rows: a tenth of the width
    share = pair(*answered(3, 10_000)[:2]).right.mean()
    normal = 1.96 * np.sqrt(share * (1 - share) / 10_000)
    assert width[10_000] == pytest.approx(2 * normal, rel=0.15)


def test_no_error_among_few_rows_is_no_proof_of_perfection() -> None:
    chances = np.eye(2, dtype=np.float32)[[0, 1] * 10]
    answers = pair(Labels(tuple("ab" * 10), ("a", "b"), chances), list("ab" * 10))
    found, spread = measure(answers)
    assert found["accuracy"] == 1.0 and spread["accuracy"][1] == 1.0
    assert spread["accuracy"][0] == pytest.approx(0.025 ** (1 / 20))  # Clopper and Pearson's bound in closed form
    assert "macro_f1" not in spread
    grouped = measure(answers, units=np.arange(20) // 4)[1]["accuracy"]
    assert grouped[0] == pytest.approx(0.025 ** (1 / 5))


def test_rows_of_one_group_are_no_independent_evidence() -> None:
    prediction, names, chances, truth = answered(3, 400)
    right = chances.argmax(1) == truth
    groups = np.where(right, np.arange(400) % 5, 5 + np.arange(400) % 5).tolist()  # each group all right or all wrong
    alone = evaluate(prediction, names, groups=groups)
    together = evaluate(prediction, names, groups=groups, clustered=True)
    low, high = together.intervals["accuracy"]
    assert high - low > 4 * (alone.intervals["accuracy"][1] - alone.intervals["accuracy"][0])


def test_a_class_that_was_never_learnt_counts_as_wrong() -> None:
    prediction, names, _, _ = answered(3, 100)
    whole = evaluate(prediction, names)
    unseen = evaluate(prediction, ["new", *names[1:]])
    assert unseen.metrics["accuracy"] <= whole.metrics["accuracy"]
    assert all(np.isfinite(value) for value in unseen.metrics.values())


def test_calibration_error_of_a_known_case() -> None:
    """All rows 80 % sure; half are right: the error is .3."""
    chances = np.tile([0.8, 0.2], (100, 1))
    prediction = Labels(("x",) * 100, ("a", "b"), chances)
    assert calibration_error(pair(prediction, ["a", "b"] * 50)) == pytest.approx(0.3)


def test_sections_stand_in_order() -> None:
    prediction, names, _, _ = answered(4)
    others = {"majority class": baselines.majority([(name,) for name in names], prediction.items, False)}
    found = evaluate(prediction, names, baselines=others, groups=["a", "b"] * 200)
    titles = [str(section.title) for section in found.sections]
    assert titles == [
        "Scores", "Against the baselines", "Confusion matrix", "Every class", "By group", "ROC", "Precision and recall",
        "Calibration", "Most confident mistakes",
    ]  # fmt: skip
    assert load(json.loads(json.dumps(dump(found.sections)))) is not None
    assert found.metrics.keys() <= SCORES.keys()
    parts = dict(zip(titles, (section.result for section in found.sections)))
    assert isinstance(parts["Confusion matrix"], Matrix) and isinstance(parts["By group"], Ranking)
    expected = metrics.confusion_matrix(names, prediction.best, labels=prediction.classes)
    assert (parts["Confusion matrix"].values == expected).all()
    assert parts["Against the baselines"].values[1] == max(names.count(name) for name in set(names)) / 400


def test_each_class_equals_scikit_learn() -> None:
    prediction, names, _, _ = answered(4)
    table = next(s.result for s in evaluate(prediction, names).sections if s.title == "Every class")
    assert isinstance(table, Records)
    expected = metrics.precision_recall_fscore_support(names, prediction.best, labels=prediction.classes)
    for column, values in zip(("precision", "recall", "F1", "test rows"), expected):
        assert table.frame[column].tolist() == pytest.approx(values.tolist())


def test_mistakes_are_the_surest_and_name_their_row() -> None:
    prediction, names, chances, truth = answered(3)
    rows = np.arange(400) * 2
    table = next(s.result for s in evaluate(prediction, names, rows=rows).sections if s.title == "Most confident mistakes").frame
    wrong = np.flatnonzero(chances.argmax(1) != truth)
    surest = wrong[chances[wrong].max(1).argmax()]
    assert table["row"][0] == rows[surest] + 1 and table["truth"][0] == names[surest] and table["text"][0] == f"text {surest}"
    assert (table["truth"] != table["answer"]).all() and table["confidence"].is_monotonic_decreasing


def test_curves_are_thin_and_keep_their_area() -> None:
    prediction, names, chances, truth = answered(2, 5_000)
    found = roc(pair(prediction, names))
    assert isinstance(found, Curves) and all(len(x) <= POINTS for x, _ in found.curves.values())
    x, y = found.curves["c1"]
    assert np.trapezoid(y, x) == pytest.approx(metrics.roc_auc_score(truth, chances[:, 1]), abs=0.003)


def test_many_classes_give_the_commonest_confusions() -> None:
    prediction, names, _, _ = answered(50, 2_000)
    table = next(s.result for s in evaluate(prediction, names).sections if s.title == "Confusion matrix")
    assert isinstance(table, Records) and (table.frame["truth"] != table.frame["answer"]).all()


def test_one_row_and_one_class_in_the_test_are_no_crash() -> None:
    prediction, _, _, _ = answered(3, 2)
    found = evaluate(prediction, ["c1", "c1"])
    assert "auc" not in found.metrics and all(np.isfinite(value) for value in found.metrics.values())


def test_the_majority_answers_the_commonest_class() -> None:
    found = baselines.majority([("a",), ("b",), ("b",)], ["x", "y"], False)
    assert found.best == ("b", "b") and found.probabilities[0] == pytest.approx([1 / 3, 2 / 3])


@pytest.mark.parametrize(("good", "bad"), [("lovely bread", "stale soup"), ("味道很好", "服务太差")])
def test_the_regression_learns_what_is_there(good: str, bad: str) -> None:
    texts, sets = [f"{good} {n}" for n in range(20)] + [f"{bad} {n}" for n in range(20)], [("good",)] * 20 + [("bad",)] * 20
    chosen_by = ([good, bad], [("good",), ("bad",)])
    found = baselines.logistic_regression((texts, sets), chosen_by, [f"{bad}!", f"{good}!"], False)
    assert found.best == ("bad", "good")
    several = baselines.logistic_regression(
        (texts, [("good", "any") if s == ("good",) else ("bad",) for s in sets]), ([], []), [good], True
    )
    assert several.multilabel and several.probabilities[0, several.classes.index("good")] > 0.5
