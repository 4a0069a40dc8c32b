"""Pictures are split so that nothing that is measured with was learnt from."""

from typing import Any

import numpy as np
import pandas as pd
import pytest

from core import samples
from core.contracts import Context, InputError, Table
from core.lifecycle import guard, train_generation
from models.vision.generate import TrainGenerator


def pictures(rows: int = 60, **columns: Any) -> Table:
    frame = samples.load("mnist_5k").frame.groupby("label").head(max(1, rows // 10)).reset_index(drop=True)
    return Table(frame.drop(columns="split").assign(**columns), "digits")


def split(table: Table, **params: Any) -> Any:
    return train_generation.split_pictures(table, TrainGenerator(**params), Context())


def test_parts_share_no_picture_and_hold_all_of_them() -> None:
    found = split(pictures())
    whole = np.concatenate([found.train, found.validation, found.test])
    assert sorted(whole) == list(range(60)) and len(found.test) == 12 and len(found.validation)
    assert np.array_equal(found.test, split(pictures()).test)
    assert not np.array_equal(found.test, split(pictures(), seed=1).test)


def test_the_same_picture_twice_stays_on_one_side() -> None:
    frame = pd.concat([pictures(40).frame] * 2, ignore_index=True)
    found = split(Table(frame, "twice"))
    for part in (found.train, found.validation, found.test):
        assert set(part) == {(row + 40) % 80 for row in part}


def test_a_given_split_loses_what_is_measured_with_too() -> None:
    frame = pd.concat([pictures(40).frame] * 2, ignore_index=True).assign(split=["train"] * 70 + ["test"] * 10)
    found = split(Table(frame, "given"))
    assert set(found.test) == set(range(70, 80)) and found.left_out == 10
    assert not set(found.train) & set(range(30, 40))


def test_groups_stay_together() -> None:
    found = split(pictures(person=np.arange(60) // 6), group="person")
    assert not set(found.test // 6) & set(found.train // 6)


@pytest.mark.parametrize(
    ("made", "params", "said"),
    [
        (lambda: Table(pd.DataFrame({"text": ["a"] * 50}), "t"), {}, "no pictures"),
        (lambda: pictures(60), {"only": "12"}, "label 12"),
        (lambda: pictures(20), {}, "too few"),
        (lambda: pictures(60), {"split": "time"}, "at random, by group or as given"),
        (lambda: pictures(60), {"split": "given"}, "train or test"),
        (lambda: pictures(60, one="x"), {"group": "one"}, "one group only"),
        (lambda: pictures(60), {"group": "nobody"}, "no column nobody"),
    ],
)
def test_what_cannot_be_learnt_from_is_told(made: Any, params: dict[str, Any], said: str) -> None:
    with pytest.raises(InputError, match=said):
        chosen = train_generation.chosen(made(), TrainGenerator(**params))
        train_generation.split_pictures(chosen, TrainGenerator(**params), Context())


def test_only_one_label_is_taken() -> None:
    found = train_generation.chosen(pictures(60), TrainGenerator(only="3"))
    assert len(found) == 6 and set(found.frame["label"]) == {"3"}


def test_the_guard_asks_for_no_target() -> None:
    assert guard.inspect(Table(pictures(60).frame[["picture", "name"]], "bare"), TrainGenerator()) == ()
