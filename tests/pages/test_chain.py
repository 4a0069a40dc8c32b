"""A text that was read in pictures goes on to the page of text as one document, in both languages."""

import io
import zipfile

import cv2
import numpy as np
import pytest
from PIL import Image as Pillow
from streamlit.testing.v1 import AppTest

from core.intake import find_upload, spool
from core.ui import chain
from tests.pages.test_pages import LANGUAGES, opened

LINES = {"one.png": "The meeting is on Friday", "two.png": "会议改到星期五上午"}
TITLES = {"text.answer": {"en-US": "Ask about this text", "zh-CN": "就这段文字提问"}}


def packed() -> bytes:
    """A ZIP of two pages, one in each language."""
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w") as archive:
        for name, line in LINES.items():
            pixels = np.full((160, 640, 3), 255, np.uint8)
            cv2.putText(pixels, line, (30, 90), (20, 20, 20), cv2.FontFace("uni"), 30)
            page = io.BytesIO()
            Pillow.fromarray(pixels).save(page, "PNG")
            archive.writestr(name, page.getvalue())
    return written.getvalue()


def read(locale: str) -> AppTest:
    upload = spool(packed(), "two pages.zip")
    app = opened("pages/vision.py", locale, capability="vision.read", data=upload.digest)
    app.button(key="vision.read.run").click().run()
    assert not app.exception and not app.error
    return app


@pytest.mark.parametrize("locale", LANGUAGES)
@pytest.mark.parametrize("name", chain.OF_A_TEXT)
def test_what_was_read_goes_on_as_one_document(locale, name):
    app = read(locale)
    if name in TITLES:
        assert app.button(key=f"vision.read.chain.text.{name}").label == TITLES[name][locale]
    app.button(key=f"vision.read.chain.text.{name}").click().run()
    assert not app.exception and not app.error
    asked = {key: value if isinstance(value, str) else value[-1] for key, value in app.query_params.items()}
    assert asked["capability"] == name
    upload = find_upload(asked["data"])
    assert upload.name == "two pages.txt" and any("two pages" in caption.value for caption in app.caption)
    text = upload.path.read_text()
    assert all(line in text and page in text for page, line in LINES.items())


def test_what_was_read_is_a_text_file_to_take_away():
    labels = [button.proto.label for button in read("en-US").get("download_button")]
    assert "Text (.txt)" in labels


@pytest.mark.parametrize(
    ("given", "called"),
    [("a.b.png", "a.b.txt"), ("scan", "scan.txt"), ("Mr. Smith at home", "Mr. Smith at home.txt"), ("", "result.txt")],
)
def test_the_document_is_called_after_the_file(given, called):
    assert chain.document_name(given) == called
