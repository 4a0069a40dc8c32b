import numpy as np
import pandas as pd
import pytest

from core.contracts import InputError, Table
from core.learning.interactions import Columns, read
from core.lifecycle.split_recommendation import split


def interactions(with_time: bool = True):
    rows = [(f"u{user}", f"i{(user + place) % 9}", 100 * place + user) for user in range(12) for place in range(8)]
    frame = pd.DataFrame(rows, columns=["user", "item", "when"]).sample(frac=1, random_state=1)
    return read(Table(frame), Columns("user", "item", time="when" if with_time else ""))


@pytest.mark.parametrize(("kind", "kept"), [("each_user", 2), ("leave_one_out", 1)])
def test_the_latest_of_each_user_are_kept_aside(kind, kept):
    data = interactions()
    found = split(data, kind, 0.2, 0)
    assert np.bincount(data.user[found.test]).tolist() == [kept] * 12
    for user in range(12):
        times = [data.time[part][data.user[part] == user] for part in (found.train, found.validation, found.test)]
        assert times[0].max() < times[1].min() and times[1].max() < times[2].min()
    every = np.sort(np.concatenate([found.train, found.validation, found.test]))
    assert every.tolist() == list(range(len(data)))


def test_a_cut_in_time_is_one_for_all_and_needs_times():
    data = interactions()
    found = split(data, "time", 0.2, 0)
    assert data.time[found.validation].max() < data.time[found.test].min()
    with pytest.raises(InputError, match="needs a column of times"):
        split(interactions(with_time=False), "time", 0.2, 0)


def test_without_times_it_is_drawn_by_the_seed():
    data = interactions(with_time=False)
    assert split(data, "each_user", 0.2, 0).test.tolist() == split(data, "each_user", 0.2, 0).test.tolist()
    assert split(data, "each_user", 0.2, 0).test.tolist() != split(data, "each_user", 0.2, 1).test.tolist()


def test_users_of_one_interaction_cannot_be_measured_with():
    frame = pd.DataFrame({"user": [f"u{n}" for n in range(50)], "item": [f"i{n % 5}" for n in range(50)]})
    with pytest.raises(InputError, match="too few"):
        split(read(Table(frame), Columns("user", "item")), "each_user", 0.2, 0)
