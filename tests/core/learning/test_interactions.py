import numpy as np
import pandas as pd
import pytest

from core.contracts import InputError, Table
from core.learning.interactions import Columns, Interactions, read


def table(**columns):
    return Table(pd.DataFrame(columns), "given")


def test_pairs_count_once_and_the_latest_rating_stands():
    found = read(
        table(user=["a", "a", "b", "a"], item=[1, 2, 1, 1.0], stars=[5, 4, 3, 1], at=[3, 2, 1, 9]),
        Columns("user", "item", "stars", "at"),
    )
    assert found.users == ("a", "b") and found.items == ("2", "1")
    assert len(found) == 3
    assert found.rating[found.row.tolist().index(3)] == 1
    assert found.owner.tolist()[0] == found.owner.tolist()[3]
    assert found.matrix.toarray().tolist() == [[1, 1], [0, 1]]
    assert found.notices[-1].values == {"count": 1}


def test_without_ratings_what_comes_again_counts_more():
    found = read(table(user=["a", "a", "a", "b"], item=["x", "x", "y", "x"]), Columns("user", "item"))
    assert found.rating is None and found.time is None
    assert found.matrix.toarray() == pytest.approx(np.array([[1 + np.log(2), 1], [1, 0]]))


def test_facts_are_told_from_what_is_the_same_for_all_rows_of_an_item_or_a_user():
    users = [f"u{place % 5}" for place in range(40)]
    items = [f"i{place % 8}" for place in range(40)]
    given = table(user=users, item=items, genre=[i[-1] in "0123" for i in items], sex=[u in ("u0", "u1") for u in users],
                  page=range(40))  # fmt: skip
    found = read(given, Columns("user", "item"))
    assert list(found.item_facts) == ["genre"] and len(found.item_facts) == 8
    assert list(found.user_facts) == ["sex"] and len(found.user_facts) == 5


def test_it_comes_back_from_its_folder(tmp_path):
    given = table(用户=["甲", "乙", "甲", "丙"], 商品=["茶", "茶", "米", "米"], 评分=[1, 2, 3, 4], kind=["x", "x", "y", "y"])
    found = read(given, Columns("用户", "商品", "评分", title="kind"))
    found.save(tmp_path / "new")
    again = Interactions.load(tmp_path / "new")
    assert again.users == found.users and again.titles == found.titles == ("x", "y")
    assert (again.matrix != found.matrix).nnz == 0
    assert len(again.item_facts) == 2 and len(again.user_facts) == 3


def test_what_cannot_be_read_is_left_out_and_said():
    given = table(user=["a", None, "b", "c"], item=["x", "x", "", "y"], stars=[np.inf, 1, 2, 3])
    with pytest.raises(InputError, match="Choose"):
        read(table(one=[1.5, 2.5], two=[3.5, 4.5]))
    found = read(given, Columns("user", "item", "stars"))
    assert len(found) == 1 and found.notices[-1].values == {"count": 3}


@pytest.mark.parametrize(
    ("columns", "says"),
    [
        (Columns("user", "item", "words"), "no numbers"),
        (Columns("user", "item", time="words"), "no dates"),
        (Columns("user", "user"), "at once"),
        (Columns("user", "nothing"), "no column"),
        (Columns("empty", "item"), "No row"),
    ],
)
def test_bad_columns_get_one_sentence(columns, says):
    given = table(user=["a", "b"], item=["x", "y"], words=["good", "bad"], empty=[None, None])
    with pytest.raises(InputError, match=says):
        read(given, columns)


def test_what_lies_back_counts_less():
    given = table(user=["a"] * 3 + ["b"], item=["x", "y", "z", "x"], at=[30, 10, 20, 5])
    found = read(given, Columns("user", "item", time="at"))
    assert found.recent(1.0).toarray() == pytest.approx(np.array([[1, 0.25, 0.5], [1, 0, 0]]))
    assert found.recent(0) is found.matrix
