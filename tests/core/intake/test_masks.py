"""Masks of an archive: the layouts, what values mean, polygons, and one sentence for each fault."""

from __future__ import annotations

import json

import numpy as np
import pytest

from core.contracts import InputError, UserError
from core.intake.pictures import masks
from tests.masked import png, table

CLASSES = ("background", "foreground")


def photo(seed: int = 0, side: int = 24) -> bytes:
    return png(np.random.default_rng(seed).integers(0, 255, (side, side + 8, 3), dtype=np.uint8))


def square(value: object = 255, side: int = 24) -> np.ndarray:
    mask = np.zeros((side, side + 8, *np.shape(value)), np.uint8)
    mask[4:12, 4:12] = value
    return mask


def cell(files: dict[str, bytes]) -> str:
    return table(files).frame["mask"][0]


@pytest.mark.parametrize(
    ("picture", "mask"),
    [
        ("images/1.png", "masks/1.png"), ("set/images/1.png", "set/masks/1.png"), ("1.png", "1_mask.png"),
        ("1.png", "masks/1.png"),
        ("VOC2012/JPEGImages/1.png", "VOC2012/SegmentationClass/1.png"), ("train/images/1.png", "train/masks/1_mask.png"),
        ("Images/1.png", "Labels/1.png"),
    ],
)  # fmt: skip
def test_layouts(picture: str, mask: str) -> None:
    found = table({picture: photo(), mask: png(square())})
    assert found.frame["name"].tolist() == [picture] and "label" not in found.frame
    decoded = masks.decoded(found.frame["mask"][0], CLASSES)
    assert (decoded == (square() > 0)).all()


def test_objects_of_voc_are_passed_over_and_parts_are_a_split() -> None:
    files = {f"{part}/JPEGImages/{k}.png": photo(k) for k, part in ((1, "train"), (2, "val"), (3, "test"))}
    files |= {name.replace("JPEGImages", "SegmentationClass"): png(square(3)) for name in files}
    files["train/SegmentationObject/1.png"] = png(square(9))
    found = table(files)
    assert len(found) == 3 and sorted(found.frame["split"]) == ["test", "train", "validation"]


def test_folders_of_classes_stay_classes() -> None:
    found = table({"mask/1.png": photo(1), "mask/2.png": photo(2), "no mask/3.png": photo(3), "no mask/4.png": photo(4)})
    assert "mask" not in found.frame and set(found.frame["label"]) == {"mask", "no mask"}


def test_values_are_numbers_names_and_void() -> None:
    voc = square(2)
    voc[0] = 255
    assert set(masks.names_in(cell({"images/1.png": photo(), "masks/1.png": png(voc)}))) == {"background", "class 2"}
    named = {"images/1.png": photo(), "masks/1.png": png(voc), "classes.txt": b"cat\ndog\n"}
    found = cell(named)
    decoded = masks.decoded(found, ("background", "dog"))
    assert decoded[0, 0] == masks.VOID and decoded[5, 5] == 1 and decoded[20, 0] == 0
    assert any("255" in str(notice) for notice in table(named).notices)
    with_background = {**named, "classes.txt": b"background\ncat\ndog\n"}
    assert "dog" in masks.names_in(cell(with_background))
    assert masks.decoded(found, ("background",), others=7)[5, 5] == 7


def test_zero_and_one_or_compressed_black_and_white_are_two_classes() -> None:
    assert masks.names_in(cell({"images/1.png": photo(), "masks/1.png": png(square(1))})) == CLASSES
    soft = table({"images/1.png": photo(side=64), "masks/1.jpg": png(square(255, 64), "JPEG")})
    decoded = masks.decoded(soft.frame["mask"][0], CLASSES)
    assert (decoded == (square(255, 64) > 0)).mean() > 0.99 and any("black and white" in str(note) for note in soft.notices)


