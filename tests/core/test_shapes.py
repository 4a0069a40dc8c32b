"""Shapes drawn by hand: text to numbers, and one sentence for what is none."""

import numpy as np
import pytest

from core.contracts import InputError
from core.contracts.shapes import MOST, parse_shapes


def test_lines_zones_and_boxes():
    text = "line: 0.1,0.5 0.9,0.5\n\n zone yard: 0,0 1,0 1,1 0.5,0.5 ; BOX: 0.25,0.25 0.75,0.5"
    line, zone, box = parse_shapes(text)
    assert line.kind == "line" and np.allclose(line.points, [(0.1, 0.5), (0.9, 0.5)])
    assert (zone.name, len(zone.points)) == ("yard", 4) and np.allclose(box.on(400, 200), [(100, 50), (300, 100)])
    assert parse_shapes("") == ()


@pytest.mark.parametrize(
    "text",
    ["line: 0.1,0.5", "zone: 0,0 1,1", "circle: 0,0 1,1", "line: 0,0 2,1", "line: a,b c,d", "line: nan,0 1,1", "0,0 1,1",
     "line: 0,0,0 1,1", "line 0,0 1,1", "line: 0,0 1,1 0,1", "box: 0.5,0.1 0.5,0.9", "zone: 0,0 0.5,0.5 1,1"],
)  # fmt: skip
def test_what_is_none_gets_a_sentence(text):
    with pytest.raises(InputError):
        parse_shapes("line: 0,0 1,1\n" + text)


def test_only_the_kinds_that_are_asked_for_and_not_too_many():
    with pytest.raises(InputError, match="none of these"):
        parse_shapes("box: 0,0 1,1", ("line", "zone"))
    with pytest.raises(InputError, match="too many"):
        parse_shapes("line: 0,0 1,1\n" * (MOST + 1))
