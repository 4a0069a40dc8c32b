"""Decisions on alerts: kept by the hash of a row, taken back, known again in another table."""

import pandas as pd

from core import decisions


def test_a_row_is_known_again_whatever_the_order_and_the_type_of_its_cells():
    first = pd.DataFrame({"a": [3, 4], "名": ["x", None]})
    again = pd.DataFrame({"名": ["x", float("nan")], "more": [1, 2], "a": ["3", "4"]})
    assert decisions.keys(first, ["a", "名"]) == decisions.keys(again, ["a", "名"])
    assert len(set(decisions.keys(pd.DataFrame({"a": ["1", ""], "b": ["", "1"]}), ["a", "b"]))) == 2


def test_what_was_decided_is_kept_replaced_and_taken_back():
    decisions.keep("finance.fraud", {"one": True, "two": False})
    decisions.keep("finance.fraud", {"one": False, "two": None})
    assert decisions.known("finance.fraud") == {"one": False} == decisions.known("finance.fraud", ["one", "two"])
    assert decisions.known("another") == {}


def test_many_keys_are_asked_for_in_pieces():
    decisions.keep("finance.fraud", {f"{k}": True for k in range(1_200)})
    assert len(decisions.known("finance.fraud", [f"{k}" for k in range(1_300)])) == 1_200
