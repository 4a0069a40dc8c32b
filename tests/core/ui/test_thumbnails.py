"""Tables show their pictures small; what is gone or no picture of ours stays out, and files keep the names."""

import base64
import io
import json

import numpy as np
import pandas as pd
import pytest
from PIL import Image as Pillow
from streamlit.testing.v1 import AppTest

from core.contracts import Records
from core.intake import spool
from core.intake.pictures import path_of, read_pictures, table_of
from core.ui import outcome, thumbnails
from tests.hostile.bad_pictures import archive


def png(shade: int, size: tuple[int, int] = (300, 200)) -> bytes:
    written = io.BytesIO()
    Pillow.fromarray(np.full((size[1], size[0], 3), shade, np.uint8)).save(written, "PNG")
    return written.getvalue()


@pytest.fixture
def table():
    shades = range(10, 250, 4)  # sixty, more than are shown
    return table_of(read_pictures(spool(archive({f"grey/{shade:03d}.png": png(shade) for shade in shades}), "grey.zip")))


def opened(cell: str) -> Pillow.Image:
    assert cell.startswith("data:image/jpeg;base64,")
    return Pillow.open(io.BytesIO(base64.b64decode(cell.partition(",")[2])))


def test_a_column_of_references_becomes_small_pictures(table):
    shown, columns = thumbnails.pictured(table.frame)
    assert thumbnails.column_of(table.frame) == "picture" and list(columns) == ["picture"]
    first, last = opened(shown["picture"][0]), opened(shown["picture"][thumbnails.MOST - 1])
    assert max(first.size) == thumbnails.SIDE and first.size == (96, 64)
    assert abs(first.getpixel((5, 5))[0] - 10) < 4 and abs(last.getpixel((5, 5))[0] - (10 + 4 * (thumbnails.MOST - 1))) < 4
    assert shown["picture"][thumbnails.MOST :].isna().all() and len(shown) == len(table)
    assert max(len(cell) for cell in shown["picture"].dropna()) < 4_000


def test_a_table_without_pictures_stays_as_it_is():
    frame = pd.DataFrame({"picture": ["a.png", "../../etc/passwd"], "n": [1, 2]})
    assert thumbnails.column_of(frame) == "" and thumbnails.pictured(frame) == (frame, {})
    assert thumbnails.small("0" * 64 + "/000000.png") is None


def test_pictures_stand_beside_the_rows_of_a_result_and_not_in_its_file(table):
    references = table.frame["picture"].tolist()[:3]
    records = Records("t", pd.DataFrame({"picture": ["a", "b", "c"]}), pictures=(references[0], "", references[2]))
    shown, columns = thumbnails.pictured(records.frame, records.pictures)
    assert list(shown.columns) == ["Preview", "picture"] and list(columns) == ["Preview"]
    assert opened(shown["Preview"][0]).size == (96, 64) and pd.isna(shown["Preview"][1])
    assert outcome.frame_of(records).equals(records.frame)
    path_of(references[0]).unlink()
    path_of(references[2]).unlink()
    thumbnails._encoded.clear()
    assert thumbnails.pictured(records.frame, records.pictures) == (records.frame, {})


def page() -> None:
    import streamlit as st

    from core.contracts import TrainingParams, column
    from core.source import Source, open_source
    from core.ui import inputs
    from core.ui.guard_panel import guard_panel

    class Sorting(TrainingParams):
        picture: str = column("picture", title="p", help="h")
        target: str = column("label", title="t", help="h")

    table = open_source(Source(kind="upload", name="set.zip", digest=st.query_params["data"]))
    inputs.show_table(table)
    guard_panel(table, Sorting(picture="picture", target="label"), (), "guard")


def test_preview_and_guard_show_the_pictures():
    files = {f"{kind}/{place}.png": png(shade, (80, 60)) for place in range(12) for kind, shade in (("a", 40), ("b", 200))}
    app = AppTest.from_function(page, default_timeout=60)
    app.query_params["data"] = spool(archive(files), "set.zip").digest
    app.run()
    assert not app.exception
    assert all(cell.startswith("data:image/jpeg") for cell in app.dataframe[0].value["picture"])
    assert json.loads(app.dataframe[0].proto.columns)["picture"]["type_config"]["type"] == "image"
    assert len(app.get("image")) >= 2
