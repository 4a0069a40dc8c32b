"""`recommend.train` from a table to lists, and what it says to tables that it cannot learn from."""

import numpy as np
import pandas as pd
import pytest

from core.contracts import Context, InputError, Message, Table, UserError, dump, load
from core.lifecycle.train import train
from models.recommend.train import CAPABILITY, Recommend, TrainRecommender
from tests.models.recommend.simulated import tastes
from tests.untranslated import untranslated

ROLES = {"user": "user", "item": "item", "target": "stars", "time": "when", "title": "title"}


@pytest.fixture(scope="module")
def trained():
    return train(CAPABILITY, tastes(), TrainRecommender(**ROLES, trials=2), Context())


def test_what_answers_beats_the_same_list_for_everybody(trained):
    evidence = trained.report.evidence
    assert evidence.interval[0] > evidence.baseline == trained.baselines["popularity"]["ndcg"]
    assert evidence.interval[0] <= evidence.score <= evidence.interval[1]
    assert evidence.score == trained.metrics["ndcg"]
    assert evidence.rows == 60


def test_the_report_compares_all_methods_and_is_chinese_where_it_can_be(trained):
    compared = trained.report.sections[0].result
    assert len(compared.names) == 9 and list(compared.values) == sorted(compared.values, reverse=True)
    assert all(low <= value <= high for low, value, high in zip(compared.low, compared.values, compared.high))
    assert dump(load(dump(trained.report))) == dump(trained.report)
    assert not untranslated(trained.report, tastes())


def test_its_lists_come_back_from_its_folder(trained, tmp_path):
    trained.model.save(tmp_path / "model")
    assert {path.suffix for path in tmp_path.rglob("*") if path.is_file()} <= {".json", ".npz"}
    again = CAPABILITY.learner.load(tmp_path / "model")
    asked = ["u0", "u1", "nobody"]
    assert dump(again.predict(asked, Context())) == dump(trained.model.predict(asked, Context()))
    lists, known = again.lists(asked, 4, Context())
    assert known.tolist() == [True, True, False]
    assert [again.data.items[item][0] for item in lists[0][:2]] == ["a", "a"]
    assert lists[2].tolist() == again.popular(4).tolist()


def test_no_choice_is_made_by_what_is_measured_with():
    """Whatever stands in the test part, the same model comes out."""
    table = tastes()
    frame = table.frame.copy()
    last = frame.groupby("user")["when"].transform("max") == frame["when"]
    frame.loc[last, "item"] = ["b0" if user % 2 == 0 else "a0" for user in range(last.sum())]  # of the other taste
    params = TrainRecommender(**ROLES, method="ease", split="leave_one_out", trials=4)
    models = [train(CAPABILITY, Table(one), params, Context()).model for one in (table.frame, frame)]
    assert models[0].answering.settings == models[1].answering.settings
    assert models[0].validated == models[1].validated


def test_leave_one_out_also_shows_drawn_items_and_says_that_they_flatter():
    generator = np.random.default_rng(0)
    frame = pd.DataFrame({"user": np.repeat(np.arange(80), 12), "item": generator.integers(0, 400, 960), "when": np.arange(960)})
    found = train(CAPABILITY, Table(frame), TrainRecommender(user="user", item="item", time="when", method="ease",
                                                              split="leave_one_out", trials=0), Context())  # fmt: skip
    section = next(s for s in found.report.sections if s.title == "Against 99 drawn items")
    assert "flatter" in str(section.result.caption)
    assert set(section.result.frame["method"]) == {"EASE", "Popularity"}


def test_a_cut_in_time_measures_new_users_apart():
    frame = tastes().frame
    params = TrainRecommender(**ROLES, method="item_knn", split="time", trials=0)
    late = pd.DataFrame({"user": ["u0"] * 4, "item": ["a1", "a3", "a5", "a7"], "stars": 5, "when": range(90_000, 90_004)})
    report = train(CAPABILITY, Table(pd.concat([frame, late], ignore_index=True)), params, Context()).report
    assert any(section.title == "New users" for section in report.sections)
    said = [caveat for caveat in report.evidence.caveats if isinstance(caveat, Message) and "few users" in caveat.id]
    assert said and said[0].values["count"] == report.evidence.rows


def test_without_a_trained_model_ease_is_learnt_at_once_and_it_is_said():
    answer = CAPABILITY.run(tastes(), Recommend(user="user", item="item", count=3), Context())
    assert answer.evidence.answered_by == "EASE" and answer.evidence.score is None
    frame = answer.sections[1].result.frame
    assert frame.groupby("user").size().eq(3).all() and frame["user"].nunique() == 60
    assert not untranslated(answer, tastes())


def broken(**columns):
    frame = tastes().frame.copy()
    for name, values in columns.items():
        frame[name] = values
    return frame


BAD = {
    "empty": pd.DataFrame({name: pd.Series(dtype="str") for name in ("user", "item", "stars", "when", "title")}),
    "one row": tastes().frame.head(1),
    "one user": tastes().frame.head(9),
    "one item": broken(item="x"),
    "all ids distinct": pd.DataFrame({"user": np.arange(10_000), "item": np.arange(10_000), "stars": 1, "when": 1, "title": "t"}),
    "ratings as words": broken(stars="good"),
    "infinite ratings": broken(stars=np.inf),
    "no users": broken(user=None),
    "times that are none": broken(when="soon"),
}


@pytest.mark.parametrize("bad", BAD)
def test_a_bad_table_gets_one_sentence(bad):
    with pytest.raises(UserError) as caught:
        train(CAPABILITY, Table(BAD[bad].reset_index(drop=True)), TrainRecommender(**ROLES, method="ease"), Context())
    assert str(caught.value).endswith((".", "?"))


def test_a_column_that_is_not_there_is_named():
    with pytest.raises(InputError, match="nowhere"):
        train(CAPABILITY, tastes(), TrainRecommender(user="nowhere"), Context())


def test_a_wide_table_of_nothing_is_read():
    frame = pd.concat([tastes().frame, pd.DataFrame(0, index=range(540), columns=[f"c{n}" for n in range(3000)])], axis=1)
    assert train(CAPABILITY, Table(frame), TrainRecommender(**ROLES, method="popularity"), Context()).metrics["ndcg"] >= 0
