"""vision.read: planted texts are read, in reading order, as tables, and whatever is uploaded gets a sentence or an answer."""

import cv2
import numpy as np
import pytest

from core.contracts import Boxes, Context, Gallery, Pictures, Records, Text, UserError, dump, load
from core.intake import ocr, spool
from core.source import Source, open_input
from models.vision import read
from models.vision.reading import layout, trial, wording
from tests.hostile.bad_pictures import BAD_PICTURES


def line(text: str, x: float, y: float, width: float = 0, height: float = 10) -> ocr.Line:
    width = width or 6 * len(text)
    corners = np.array([[x, y], [x + width, y], [x + width, y + height], [x, y + height]], np.float32)
    return ocr.Line(text, 0.9, corners)


def drawn(placed: dict[tuple[int, int], str], size: tuple[int, int] = (360, 900), type_size: int = 26) -> np.ndarray:
    pixels = np.full((*size, 3), 255, np.uint8)
    for place, text in placed.items():
        cv2.putText(pixels, text, place, (20, 20, 20), cv2.FontFace("uni"), type_size)
    return pixels


def results(report, kind):
    return [section.result for section in report.sections if isinstance(section.result, kind)]


def test_planted_lines_are_read_in_both_languages_with_their_places():
    pixels = drawn({(40, 80): "The meeting is on Friday at 9:30.", (60, 200): "会议改到星期五上午，请带上合同。"})
    report = read.run(Pictures.of(pixels, "note"), read.ReadParams(), Context())
    (text,) = results(report, Text)
    assert text.text.split("\n")[0].replace(" ", "") == "Themeetingison Fridayat9:30.".replace(" ", "")
    assert "会议改到星期五上午，请带上合同。" in text.text
    (boxes,) = results(report, Boxes)
    assert boxes.ids == (1, 2)
    assert abs(boxes.boxes[:, 0] - [40, 60]).max() < 12
    assert boxes.boxes[0, 1] < 80 - 10 < boxes.boxes[0, 3]
    assert dump(load(dump(report))) == dump(report)


def test_upside_down_is_read_too():
    pixels = drawn({(40, 80): "Everything stands on its head", (40, 160): "in this picture of a page"})[::-1, ::-1]
    (text,) = results(read.run(Pictures.of(np.ascontiguousarray(pixels)), read.ReadParams(), Context()), Text)
    assert "Everything stands on its head" in text.text


def test_rows_and_columns_become_a_table():
    cells = [["Item", "Count", "Price"], ["Apples", "12", "3.50"], ["Bread", "2", "4.10"]]
    places = {(40 + 280 * x, 80 + 60 * y): text for y, row in enumerate(cells) for x, text in enumerate(row)}
    report = read.run(Pictures.of(drawn(places)), read.ReadParams(), Context())
    table, _lines = results(report, Records)
    assert list(table.frame.columns) == cells[0]
    assert table.frame.to_numpy().tolist() == cells[1:]
    assert results(report, Text)[0].text.split("\n")[1] == "Apples\t12\t3.50"


def test_columns_of_a_page_are_read_one_after_the_other():
    left = [line(f"left column, line {n} of it", 10, 60 + 20 * n) for n in range(5)]
    right = [line(f"right column, line {n} of it", 260, 62 + 20 * n) for n in range(5)]
    title = [line("A title that stands over both of the columns of this page", 30, 10)]
    mixed = [item for pair in zip(right, left) for item in pair] + title
    found = [row[0].line.text for row in layout.ordered(mixed)]
    assert found == [item.text for item in (*title, *left, *right)]


def test_lines_are_numbered_where_a_number_hides_nothing():
    apart = np.array([[0, 50 * n, 200, 50 * n + 20] for n in range(5)], np.float32)
    close = np.array([[0, 22 * n, 200, 22 * n + 20] for n in range(5)], np.float32)
    assert not read._is_dense(apart) and read._is_dense(close)
    assert not read._is_dense(np.zeros((0, 4), np.float32))


def test_an_empty_cell_stays_empty():
    rows = layout.ordered(
        [line("name", 0, 0), line("sum", 200, 0), line("note", 400, 0), line("rent", 0, 30), line("paid", 400, 30)]
    )
    assert layout.grid(rows) == [["name", "sum", "note"], ["rent", "", "paid"]]


def test_a_thousand_lines_in_a_staircase_are_put_in_order():
    stairs = [line(f"line {n}", 3 * n, 12 * n) for n in range(1000)]
    assert [row[0].line.text for row in layout.ordered(stairs[::-1])] == [item.text for item in stairs]


def test_words_are_joined_as_their_language_writes_them():
    assert wording.joined(["two", "words"]) == "two words"
    assert wording.joined(["两个", "词"]) == "两个词"
    assert wording.spelt("价格：１２。", "en") == "价格:12."
    assert wording.spelt("好的,见12:30", "zh") == "好的，见12:30"


def test_a_batch_has_a_gallery_and_one_table():
    pictures = Pictures.of([drawn({(40, 80): f"Page number {n}"}) for n in range(3)], "scan")
    report = read.run(pictures, read.ReadParams(), Context())
    assert [image.title for image in results(report, Gallery)[0].images] == ["scan 1", "scan 2", "scan 3"]
    (table,) = results(report, Records)
    assert table.frame["Picture"].tolist() == ["scan 1", "scan 2", "scan 3"]
    assert "scan 2\nPage number 1" in results(report, Text)[0].text


def test_a_picture_without_text_says_so():
    report = read.run(Pictures.of(np.full((120, 160, 3), 200, np.uint8)), read.ReadParams(), Context())
    assert "No text was found" in str(report.summary)
    assert not results(report, Text)


def test_errors_are_counted_where_they_are():
    wrong, length = trial.errors(["abcd", "efgh"], "abd efghij")
    assert wrong.tolist() == [1, 2]
    assert length.tolist() == [4, 4]
    assert trial.errors(["ab"], "")[0].tolist() == [2]


def test_the_bar_of_the_printed_sample_is_met():
    evidence = trial.printed(Context())
    bar = next(bar for bar in read.CAPABILITY.bars if bar.sample == "printed_text")
    assert evidence.score <= bar.value < evidence.baseline


@pytest.mark.parametrize("bad", BAD_PICTURES)
def test_a_bad_picture_gets_one_sentence(bad):
    try:
        upload = spool(BAD_PICTURES[bad].make(), BAD_PICTURES[bad].name)
        given = open_input(Source(kind="upload", name=upload.name, digest=upload.digest), (Pictures,))
        report = read.run(given, read.ReadParams(), Context())
        assert dump(load(dump(report))) == dump(report)
    except UserError as error:
        assert str(error).endswith((".", "?"))
