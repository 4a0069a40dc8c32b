"""A camera that films, in Chromium with a fake one: a frame comes back with its marks, stop stops, nothing is kept."""

import itertools
import json
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import pytest

from tests.browser.test_journey import click, wait_for

pytestmark = pytest.mark.browser

ORANGE = (230, 159, 0)  # of a line that is watched
# The mean colour of the middle of the picture's lower quarter, where the line of this test runs, and of a stretch below it.
COLOURS = """video => {
  const canvas = document.createElement('canvas'), pen = canvas.getContext('2d');
  canvas.width = 64; canvas.height = 48;
  pen.drawImage(video, 0, 0, 64, 48);
  const mean = (y) => { const d = pen.getImageData(16, y, 32, 1).data, all = [0, 0, 0];
    for (let i = 0; i < d.length; i += 4) for (let k = 0; k < 3; k++) all[k] += d[i + k] / 32; return all; };
  return [mean(36), mean(43)];
}"""


@pytest.fixture(scope="module")
def film(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The beginning of the sample of pedestrians as Chromium's fake camera takes it (YUV4MPEG2), over and over."""
    import av

    from core import samples
    from core.intake.video import frames

    path = tmp_path_factory.mktemp("camera") / "walking.y4m"
    with path.open("wb") as out:
        out.write(b"YUV4MPEG2 W640 H480 F10:1 Ip A1:1 C420jpeg\n")
        for _number, _seconds, pixels in itertools.islice(frames(samples.video("pedestrians")), 30):
            shown = av.VideoFrame.from_ndarray(pixels, format="rgb24").reformat(640, 480, "yuvj420p")
            out.write(b"FRAME\n" + shown.to_ndarray().tobytes())
    return path


@pytest.fixture(scope="module")
def chromium(launch, film: Path) -> Iterator[object]:
    """In the place of the usual one, with a camera whose picture is known."""
    browser = launch(
        "--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream", f"--use-file-for-fake-video-capture={film}"
    )
    yield browser
    browser.close()


def files_of(server) -> set[str]:
    home = Path(server.process.environ()["PANORAMA_HOME"])
    kept = (home / name for name in ("uploads", "pictures", "films"))
    return {str(path) for folder in kept for path in folder.rglob("*")}


def is_near(colour: list[float]) -> bool:
    return max(abs(one - other) for one, other in zip(colour, ORANGE)) < 75


def test_frames_come_back_marked_and_stop_stops(visit, server) -> None:
    params = quote(json.dumps({"shapes": "line l: 0,0.76 1,0.76"}))
    page = visit(f"/vision?capability=vision.track&params={params}")
    click(page, "picture.way", 3)
    frame = page.frame_locator("iframe[title*=webrtc]")
    frame.locator("button").first.wait_for()
    before = files_of(server)
    frame.locator("button").first.click()
    video = frame.locator("video")
    video.wait_for()

    def marked() -> bool:
        line, below = video.evaluate(COLOURS)
        return is_near(line) and not is_near(below)

    wait_for(page, marked)
    page.get_by_text("frames a second are marked").wait_for()
    frame.locator("button").first.click()
    video.wait_for(state="detached")
    page.get_by_text("frames a second are marked").wait_for(state="detached")
    assert files_of(server) == before


def test_a_page_that_may_not_use_the_camera_says_so(visit) -> None:
    page = visit("/vision?capability=vision.faces", "zh-CN")
    page.evaluate("navigator.mediaDevices.enumerateDevices = async () => []")
    click(page, "picture.way", 3)
    page.get_by_text("没有找到摄像头").wait_for()
    assert not page.locator("iframe[title*=webrtc]").count()
