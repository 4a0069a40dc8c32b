import hashlib
import io
import threading

import pytest

from core.contracts import InputError, LimitError, NotFoundError
from core.home import home
from core.intake import clean_name, find_upload, limits, read_table, spool, uploads


def test_is_kept_under_the_hash_of_its_content():
    upload = spool(b"a,b\n1,2\n", "x.csv")
    assert upload.digest == hashlib.sha256(b"a,b\n1,2\n").hexdigest()
    assert upload.path.read_bytes() == b"a,b\n1,2\n"
    assert (upload.size, upload.kind, upload.name) == (8, "csv", "x.csv")
    assert find_upload(upload.digest) == upload
    assert read_table(upload).digest == upload.digest


def test_a_stream_that_was_read_before_is_read_from_its_start():
    stream = io.BytesIO(b"a,b\n1,2\n")
    stream.read()
    assert spool(stream, "x.csv").size == 8


def test_the_name_given_this_time_decides_between_kinds_of_text():
    digest = spool(b"one, two\nthree, four\n", "x.csv").digest
    assert find_upload(digest, "x.txt").kind == "txt"
    assert find_upload(digest).kind == "csv"


@pytest.mark.parametrize("digest", ["", "abc", "../" * 20, "g" * 64, "A" * 64, "0" * 64, "0" * 64 + "\n", None])
def test_an_unknown_or_malformed_digest_finds_nothing(digest):
    with pytest.raises(NotFoundError):
        find_upload(digest)


def test_survives_the_loss_of_its_note():
    upload = spool(b"a,b\n1,2\n", "x.csv")
    upload.path.with_name(f"{upload.digest}.json").unlink()
    assert read_table(find_upload(upload.digest)).frame.shape == (1, 2)


def test_too_large_and_empty_leave_nothing_behind(monkeypatch):
    monkeypatch.setattr(uploads, "MAX_UPLOAD_BYTES", 10)
    with pytest.raises(LimitError):
        spool(b"x" * 11, "x.csv")
    with pytest.raises(InputError):
        spool(b"", "x.csv")
    assert list(home("uploads").iterdir()) == []


def test_many_sessions_upload_the_same_content_at_once():
    content, found, start = b"a,b\n" + b"1,2\n" * 50_000, [], threading.Barrier(12)

    def session(number):
        start.wait()
        found.append(read_table(spool(content, f"{number}.csv")).frame.shape)

    threads = [threading.Thread(target=session, args=(number,)) for number in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == [(50_000, 2)] * 12
    assert len(list(home("uploads").iterdir())) == 2  # the content and its note


@pytest.mark.parametrize(
    ("given", "shown"),
    [
        ("../../etc/passwd", "passwd"),
        ("C:\\Users\\me\\表.csv", "表.csv"),
        ("", "upload"),
        ("..", "upload"),
        ("a\x00b\n.csv", "ab.csv"),
        ("a\u202egpj.csv", "agpj.csv"),
        ("\ud800.csv", "csv"),
        (".csv", "csv"),
    ],
)
def test_names_are_cleaned(given, shown):
    assert clean_name(given) == shown


def test_a_long_name_keeps_its_ending():
    assert len(clean_name("x" * 999 + ".xlsx")) == limits.MAX_FILE_NAME_CHARACTERS
    assert clean_name("x" * 999 + ".xlsx").endswith("….xlsx")
