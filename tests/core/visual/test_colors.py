"""One set of colours for charts and pictures, told apart and written on."""

import pytest

from core.ui.theme import LIGHT
from core.visual import colors


def test_charts_and_pictures_have_the_same_colours():
    assert LIGHT.categorical == colors.CATEGORICAL


def test_names_get_colours_in_their_order():
    assert colors.by_name(("b", "a", "b")) == {"b": colors.color(0), "a": colors.color(1)}
    assert colors.color(len(colors.CATEGORICAL)) == colors.color(0)


@pytest.mark.parametrize("ground", [*colors.CATEGORICAL, "#000000", "#FFFFFF", "#808080"])
def test_words_are_read_on_every_ground(ground):
    light, dark = sorted((colors.luminance(ground), colors.luminance(colors.text_on(ground))), reverse=True)
    assert (light + 0.05) / (dark + 0.05) >= 3.9  # large type needs 3 (WCAG 2.2), small type 4.5
