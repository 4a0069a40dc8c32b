"""Marks stand where the result says, what users named cannot break out, and page and report show the same."""

import html
import re
from urllib.parse import unquote

import numpy as np
import pytest

from core.contracts import Boxes, Keypoints, Regions
from core.ui import overlay
from core.visual import colors, draw, encode
from tests.core.ui import examples
from tests.core.ui.test_report import Tags

PIXELS = np.full((300, 400, 3), 128, np.uint8)
IMAGE = encode.image("", PIXELS, most=100)  # its file is smaller than the picture: coordinates are those of the picture


def boxes(count: int = 2) -> Boxes:
    corners = np.array([[40, 30, 200, 150], [10, 20, 30, 50], *[[1, 1, 5, 5]] * 200][:count], np.float32)
    return Boxes("t", IMAGE, corners, ("car", examples.EVIL, *("x",) * 200)[:count], (0.876,) * count)


def svg_of(page: str) -> str:
    """The SVG inside the second picture of the page."""
    return unquote(re.search(r'src="data:image/svg\+xml,([^"]*)"', page).group(1))


def attributes(picture: str, tag: str) -> list[dict[str, str]]:
    return [dict(re.findall(r'([\w-]+)="([^"]*)"', found)) for found in re.findall(rf"<{tag} ([^>]*)>", picture)]


@pytest.mark.parametrize("result", [examples.BOXES, examples.NO_BOXES, examples.REGIONS, examples.KEYPOINTS],
                         ids=lambda r: type(r).__name__)  # fmt: skip
def test_nothing_breaks_out(result):
    page = overlay.layered(result, str)
    for picture in (overlay.inline(result, str), page, svg_of(page)):
        tags = Tags()
        tags.feed(picture)
        assert "script" not in tags.seen and not tags.wrong and not tags.open
        assert not [name for name, _value in tags.attributes if name.startswith("on")]
    assert "<svg" not in page and "<title" not in page  # the page's sanitiser takes them out


def test_boxes_stand_where_they_should():
    picture = overlay.inline(boxes(), str)
    rectangles = [found for found in attributes(picture, "rect") if "stroke" in found]
    assert [(r["x"], r["y"], r["width"], r["height"]) for r in rectangles] == [
        ("40.0", "30.0", "160.0", "120.0"), ("10.0", "20.0", "20.0", "30.0")]  # fmt: skip
    assert [r["stroke"] for r in rectangles] == [colors.color(0), colors.color(1)]
    assert 'viewBox="0 0 400 300"' in picture and attributes(picture, "image")[0]["width"] == "400"
    assert "<title>car 88 %</title>" in picture
    assert html.escape(examples.EVIL) in picture


def test_hover_places_are_shares_of_the_picture():
    page = overlay.layered(boxes(), str)
    assert 'title="car 88 %" style="position:absolute;left:10.00%;top:10.00%;width:40.00%;height:40.00%"' in page
    assert page.index('title="car') < page.index('title="&lt;script')  # the small one on top


def test_page_and_report_show_the_same_marks():
    for result in (boxes(), examples.REGIONS, examples.KEYPOINTS):
        on_page = svg_of(overlay.layered(result, str))
        marks = on_page[on_page.index(">") + 1 : -len("</svg>")]
        assert marks and marks in overlay.inline(result, str)


def test_names_are_left_out_where_they_would_hide_the_picture():
    assert "<text" in overlay.inline(boxes(draw.TAGS), str)
    many = overlay.inline(boxes(draw.TAGS + 1), str)
    assert "<text" not in many and "<title>x 88 %</title>" in many


def test_tags_stay_inside_the_picture():
    corners = np.array([[390, 0, 400, 20], [-50, 299, 20, 300]], np.float32)
    picture = overlay.inline(Boxes("t", IMAGE, corners, ("a long name indeed", "车" * 30)), str)
    tags = [found for found in attributes(picture, "rect") if "stroke" not in found]
    assert len(tags) == 2
    for found in tags:
        x, y, width, height = (float(found[name]) for name in ("x", "y", "width", "height"))
        assert x >= 0 and y >= 0 and y + height <= 300 and (x + width <= 400 or x == 0)


def test_labels_are_translated():
    assert "汽车 88 %" in overlay.inline(boxes(), lambda s: {"car": "汽车"}.get(s, s))


def test_regions_are_outlined_with_their_holes():
    mask = np.zeros((30, 40), np.uint8)
    mask[5:25, 5:35] = 1
    mask[10:15, 10:20] = 0
    picture = overlay.inline(Regions("t", IMAGE, mask, ("leaf",)), str)
    (path,) = attributes(picture, "path")
    assert path["d"].count("Z") == 2 and path["fill-rule"] == "evenodd"
    places = np.array(re.findall(r"([\d.]+) ([\d.]+)", path["d"]), float)
    assert places.min(0).tolist() == [55, 55] and places.max(0).tolist() == [345, 245]
    assert "leaf 45.8 %" in picture  # 550 of 1200


def test_a_very_ragged_area_stays_small():
    mask = (np.random.default_rng(0).random((1500, 2000)) > 0.5).astype(np.uint8)
    assert len(overlay.inline(Regions("t", IMAGE, mask, ("noise",)), str)) < 3_000_000


def test_points_and_bones():
    picture = overlay.inline(examples.KEYPOINTS, str)
    assert [(c["cx"], c["cy"]) for c in attributes(picture, "circle")] == [("10.0", "10.0"), ("20.0", "30.0")]
    assert [(found["x1"], found["y2"]) for found in attributes(picture, "line")] == [("10.0", "30.0")]
    nowhere = Keypoints("t", IMAGE, np.full((1, 2, 3), np.nan, np.float32), ("a", "b"), ((0, 1),))
    assert "nan" not in overlay.layered(nowhere, str)


def test_counts_are_bars_in_the_colour_of_the_boxes():
    several = Boxes("t", IMAGE, np.zeros((4, 4), np.float32), ("car", examples.EVIL, examples.EVIL, examples.EVIL))
    bars = overlay.count_bars(several, str)
    assert bars.index("&lt;script") < bars.index("car")
    assert bars.count(colors.color(0)) == bars.count(colors.color(1)) == 1
    assert overlay.count_bars(Boxes("t", IMAGE, np.zeros((1, 4), np.float32), ("car",)), str) == ""


@pytest.mark.parametrize("shape", [(1, 1), (2000, 3), (3, 2000), (28, 28)])
def test_pictures_of_any_shape(shape):
    image = encode.image("", np.zeros((*shape, 3), np.uint8))
    result = Boxes("t", image, np.array([[0, 0, 1, 1]], np.float32), ("a",))
    width = float(re.search(r"max-width:(\d+)px", overlay.layered(result, str)).group(1))
    assert width <= overlay.SHOWN_WIDTH
    assert "inf" not in overlay.inline(result, str) and "nan" not in overlay.inline(result, str)