def test_colours_are_classes_with_and_without_a_list() -> None:
    files = {"images/1.png": photo(), "masks/1.png": png(square((128, 64, 128)))}
    assert set(masks.names_in(cell(files))) == {"background", "#804080"}
    listed = cell({**files, "labelmap.txt": b"# label:color_rgb:parts:actions\nbackground:0,0,0::\nroad:128,64,128::\n"})
    assert set(masks.names_in(listed)) == {"background", "road"}
    assert (masks.decoded(listed, ("background", "road")) == (square() > 0)).all()


def test_a_palette_that_changes_from_file_to_file_is_read_by_its_colours() -> None:
    red_first, red_second = [0, 0, 0, 255, 0, 0, 0, 0, 255], [0, 0, 0, 0, 0, 255, 255, 0, 0]
    files = {"images/1.png": photo(1), "images/2.png": photo(2), "masks/1.png": png(square(1), palette=red_first),
             "masks/2.png": png(square(2), palette=red_second)}  # fmt: skip
    found = table(files).frame["mask"].tolist()
    names = ("background", "#FF0000")
    assert set(masks.names_in(found[0])) == set(masks.names_in(found[1])) == set(names)
    assert (masks.decoded(found[0], names) == masks.decoded(found[1], names)).all()
    same = cell({**files, "masks/2.png": png(square(2), palette=red_first)})
    assert set(masks.names_in(same)) == {"background", "class 1"}


def test_polygons_of_coco_become_a_mask_with_a_hole_filled_by_what_lies_on_top() -> None:
    rings = [[2, 2, 20, 2, 20, 20, 2, 20]], [[8, 8, 14, 8, 14, 14, 8, 14]]
    whole = {"images": [{"id": 1, "file_name": "1.png"}], "categories": [{"id": 1, "name": "leaf"}, {"id": 2, "name": "spot"}],
             "annotations": [{"image_id": 1, "category_id": k, "bbox": [2, 2, 18, 18], "segmentation": rings[k - 1]}
                             for k in (1, 2)]}  # fmt: skip
    found = table({"1.png": photo(), "a.json": json.dumps(whole).encode()})
    decoded = masks.decoded(found.frame["mask"][0], ("background", "leaf", "spot"))
    assert decoded.shape == (24, 32) and decoded[0, 0] == 0 and decoded[4, 4] == 1 and decoded[10, 10] == 2
    assert json.loads(found.frame["boxes"][0])[0][0] == "leaf"


def test_holes_and_strange_sizes_are_left_out_and_said() -> None:
    found = table({
        "images/1.png": photo(1), "images/2.png": photo(2), "images/3.png": photo(3), "images/4.png": photo(4),
        "masks/1.png": png(square()), "masks/2.png": png(np.zeros((50, 24), np.uint8)),
        "masks/4.png": png(square(255, 24)[:, :32]),
    })  # fmt: skip
    assert found.frame["mask"].notna().tolist() == [True, False, False, True]
    said = " ".join(map(str, found.notices))
    assert "another shape" in said and "no mask" in said


@pytest.mark.parametrize(
    ("files", "said"),
    [
        ({"masks/1.png": png(np.zeros((50, 10), np.uint8))}, "size of its picture"),
        ({"masks/1.png": png(np.random.default_rng(0).integers(0, 200, (24, 32), dtype=np.uint8))}, "different values"),
        ({"masks/1.png": photo(5)}, "different values"),
        ({"masks/1.png": png(square((9, 9, 200))), "labelmap.txt": b"background:0,0,0::\nroad:128,64,128::\n"}, "#0909C8"),
    ],
)
def test_a_fault_is_one_sentence(files: dict[str, bytes], said: str) -> None:
    with pytest.raises(InputError, match=said) as caught:
        table({"images/1.png": photo(), **files})
    assert str(caught.value).endswith(".")


@pytest.mark.parametrize(
    "bad", ["", "x", "[]", "{}", '{"file": "../../etc/passwd", "classes": {"0": "a"}}', '{"polygons": 3, "size": 1}']
)
def test_a_cell_that_is_none_of_ours_is_one_sentence(bad: str) -> None:
    with pytest.raises(UserError) as caught:
        masks.decoded(bad, CLASSES)
    assert str(caught.value).endswith(".")
