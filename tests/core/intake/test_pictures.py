"""Pictures: any format upright in RGB, limits from the header, archives within limits, labelled sets as tables."""

import io
import time
import zipfile

import numpy as np
import pytest
from PIL import Image

from core.contracts import Context, InputError, LimitError, NotFoundError, Picture, Pictures, UserError
from core.home import home
from core.intake import spool
from core.intake.documents import collect
from core.intake.pictures import decoded, find, pixels, read_pictures, reference, table_of
from core.intake.pictures.reading import natural
from core.source import Source, kind_of, open_input, open_source
from tests.hostile.bad_pictures import BAD_PICTURES, archive, long_animation, picture


def opened(content: bytes, name: str) -> Pictures:
    return read_pictures(spool(content, name))


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP", "BMP", "TIFF", "GIF", "PPM"])
def test_every_format_gives_the_same_picture(kind):
    (one,) = opened(picture(kind, mode="P" if kind == "GIF" else "RGB"), f"x.{kind.lower()}").items
    found = pixels(one)
    assert (found.shape, found.dtype, one.width, one.height) == ((48, 64, 3), np.uint8, 64, 48)
    near = np.abs(found.astype(int) - pixels(opened(picture(), "x.png").items[0])).mean()
    assert near < (20 if kind == "GIF" else 4)


def test_exif_rotation_turns_the_picture_upright():
    exif = Image.Exif()
    exif[0x0112] = 6  # the camera was turned: the row 0 is the right side
    stream = io.BytesIO()
    Image.fromarray(np.stack([np.arange(48, dtype=np.uint8)[:, None].repeat(64, 1)] * 3, 2) * 5).save(stream, "PNG", exif=exif)
    (one,) = opened(stream.getvalue(), "turned.png").items
    found = pixels(one)
    assert (one.width, one.height) == (48, 64) and found.shape == (64, 48, 3)
    assert found[0, -1, 0] < 10 < 200 < found[0, 0, 0]


@pytest.mark.parametrize(
    ("mode", "kind", "values", "wanted"),
    [("CMYK", "JPEG", (0, 0, 0, 0), 255), ("I;16", "PNG", 32896, 128), ("L", "PNG", 77, 77), ("1", "PNG", 1, 255),
     ("LA", "PNG", (0, 0), 255), ("RGBA", "PNG", (10, 10, 10, 0), 255), ("RGBA", "WEBP", (200, 200, 200, 255), 200)],
)  # fmt: skip
def test_every_mode_becomes_eight_bit_rgb(mode, kind, values, wanted):
    stream = io.BytesIO()
    Image.new(mode, (20, 10), values).save(stream, kind, **({"quality": 100} if kind == "JPEG" else {}))
    found = pixels(opened(stream.getvalue(), "x").items[0])
    assert found.shape == (10, 20, 3) and abs(int(found[5, 5, 0]) - wanted) <= 2


def test_floating_point_is_scaled_from_its_lowest_to_its_highest():
    stream = io.BytesIO()
    Image.fromarray(np.linspace(-3, 7, 200, dtype=np.float32).reshape(10, 20)).save(stream, "TIFF")
    found = pixels(opened(stream.getvalue(), "x.tif").items[0])
    assert (found.min(), found.max()) == (0, 255)


@pytest.mark.parametrize("bad", BAD_PICTURES)
def test_a_bad_file_gets_one_sentence_or_a_picture(bad):
    case = BAD_PICTURES[bad]
    try:
        given = opened(case.make(), case.name)
        found = list(decoded(given, Context(), []))
        assert found and all(array.dtype == np.uint8 for _, array in found)
    except UserError as error:
        assert str(error).endswith(".") and "Traceback" not in str(error) and str(home()) not in str(error)


def test_what_is_expected_of_some_of_them():
    for name, kind in (("a huge PNG of 20 kB", LimitError), ("a bomb", LimitError), ("half a JPEG", InputError)):
        with pytest.raises(kind):
            pixels(opened(BAD_PICTURES[name].make(), BAD_PICTURES[name].name).items[0])
    given = opened(BAD_PICTURES["an animated WebP"].make(), "film.webp")
    assert "animated" in str(given.notices[0])


def test_of_a_hundred_thousand_frames_the_first_is_used_at_once():
    upload = spool(long_animation(), "long.webp")
    started = time.process_time()
    (one,) = read_pictures(upload).items
    found = pixels(one)
    assert found.shape == (1, 1, 3) and found[0, 0].tolist() == [200, 30, 30]
    assert time.process_time() - started < 2  # of processor


