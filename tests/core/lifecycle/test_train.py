"""Test rows never reach `fit`; the guard stops what it must; the report says all of it."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from core.contracts import (
    Bar,
    Cancelled,
    Capability,
    Context,
    InputError,
    Labels,
    Learner,
    Reference,
    Table,
    Texts,
    dump,
    load,
)
from core.lifecycle.card import MAJORITY, REGRESSION
from core.lifecycle.columns import HIDDEN_GROUP
from core.lifecycle.span import CURVE, Span
from core.lifecycle.train import train
from tests.core.lifecycle import planted
from tests.core.lifecycle.planted import GOOD, params, table


class Keyword:
    """A model that knows the telling words."""

    classes = ("negative", "positive")

    def predict(self, inputs: Texts, context: Context) -> Labels:
        context.progress(1.0)
        hits = np.array([any(word in text for word in GOOD) for text in inputs.items])
        return Labels(inputs.items, self.classes, np.stack([1 - (0.1 + 0.8 * hits), 0.1 + 0.8 * hits], 1).astype(np.float32))

    def save(self, folder: Path) -> None: ...

    def describe(self) -> dict[str, Any]:
        return {"method": "keywords", "weights": "none"}


class Spy(Context):
    """Remembers what `fit` was given and what the context was told."""

    def __init__(self, folder: Path | None = None) -> None:
        self.folder = folder
        self.shares: list[float] = []
        self.metrics: list[tuple[float, dict[str, float]]] = []
        self.train: Table | None = None
        self.validation: Table | None = None
        self.params: Any = None

    def progress(self, share: float, message: str = "", **values: object) -> None:
        message.format(**values)
        self.shares.append(share)

    def metric(self, step: float, **values: float) -> None:
        self.metrics.append((step, values))


def capability(spy: Spy, **changes: Any) -> Capability:
    def fit(learnt: Table, kept: Table, given: Any, context: Context) -> Keyword:
        spy.train, spy.validation, spy.params = learnt, kept, given
        context.progress(0.0)
        for step in range(3):
            context.metric(step, train_loss=1.0 / (step + 1), validation_accuracy=step / 3)
        context.progress(1.0)
        return Keyword()

    record = Capability(
        "test.keyword", "Keywords", "Finds words.", (Texts,), Labels, planted.TextParams, lambda *_: None, metric="accuracy",
        bars=(Bar("planted", "accuracy", 0.8, reference=Reference(0.9, "somebody", "somehow")),),
        learner=Learner(planted.TextParams, fit, lambda folder: Keyword()),
    )  # fmt: skip
    return replace(record, **changes)


def test_test_rows_never_reach_fit() -> None:
    spy, frame = Spy(), planted.frame()
    trained = train(capability(spy), table(frame), params(), spy)
    assert spy.train is not None and spy.validation is not None
    seen = [set(part.frame["text"]) for part in (spy.train, spy.validation)]
    tested = set(frame["text"].iloc[trained.split.test])
    assert len(tested) == 80 and not tested & seen[0] and not tested & seen[1] and not seen[0] & seen[1]
    assert len(seen[0]) + len(seen[1]) + len(tested) == 400


def test_only_the_test_rows_are_measured() -> None:
    """Labels of the test rows turned round: the score turns round, whatever the rest says."""
    spy, frame = Spy(), planted.frame(noise=0)
    first = train(capability(spy), table(frame), params(), spy)
    assert first.metrics["accuracy"] == 1.0
    turned = frame.copy()
    rows = first.split.test
    turned.loc[rows, "label"] = frame["label"].iloc[rows].map({"positive": "negative", "negative": "positive"})
    turned["split"] = np.where(np.isin(np.arange(400), rows), "test", "train")
    assert train(capability(spy), table(turned), params(), spy).metrics["accuracy"] == 0.0


def test_fit_gets_no_helper_columns_and_the_names_of_classes() -> None:
    spy = Spy()
    frame = planted.frame().assign(
        label=lambda f: (f["label"] == "positive").astype(float), split=["train"] * 300 + ["test"] * 100
    )
    with pytest.raises(InputError):
        train(capability(spy), table(frame.assign(label=1.0)), params(), spy)
    train(capability(spy), table(frame), params(mends=("group_near_duplicates",)), spy)
    assert spy.train is not None and not {HIDDEN_GROUP, "split"} & set(spy.train.columns)
    assert set(spy.train.frame["label"]) == {"0", "1"}


def test_the_same_seed_gives_the_same_report() -> None:
    first, again, other = (train(capability(Spy()), table(planted.frame()), params(seed=seed), Spy()) for seed in (3, 3, 4))
    assert first.metrics == again.metrics and first.report.evidence.interval == again.report.evidence.interval
    assert first.metrics != other.metrics


def test_the_card_says_what_it_is_compared_with() -> None:
    spy = Spy()
    trained = train(capability(spy), table(planted.frame()), params(), spy)
    card = trained.report.evidence
    assert card is not None and card.score == trained.metrics["accuracy"] and card.rows == 80 and card.data == "planted"
    assert card.interval[0] < card.score < card.interval[1] and card.bar == 0.8
    assert (card.reference, card.reference_source, card.reference_protocol) == (0.9, "somebody", "somehow")
    rivals = next(s.result for s in trained.report.sections if s.title == "Against the baselines")
    assert rivals.names == ("this model", MAJORITY, REGRESSION) and card.baseline == max(rivals.values[1:]) > min(
        rivals.values[1:]
    )
    assert card.baseline_name == REGRESSION and card.answered_by == "keywords, none" and card.caveats == ()
    other = train(capability(spy), Table(planted.frame(), "another"), params(), spy).report.evidence
    assert other is not None and other.reference is None and other.bar is None


def test_the_report_holds_every_section_in_order() -> None:
    spy = Spy()
    report = train(capability(spy), table(planted.frame()), params(), spy).report
    assert [str(section.title) for section in report.sections] == [
        "Scores", "Loss while learning", "Scores while learning", "Against the baselines", "Confusion matrix", "Every class",
        "ROC", "Precision and recall", "Calibration", "Most confident mistakes", "Split and leak guard",
    ]  # fmt: skip
    assert "80 test rows" in str(report.summary)
    assert dump(load(json.loads(json.dumps(dump(report))))) == dump(report)
    curve = report.sections[1].result
    assert curve.x == (0, 1, 2) and curve.lines == {"train_loss": (1.0, 0.5, 1 / 3)}


def test_what_is_not_mended_stays_on_the_card() -> None:
    spy, frame = Spy(), planted.with_lookalikes()
    trained = train(capability(spy), table(frame), params(), spy)
    assert [finding.kind for finding in trained.findings] == ["near_duplicates"]
    assert trained.report.evidence.caveats == (trained.findings[0].message,)
    mended = train(capability(spy), table(frame), params(mends=("group_near_duplicates",)), spy)
    assert mended.findings == () and mended.report.evidence.caveats == ()
    assert any("look alike" in str(notice) for notice in mended.report.notices)


def test_a_stop_is_one_sentence() -> None:
    frame = planted.frame()
    frame.loc[[1, 2], "label"] = None
    spy = Spy()
    with pytest.raises(InputError, match="empty in 2 rows"):
        train(capability(spy), table(frame), params(), spy)
    assert spy.train is None
    assert train(capability(spy), table(frame), params(mends=("drop_missing_target",)), spy).metrics


def test_missing_columns_are_named() -> None:
    with pytest.raises(InputError, match="no column review"):
        train(capability(Spy()), table(planted.frame()), params(text="review"), Spy())
    with pytest.raises(InputError, match="does not learn"):
        train(capability(Spy(), learner=None), table(planted.frame()), params(), Spy())


def test_its_own_baseline_is_not_measured_twice() -> None:
    class Tfidf(planted.TextParams):
        method: str = "tfidf"

    spy = Spy()
    card = train(capability(spy), table(planted.frame()), Tfidf(text="text", target="label"), spy).report.evidence
    assert card.baseline_name == MAJORITY and "is this method itself" in str(card.caveats[-1])


def test_a_group_split_draws_whole_groups() -> None:
    spy, frame = Spy(), planted.with_users(pure=0.0)
    trained = train(capability(spy), table(frame), params(group="user_id"), spy)
    assert trained.split.kind == "group" and "By group" in [str(section.title) for section in trained.report.sections]
    by_row = train(capability(spy), table(frame), params(split="random", group="user_id"), spy)
    assert by_row.split.kind == "random"


def test_progress_only_grows_and_fit_has_its_span() -> None:
    spy = Spy()
    train(capability(spy), table(planted.frame()), params(), spy)
    assert spy.shares == sorted(spy.shares) and spy.shares[0] == 0 and spy.shares[-1] == 1
    assert 0.05 in spy.shares and any(abs(share - 0.85) < 1e-9 for share in spy.shares)


def test_a_cancelled_training_stops_before_it_fits() -> None:
    class Stopped(Spy):
        def check(self) -> None:
            raise Cancelled("stop")

    spy = Stopped()
    with pytest.raises(Cancelled):
        train(capability(spy), table(planted.frame()), params(), spy)
    assert spy.train is None


def test_a_resumed_training_keeps_its_curve(tmp_path: Path) -> None:
    first = Span(Spy(tmp_path), 0.05, 0.85)
    first.metric(1, train_loss=0.9)
    first.metric(2, train_loss=0.5)
    with (tmp_path / CURVE).open("a") as stream:
        stream.write('[3, {"train_l')  # killed while writing
    second = Span(Spy(tmp_path), 0.05, 0.85)
    second.metric(2, train_loss=0.4)
    assert second.curves()[0].lines == {"train_loss": (0.9, 0.4)}
