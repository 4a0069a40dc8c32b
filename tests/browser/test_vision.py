"""Vision, clicked through in Chromium: a picture, a ZIP, a video with lines drawn by mouse, a detector and a classifier
trained.
"""

import io
import json
import zipfile
from pathlib import Path
from urllib.parse import quote

import numpy as np
import pytest

from tests.browser.test_journey import click, job_of, wait_for
from tests.hostile.bad_pictures import archive, picture

pytestmark = pytest.mark.browser


def street() -> bytes:
    """The sample with a bus and people."""
    from core import samples

    return samples.pictures("street").items[0].path.read_bytes()


def walking(frames: int = 60) -> bytes:
    """The beginning of the sample of pedestrians as H.264, so that it is over in seconds."""
    import av

    from core import samples
    from core.intake.video import frames as of

    stream = io.BytesIO()
    with av.open(stream, "w", format="mp4") as out:
        track = out.add_stream("libx264", rate=10)
        track.width, track.height, track.pix_fmt = 768, 576, "yuv420p"
        for number, _seconds, pixels in of(samples.video("pedestrians")):
            if number >= frames:
                break
            out.mux(track.encode(av.VideoFrame.from_ndarray(pixels, format="rgb24")))
        out.mux(track.encode())
    return stream.getvalue()


def colours(count: int = 12) -> bytes:
    """Red and blue noise in two folders: what tells them apart is known."""
    from PIL import Image

    dice, files = np.random.default_rng(0), {}
    for label, channel in (("red", 0), ("blue", 2)):
        for number in range(count):
            pixels = dice.integers(0, 90, (48, 48, 3), dtype=np.uint8)
            pixels[:, :, channel] += 150
            stream = io.BytesIO()
            Image.fromarray(pixels).save(stream, "PNG")
            files[f"{label}/{number}.png"] = stream.getvalue()
    return archive(files, compress_type=zipfile.ZIP_STORED)


def upload(page, name: str, kind: str, content: bytes) -> None:
    page.locator("input[type=file]").first.set_input_files({"name": name, "mimeType": kind, "buffer": content})
    wait_for(page, lambda: "data=" in page.url)


@pytest.mark.parametrize(("locale", "bus"), [("en-US", "bus"), ("zh-CN", "公交车")])
def test_a_picture_and_a_zip(visit, locale: str, bus: str) -> None:
    page = visit("/vision?capability=vision.detect", locale)
    click(page, "picture.way", 1)
    upload(page, "street.jpg", "image/jpeg", street())
    click(page, "vision.detect.run")
    page.locator(f"[data-testid=stHtml] [title^='{bus}']").first.wait_for()
    upload(page, "two.zip", "application/zip", archive({"a/street.jpg": street(), "a/plain.png": picture(size=(320, 240))}))
    page.wait_for_timeout(1500)
    click(page, "vision.detect.run")
    page.locator("[class*=st-key-vision-detect-result] .js-plotly-plot").first.wait_for()


def drag(page, box: dict, start: tuple[float, float], end: tuple[float, float]) -> None:
    """Draws a line with the mouse; places are shares of the canvas."""
    places = [(box["x"] + x * box["width"], box["y"] + y * box["height"]) for x, y in (start, end)]
    page.mouse.move(*places[0])
    page.mouse.down()
    page.mouse.move((places[0][0] + places[1][0]) / 2, (places[0][1] + places[1][1]) / 2)
    page.mouse.move(*places[1])
    page.mouse.up()
    page.wait_for_timeout(1500)


def test_lines_are_drawn_on_a_video_and_counted(visit) -> None:
    """Two lines at one place, drawn in opposite directions: who goes in over one goes out over the other."""
    page = visit("/vision?capability=vision.track")
    click(page, "picture.way", 1)
    upload(page, "walking.mp4", "video/mp4", walking())
    canvas = page.locator("canvas").first
    canvas.wait_for()
    page.wait_for_timeout(2000)
    canvas.scroll_into_view_if_needed()
    page.wait_for_timeout(500)
    drag(page, canvas.bounding_box(), (0.7, 0.2), (0.7, 0.95))
    drag(page, canvas.bounding_box(), (0.7, 0.95), (0.7, 0.2))
    click(page, "vision.track.run")
    page.locator("video").first.wait_for()
    page.locator("[data-testid=stHeading]").filter(has_text="Lines").first.wait_for()
    with page.expect_download() as download:
        click(page, "vision.track.files.json")
    sections = json.loads(Path(download.value.path()).read_text("utf-8"))["sections"]
    counts = next(section["result"]["frame"]["columns"] for section in sections if section["title"] == "Lines")
    assert counts["in"] == counts["out"][::-1] and sum(counts["in"]) >= 1


def test_a_detector_is_trained_on_the_trees(visit, server) -> None:
    params = quote(json.dumps({"epochs": 2, "size": 160}))
    page = visit(f"/vision?capability=vision.detect&use=train&params={params}")
    page.locator("[data-testid=stDataFrame]").first.wait_for()
    click(page, "vision.detect.now")
    wait_for(page, lambda: "job=" in page.url)
    job = wait_for(page, lambda: (found := job_of(page, server))["state"] in ("done", "failed") and found)
    assert job["state"] == "done", job["error"]
    page.locator("[class*=st-key-vision-detect-trained-result] .js-plotly-plot").first.wait_for()


def test_a_classifier_is_trained_on_a_zip(visit, server) -> None:
    page = visit("/vision?capability=vision.classify&use=train")
    click(page, "vision.classify.way", 1)
    upload(page, "colours.zip", "application/zip", colours())
    click(page, "vision.classify.now")
    wait_for(page, lambda: "job=" in page.url)
    job = wait_for(page, lambda: (found := job_of(page, server))["state"] in ("done", "failed") and found)
    assert job["state"] == "done", job["error"]
    page.locator(".js-plotly-plot").first.wait_for()
