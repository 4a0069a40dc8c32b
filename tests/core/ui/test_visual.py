"""Pictures and films on the page, in the report and as files to take away."""

import base64
import io
import re
import zipfile

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from core.contracts import Boxes, Gallery, Message, Report, Section, dump, load
from core.ui import outcome, report, visual_report, visual_views
from core.visual import film
from tests.core.ui import examples
from tests.core.visual.test_film import made


def page() -> None:
    import streamlit as st

    from core.contracts import Capability, Params, Pictures, Report, Section
    from core.ui.outcome import outcome
    from tests.core.ui import examples
    from tests.core.visual.test_film import made

    which = st.query_params["which"]
    parts = [made()] if which == "film" else examples.VISUAL if which == "all" else [examples.VISUAL[int(which)]]
    result = Report("t", "", tuple(Section("", part) for part in parts)) if which == "all" else parts[0]
    capability = Capability("vision.any", "Any", "Shows.", (Pictures,), Report, Params, lambda *_: result)
    outcome(capability, result, "shown", given=None, params=Params())


def shown(which: str, language: str = "en") -> AppTest:
    app = AppTest.from_function(page, default_timeout=60)
    app.query_params["which"] = which
    app.query_params["lang"] = language
    app.run()
    assert not app.exception and not app.error
    return app


def buttons(app: AppTest) -> list[str]:
    return [button.proto.label for button in app.get("download_button")]


@pytest.mark.parametrize("language", ["en", "zh"])
def test_all_of_them_on_one_page(language):
    app = shown("all", language)
    files = len(examples.VISUAL) + 1  # the gallery has two
    assert any(str(files) in label and "ZIP" in label for label in buttons(app))
    assert {"CSV", "Excel"} <= set(buttons(app))


def test_boxes_picture_then_counts_then_a_folded_table():
    app = shown(str(examples.VISUAL.index(examples.BOXES)))
    parts = [element.proto.body for element in app.get("html")]
    assert len(parts) == 2 and "data:image/jpeg" in parts[0] and parts[1].count("background:") == 2
    assert "Picture (PNG)" in buttons(app)
    assert not app.dataframe  # sent when it is opened


def test_nothing_found_is_said():
    app = shown(str(examples.VISUAL.index(examples.NO_BOXES)))
    assert any("Nothing was found" in caption.value for caption in app.caption)


def test_a_film_is_streamed_from_its_own_address():
    app = shown("film")
    (video,) = app.get("video")
    assert re.fullmatch(r"http://[\w.:]+/api/v1/films/[0-9a-f]{64}\.mp4", video.proto.url)
    assert "Film (MP4)" in buttons(app)


def test_a_film_that_is_gone_leaves_its_poster():
    app = shown(str(examples.VISUAL.index(examples.FILM)))
    assert not app.get("video") and len(app.get("image")) == 1 and "not kept" in app.info[0].value


def test_what_a_model_made_bears_a_badge():
    for result, expected in ((examples.IMAGE, True), (examples.GALLERY, False), (examples.BOXES, False)):
        app = shown(str(examples.VISUAL.index(result)))
        assert any("Made by a model" in element.value for element in app.markdown) == expected
    made_up, real = rendered(examples.GALLERY).split("</figcaption>")[:2]  # one of two: it says so itself
    assert "Made by a model" in made_up and "Made by a model" not in real
    assert rendered(Gallery("g", (examples.IMAGE,) * 2)).count("Made by a model") == 1


def test_a_users_name_is_shown_letter_by_letter():
    for sentence in ("![x](http://evil/x.png)", Message("{name}", {"name": "![x](http://evil/x.png)"})):
        assert "\\!\\[x\\]" in visual_views._safe(sentence)


def test_boxes_as_a_table():
    frame = visual_views.boxes_frame(examples.BOXES)
    assert list(frame.columns) == ["Label", "Confidence", "Number", "x0", "y0", "x1", "y1", "Width", "Height"]
    assert frame.iloc[0].tolist() == [examples.EVIL, pytest.approx(87.6), 3, 8.0, 6.0, 40.0, 30.0, 32.0, 24.0]
    assert len(visual_views.boxes_frame(examples.NO_BOXES)) == 0


def test_points_as_a_table():
    frame = visual_views.points_frame(examples.KEYPOINTS)
    assert frame["Body"].tolist() == [1, 1, 1] and frame["x"].tolist() == [10.0, 20.0, 40.0]


def test_the_boxes_of_all_pictures_are_one_table():
    sections = tuple(Section(Message("{name}", {"name": name}), examples.BOXES) for name in ("a.png", "b.png"))
    frame = outcome.frame_of(Report("t", "", sections))
    assert frame["Picture"].tolist() == ["a.png"] * 3 + ["b.png"] * 3
    assert "Picture" not in outcome.frame_of(Report("t", "", sections[:1])).columns


def rendered(*results: object, language: str = "en") -> str:
    return report.render(Report("t", "", tuple(Section("", result) for result in results)), language).decode()


def test_a_small_film_is_in_the_report(monkeypatch):
    result = made()
    page = rendered(result)
    content = re.search(r"src='data:video/mp4;base64,([^']+)'", page).group(1)
    assert base64.b64decode(content) == film.path_of(result).read_bytes()
    monkeypatch.setattr(visual_report, "MOST_FILM_BYTES", 100)
    page = rendered(result)
    assert "<video" not in page and "too large for this file" in page and "data:image/jpeg" in page


def test_the_report_speaks_the_readers_language():
    page = rendered(*examples.VISUAL, language="zh")
    assert "由模型生成" in page and "什么也没有找到" in page and "已不再保留" in page
    assert "<script" not in page


@pytest.mark.parametrize("result", examples.VISUAL, ids=lambda result: type(result).__name__)
def test_they_survive_json(result):
    again = load(dump(result))
    assert type(again) is type(result) and dump(again) == dump(result)
    if isinstance(result, Boxes):
        assert again.boxes.shape == result.boxes.shape and again.boxes.dtype == np.float32


def test_the_zip_of_a_report_opens():
    from core.visual import saving

    whole = Report("t", "", tuple(Section("", result) for result in (examples.BOXES, examples.IMAGE, made())))
    with zipfile.ZipFile(io.BytesIO(saving.packed(saving.files(whole, "zh")))) as archive:
        assert [name[-4:] for name in archive.namelist()] == [".png", ".jpg", ".mp4"] and archive.testzip() is None
