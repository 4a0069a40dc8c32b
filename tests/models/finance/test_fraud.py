"""The whole of finance.fraud on small simulated tables: it finds what was planted, says what is wrong, learns from decisions."""

import numpy as np
import pandas as pd
import pytest

from core import decisions
from core.contracts import Context, InputError, Queue, Table, UserError, dump, load
from core.lifecycle.train import train
from core.samples.transactions import World, simulate
from models.finance.fraud import CAPABILITY, FindFraud, TrainFraud
from models.finance.frauds import alerts, windows
from models.finance.frauds.detector import Detector
from tests.untranslated import untranslated

SMALL = {"trees": 20, "epochs": 2, "rounds": 40}
ROLES = {"target": "fraud", "time": "date_time", "amount": "amount", "customer": "customer_id", "terminal": "terminal_id"}


@pytest.fixture(scope="module")
def payments():
    world = World(customers=80, terminals=120, days=45, side=12.0, terminals_a_day=1 / 200, customers_a_day=1 / 200)
    frame = simulate(world).drop(columns="scenario")
    return Table(frame, "payments")


@pytest.fixture(scope="module")
def trained(payments, tmp_path_factory):
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PANORAMA_HOME", str(tmp_path_factory.mktemp("home")))
        return train(CAPABILITY, payments, TrainFraud(**ROLES, **SMALL, delay=3), Context())


def queue_of(report):
    return next(section.result for section in report.sections if isinstance(section.result, Queue))


def test_it_beats_guessing_and_says_what_it_is_measured_on(trained, payments):
    evidence = trained.report.evidence
    assert evidence.score > 3 * trained.baselines["share of events for every row"]["average_precision"]
    assert evidence.interval[0] <= evidence.score <= evidence.interval[1]
    assert trained.split.kind == "time" and trained.split.left_out > 0
    assert not untranslated(trained.report, payments) and dump(load(dump(trained.report))) == dump(trained.report)


def test_a_gap_as_long_as_the_delay_lies_before_what_is_measured(trained, payments):
    when = pd.to_datetime(payments.frame["date_time"]).to_numpy()
    known = when[np.concatenate([trained.split.train, trained.split.validation])].max()
    assert when[trained.split.test].min() - known > np.timedelta64(3, "D")


def test_a_saved_model_answers_the_same_and_looks_back_on_the_past(trained, payments, tmp_path):
    trained.model.save(tmp_path)
    again = Detector.load(tmp_path)
    later = payments.frame.tail(200).drop(columns="fraud")
    asked = Table(later, "later")
    assert dump(trained.model.predict(asked, Context())) == dump(again.predict(asked, Context()))
    assert again.describe() == trained.model.describe()
    # The windows of the last rows are those that they had in the whole table.
    whole, _ = TrainFraud(**ROLES, positive="1", delay=3).prepared(payments, Context())
    apart = again.prepared(payments.frame.tail(200), payments.frame["fraud"].tail(200).to_numpy(float))
    for name in (windows.PAYMENTS[7], windows.RISKS[7]):
        np.testing.assert_allclose(apart[name], whole.frame[name].tail(200))
    assert not any(customer in path.read_text("latin-1") for path in tmp_path.iterdir() for customer in ("C001", "C042"))


def test_alerts_have_reasons_and_a_day_can_be_asked_for(trained, payments):
    found = alerts.report(trained.model, payments, Context(), day="2018-05-10", most=5)
    queue = queue_of(found)
    assert len(queue.keys) == 5 and all(queue.reasons) and list(queue.scores) == sorted(queue.scores, reverse=True)
    assert set(queue.frame["date_time"].str[:10]) == {"2018-05-10"}
    assert not untranslated(found, payments)
    with pytest.raises(InputError, match="2018-04-01"):
        alerts.report(trained.model, payments, Context(), day="2031-01-01")


def test_decisions_become_labels(trained, payments):
    """What an analyst says of the alerts of a report is what the next training takes for true, and its report counts it."""
    queue = queue_of(trained.report)
    params = TrainFraud(**ROLES, **SMALL, delay=3, positive="1", method="lightgbm")
    decisions.keep(queue.subject, {queue.keys[0]: True, queue.keys[1]: False, "another": True})
    table, _ = params.prepared(payments, Context())
    assert table.notices[-1].values == {"count": 2}
    for place, label in ((0, "1"), (1, "0")):
        shown = queue.frame.iloc[place]
        row = payments.frame[
            (payments.frame["customer_id"] == shown["customer_id"]) & (payments.frame["amount"] == shown["amount"])
        ]
        assert label in table.frame.loc[row.index, "fraud"].astype(str).tolist()
    changed = table.frame["fraud"].astype(str) != payments.frame["fraud"].astype(str)
    assert changed.sum() <= 2
    left, _ = params.model_copy(update={"decisions": False}).prepared(payments, Context())
    assert left.frame["fraud"].tolist() == payments.frame["fraud"].tolist()


