"""A video in a ZIP archive with what describes it, and archives that try something else."""

import io
import stat
import zipfile

import pytest

from core.contracts import InputError, LimitError, Pictures, UserError, Video
from core.home import home
from core.intake import spool
from core.intake.video import count, frames, read_video
from core.source import Source, kind_of, open_input
from tests.hostile.bad_pictures import archive, picture, video


def opened(files: dict[str, bytes], takes: tuple[type, ...] = (Video, Pictures)):
    upload = spool(archive(files), "walk.zip")
    return open_input(Source(kind="upload", name="walk.zip", digest=upload.digest), takes)


def test_a_video_brings_its_files():
    given = opened(
        {"walk/seq.mp4": video(12), "walk/gt/gt.txt": b"1,1,1,1,2,2\n", "walk/seqinfo.ini": b"[Sequence]\n", "a.bin": b"x"}
    )
    assert isinstance(given, Video) and (given.name, given.width, given.height, given.frames) == ("walk/seq.mp4", 64, 48, 12)
    assert (
        set(given.files) == {"walk/gt/gt.txt", "walk/seqinfo.ini"}
        and given.files["walk/gt/gt.txt"].read_bytes() == b"1,1,1,1,2,2\n"
    )
    assert len(list(frames(given))) == 12
    assert "gt.txt" in str(given.notices[0]) and str(given.notices[1]).endswith(": 1")


def test_another_truth_is_another_input_and_the_same_is_unpacked_once():
    one, two = (opened({"a.mp4": video(), "gt.txt": truth}) for truth in (b"1,1,1,1,2,2", b"1,2,1,1,2,2"))
    again = opened({"a.mp4": video(), "gt.txt": b"1,1,1,1,2,2"})
    assert one.digest != two.digest and again.path == one.path


@pytest.mark.parametrize(("files", "kind"), [
    ({"a.mp4": 1, "gt.txt": b"1"}, "video"), ({"a.mp4": 1, "cover.png": 2}, "video"), ({"A.MKV": 1}, "video"),
    ({"1.png": 2, "2.png": 2, "gt.txt": b"1", "demo.mp4": 1}, "pictures"), ({"1.png": 2}, "pictures"),
    ({"gt.txt": b"1"}, "pictures"),
])  # fmt: skip
def test_what_an_archive_is_taken_for(files: dict, kind: str):
    content = archive({name: {1: video(), 2: picture()}.get(made, made) for name, made in files.items()})
    assert kind_of(Source(kind="upload", name="x.zip", digest=spool(content, "x.zip").digest)) == kind


def test_two_videos_are_one_sentence():
    with pytest.raises(InputError, match="2 videos"):
        opened({"a.mp4": video(), "b.avi": video(container="avi"), "gt.txt": b"1"})


def test_no_video_is_one_sentence_where_only_videos_are_taken():
    with pytest.raises(InputError, match="0 videos"):
        opened({"gt.txt": b"1"}, (Video,))


@pytest.mark.parametrize("content", [b"no video", b"\x7fELF" + bytes(99), b"", b"#EXTM3U\nhttp://127.0.0.1:9/a.ts\n"])
def test_what_only_calls_itself_a_video_is_one_sentence(content: bytes):
    with pytest.raises(InputError, match="not a video"):
        opened({"a.mp4": content, "gt.txt": b"1"})


def test_an_archive_in_the_place_of_the_video_stays_shut():
    with pytest.raises(InputError, match="ZIP archive"):
        opened({"a.mp4": archive({"a.mp4": video()})})


def test_a_bomb_is_stopped_and_leaves_nothing(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("core.intake.archive.MAX_ARCHIVE_FILE_BYTES", 1_000_000)
    with pytest.raises(LimitError, match="MB once unpacked"):
        opened({"a.mp4": video(), "gt.txt": bytes(2_000_000)})
    assert not list(home("videos").iterdir())


def test_a_directory_that_lies_about_sizes_is_counted_while_unpacking(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("core.intake.archive.MAX_ARCHIVE_FILE_BYTES", 50_000)
    content = bytearray(archive({"a.mp4": video(), "gt.txt": bytes(100_000)}))
    directory = content.rfind(b"PK\x01\x02")
    content[directory + 24 : directory + 28] = (10).to_bytes(4, "little")
    with pytest.raises(UserError):
        read_video(spool(bytes(content), "lies.zip"))


def test_names_never_become_paths_and_links_are_not_followed(tmp_path):
    secret = tmp_path / "secret.txt"
    secret.write_text("secret")
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as packed:
        packed.writestr("../../walk.mp4", video())
        packed.writestr("/etc/gt.txt", b"1,1,1,1,2,2")
        link = zipfile.ZipInfo("link.txt")
        link.external_attr = (stat.S_IFLNK | 0o777) << 16
        packed.writestr(link, str(secret))
    given = read_video(spool(stream.getvalue(), "out.zip"))
    assert given.name == "walk.mp4" and set(given.files) == {"etc/gt.txt", "link.txt"}
    folder = home("videos").resolve()
    assert all(path.resolve().is_relative_to(folder) for path in (given.path, *given.files.values()))
    assert given.files["link.txt"].read_text() == str(secret)  # the link's own content, not what it points to


@pytest.mark.parametrize("container", ["mp4", "matroska", "avi"])
def test_frames_are_counted_exactly_whatever_the_header_says(container: str):
    given = read_video(spool(video(13, container=container), "x"))
    assert count(given) == 13 == len(list(frames(given)))
