"""The input area of pictures and videos, walked through: sample, upload, camera, F5, on to another capability."""

import io
import zipfile

import numpy as np
import pytest
from PIL import Image as Pillow
from streamlit.testing.v1 import AppTest

from core import jobs
from core.contracts import Picture, Pictures, Video
from core.intake import spool
from core.source import Source
from core.ui import inputs
from core.ui.inputs import Given
from tests.core.visual.test_film import made

pytest.importorskip("core.intake.pictures")
LOOK, CUT = "plugin.looking", "plugin.cutting"


def page() -> None:
    from core.ui.panel import field_page
    from tests.plugin import cutting, looking

    field_page(looking.CAPABILITY, cutting.CAPABILITY)


def png(left: int = 10, size: int = 30) -> bytes:
    """A bright square on dark ground."""
    pixels = np.full((80, 120, 3), 20, np.uint8)
    pixels[20 : 20 + size, left : left + size] = 250
    written = io.BytesIO()
    Pillow.fromarray(pixels).save(written, "PNG")
    return written.getvalue()


def packed(count: int) -> bytes:
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w") as archive:
        for number in range(count):
            archive.writestr(f"{number:03d}.png", png(number % 80))
    return written.getvalue()


def opened(**query: str) -> AppTest:
    app = AppTest.from_function(page, default_timeout=60)
    for name, value in query.items():
        app.query_params[name] = value
    return app.run()


@pytest.fixture(autouse=True)
def plugin(monkeypatch):
    from core import registry

    monkeypatch.setenv("PANORAMA_PACKAGES", "tests.plugin")
    registry.capabilities.cache_clear()
    yield
    registry.capabilities.cache_clear()


def uploaded(*files: tuple[str, bytes, str]) -> AppTest:
    app = opened()
    app.segmented_control(key="picture.way").set_value("upload").run()
    app.file_uploader[0].set_value(list(files)).run()
    assert not app.exception
    return app


def said(app: AppTest) -> str:
    return " ".join(element.value for element in (*app.caption, *app.markdown, *app.error, *app.subheader))


def overlays(app: AppTest) -> list[str]:
    return [element.proto.body for element in app.get("html") if "data:image/svg+xml" in element.proto.body]


def test_without_a_sample_it_says_what_to_do():
    app = opened()
    assert not app.exception and "Upload a picture" in said(app)


def test_upload_run_and_see_the_box():
    app = uploaded(("a.png", png(), "image/png"))
    assert "120 × 80" in said(app)
    app.button(key=f"{LOOK}.run").click().run()
    assert not app.exception and not app.error
    (shown,) = overlays(app)
    assert "left:8.33%;top:25.00%;width:25.00%;height:37.50%" in shown  # 10, 20, 40, 50 of 120 × 80


def test_a_zip_and_several_files_are_several_pictures():
    app = uploaded(("all.zip", packed(14), "application/zip"))
    assert "14 pictures" in said(app) and "first 12 are shown" in said(app)
    app = uploaded(("a.png", png(3), "image/png"), ("b.png", png(50), "image/png"))
    assert "2 pictures" in said(app)
    app.button(key=f"{LOOK}.run").click().run()
    assert len(overlays(app)) == 2


def test_a_picture_is_taken_with_the_camera():
    app = opened()
    app.segmented_control(key="picture.way").set_value("camera").run()
    assert not app.exception and "HTTPS" in said(app)
    app.camera_input[0].set_value(("camera.jpg", png(), "image/jpeg")).run()
    assert not app.exception and "120 × 80" in said(app) and "data" in app.query_params


def test_it_survives_f5():
    upload = spool(png(), "mine.png")
    app = opened(data=upload.digest)
    assert app.segmented_control(key="picture.way").value == "upload"
    assert "Still here: mine" in said(app) and "120 × 80" in said(app)


def test_an_upload_stays_from_one_capability_to_the_next():
    app = uploaded(("a.png", png(), "image/png"))
    app.button(key=f"{LOOK}.run").click().run()
    app.button(key=f"{LOOK}.chain.{CUT}").click().run()
    assert CUT in str(app.query_params["capability"])
    assert "120 × 80" in said(app)
    app.button(key=f"{CUT}.run").click().run()
    assert not app.exception and not app.error and len(app.get("image")) >= 2


def test_an_upload_that_is_taken_out_is_gone():
    app = uploaded(("a.png", png(), "image/png"))
    app.file_uploader[0].set_value([]).run()
    assert "Give one file" in said(app) and "data" not in app.query_params


