"""Parts that columns of ratings, loans and policies play."""

import pandas as pd
import pytest

from core import samples
from core.intake import roles


@pytest.mark.parametrize(
    ("sample", "expected"),
    [
        ("movielens_small", {"user": "user_id", "item": "item_id", "rating": "rating", "date": "timestamp", "title": "title"}),
        ("credit_german", {"label": "creditability", "amount": "credit_amount", "date": "", "user": ""}),
        ("credit_data", {"label": "status", "amount": "amount", "date": "", "title": ""}),
        ("lending_club", {"label": "class"}),
        ("phishing", {"label": "is_phishing", "amount": ""}),
        ("shuttle", {"label": "anomaly"}),
    ],
)
def test_columns_of_the_samples_are_told(sample, expected):
    frame = samples.load(sample).frame
    assert {kind: roles.guess(frame, kind) for kind in expected} == expected


def test_chinese_names_are_told_too():
    frame = pd.DataFrame({"用户编号": [1, 1, 2, 2], "商品编号": [5, 6, 5, 7], "评分": [3, 4, 5, 1], "商品名称": list("甲乙甲丙")})
    found = {kind: roles.guess(frame, kind) for kind in ("user", "item", "rating", "title")}
    assert found == {"user": "用户编号", "item": "商品编号", "rating": "评分", "title": "商品名称"}


def test_all_protected_columns_are_found_and_of_any_kind_none():
    frame = samples.load("credit_german").frame
    assert roles.guess_all(frame, "protected") == ["personal_status_and_sex", "age_in_years", "foreign_worker"]
    assert roles.guess_all(frame, "any") == []


def test_an_empty_column_is_looked_at_like_any_other() -> None:
    assert roles.guess(pd.DataFrame({"a": [1, 2], "label": [None, None]}), "label") == "label"


def test_one_look_at_a_table_tells_all_parts():
    frame = samples.load("credit_data").frame
    seen = roles.look(frame)
    for kind in ("label", "amount", "date", "group"):
        assert roles.guess(frame, kind, seen) == roles.guess(frame, kind)
    assert roles.guess_all(frame, "protected", seen) == roles.guess_all(frame, "protected")
