"""Numbers as they are written."""

import pytest

from core.ui import numbers


@pytest.mark.parametrize(
    ("value", "unit", "written"),
    [(0.8734, "", "87.3 %"), (12.345, "s", "12.3 s"), (123456, "texts", "123,456 texts"), (float("nan"), "", "–"),
     (None, "", "–"),
     (0.00123, "s", "0.00123 s"), (-0.5, "", "-50.0 %")],
)  # fmt: skip
def test_number(value, unit, written):
    assert numbers.number(value, unit) == written


@pytest.mark.parametrize(
    ("seconds", "written"),
    [(4.21, "4.2 s"), (42, "42 s"), (185, "3 min 05 s"), (7800, "2 h 10 min"), (None, "–"), (59.7, "1 min 00 s")],
)
def test_duration(seconds, written):
    assert numbers.duration(seconds) == written


def test_size_and_interval():
    assert numbers.size(118_000_000) == "118 MB"
    assert numbers.interval((0.861, 0.884)) == "86.1–88.4 %"
    assert numbers.interval((-0.478, -0.201)) == "-47.8 … -20.1 %" and numbers.interval((-1.5, 2), "dB") == "-1.5 … 2 dB"
    assert numbers.interval(None) == ""
