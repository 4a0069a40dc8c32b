"""Columns as features: kinds told from training rows, the same numbers after saving, and one sentence for what does not fit."""

import json

import numpy as np
import pandas as pd
import pytest

from core.contracts import InputError
from core.learning.features import CONSTANT, DATE, MISSING, NAMES, OTHER, Features

ROWS = 40
FRAME = pd.DataFrame(
    {
        "income": [1_000.0 + i for i in range(ROWS - 1)] + [np.nan],
        "written": [f"{1_000 + i:,}" for i in range(ROWS)],
        "home": ["rent", "own"] * (ROWS // 2 - 1) + ["boat", None],
        "zip_code": [f"house {i}" for i in range(ROWS)],
        "opened": pd.date_range("2024-01-01", periods=ROWS).strftime("%Y-%m-%d"),
        "country": ["X"] * ROWS,
        "target": [0, 1] * (ROWS // 2),
    }
)


@pytest.fixture
def features() -> Features:
    return Features.learn(FRAME, without=("target",))


def test_kinds_of_columns_are_told_and_what_is_no_feature_says_why(features):
    assert list(features.numbers) == ["income", "written"] and features.categories == {"home": ("rent", "own")}
    assert features.left_out == {"zip_code": NAMES, "opened": DATE, "country": CONSTANT}


def test_amounts_are_read_as_people_write_them():
    frame = pd.DataFrame({"loan": ["¥1,200", "$ 3,400.50", "800元", "5％"] * 10})
    assert Features.learn(frame).typed(frame)["loan"].tolist()[:4] == [1200.0, 3400.5, 800.0, 5.0]


def test_trees_get_numbers_with_gaps_and_categories_with_fixed_levels(features):
    typed = features.typed(FRAME)
    assert typed["written"].tolist() == [1000.0 + i for i in range(ROWS)] and np.isnan(typed["income"].iloc[-1])
    assert list(typed["home"].cat.categories) == ["rent", "own", OTHER]
    assert typed["home"].iloc[-2] == OTHER and pd.isna(typed["home"].iloc[-1])
    alone = features.typed(pd.DataFrame({"income": [1.0], "written": ["2"], "home": ["own"]}))
    assert alone["home"].cat.codes.tolist() == [1], "the codes do not depend on the rows that are asked"


def test_linear_models_get_standardised_numbers_and_one_column_a_level(features):
    matrix = features.design(FRAME)
    named = dict(zip(features.design_names, matrix.T, strict=True))
    assert matrix.dtype == np.float32 and matrix.shape == (ROWS, len(features.design_names))
    assert abs(named["written", ""].mean()) < 1e-5 and named["written", ""].std() == pytest.approx(1, abs=1e-5)
    assert named["income", MISSING].tolist() == [0.0] * (ROWS - 1) + [1.0]
    assert named["home", "rent"].sum() == ROWS // 2 - 1 and named["home", OTHER].tolist()[-2:] == [1.0, 0.0]


def test_saved_features_give_the_same_numbers(features):
    again = Features.from_json(json.loads(json.dumps(features.to_json())))
    assert again == features and np.array_equal(again.design(FRAME), features.design(FRAME))


def test_what_was_not_in_the_training_rows_is_another_value_or_the_median(features):
    row = pd.DataFrame({"income": [np.inf], "written": ["12"], "home": ["castle"]})
    named = dict(zip(features.design_names, features.design(row)[0], strict=True))
    assert named["home", OTHER] == 1.0 and named["income", MISSING] == 1.0
    median, mean, deviation, _ = features.numbers["income"]
    assert named["income", ""] == pytest.approx((median - mean) / deviation, abs=1e-5)


@pytest.mark.parametrize(
    ("frame", "said"),
    [
        (FRAME.drop(columns="home"), "home"),
        (FRAME.assign(written=["many"] * ROWS), "written"),
    ],
)
def test_a_table_that_does_not_fit_is_named(features, frame, said):
    with pytest.raises(InputError, match=said):
        features.design(frame)


def test_a_table_without_features_is_refused():
    with pytest.raises(InputError, match="No column"):
        Features.learn(FRAME[["country", "target"]], without=("target",))
