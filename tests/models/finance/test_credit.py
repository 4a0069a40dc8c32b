"""finance.credit on loans whose rule is known: methods, points, costs, reasons, fairness, stability, history, a saved model."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from core.contracts import Context, Curves, InputError, Ranking, Records, Report, Table, dump
from core.contracts import load as loaded
from core.language import catalogue
from core.learning.features import Features
from core.learning.scoring import is_event, resolved, without
from core.lifecycle.evaluate_scoring import auc
from core.lifecycle.train import Trained, train
from models.finance.credit import CAPABILITY, TrainCredit, load
from models.finance.lending import fairness, history, trial
from models.finance.lending.calibration import Calibration, calibrate
from models.finance.lending.costs import Costs
from models.finance.lending.decisions import Asked, report
from models.finance.lending.monotone import propose
from models.finance.lending.scorecard import Scaling, Scorecard
from models.finance.lending.stability import SCORE, Profile
from tests.loans import loans
from tests.untranslated import untranslated

TABLE = loans(400)
GIVEN: dict[str, Any] = {"target": "outcome", "protected": ("sex", "age")}


@pytest.fixture(scope="module")
def trained() -> Trained:
    return train(CAPABILITY, TABLE, TrainCredit(**GIVEN, monotone="proposed"), Context())


def part(found: Report, title: str) -> Any:
    return next(section.result for section in found.sections if str(section.title) == title)


def test_all_methods_beat_the_share_of_events_in_one_run(trained: Trained) -> None:
    assert {"LightGBM", "logistic regression", "WOE scorecard"} <= set(trained.baselines)
    assert all(scores["auc"] > 0.65 for name, scores in trained.baselines.items() if not name.startswith("share"))
    assert trained.metrics["auc"] > 0.65 and trained.metrics["ece"] < 0.2
    evidence = trained.report.evidence
    assert evidence is not None and evidence.answered_by == "LightGBM and logistic regression together"
    assert any("reject inference" in str(caveat) for caveat in evidence.caveats)


def test_the_report_is_chinese_where_it_can_be_and_survives_json(trained: Trained) -> None:
    assert dump(loaded(dump(trained.report))) == dump(trained.report)
    assert not untranslated(trained.report, TABLE)
    assert isinstance(part(trained.report, "ROC"), Curves)


def test_what_drives_the_score_is_what_made_the_loans_bad(trained: Trained) -> None:
    drivers: Ranking = part(trained.report, "What drives the score")
    assert drivers.names[0] in ("debt", "income") and set(drivers.names) == {"debt", "income", "home", "noise"}
    directions: Records = part(trained.report, "Directions that were kept to")
    told = dict(directions.frame.to_numpy())
    assert told["debt"] == "rises with it" and "noise" not in told


def test_a_saved_model_answers_the_same_without_a_pickle(trained: Trained, tmp_path: Path) -> None:
    trained.model.save(tmp_path)
    assert {path.suffix for path in tmp_path.rglob("*") if path.is_file()} <= {".json", ".txt", ".safetensors"}
    asked, again = loans(60, seed=9), load(tmp_path)
    assert dump(again.predict(asked, Context())) == dump(trained.model.predict(asked, Context()))


def test_new_loans_get_decisions_reasons_and_changes_that_turn_them(trained: Trained) -> None:
    asked = Table(loans(80, seed=3).frame.drop(columns="outcome"), "new")
    answer = report(trained.model, asked, Asked(fixed=("home",), changes=10), Context())
    rows: Records = part(answer, "Every row with its decision")
    refused = rows.frame["decision"] == "refused"
    assert 0 < refused.sum() < 80 and ((rows.frame["chance (%)"] >= 100 * trained.model.cutoff - 0.01) == refused).all()
    assert not any("sex" in cell or "age =" in cell for cell in rows.frame["raised by"])
    told = [(place, cell) for place, cell in rows.frame["granted if"].items() if "→" in cell]
    assert told and not any("home" in cell or "sex" in cell or "age" in cell for _, cell in told)
    place, change = told[0]
    turned = asked.frame.iloc[[place]].copy()
    for piece in change.split("; "):
        name, _, new = piece.partition(": ")
        turned[name] = float(new.split(" → ")[1])
    assert trained.model.scores(turned)[0] < trained.model.cutoff <= trained.model.scores(asked.frame.iloc[[place]])[0]
    assert part(answer, "Population stability").names[0] == SCORE
    assert not untranslated(answer, asked)


def test_contributions_add_up_to_the_log_odds(trained: Trained) -> None:
    frame = loans(30, seed=4).frame
    names, found = trained.model.contributions(frame)
    assert len(names) == found.shape[1]
    difference = trained.model.score.raw(frame) - found.sum(1)
    assert np.ptp(difference) < 1e-3  # what is left is the same base for all rows


def test_points_are_the_table_added_up_and_double_the_odds() -> None:
    frame, event = TABLE.frame, (TABLE.frame["outcome"] == "bad").to_numpy()
    features = Features.learn(frame, {"outcome"})
    card = Scorecard.fit(frame, event, features, scaling=Scaling(600, 20, 50), monotone={"debt": 1})
    assert auc(card.scores(frame), event) > 0.7 and (card.weights >= 0).all()
    kept = Scorecard.from_json(json.loads(json.dumps(card.to_json())))
    assert (kept.points(frame) == card.points(frame)).all()
    odds = np.log((1 - card.scores(frame)) / card.scores(frame))
    exact = 600 + 50 * (odds - np.log(20)) / np.log(2)
    assert np.abs(card.points(frame) - exact).max() <= 0.5 * len(card.bins) + 1e-6
    table = card.table().frame
    debt = table[(table["column"] == "debt") & (table["value"] != "missing")]
    assert debt["points"].is_monotonic_decreasing and debt["events (%)"].is_monotonic_increasing
    assert np.allclose(card.contributions(frame).sum(1), card.raw(frame))


def test_the_cut_off_is_where_errors_cost_least() -> None:
    random = np.random.default_rng(0)
    chances = random.random(20_000)
    event = random.random(20_000) < chances
    costs = Costs(5, 1)
    assert costs.in_theory == pytest.approx(1 / 6) and costs.best(chances, event) == pytest.approx(1 / 6, abs=0.03)
    slow = [100 * np.mean(np.where(chances >= c, (~event) * 1.0, event * 5.0)) for c in (0.1, 0.5)]
    assert costs.of(chances, event, np.array([0.1, 0.5])) == pytest.approx(slow)


@pytest.mark.parametrize("way", ["platt", "isotonic"])
def test_calibration_brings_chances_back_and_keeps_the_order(way: str) -> None:
    random = np.random.default_rng(0)
    raw = random.normal(size=4_000)
    event = random.random(4_000) < 1 / (1 + np.exp(-(0.5 * raw - 1)))
    found = Calibration.from_json(json.loads(json.dumps(calibrate(raw, event, way).to_json())))
    chances = found.chances(raw)
    assert abs(chances.mean() - event.mean()) < 0.01 and auc(chances, event) == pytest.approx(auc(raw, event), abs=0.005)
    assert (np.diff(found.chances(np.linspace(-3, 3, 50))) > 0).all()


def test_directions_are_proposed_where_the_rows_say_so_and_noise_has_none() -> None:
    event = (TABLE.frame["outcome"] == "bad").to_numpy()
    found = propose(TABLE.frame, event, Features.learn(TABLE.frame, {"outcome"}))
    assert found == {"debt": 1, "income": -1}


def test_trees_keep_to_a_direction() -> None:
    found = train(CAPABILITY, TABLE, TrainCredit(**GIVEN, method="lightgbm", compare=False, rising=("noise",)), Context())
    row = TABLE.frame.iloc[[0]]
    steps = pd.concat([row] * 40, ignore_index=True).assign(noise=np.linspace(-3, 3, 40))
    assert (np.diff(found.model.scores(steps)) >= 0).all()
    with pytest.raises(InputError, match="both rise and fall"):
        train(CAPABILITY, TABLE, TrainCredit(**GIVEN, rising=("debt",), falling=("debt",)), Context())
    with pytest.raises(InputError, match="none: home"):
        train(CAPABILITY, TABLE, TrainCredit(**GIVEN, rising=("home",)), Context())


def test_a_gap_between_groups_is_seen_and_closed_at_a_price() -> None:
    random = np.random.default_rng(1)
    sex = random.choice(["f", "m"], 2_000)
    event = random.random(2_000) < 0.3
    chances = np.clip(0.3 + 0.3 * event + 0.15 * (sex == "f") + random.normal(0, 0.12, 2_000), 0.01, 0.99)
    halves = [fairness.Part(pd.DataFrame({"sex": sex[rows]}), event[rows], chances[rows], chances[rows] >= 0.45)
              for rows in (slice(0, 1_000), slice(1_000, None))]  # fmt: skip
    _, rates, price = (section.result for section in fairness.sections(halves[0], halves[1], ("sex",), 0.45, Costs(), 0))
    good = dict(zip(rates.frame["group"], rates.frame["granted among the good (%)"]))
    assert good["m"] - good["f"] > 20
    one, each = price.frame["gap in granted among the good (points)"]
    assert one == pytest.approx(good["m"] - good["f"], abs=0.1) and each < one / 2
    assert (
        fairness.groups(pd.Series([20, 30, 70, None]))[0].tolist() != [] and fairness.groups(pd.Series([None, None]))[0].tolist()
    )


def test_ages_come_in_bands_and_rare_levels_together() -> None:
    ages = pd.Series([*range(18, 80), np.nan])
    names, edges = fairness.groups(ages)
    assert edges == (25, 35, 50, 65) and names[0] == "< 25" and names[61] == "≥ 65" and names[62] == "not given"
    names, _ = fairness.groups(pd.Series([f"level {min(k, 20)}" for k in range(60)]))
    assert len(set(names)) == fairness.MOST_GROUPS and "other groups" in names


def test_stability_is_zero_for_the_same_rows_and_large_for_others() -> None:
    frame = TABLE.frame
    features, chances = Features.learn(frame, {"outcome"}), np.linspace(0.01, 0.99, len(frame))
    profile = Profile.from_json(json.loads(json.dumps(Profile.of(frame, features, chances).to_json())))
    assert max(profile.index(frame, features, chances).values()) == pytest.approx(0)
    moved = profile.index(frame.assign(debt=frame["debt"] * 3, home="boat"), features, chances)
    assert moved["debt"] > 0.25 and moved["home"] > 0.25 and moved["income"] == pytest.approx(0)


def panel(customers: int = 120, months: int = 4) -> Table:
    """Customers whose debt rises month by month go bad: each month alone says little."""
    random = np.random.default_rng(0)
    slope = random.choice([-1, 1], customers)
    debt = 500 + 80 * slope[:, None] * np.arange(months) + random.normal(0, 30, (customers, months))
    debt += random.normal(0, 150, (customers, 1))
    order = random.permutation(customers * months)
    frame = pd.DataFrame({
        "customer": np.repeat([f"K{k}" for k in range(customers)], months),
        "month": [f"2024-{m + 1:02d}" for m in range(months)] * customers,
        "debt": debt.ravel(), "region": np.repeat(random.choice(["north", "south"], customers), months),
        "default": np.repeat(np.where(slope > 0, "yes", "no"), months),
    })  # fmt: skip
    return Table(frame.iloc[order].reset_index(drop=True), "panel", "panel")


def test_customers_with_a_history_become_one_row_in_the_order_of_time() -> None:
    table = panel()
    params = resolved(table, TrainCredit(group="customer", time="month", target="default"))
    found = history.found(table, params)
    assert found == history.History("customer", "month", ("debt",), 4)
    wide = history.one_a_customer(table, found).frame
    own = table.frame[table.frame["customer"] == "K7"].sort_values("month")["debt"].to_numpy()
    row = wide[wide["customer"] == "K7"].iloc[0]
    assert len(wide) == 120 and row["debt"] == own[-1] and row["debt −3"] == own[0] and row["debt (highest)"] == own.max()
    assert row["debt (trend)"] == pytest.approx(np.polyfit(range(4), own, 1)[0])
    assert history.found(loans(50), resolved(loans(50), TrainCredit(**GIVEN))) is None


def test_an_lstm_reads_the_history_is_saved_and_scores_new_customers(tmp_path: Path) -> None:
    given = {"target": "default", "group": "customer", "time": "month", "method": "lstm", "compare": False, "epochs": 40}
    found = train(CAPABILITY, panel(), TrainCredit(**given), Context())
    assert found.metrics["auc"] > 0.8
    found.model.save(tmp_path)
    again, new = load(tmp_path), Table(panel(30).frame.drop(columns="default"), "new")
    answer = again.predict(new, Context())
    assert dump(answer) == dump(found.model.predict(new, Context()))
    assert len(part(answer, "Every row with its decision").frame) == 30
    with pytest.raises(InputError, match="history of customers"):
        train(CAPABILITY, TABLE, TrainCredit(**GIVEN, method="lstm"), Context())


def test_chinese_columns_and_values_work() -> None:
    names = {"income": "收入", "debt": "负债", "home": "住房", "noise": "噪声", "sex": "性别", "age": "年龄", "outcome": "结果"}
    frame = loans(200).frame.rename(columns=names)
    frame["结果"] = frame["结果"].map({"bad": "违约", "good": "正常"})
    found = train(CAPABILITY, Table(frame, "贷款"), TrainCredit(protected=("性别",), compare=False), Context())
    assert found.model.positive == "违约" and found.metrics["auc"] > 0.6


@pytest.mark.parametrize(
    ("frame", "said"),
    [
        (loans(5).frame.iloc[:0], "has no rows"), (loans(5).frame.drop(columns="debt"), "lacks columns"),
        (loans(5).frame.assign(debt="much"), "held numbers"),
    ],
)  # fmt: skip
def test_rows_that_cannot_be_scored_get_one_sentence(trained: Trained, frame: pd.DataFrame, said: str) -> None:
    with pytest.raises(InputError, match=said) as caught:
        trained.model.predict(Table(frame, "new"), Context())
    assert str(caught.value).endswith(".")


def test_odd_rows_are_scored(trained: Trained) -> None:
    frame = loans(3).frame.assign(income=[np.inf, -np.inf, np.nan], home=["castle", None, ""], debt=[1e300, -1e300, 0])
    answer = trained.model.predict(Table(frame.drop(columns="outcome"), "odd"), Context())
    assert part(answer, "Every row with its decision").frame["chance (%)"].between(0, 100).all()


def test_the_interval_of_repeated_folds_is_wider_than_a_naive_one() -> None:
    values = np.random.default_rng(0).normal(0.8, 0.02, 25)
    low, high = trial.Repeated({}, 0.25).interval(values)
    naive = 2.064 * values.std(ddof=1) / 5
    assert (high - low) / 2 == pytest.approx(naive * np.sqrt(1 + 25 / 4), rel=0.01)


def test_repeated_folds_never_measure_what_they_learnt() -> None:
    noise = loans(150)
    shuffled = Table(noise.frame.assign(outcome=np.random.default_rng(0).permutation(noise.frame["outcome"])), "noise")
    found = trial.repeated(shuffled, Context(), repeats=1, target="outcome", method="logistic")
    assert abs(found.scores["ours"].mean() - 0.5) < 0.15 and len(found.scores["ours"]) == 5


def test_params_and_sentences_are_there() -> None:
    assert catalogue("zh").gettext("Score loans") == "贷款评分"
    params = resolved(TABLE, TrainCredit(**GIVEN))
    assert is_event(TABLE.frame, params).mean() == pytest.approx((TABLE.frame["outcome"] == "bad").mean())
    assert without(params) == {"outcome", "sex", "age", "split", "_panorama_near_duplicates"}
