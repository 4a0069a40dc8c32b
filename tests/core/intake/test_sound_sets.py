"""Archives of recordings as tables: labels and speakers from names, damaged files named, references that open nothing else."""

import io
import zipfile

import numpy as np
import pytest

from core.contracts import InputError, NotFoundError
from core.intake import sound_sets, spool
from core.sound import encode
from core.source import Source, kind_of, open_source


def tone(pitch: float = 440.0, seconds: float = 0.5) -> bytes:
    return encode.encode(0.3 * np.sin(2 * np.pi * pitch * np.arange(int(16_000 * seconds)) / 16_000).astype(np.float32), 16_000,
                         kind="wav")  # fmt: skip


def packed(files: dict[str, bytes]) -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return content.getvalue()


def table(files: dict[str, bytes]):
    upload = spool(packed(files), "words.zip")
    return open_source(Source(kind="upload", name="words.zip", digest=upload.digest))


def test_folders_are_words_and_names_are_speakers():
    found = table(
        {"train/yes/ann_nohash_0.wav": tone(), "train/no/bob_nohash_10.wav": tone(300), "test/no/bob_nohash_2.wav": tone(200)}
    )
    rows = found.frame.set_index("name")
    assert rows.loc["train/yes/ann_nohash_0.wav", ["label", "speaker", "split"]].tolist() == ["yes", "ann", "train"]
    assert rows.loc["test/no/bob_nohash_2.wav", ["label", "speaker", "split"]].tolist() == ["no", "bob", "test"]
    sound = sound_sets.find(rows.loc["train/no/bob_nohash_10.wav", "sound"])
    assert sound.rate == 16_000 and sound.seconds == pytest.approx(0.5)


def test_without_speakers_in_the_names_there_is_no_such_column():
    assert table({"yes/1.wav": tone(), "no/2.wav": tone(300)}).columns == ["sound", "name", "label"]


def test_what_cannot_be_opened_is_left_out_and_named():
    found = table(
        {"yes/1.wav": tone(), "no/2.wav": tone(300), "no/bad.wav": b"RIFF\x00\x00\x00\x00WAVEfmt junk", "readme.txt": b"hello"}
    )
    assert len(found) == 2 and len(found.notices) == 2 and "no/bad.wav" in str(found.notices[0])


def test_an_archive_of_pictures_is_none_of_recordings():
    upload = spool(packed({"a/1.png": b"\x89PNG\r\n\x1a\n", "b/2.png": b"\x89PNG\r\n\x1a\n"}), "x.zip")
    assert not sound_sets.holds_sounds(upload.path)
    assert kind_of(Source(kind="upload", name="x.zip", digest=upload.digest)) == "pictures"


def test_an_archive_without_a_recording_says_so():
    with pytest.raises(InputError, match="There is no recording"):
        sound_sets.read_table(spool(packed({"a/1.wav": b"text", "a/2.wav": b"text"}), "x.zip"))


@pytest.mark.parametrize("reference", ["../../etc/passwd", "x", f"{'0' * 64}/../1.wav", f"{'0' * 64}/000001.wav"])
def test_a_reference_opens_nothing_else(reference: str):
    with pytest.raises(NotFoundError):
        sound_sets.find(reference)
