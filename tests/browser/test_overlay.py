"""What lies over a picture gets through the page's sanitiser: both pictures load, and what speaks on hover is there."""

import sys

import pytest

from benchmarks.server import free_port, serve
from core.ui import overlay
from tests.core.ui import examples

pytestmark = pytest.mark.browser

PAGE = """
import streamlit as st
from core.ui.views import show
from tests.core.ui import examples

for place, result in enumerate((examples.BOXES, examples.REGIONS, examples.KEYPOINTS)):
    show(result, f"r{place}")
"""
LOADED = "images => images.filter(i => i.complete && i.naturalWidth > 0).length"


def test_marks_reach_the_browser(chromium, tmp_path) -> None:
    (tmp_path / "page.py").write_text(PAGE)
    port = free_port()
    command = [sys.executable, "-m", "streamlit", "run", "page.py", "--server.port", str(port), "--server.headless", "true"]
    with serve([*command, "--browser.gatherUsageStats", "false"], port, tmp_path, str(tmp_path / "home")) as server:
        page = chromium.new_page(viewport={"width": 1200, "height": 1600})
        page.goto(server.url)
        page.locator("[data-testid=stHtml] img").nth(5).wait_for()
        page.wait_for_timeout(1000)
        assert page.eval_on_selector_all("[data-testid=stHtml] img", LOADED) == 6  # a picture and its marks, three times
        titles = page.eval_on_selector_all("[data-testid=stHtml] [title]", "spots => spots.map(s => s.title)")
        spoken = [text for one in (examples.BOXES, examples.KEYPOINTS) for _place, text in overlay.spots_of(one, str)]
        expected = [text for text in spoken if examples.EVIL not in text]  # the sanitiser drops such a title altogether
        assert titles == expected
        picture = page.locator("[data-testid=stHtml] img").first.bounding_box()
        spot = page.locator("[data-testid=stHtml] [title]").first.bounding_box()
        x0, y0, x1, y1 = overlay.spots_of(examples.BOXES, str)[0][0]
        shares = [(x0, "x", 80, "width"), (y0, "y", 60, "height")]
        for value, side, whole, length in shares:
            assert abs((spot[side] - picture[side]) / picture[length] - value / whole) < 0.01
        assert abs(spot["width"] / picture["width"] - (x1 - x0) / 80) < 0.01
        assert abs(spot["height"] / picture["height"] - (y1 - y0) / 60) < 0.01
        page.close()
