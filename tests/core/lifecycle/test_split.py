"""Rows stay where they were put, on one side, and the same seed puts them there again."""

import numpy as np
import pandas as pd
import pytest

from core.contracts import InputError, Table, TrainingParams
from core.lifecycle.columns import HIDDEN_GROUP
from core.lifecycle.split import Split, split_rows

PARAMS = TrainingParams(target="label")


def table(rows: int = 200, **columns: object) -> Table:
    labels = np.where(np.arange(rows) % 4 == 0, "rare", "common")
    return Table(pd.DataFrame({"text": [f"text {i}" for i in range(rows)], "label": labels, **columns}))


def everything(split: Split) -> np.ndarray:
    return np.sort(np.concatenate([split.train, split.validation, split.test]))


def change(**values: object) -> TrainingParams:
    return TrainingParams(**{"target": "label", **values})


def test_a_random_split_keeps_the_share_of_every_class() -> None:
    split = split_rows(table(1000), PARAMS)
    labels = table(1000).frame["label"].to_numpy()
    assert (everything(split) == np.arange(1000)).all()
    assert len(split.test) == 200 and (labels[split.test] == "rare").sum() == 50
    assert len(split.validation) == 80 and (labels[split.validation] == "rare").sum() == 20
    assert split.kind == "random" and split.how.values["train"] == len(split.train) == 720


def test_the_seed_decides() -> None:
    first, again, other = (split_rows(table(), change(seed=seed)) for seed in (1, 1, 2))
    assert (first.test == again.test).all() and (first.validation == again.validation).all()
    assert not np.array_equal(first.test, other.test)


def test_a_class_of_two_rows_is_learnt_and_measured() -> None:
    frame = table().frame
    frame.loc[[10, 20], "label"] = "seldom"
    split = split_rows(Table(frame), PARAMS)
    assert np.isin([10, 20], split.test).sum() == 1 and np.isin([10, 20], split.train).sum() == 1


@pytest.mark.parametrize("share", [0.1, 0.3])
def test_a_group_stays_on_one_side(share: float) -> None:
    users = np.random.default_rng(0).integers(0, 60, 600)
    split = split_rows(table(600, user=[f"u{u}" for u in users]), change(group="user", test_share=share))
    parts = [set(users[part]) for part in (split.train, split.validation, split.test)]
    assert not parts[0] & parts[1] and not parts[0] & parts[2] and not parts[1] & parts[2] and all(parts)
    assert split.kind == "group" and abs(len(split.test) / 600 - share) < 0.05


def test_rows_without_a_group_stand_alone() -> None:
    users = pd.Series(["a", "b", "c", "d"] * 25 + [None] * 100, dtype="str")
    split = split_rows(table(200, user=users), change(group="user"))
    assert np.isin(np.arange(100, 200), split.test).any() and np.isin(np.arange(100, 200), split.train).any()


def test_two_groups_still_leave_rows_to_choose_by() -> None:
    split = split_rows(table(100, user=["a"] * 60 + ["b"] * 40), change(group="user"))
    assert set(split.test) == set(range(60, 100)) and len(split.validation) and len(split.train)


def test_time_measures_the_latest_and_keeps_a_day_together() -> None:
    days = np.random.default_rng(0).permutation(np.repeat(np.arange(50), 4))
    dates = [str(d) for d in pd.Timestamp("2024-01-01") + pd.to_timedelta(days, unit="D")]
    split = split_rows(table(200, date=dates), change(time="date"))
    assert days[split.train].max() < days[split.validation].min() and days[split.validation].max() < days[split.test].min()
    assert split.kind == "time" and len(split.test) == 40


@pytest.mark.parametrize("dates", [
    ["2019", "2021"], ["2019年12月5日", "2021年1月3日"], ["5 December 2019", "3 January 2021"], [2019, 2021],
    ["12/05/2019", "01/03/2021"], ["1577836800", "1609459200"],
])  # fmt: skip
def test_times_are_read_in_many_forms(dates: list[object]) -> None:
    split = split_rows(table(20, when=[dates[1]] * 6 + [dates[0]] * 14), change(time="when"))
    assert split.test.tolist() == list(range(6))