def test_a_result_goes_on_as_the_next_picture():
    app = uploaded(("a.png", png(), "image/png"))
    app.segmented_control(key="capability").set_value(CUT).run()
    app.button(key=f"{CUT}.run").click().run()
    app.button(key=f"{CUT}.chain.result.{LOOK}").click().run()
    assert not app.exception and not app.error
    assert LOOK in str(app.query_params.get("capability", LOOK)) and "Still here: result" in said(app)
    app.button(key=f"{LOOK}.run").click().run()
    assert len(overlays(app)) == 1


def test_a_video_is_shown_and_answered_with_a_film():
    from core.visual.film import path_of

    content = path_of(made(20, 64, 48)).read_bytes()
    app = uploaded(("walk.mp4", content, "video/mp4"))
    assert "64 × 48" in said(app) and not app.get("video")
    app.toggle[0].set_value(True).run()
    assert len(app.get("video")) == 1
    app.button(key=f"{LOOK}.run").click().run()
    assert not app.exception and not app.error
    assert any("/api/v1/films/" in video.proto.url for video in app.get("video"))


def test_a_video_where_only_pictures_are_taken_is_told():
    from core.visual.film import path_of

    upload = spool(path_of(made()).read_bytes(), "walk.mp4")
    app = opened(data=upload.digest, capability=CUT)
    assert not app.exception and len(app.error) == 1


@pytest.mark.parametrize(
    "content", [b"\x89PNG\r\n\x1a\n" + bytes(64), b"not a picture", png()[:200], b"PK\x03\x04 no zip", b"GIF89a" + bytes(9)]
)
def test_a_bad_file_gets_one_sentence_and_nothing_else_breaks(content):
    app = uploaded(("x.png", content, "image/png"))
    assert len(app.error) == 1 and "Error id" in app.error[0].value
    app.segmented_control(key="picture.way").set_value("sample").run()
    assert not app.error and not app.exception


def test_the_name_of_a_file_cannot_break_out():
    app = uploaded(("![x](http://evil/x.png)<script>.png", png(), "image/png"))
    app.button(key=f"{LOOK}.run").click().run()
    assert not app.exception
    assert "![x](" not in said(app) and "<script>" not in "".join(overlays(app))


def test_many_pictures_are_a_job(monkeypatch):
    submitted: list[Source] = []

    def submit(capability_id, action, source, params, title=""):
        submitted.append(source)
        raise jobs.NotFoundError("Stopped here {name}.", name="on purpose")

    monkeypatch.setattr(jobs, "submit", submit)
    app = uploaded(("all.zip", packed(inputs.PICTURES_AT_ONCE + 1), "application/zip"))
    app.button(key=f"{LOOK}.run").click().run()
    assert len(submitted) == 1 and not overlays(app)


def test_samples_are_small_pictures_to_click(monkeypatch):
    from core import samples, source
    from tests.plugin import looking

    known = {name: type("S", (), {"title": name, "caveats": (f"mind {name}",)}) for name in ("one", "two")}
    digests = {name: spool(png(place), f"{name}.png").digest for name, place in (("one", 3), ("two", 60))}
    real = source.open_input

    def of(asked, takes, context=None):
        found = Source(kind="upload", name=f"{asked.name}.png", digest=digests[asked.name])
        return real(found, takes, context)

    monkeypatch.setattr(samples, "catalogue", lambda: known)
    monkeypatch.setattr(source, "open_input", of)
    object.__setattr__(looking.CAPABILITY, "samples", ("one", "two"))
    try:
        app = opened()
        assert "one.png" in said(app).replace("\\", "") and "mind one" in said(app)
        app.button(key="picture.sample.two").click().run()
        assert "mind two" in said(app) and app.query_params["sample"] in ("two", ["two"])
        again = opened(sample="two")
        assert "mind two" in said(again)
    finally:
        object.__setattr__(looking.CAPABILITY, "samples", ())


def test_how_much_is_long():
    picture = Picture.of(np.zeros((2, 2, 3), np.uint8))
    source = Source(kind="sample", name="x")
    few, many = (Given(source, pictures=Pictures((picture,) * n)) for n in (inputs.PICTURES_AT_ONCE, inputs.PICTURES_AT_ONCE + 1))
    assert (few.is_long, many.is_long) == (False, True)
    short, long = (Given(source, video=Video("v", source, 2, 2, 10, 9, s, "d")) for s in (3.0, 60.0))
    assert (short.is_long, long.is_long) == (False, True)
    assert few.whole((Pictures,)) is few.pictures and short.whole((Pictures, Video)) is short.video
    assert few.columns is None and few.kind is Pictures and short.kind is Video and few.digest == few.pictures.digest