def test_without_labels_what_is_unlike_the_rest_is_found_and_nothing_is_claimed():
    random = np.random.default_rng(0)
    frame = pd.DataFrame(random.normal(size=(400, 4)), columns=list("甲乙丙丁"))
    frame.loc[390:, "甲"] += 12
    result = train(CAPABILITY, Table(frame, "表"), TrainFraud(epochs=30, trees=100), Context())
    assert result.metrics == {} and result.report.evidence.score is None
    found = queue_of(result.model.predict(Table(frame, "表"), Context()))
    assert len(set(found.frame["甲"][:10]) & set(frame["甲"][390:])) >= 9
    assert found.reasons[0][0].values["name"] == "甲"
    assert not untranslated(result.report, Table(frame, "表"))


def test_labels_never_reach_what_learns_without_them(payments):
    params = {**ROLES, **SMALL, "delay": 3, "method": "forest"}
    turned = Table(payments.frame.assign(fraud=1 - payments.frame["fraud"]), "payments")
    scores = []
    for table, positive in ((payments, "1"), (turned, "0")):
        whole, ready = TrainFraud(**params, positive=positive).prepared(table, Context())
        part = Table(whole.frame.head(1_000), "part")
        scores.append(CAPABILITY.learner.fit(part, part, ready, Context()).scores(part.frame))
    np.testing.assert_array_equal(*scores)


def bad_tables():
    ones, words = [0, 1] * 30, [f"w{k}" for k in range(60)]
    return {
        "empty": pd.DataFrame({"fraud": [], "a": []}),
        "one row": pd.DataFrame({"fraud": [1], "a": [2]}),
        "all missing": pd.DataFrame({"fraud": ones, "a": [None] * 60, "b": [np.nan] * 60}),
        "one class": pd.DataFrame({"fraud": [0] * 60, "a": range(60)}),
        "no times": pd.DataFrame({"fraud": ones, "a": range(60), "date_time": words}),
        "year 9999": pd.DataFrame({"fraud": ones, "a": range(60), "date_time": [1e30] * 30 + [0.0] * 30}),
        "words as amounts": pd.DataFrame({"fraud": ones, "amount": words, "date_time": pd.date_range("2024", periods=60)}),
    }  # fmt: skip


@pytest.mark.parametrize("name", bad_tables())
def test_bad_tables_get_one_sentence(name):
    frame = bad_tables()[name]
    roles = {key: value for key, value in ROLES.items() if value in frame}
    with pytest.raises(UserError) as raised:
        train(CAPABILITY, Table(frame, "bad"), TrainFraud(**roles, **SMALL, delay=0), Context())
    assert str(raised.value).endswith(".") and "Traceback" not in str(raised.value)


def test_infinite_values_repeated_rows_and_columns_of_nothing_do_no_harm():
    random = np.random.default_rng(0)
    fraud = random.random(300) < 0.2
    amount = np.where(fraud, 50.0, 5.0) + random.normal(size=300)
    amount[:3] = [np.inf, -np.inf, np.nan]
    frame = pd.DataFrame({"id": [1] * 300, "amount": amount, "fraud": np.where(fraud, "是", "否")})
    frame = pd.concat([frame, pd.DataFrame(None, index=frame.index, columns=[f"n{k}" for k in range(500)])], axis=1)
    frame = pd.concat([frame, frame.head(50)], ignore_index=True)
    result = train(CAPABILITY, Table(frame, "odd"), TrainFraud(target="fraud", **SMALL, method="lightgbm"), Context())
    assert result.metrics["auc"] > 0.9


def test_a_delay_that_leaves_nothing_says_how_long_it_may_be(payments):
    with pytest.raises(InputError, match="at most 11"):
        train(CAPABILITY, payments, TrainFraud(**ROLES, **SMALL, delay=20), Context())


def test_a_table_without_what_the_model_learnt_from_is_refused(trained):
    with pytest.raises(InputError, match="customer_id"):
        trained.model.predict(Table(pd.DataFrame({"date_time": ["2018-05-01"]}), "t"), Context())
    assert FindFraud().alerts == 10
