"""Every result type gives a figure that holds its data, in light and in dark."""

import tomllib
from pathlib import Path

import numpy as np
import pytest

from core.contracts import Curves, Evidence, Series
from core.ui import charts, theme
from core.ui.theme import DARK, LIGHT
from tests.core.ui import examples

DRAWN = [examples.SERIES, examples.CURVES, examples.MATRIX, examples.RANKING, examples.TERMS, examples.ONE_LABEL,
         examples.MANY_LABELS, examples.SEVERAL, examples.EVIDENCE]  # fmt: skip


@pytest.mark.parametrize("result", DRAWN, ids=lambda result: type(result).__name__)
@pytest.mark.parametrize("palette", [LIGHT, DARK])
def test_no_label_can_break_out(result, palette):
    figure = charts.figure(result, palette)
    assert figure.layout.template.layout.font.color == palette.text
    assert "<script" not in figure.to_json().replace("\\u003c", "<")


def test_series_has_line_band_and_counts():
    figure = charts.figure(examples.SERIES, LIGHT)
    line = next(trace for trace in figure.data if trace.name == "share")
    assert np.allclose(line.y, (0.2, np.nan, 0.6), equal_nan=True)
    assert list(figure.data[-1].y) == [4, 0, 9]
    assert [trace.type for trace in figure.data] == ["scatter", "scatter", "scatter", "bar"]
    assert figure.data[1].fill == "tonexty"
    assert figure.layout.xaxis.type == "date"


def test_dates_are_written_in_figures_where_months_have_no_english_names(monkeypatch):
    assert not charts.figure(examples.SERIES, LIGHT).layout.xaxis.tickformatstops
    monkeypatch.setattr(charts, "language", lambda: "zh")
    stops = charts.figure(examples.SERIES, LIGHT).layout.xaxis.tickformatstops
    assert [stop.value for stop in stops] == ["%Y-%m-%d", "%Y-%m", "%Y"]


def test_lines_differ_in_more_than_colour():
    figure = charts.figure(examples.CURVES, LIGHT)
    dashes = [trace.line.dash for trace in figure.data[1:]]
    assert len(set(dashes)) == len(dashes)


def test_matrix_shows_counts_and_shades_by_row():
    cells = charts.figure(examples.MATRIX, LIGHT).data[0]
    assert [list(row) for row in cells.text] == [["3", "1"], ["0", "6"]]
    assert np.allclose(cells.z, [[0.75, 0.25], [0.0, 1.0]])


def test_ranking_keeps_order_sign_and_interval():
    bars = charts.figure(examples.RANKING, LIGHT).data[0]
    assert list(bars.x) == [0.5, 0.25, -0.75]
    assert list(bars.marker.color) == [LIGHT.positive, LIGHT.positive, LIGHT.negative]
    assert np.allclose(bars.error_x.arrayminus, [0.1, 0.05, 0.05])


def test_names_that_look_the_same_stay_apart():
    from core.contracts import Ranking

    twins = Ranking("", ("x" * 60 + "1", "x" * 60 + "2"), (1.0, 2.0))
    assert len(set(charts.figure(twins, LIGHT).data[0].y)) == 2


def test_one_text_gives_probabilities_many_give_counts():
    one = charts.figure(examples.ONE_LABEL, LIGHT).data[0]
    assert one.y[0] == "b"
    assert one.x[0] == pytest.approx(70, abs=0.01)
    many = charts.figure(examples.MANY_LABELS, LIGHT).data[0]
    assert (list(many.y), list(many.x)) == (["a", "b"], [2, 1])
    several = charts.figure(examples.SEVERAL, LIGHT).data[0]
    assert list(several.x) == [1, 1]


def test_words_of_the_cloud_carry_their_sign():
    words = charts.figure(examples.TERMS, LIGHT).data[0]
    assert words.text[0] == "good⁺"
    assert "差⁻" in words.text
    assert words.textfont.size[0] == max(words.textfont.size)


def test_evidence_places_score_baseline_and_reference():
    figure = charts.figure(examples.EVIDENCE, LIGHT)
    places = {trace.y[0]: trace.x[0] for trace in figure.data}
    assert places == pytest.approx({"This result": 87.3, "Baseline": 62.0, "Bar": 87.0, "Reference": 89.3})
    score = next(trace for trace in figure.data if trace.y[0] == "This result")
    assert score.error_x.array[0] == pytest.approx(1.1)


def test_the_theme_of_widgets_and_charts_is_one():
    config = tomllib.loads((Path(__file__).parents[3] / ".streamlit" / "config.toml").read_text("utf-8"))["theme"]
    assert tuple(config["chartCategoricalColors"]) == LIGHT.categorical
    assert tuple(config["dark"]["chartCategoricalColors"]) == DARK.categorical
    for name, palette in (("light", LIGHT), ("dark", DARK)):
        assert (config[name]["backgroundColor"], config[name]["textColor"]) == (palette.paper, palette.text)
    assert config["font"] == theme.FONT


@pytest.mark.parametrize("palette", [LIGHT, DARK])
def test_type_is_readable_on_its_ground(palette):
    for color in (palette.text, palette.muted, palette.positive, palette.negative):
        assert _contrast(color, palette.paper) >= 4.5  # WCAG 2.2, AA


def _contrast(first: str, second: str) -> float:
    lighter, darker = sorted((_luminance(first), _luminance(second)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def _luminance(color: str) -> float:
    parts = np.array([int(color[i : i + 2], 16) / 255 for i in (1, 3, 5)])
    linear = np.where(parts <= 0.04045, parts / 12.92, ((parts + 0.055) / 1.055) ** 2.4)
    return float(linear @ [0.2126, 0.7152, 0.0722])


def test_marks_and_logarithmic_axes():
    marked = Curves("", {"line": ((0.0, 1.0), (0.0, 1.0))}, marks={"here": (2.0, 3.0)}, words=("here",))
    point = charts.figure(marked, LIGHT).data[-1]
    assert (point.name, point.mode, tuple(point.x), tuple(point.y)) == ("here", "markers", (2.0,), (3.0,))
    assert charts.figure(Series("", (1, 2), {"a": (1.0, 10.0)}, log=True), LIGHT).layout.yaxis.type == "log"


def test_a_small_score_of_a_unit_fills_its_axis():
    card = Evidence(metric="a", score=0.0123, interval=(-0.04, 0.06), baseline=0.0, unit="Sharpe")
    low, high = charts.figure(card, LIGHT).layout.xaxis.range
    assert -0.1 < low < -0.04 and 0.06 < high < 0.1
