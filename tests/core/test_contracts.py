"""The typed results survive the trip through JSON; errors and params say what they should."""

import json

import numpy as np
import pandas as pd
import pytest
from pydantic import ValidationError

from core.contracts import (
    Curves,
    Evidence,
    Highlights,
    InputError,
    Labels,
    Matrix,
    Message,
    Metric,
    Metrics,
    Params,
    Ranking,
    Records,
    Report,
    Section,
    Series,
    Terms,
    Texts,
    column,
    dump,
    load,
    parameter,
)
from core.contracts.params import details

LABELS = Labels(("a", "b"), ("x", "y"), np.array([[0.25, 0.75], [0.5, 0.5]], dtype=np.float32))
RESULTS = [
    LABELS,
    Series("t", (1, 2), {"loss": (0.5, 0.25)}, bands={"loss": ((0.4, 0.2), (0.6, 0.3))}, counts=(3, 4)),
    Curves("t", {"x": ((0.0, 1.0), (0.0, 1.0))}, diagonal=True),
    Matrix("t", ("a",), ("b", "c"), np.array([[1, 2]])),
    Ranking("t", ("good", "bad"), (1.0, -1.0)),
    Terms("t", ("word",), (2.0,), (-1.0,)),
    Records("t", pd.DataFrame({"文本": ["好", None], "n": [1.5, 2.5]})),
    Highlights("t", "a good day", ((2, 6, 0.5),)),
    Metrics((Metric("accuracy", 0.9, interval=(0.8, 1.0)),)),
    Report(Message("{n} rows", {"n": 3}), "s", (Section("x", LABELS),), Evidence("accuracy", 0.9, (0.8, 1.0))),
]


@pytest.mark.parametrize("result", RESULTS, ids=lambda r: type(r).__name__)
def test_dump_and_load_are_inverse(result: object) -> None:
    sent = json.loads(json.dumps(dump(result), allow_nan=False))
    assert type(load(sent)) is type(result)
    assert dump(load(sent)) == dump(result)


def test_not_a_number_becomes_null() -> None:
    assert dump({"a": float("nan"), "b": np.float32("inf")}) == {"a": None, "b": None}


def test_best_of_several_labels_is_joined() -> None:
    several = Labels(("a", "b"), ("x", "y"), np.array([[0.9, 0.8], [0.1, 0.2]], dtype=np.float32), multilabel=True)
    assert several.best == ("x | y", "")
    assert LABELS.best == ("y", "x")


def test_an_error_is_a_sentence_with_an_id() -> None:
    error = InputError("The file {name} is empty.", name="{odd} <b>")
    assert str(error) == "The file {odd} <b> is empty."
    assert len(error.error_id) == 8 and error.status == 422


def test_params_are_frozen_checked_and_described() -> None:
    class Example(Params):
        size: int = parameter(3, ge=1, le=9, title="Size", help="How many.", unit="rows", advanced=True)
        text: str = column("text", title="Text", help="Where the text stands.")

    assert details(Example, "size")["unit"] == "rows" and details(Example, "text")["column"] == "text"
    with pytest.raises(ValidationError):
        Example(size=10)
    with pytest.raises(ValidationError):
        Example(unknown=1)  # type: ignore[call-arg]
    with pytest.raises(ValidationError):
        Example().size = 4  # type: ignore[misc]


def test_texts_digest_is_of_the_content_and_its_borders() -> None:
    assert Texts.of(["ab", "c"]).digest != Texts.of(["a", "bc"]).digest
    assert Texts.of(["ab"], name="x").digest == Texts.of(["ab"], name="y").digest
    assert Texts.of(["\ud800"]).digest  # a lone surrogate is no reason to fail
