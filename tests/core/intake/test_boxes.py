"""Annotations that come with an archive: COCO's and YOLO's, with what goes wrong in them."""

from __future__ import annotations

import json
from typing import Any

import pytest

from core.contracts import InputError, Pictures
from core.intake import spool
from core.intake.pictures import read_pictures, table_of
from core.intake.pictures.boxes import read
from tests.hostile.bad_pictures import archive, picture

WIDTH, HEIGHT = 64, 48


def given(files: dict[str, bytes]) -> Pictures:
    return read_pictures(spool(archive(files), "set.zip"))


def coco(annotations: list[dict[str, Any]], name: str = "a.png") -> bytes:
    images = [{"id": 7, "file_name": name, "width": WIDTH, "height": HEIGHT}]
    return json.dumps({"images": images, "annotations": annotations, "categories": [{"id": 3, "name": "cat"}]}).encode()


def row(*bbox: float, category: int = 3, **more: object) -> dict[str, Any]:
    return {"image_id": 7, "category_id": category, "bbox": list(bbox), **more}


def said(pictures: Pictures) -> str:
    found = read(pictures)
    return " ".join(str(notice) for notice in found.notices) if found else ""


def test_coco_boxes_are_corners_in_pixels_with_the_names_of_their_categories():
    found = read(given({"images/a.png": picture(), "ann.json": coco([row(10, 12, 20, 24)])}))
    assert found is not None
    assert found.classes == ("cat",) and found.boxes == {"images/a.png": (("cat", 10.0, 12.0, 30.0, 36.0),)}


def test_a_box_beyond_the_picture_is_cut_and_one_outside_is_left_out_both_said():
    pictures = given({"a.png": picture(), "ann.json": coco([row(-10, 40, 30, 100), row(200, 0, 5, 5), row(5, 5, 0, 9)])})
    found = read(pictures)
    assert found is not None and found.boxes["a.png"] == (("cat", 0.0, 40.0, 20.0, 48.0),)
    assert "1 boxes reached beyond" in said(pictures) and "2 boxes lie outside" in said(pictures)


def test_crowds_unknown_categories_and_nonsense_are_left_out_and_said():
    rows = [row(1, 1, 5, 5, iscrowd=1), row(1, 1, 5, 5, category=99), row(1, 1, 5), {**row(), "bbox": "x"}, row(1, 1, 9, 9)]
    pictures = given({"a.png": picture(), "ann.json": coco(rows)})
    assert len(read(pictures).boxes["a.png"]) == 1
    assert "1 boxes around crowds" in said(pictures) and "3 annotations could not be read" in said(pictures)


def test_a_damaged_coco_file_is_named():
    broken = json.dumps({"images": [{"id": 1}], "annotations": [], "categories": []}).encode()
    with pytest.raises(InputError, match=r"ann\.json looks like COCO"):
        read(given({"a.png": picture(), "ann.json": broken}))


@pytest.mark.parametrize("content", [b"[1, 2", b"{}", b'{"a": 1}', b"[" * 5000])
def test_other_json_is_no_annotation(content: bytes):
    assert read(given({"a.png": picture(), "other.json": content})) is None


def test_yolo_labels_stand_in_their_own_folder_or_beside_and_polygons_become_boxes():
    files = {"train/images/a.png": picture(), "train/labels/a.txt": b"1 0.5 0.5 0.5 0.5\n", "b.png": picture(),
             "b.txt": b"0 0.25 0.25 0.75 0.25 0.75 0.75\nhello\n-1 0 0 1 1\n", "c.png": picture(),
             "data.yaml": b"names: [tree, dead]\n"}  # fmt: skip
    found = read(given(files))
    assert found is not None and found.classes == ("tree", "dead")
    assert found.boxes["train/images/a.png"] == (("dead", 16.0, 12.0, 48.0, 36.0),)
    assert found.boxes["b.png"] == (("tree", 16.0, 12.0, 48.0, 36.0),) and found.boxes["c.png"] == ()
    assert any("1 pictures have no boxes" in str(n) for n in found.notices)


def test_names_may_be_numbered_or_missing():
    numbered = {"a.png": picture(), "a.txt": b"4 0.5 0.5 0.5 0.5", "d.yml": b"names: {4: owl}"}
    assert read(given(numbered)).classes == ("owl",)
    assert read(given({"a.png": picture(), "a.txt": b"4 0.5 0.5 0.5 0.5"})).classes == ("class 4",)
    assert read(given({"a.png": picture(), "a.txt": b"4 0.5 0.5 0.5 0.5", "d.yaml": b": : ["})).classes == ("class 4",)


def test_the_table_of_an_archive_has_the_boxes_and_a_picture_that_nobody_annotated_has_none():
    table = table_of(given({"a.png": picture(), "b.png": picture("JPEG"), "ann.json": coco([row(10, 12, 20, 24)])}))
    assert json.loads(table.frame["boxes"][0]) == [["cat", 10.0, 12.0, 30.0, 36.0]]
    assert table.frame["boxes"].isna().tolist() == [False, True]