def test_a_given_split_is_kept() -> None:
    said = ["Train"] * 150 + [" test"] * 50
    split = split_rows(table(200, split=said), PARAMS)
    assert split.kind == "given" and split.test.tolist() == list(range(150, 200)) and len(split.validation) == 15
    said[:20] = ["dev"] * 20
    assert split_rows(table(200, split=said), PARAMS).validation.tolist() == list(range(20))
    assert split_rows(table(200, split=said), change(split="random")).kind == "random"


def test_auto_prefers_given_to_group_to_time() -> None:
    columns = {"user": list("abcde") * 40, "date": range(200), "split": ["train", "test"] * 100}
    both = change(group="user", time="date")
    assert split_rows(table(200, **columns), both).kind == "given"
    assert split_rows(table(200, **{**columns, "split": "x"}), both).kind == "group"
    assert split_rows(table(200, **columns), change(time="date", split="time")).kind == "time"
    assert split_rows(table(200, date=range(200)), change(time="date")).kind == "time"


def test_a_mend_changes_the_split() -> None:
    columns = {"user": list("abcde") * 40, "date": range(200)}
    assert split_rows(table(200, **columns), change(mends=("split_by_group:user",))).kind == "group"
    assert split_rows(table(200, **columns), change(mends=("split_by_time:date",))).kind == "time"


@pytest.mark.parametrize("kind", ["random", "group"])
def test_near_duplicates_never_straddle(kind: str) -> None:
    numbers = np.arange(300)
    numbers[200:230] = numbers[:30]
    given = table(300, user=np.arange(300) // 3, **{HIDDEN_GROUP: numbers})
    split = split_rows(given, change(split=kind, group="user"))
    assert not set(numbers[split.test]) & set(numbers[split.train]) and not set(numbers[split.validation]) & set(
        numbers[split.train]
    )


def test_near_duplicates_of_given_test_rows_are_left_out() -> None:
    numbers = np.arange(200)
    numbers[:10] = numbers[150:160]
    split = split_rows(table(200, split=["train"] * 150 + ["test"] * 50, **{HIDDEN_GROUP: numbers}), PARAMS)
    assert split.left_out == 10 and split.test.tolist() == list(range(150, 200)) and not set(range(10)) & set(everything(split))
    assert "10 near duplicates" in str(split.how)


def test_several_labels_are_spread_by_the_rarest() -> None:
    class Several(TrainingParams):
        labels: str = "several"

    frame = table(200).frame
    frame["label"] = ["a | b" if i % 10 == 0 else "a" if i % 2 else "c" for i in range(200)]
    split = split_rows(Table(frame), Several(target="label"))
    assert (frame["label"].iloc[split.test] == "a | b").sum() == 4


@pytest.mark.parametrize(("columns", "values", "words"), [
    ({"label": "same"}, {}, "one class only"),
    ({"user": "same"}, {"group": "user"}, "one group only"),
    ({}, {"group": "nobody"}, "no column nobody"),
    ({"date": ["2024-01-01"] * 19 + ["soon"]}, {"time": "date"}, "soon"),
    ({"date": ["2024-01-01"] * 19 + [None]}, {"time": "date"}, "empty"),
    ({"date": "2024-01-01"}, {"time": "date"}, "same time"),
    ({"split": ["train"] * 19 + ["later"]}, {"split": "given"}, "train or test"),
    ({}, {"split": "group"}, "choose the group column"),
    ({"label": ["a"] * 10 + ["b"] * 10, "date": range(20)}, {"time": "date", "test_share": 0.5}, "one class only under"),
])  # fmt: skip
def test_what_cannot_be_split_says_why(columns: dict[str, object], values: dict[str, object], words: str) -> None:
    with pytest.raises(InputError, match=words):
        split_rows(table(20, **columns), change(**values))


def test_too_few_rows() -> None:
    with pytest.raises(InputError, match="9 rows, too few"):
        split_rows(table(9), PARAMS)
