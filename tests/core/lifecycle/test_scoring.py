"""Scores of an event: equal to scikit-learn's, intervals that hold the truth, copies on one side, leaks named."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest

from core.contracts import Capability, Context, InputError, Learner, Params, Report, Table, dump, load
from core.learning.scoring import LogisticRegression, ScoringParams, guess_event, is_event, resolved, without
from core.lifecycle import check_scoring, guard
from core.lifecycle.evaluate_scoring import Ranked, auc, evaluate, measure, ranking_scores
from core.lifecycle.split_scoring import numbered, split_scoring
from core.lifecycle.train import train
from tests.loans import loans


class Plain:
    """The logistic regression as a model."""

    def __init__(self, regression: LogisticRegression) -> None:
        self.regression, self.scores = regression, regression.scores

    def describe(self) -> dict[str, Any]:
        return {"method": "plain"}


def fitted(train: Table, validation: Table, params: Any, context: Context) -> Any:
    assert "split" not in train.frame and set(train.columns) == set(validation.columns)
    return Plain(LogisticRegression.fit(train.frame, is_event(train.frame, params), without(params)))


CAPABILITY = Capability("test.score", "Score", "Scores.", (Table,), Report, Params, lambda *_: Report("", "", ()), metric="auc",
                        learner=Learner(ScoringParams, fitted, lambda folder: None))  # type: ignore[arg-type, return-value]  # fmt: skip


def drawn(rows: int = 400, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    random = np.random.default_rng(seed)
    event = random.random(rows) < 0.3
    return (random.normal(size=rows) + event).round(1), event  # rounded: ties


def test_scores_are_those_of_scikit_learn_ties_and_weights_too() -> None:
    from scipy.stats import ks_2samp
    from sklearn.metrics import average_precision_score, brier_score_loss, roc_auc_score

    scores, event = drawn()
    weights = np.random.default_rng(1).integers(0, 4, (400, 2)).astype(float)
    weights[:, 0] = 1
    found = ranking_scores(Ranked.of(scores, event), weights, 0.1)
    for place in range(2):
        own = weights[:, place]
        assert found["auc"][place] == pytest.approx(roc_auc_score(event, scores, sample_weight=own))
        assert found["average_precision"][place] == pytest.approx(average_precision_score(event, scores, sample_weight=own))
    assert found["ks"][0] == pytest.approx(ks_2samp(scores[event], scores[~event]).statistic)
    top = np.argsort(-(scores + 1e-9 * np.arange(400)))[:40]
    assert found["precision_budget"][0] == pytest.approx(event[top].mean(), abs=0.08)  # ties are shared
    chances = 1 / (1 + np.exp(-scores))
    metrics, spread = measure(chances, event, chances=True, budget=0.1)
    assert metrics["brier"] == pytest.approx(brier_score_loss(event, chances))
    assert metrics["gini"] == pytest.approx(2 * metrics["auc"] - 1)
    assert all(spread[name][0] <= metrics[name] <= spread[name][1] for name in ("auc", "ks", "average_precision", "log_loss"))


def test_an_interval_holds_what_other_rows_would_give() -> None:
    inside = 0
    for seed in range(20):
        scores, event = drawn(seed=seed)
        low, high = measure(scores, event, chances=False, budget=0.1, resamples=200)[1]["auc"]
        inside += low <= 0.7602 <= high  # two normals one deviation apart
    assert inside >= 16


def test_the_better_one_is_above_by_a_gain_whose_interval_says_so() -> None:
    scores, event = drawn()
    found = evaluate(event, {"this model": scores, "guessing": np.zeros(400)}, chances={"this model": False, "guessing": False})
    value, low, high = found.gains["guessing"]
    assert low <= value <= high and low > 0.1 and value == pytest.approx(auc(scores, event) - 0.5)
    assert dump(load(dump(found.sections[2].result))) == dump(found.sections[2].result)


@pytest.mark.parametrize(
    ("values", "event"),
    [(["good", "good", "bad"], "bad"), (["no", "yes"], "yes"), ([0, 1], "1"), (["a", "a", "b"], "b"), (["正常", "违约"], "违约"),
     (["是", "否"], "是"), ([1, 2, 2, 2], "1"), ([True, False], "True"), ([1.0, 0.0, None], "1")],
)  # fmt: skip
def test_the_event_is_guessed(values: list[Any], event: str) -> None:
    from core.lifecycle.targets import class_names

    assert guess_event(class_names(pd.Series(values))) == event


def test_copies_stay_on_one_side_and_the_guard_says_so() -> None:
    table = loans(100)
    twice = Table(pd.concat([table.frame] * 2, ignore_index=True), "twice")
    params = resolved(twice, ScoringParams(target="outcome"))
    split = split_scoring(numbered(twice, params), params)
    assert not set(split.train % 100) & set(split.test % 100) and not set(split.validation % 100) & set(split.train % 100)
    assert [finding.kind for finding in guard.inspect(twice, params)] == ["same_rows"]


def test_few_different_rows_are_split_as_they_are() -> None:
    table = Table(pd.DataFrame({"sex": ["f", "m"] * 100, "outcome": ["bad", "good", "good", "good"] * 50}), "two")
    params = resolved(table, ScoringParams())
    assert len(split_scoring(numbered(table, params), params).test) == 40


def test_a_label_delay_leaves_a_gap() -> None:
    days = pd.date_range("2024-01-01", periods=300).astype(str)
    params = resolved(table := loans(300, opened=days), ScoringParams(target="outcome", time="opened", delay=14))
    split = split_scoring(table, params)
    assert split.kind == "time" and split.left_out == 28
    assert split.test.min() - split.validation.max() == 15 and split.validation.min() - split.train.max() == 15
    with pytest.raises(InputError, match="shorter"):
        split_scoring(table, params.model_copy(update={"delay": 250}))


def test_what_is_no_feature_is_not_learnt_from() -> None:
    params = ScoringParams(target="outcome", group="customer", time="day", protected=("sex",), leave_out=("noise",))
    assert without(params) >= {"outcome", "customer", "day", "sex", "noise"}
    assert "sex" not in without(params.model_copy(update={"use_protected": True}))


def test_training_beats_the_share_of_events_and_reads_its_report_again() -> None:
    table = loans(400)
    found = train(CAPABILITY, table, ScoringParams(target="outcome"), Context())
    evidence = found.report.evidence
    assert evidence is not None and found.metrics["auc"] > 0.65 > found.baselines["share of events for every row"]["auc"] == 0.5
    assert evidence.interval[0] <= evidence.score <= evidence.interval[1] and evidence.baseline == max(
        one["auc"] for one in found.baselines.values())  # fmt: skip
    assert dump(load(dump(found.report))) == dump(found.report)
    again = train(CAPABILITY, table, ScoringParams(target="outcome"), Context())
    assert again.metrics == found.metrics


def test_a_column_that_gives_the_event_away_is_found_before_and_the_score_after() -> None:
    table = loans(400)
    leaky = Table(table.frame.assign(collected=np.where(table.frame["outcome"] == "bad", 1, 0)), "leaky")
    findings = guard.inspect(leaky, ScoringParams(target="outcome"))
    assert [finding.mend for finding in findings if finding.kind == "target_proxy"] == ["drop_column:collected"]

    class Strict(ScoringParams):
        suspicious = 0.97

    assert any("hardly ever" in str(one) for one in train(CAPABILITY, leaky, Strict(target="outcome"), Context()).report.notices)


@pytest.mark.parametrize(("score", "low", "kind"), [(0.86, 0.81, ["warn"]), (0.86, 0.78, ["note"]), (0.83, 0.82, [])])
def test_a_score_far_above_the_reference_is_a_probable_leak(score: float, low: float, kind: list[str]) -> None:
    assert [finding.severity for finding in check_scoring.too_good(score, low, ScoringParams(), 0.794)] == kind


@pytest.mark.parametrize(
    ("frame", "said"),
    [
        (pd.DataFrame({"a": [], "outcome": []}), "."),
        (loans(1).frame, "exactly two"),
        (loans(60).frame.assign(outcome="good"), "exactly two"),
        (loans(60).frame.assign(outcome=[str(k % 3) for k in range(60)]), "exactly two"),
        (loans(60).frame.assign(outcome=["bad"] + ["good"] * 59), "."),
        (loans(60).frame[["outcome"]], "No column is left"),
        (loans(60).frame.assign(income=np.nan, debt=np.nan, home=None, noise=np.nan, sex=None, age=np.nan), "No column is left"),
        (loans(60).frame.assign(outcome=[None] * 20 + ["bad", "good"] * 20), "the mend leaves them out"),
    ],
)  # fmt: skip
def test_what_cannot_be_scored_is_one_sentence(frame: pd.DataFrame, said: str) -> None:
    with pytest.raises(InputError) as caught:
        train(CAPABILITY, Table(frame, "bad"), ScoringParams(target="outcome"), Context())
    assert said in str(caught.value) and str(caught.value).endswith(".")


def test_infinite_and_written_numbers_are_read() -> None:
    frame = loans(200).frame
    frame["debt"] = frame["debt"].map(lambda value: f"{value:,.0f}")
    frame.loc[3, "income"], frame.loc[4, "income"] = np.inf, -np.inf
    found = train(CAPABILITY, Table(frame, "odd"), ScoringParams(target="outcome"), Context())
    assert np.isfinite(list(found.metrics.values())).all()
