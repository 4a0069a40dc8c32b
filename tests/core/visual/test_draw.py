"""What is drawn stands where it should, in the colour it should have, and the pixels given stay as they were."""

import random
import subprocess
import sys

import numpy as np
import pytest

from core.contracts import Boxes, Image, Keypoints, Regions
from core.visual import colors, draw, encode

GREY = np.full((200, 300, 3), 128, np.uint8)
FIRST, SECOND = colors.rgb(colors.color(0)), colors.rgb(colors.color(1))


@pytest.fixture(autouse=True)
def untouched():
    """Nothing may draw on the pixels it was given."""
    yield
    assert (GREY == 128).all()


def test_a_box_has_the_colour_of_its_label_and_nothing_inside():
    drawn = draw.boxes(GREY, np.array([[50, 60, 150, 160], [200, 60, 280, 160]], np.float32), ("car", "bus"))
    for x, y in ((50, 100), (150, 100), (100, 160), (100, 60)):
        assert tuple(drawn[y, x]) == FIRST
    assert tuple(drawn[100, 200]) == SECOND
    assert (drawn[70:150, 60:140] == 128).all()


def test_colours_can_be_fixed_from_frame_to_frame():
    shades = colors.by_name(("bus", "car"))
    drawn = draw.boxes(GREY, np.array([[50, 60, 150, 160]], np.float32), ("car",), shades=shades)
    assert tuple(drawn[100, 50]) == SECOND


def test_a_small_box_is_drawn_over_a_large_one():
    both = np.array([[100, 60, 104, 160], [20, 20, 100, 180]], np.float32)
    drawn = draw.boxes(GREY, both, ("small", "large"))
    assert tuple(drawn[130, 100]) == FIRST


def test_a_tag_is_filled_and_its_words_are_read_on_it():
    box = np.array([[50, 60, 150, 160]], np.float32)
    bare, tagged = draw.boxes(GREY, box), draw.boxes(GREY, box, ("car",), (0.876,), (7,))
    above = tagged[44:58, 50:150].reshape(-1, 3)
    assert (bare[44:58, 50:150] == 128).all()
    assert {FIRST, colors.rgb(colors.text_on(colors.color(0)))} <= {tuple(pixel) for pixel in above}


def test_tags_are_left_out_where_they_would_hide_everything():
    many = np.array([[5, 100, 9, 104]] * (draw.TAGS + 1), np.float32)
    assert (draw.boxes(GREY, many, ("car",) * len(many))[:95] == 128).all()


@pytest.mark.parametrize("text", ["汽车", "é", "مرحبا", "\ud800", "a\x00b\n", "👩‍👩‍👧", "x" * 500, "\u202e", "", "<b>"])
@pytest.mark.parametrize("place", [(-50, -50), (0, 0), (150, 100), (299, 199), (5000, 5000), (float("nan"), float("inf"))])
def test_no_text_and_no_place_breaks_it(text, place):
    assert draw.tag(GREY, *place, text, colors.color(2)).shape == GREY.shape


def test_hanzi_are_drawn_as_themselves():
    """Three words of the same width, three different pictures: no font of the machine is needed, none is a row of boxes."""
    drawn = [draw.tag(GREY, 50, 100, text, colors.color(0)) for text in ("汽车", "行人", "单车")]
    assert not any((a == b).all() for a, b in ((drawn[0], drawn[1]), (drawn[1], drawn[2]), (drawn[0], drawn[2])))


def test_half_a_surrogate_pair_does_not_end_the_process():
    """OpenCV crashes on one, so this runs in a process of its own."""
    code = (
        "import numpy as np; from core.visual import draw;"
        "draw.boxes(np.zeros((90, 90, 3), np.uint8), np.array([[9, 30, 60, 60]]), ('a\\ud800b',)); print('alive')"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.stdout.strip() == "alive", done.returncode


def test_boxes_may_lie_anywhere():
    dice = random.Random(3)
    wild = [[dice.choice([-1e9, -5, 0, 40.5, 1e9, float("nan")]) for _ in range(4)] for _ in range(50)]
    assert draw.boxes(GREY, np.array(wild), ("a",) * 50, (0.5,) * 50).shape == GREY.shape


def test_regions_are_tinted_and_stretched():
    mask = np.array([[0, 1], [2, 0]], np.uint8)
    drawn = draw.regions(GREY, mask, ("", ""))
    assert (drawn[20:80, 20:130] == 128).all()
    tint = np.array(FIRST) * draw.REGION_STRENGTH + 128 * (1 - draw.REGION_STRENGTH)
    assert np.abs(drawn[50, 225] - tint).max() <= 1
    assert tuple(drawn[150, 149]) == SECOND  # the outline runs inside


def test_keypoints_below_the_threshold_are_not_drawn():
    points = np.array([[[50, 50, 0.9], [150, 50, 0.9], [150, 150, 0.1], [float("nan"), 3, 0.9]]], np.float32)
    drawn = draw.keypoints(GREY, points, ((0, 1), (1, 2), (0, 3)), threshold=0.3)
    assert tuple(drawn[50, 50]) == FIRST
    assert tuple(drawn[50, 100]) == FIRST
    assert (drawn[100:170, 120:180] == 128).all()


def test_lines_zones_and_trails():
    assert tuple(draw.line(GREY, (20, 100), (280, 100))[100, 60]) == colors.rgb(colors.CATEGORICAL[4])
    zone = draw.zone(GREY, np.array([[50, 50], [150, 50], [150, 150], [50, 150]]))
    assert not (zone[100, 100] == 128).all() and (zone[100, 200] == 128).all()
    trail = draw.trails(GREY, [np.array([[10, 20], [100, 20], [100, 90]])])
    assert np.abs(trail[70, 100].astype(int) - FIRST).max() < 20


def test_heat_leaves_what_is_cold_and_lights_what_is_hot():
    amount = np.zeros((20, 30))
    amount[10, 15] = 4
    amount[0, 0] = float("nan")
    drawn = draw.heat(GREY, amount)
    assert (drawn[150:, :50] == 128).all()
    assert drawn[105, 155].astype(int).sum() > 3 * 128
    assert (draw.heat(GREY, np.zeros((4, 4))) == 128).all()


def test_a_result_is_drawn_on_its_picture_at_the_size_of_its_file():
    image = encode.image("t", np.full((400, 600, 3), 128, np.uint8), most=300, kind="png")
    box = Boxes("t", image, np.array([[100, 120, 300, 320]], np.float32), ("车",))
    assert tuple(draw.drawn(box)[100, 50]) == FIRST
    points = Keypoints("t", image, np.array([[[100, 100, 0.9]]], np.float32), ("nose",))
    assert tuple(draw.drawn(points)[50, 50]) == FIRST
    regions = Regions("t", image, np.array([[1, 0]], np.uint8), ("",))
    assert (draw.drawn(regions)[100, 250] == 128).all() and not (draw.drawn(regions)[100, 50] == 128).all()
    assert (draw.drawn(image) == 128).all()


def test_labels_are_drawn_translated():
    image = encode.image("t", GREY, kind="png")
    box = Boxes("t", image, np.array([[50, 60, 150, 160]], np.float32), ("car",))
    assert not (draw.drawn(box) == draw.drawn(box, {"car": "汽车"}.__getitem__)).all()
    assert isinstance(image, Image)
