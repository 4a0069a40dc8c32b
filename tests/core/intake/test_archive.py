"""A ZIP of documents: what is read, what is left out with a word, what is refused."""

import io
import stat
import zipfile

import pytest

from core.contracts import Documents, InputError, LimitError
from core.intake import spool
from core.intake.documents import archive, read_documents
from core.source import Source, is_table
from tests.paper import pdf

PAGE = "<!doctype html><html><body><p>A page.</p></body></html>"


def packed(files: dict[str, bytes | str], compression: int = zipfile.ZIP_DEFLATED) -> bytes:
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", compression) as file:
        for name, content in files.items():
            file.writestr(name, content)
    return written.getvalue()


def read(content: bytes, name: str = "folder.zip") -> Documents:
    return read_documents(spool(content, name))


def test_each_document_of_a_folder_is_one() -> None:
    content = packed({
        "b/tea.txt": "Green tea.", "a.pdf": pdf([[("Coffee is black.", 11)]]), "c.html": PAGE, "d.md": "# Title\n\nBody.",
        "photo.png": b"\x89PNG\r\n\x1a\n" + bytes(64), "__MACOSX/._tea.txt": "x", ".DS_Store": "y", "empty.txt": "",
    })  # fmt: skip
    upload = spool(content, "folder.zip")
    documents = read_documents(upload)
    assert {item.name: item.text for item in documents.items} == {
        "a.pdf": "Coffee is black.", "tea.txt": "Green tea.", "c.html": "A page.", "d.md": "Title\n\nBody.",
    }  # fmt: skip
    assert [str(notice) for notice in documents.notices] == ["folder.zip: files in it that are no documents were left out: 2."]
    assert not is_table(Source(kind="upload", name=upload.name, digest=upload.digest))


def test_names_are_shown_without_their_way_and_told_apart() -> None:
    content = packed({"../../etc/passwd.txt": "One.", "x/a.txt": "Two.", "y/a.txt": "Three.", "报告.txt": "四。"})
    names = [item.name for item in read(content).items]
    assert sorted(names) == sorted(["passwd.txt", "x – a.txt", "y – a.txt", "报告.txt"])


def test_a_name_in_gbk_without_a_mark_is_read() -> None:
    content = packed({"1234.txt": "四。"}).replace(b"1234.txt", "报告".encode("gbk") + b".txt")
    assert [item.name for item in read(content).items] == ["报告.txt"]


def test_one_bad_document_is_named_and_an_archive_inside_stays_shut() -> None:
    content = packed({"a.txt": "Good.", "b.pdf": b"%PDF-1.4 nothing", "c.zip": packed({"d.txt": "Deep."})})
    documents = read(content)
    assert [item.name for item in documents.items] == ["a.txt"]
    said = " ".join(map(str, documents.notices))
    assert "left out: 1" in said and "b.pdf was left out" in said


def test_a_link_is_not_followed() -> None:
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w") as file:
        link = zipfile.ZipInfo("link.txt")
        link.external_attr = (stat.S_IFLNK | 0o777) << 16
        file.writestr(link, "/etc/passwd")
        file.writestr("a.txt", "Good.")
    assert [item.name for item in read(written.getvalue()).items] == ["a.txt"]


def test_too_much_inside_is_refused_whatever_the_archive_says(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archive, "MAX_INFLATED_BYTES", 3_000_000)
    with pytest.raises(LimitError, match="unpacks"):
        read(packed({"a.txt": "word " * 400_000, "b.txt": "word " * 400_000}))
    monkeypatch.setattr(archive, "MAX_ARCHIVE_FILES", 3)
    with pytest.raises(LimitError, match="at most 3"):
        read(packed({f"{n}.txt": "x" for n in range(4)}))


def test_more_documents_than_fit_are_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archive, "MAX_DOCUMENTS", 2)
    documents = read(packed({f"{n}.txt": f"Text {n}." for n in range(5)}))
    assert [item.name for item in documents.items] == ["0.txt", "1.txt"] and "left out: 3" in str(documents.notices[0])


def test_locked_damaged_or_without_documents() -> None:
    locked = bytearray(packed({"a.txt": "Secret."}))
    locked[6] |= 1  # flag bits of the file
    locked[locked.index(b"PK\x01\x02") + 8] |= 1  # and of its entry in the list
    whole = packed({"a.txt": "some text " * 2000}, zipfile.ZIP_STORED)
    damaged = whole.replace(b"some", b"same", 1)
    for content, word in {bytes(locked): "password", damaged: "damaged", packed({"a.png": b"\x89PNG\r\n\x1a\n"}): "no document",
                          whole[:200]: "damaged"}.items():  # fmt: skip
        with pytest.raises(InputError, match=word):
            read(content)