def test_an_archive_keeps_inside_its_folder_and_says_what_it_left_out():
    given = opened(archive({"../../evil.png": picture(), "cats/2.png": picture("JPEG"), "cats/10.png": picture(size=(32, 32)),
                            "notes.exe": b"MZ" + bytes(80), "cats/broken.png": picture()[:20], "labels.csv": b"a,b",
                            "__MACOSX/._2.png": b"junk", "locked/../../x.png": picture(size=(30, 30))}), "x.zip")  # fmt: skip
    assert [item.name for item in given.items] == ["cats/2.png", "cats/10.png", "evil.png", "locked/x.png"]
    assert all(item.path.parent.parent == home("pictures") for item in given.items)
    assert list(given.files) == ["labels.csv"]
    said = " ".join(map(str, given.notices))
    assert "cats/broken.png" in said and "neither" in said
    again = opened(archive({"a.png": picture()}), "all.zip")
    assert again.digest != given.digest


def test_reading_an_archive_again_unpacks_nothing(monkeypatch):
    upload = spool(archive({"a/1.png": picture(), "b/1.png": picture(size=(20, 20))}), "x.zip")
    first = read_pictures(upload)
    monkeypatch.setattr("core.intake.pictures.reading.archive.unpack", None)
    assert read_pictures(upload).digest == first.digest


def test_an_encrypted_archive_is_refused():
    content = bytearray(archive({"a.png": picture()}))
    directory = content.rfind(b"PK\x01\x02")
    content[directory + 8] |= 1
    with pytest.raises(InputError, match="password"):
        opened(bytes(content), "locked.zip")


def test_several_files_are_one_upload_and_a_bad_one_is_named():
    uploads = [spool(picture(), "a.png"), spool(b"no picture at all", "b.png"), spool(picture("JPEG", (30, 30)), "c.jpg")]
    given = read_pictures(collect(uploads))
    assert [item.name for item in given.items] == ["a.png", "c.jpg"] and "b.png" in str(given.notices[0])


def test_of_several_pictures_a_damaged_one_is_passed_over():
    whole = picture("JPEG", (640, 480))
    given = opened(archive({"good.jpg": whole, "half.jpg": whole[:4000]}), "x.zip")
    left_out: list = []
    assert [item.name for item, _ in decoded(given, Context(), left_out)] == ["good.jpg"]
    assert "half.jpg" in str(left_out[0])


def test_folders_are_labels_and_parts():
    files = {f"data/{part}/{label}/{n}.png": picture(size=(10 + n, 10)) for part in ("train", "test") for label in ("cat", "dog")
             for n in range(3)}  # fmt: skip
    table = table_of(opened(archive(files), "x.zip"))
    assert table.columns == ["picture", "name", "label", "split"] and len(table) == 12
    row = table.frame.iloc[0]
    assert f"/{row['split']}/{row['label']}/" in row["name"] and set(table.frame["label"]) == {"cat", "dog"}
    one = find(row["picture"])
    assert reference(one) == row["picture"] and pixels(one).shape[0] == 10


def test_a_table_in_the_archive_names_labels_and_leaves_out_what_it_does_not_name():
    files = {f"images/{n}.png": picture(size=(10 + n, 10)) for n in range(4)}
    files["labels.csv"] = b"file,tags,weight\n0.png,red | round,1\nimages/2.png,blue,2\nmissing.png,blue,3\n0.png,twice,9\n"
    table = table_of(opened(archive(files), "x.zip"))
    assert table.columns == ["picture", "name", "tags", "weight"]
    assert table.frame[["name", "tags"]].to_numpy().tolist() == [["images/0.png", "red | round"], ["images/2.png", "blue"]]


@pytest.mark.parametrize("name", ["", "../../etc/passwd", "a" * 64 + "/000001.png", None, "x/000001.png"])
def test_only_references_are_opened(name):
    with pytest.raises(NotFoundError):
        find(name)


def test_a_source_is_opened_as_what_the_capability_takes():
    upload = spool(archive({"a/1.png": picture(), "b/1.png": picture(size=(20, 20))}), "x.zip")
    source = Source(kind="upload", name="x.zip", digest=upload.digest)
    assert kind_of(source) == "pictures"
    assert isinstance(open_input(source, (Pictures,)), Pictures)
    assert open_source(source).columns == ["picture", "name", "label"]


def test_names_are_sorted_as_people_count():
    assert sorted(["a10", "a2", "A1"], key=natural) == ["A1", "a2", "a10"]


def test_a_picture_from_an_array_is_named_by_its_pixels():
    array = np.zeros((4, 6, 3), np.uint8)
    assert Picture.of(array).digest == Picture.of(array.copy()).digest != Picture.of(array + 1).digest
    assert pixels(Picture.of(array)) is array
    with pytest.raises(ValueError, match="uint8"):
        Picture.of(array.astype(float))


def test_a_directory_that_lies_about_sizes_is_counted_while_unpacking(monkeypatch):
    monkeypatch.setattr("core.intake.archive.MAX_ARCHIVE_FILE_BYTES", 50_000)
    content = bytearray(archive({"a.png": bytes(100_000)}, compress_type=zipfile.ZIP_DEFLATED))
    directory = content.rfind(b"PK\x01\x02")
    content[directory + 24 : directory + 28] = (10).to_bytes(4, "little")
    with pytest.raises(InputError):
        opened(bytes(content), "lies.zip")
