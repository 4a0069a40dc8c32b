import io
import json
import zipfile

import pytest

from core.contracts import Block, Document, Documents, InputError, LimitError
from core.intake import spool
from core.intake.documents import collect, documents_of, plain, read_documents, reading
from core.intake.limits import MAX_DOCUMENT_CHARACTERS
from core.source import Source, is_table, open_input, open_source
from tests.paper import pdf

TWO_PAGES = [
    [("A guide to tea", 24), ("", 11), ("Brewing", 16), ("Green tea wants water of", 11), ("eighty degrees.", 11), ("", 11),
     ("Black tea wants more.", 11)],
    [("Storing", 16), ("Keep it dry.", 11)],
]  # fmt: skip


def read(content: bytes | str, name: str, **how: bool) -> Documents:
    return read_documents(spool(content.encode() if isinstance(content, str) else content, name), **how)


def test_a_pdf_keeps_headings_paragraphs_and_pages() -> None:
    (document,) = read(pdf(TWO_PAGES), "tea.pdf").items
    assert [(b.kind, b.page, b.text) for b in document.blocks] == [
        ("heading", 1, "A guide to tea"),
        ("heading", 1, "Brewing"),
        ("paragraph", 1, "Green tea wants water of eighty degrees."),
        ("paragraph", 1, "Black tea wants more."),
        ("heading", 2, "Storing"),
        ("paragraph", 2, "Keep it dry."),
    ]
    assert document.pages == 2 and document.blocks[0].level < document.blocks[1].level
    start = document.text.index("Keep")
    assert document.page_at(start) == 2 and document.blocks[document.block_at(start)].text == "Keep it dry."


def test_running_heads_and_page_numbers_are_left_out() -> None:
    words = ("alder", "birch", "cedar", "elm", "fir", "maple")
    pages = [[("The big report", 9), ("", 11), (f"On the {tree} nobody agrees.", 11), ("", 11), (f"Page {n}", 9)]
             for n, tree in enumerate(words, 1)]  # fmt: skip
    text = read(pdf(pages), "report.pdf").items[0].text
    assert "The big report" not in text and "Page 3" not in text and "On the cedar nobody agrees." in text


def test_a_paragraph_goes_on_over_the_page() -> None:
    pages = [[("The sentence begins here and", 11)], [("ends there.", 11)]]
    assert read(pdf(pages), "x.pdf").items[0].blocks == (Block("The sentence begins here and ends there.", "paragraph", 1),)


def test_a_scanned_page_is_said_to_be_one() -> None:
    documents = read(pdf([[("Text on the first page.", 11)], []], picture=True), "scan.pdf")
    assert documents.items[0].scanned == (2,) and "OCR" in str(documents.notices[0])


def test_a_locked_pdf_says_so() -> None:
    pypdf = pytest.importorskip("pypdf")
    writer = pypdf.PdfWriter()
    writer.append(io.BytesIO(pdf(TWO_PAGES)))
    writer.encrypt("secret", algorithm="RC4-128")
    locked = io.BytesIO()
    writer.write(locked)
    with pytest.raises(InputError, match="password"):
        read(locked.getvalue(), "locked.pdf")


@pytest.mark.parametrize("content", [b"%PDF-1.4 nothing", b"%PDF-1.7\n" + bytes(range(256)) * 40, pdf(TWO_PAGES)[:300]])
def test_a_damaged_pdf_says_so(content: bytes) -> None:
    with pytest.raises(InputError, match=r"damaged|no text"):
        read(content, "broken.pdf")


def test_a_file_that_takes_too_long_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "DOCUMENT_SECONDS", 1.5)
    bomb = pdf([[]] * 5, content=b"0 0 m 1 1 l S\n" * 4_000_000)  # some 280 MB of instructions in half a megabyte
    with pytest.raises(LimitError, match="too much memory or time"):
        read(bomb, "bomb.pdf")


def test_a_file_that_takes_too_much_memory_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "DOCUMENT_MEMORY_BYTES", 400 * 1024**2)
    monkeypatch.setattr(reading, "DOCUMENT_SECONDS", 20)
    bomb = pdf([[("x", 11)]], content=b" " * 600_000_000)
    with pytest.raises((LimitError, InputError)):
        read(bomb, "bomb.pdf")


def test_word_gives_headings_items_and_tables() -> None:
    docx = pytest.importorskip("docx")
    whole = docx.Document()
    whole.add_heading("茶", 1)
    whole.add_paragraph("绿茶要八十度的水。")
    whole.add_paragraph("cup", style="List Bullet")
    table = whole.add_table(1, 2)
    table.cell(0, 0).text, table.cell(0, 1).text = "green", "80"
    packed = io.BytesIO()
    whole.save(packed)
    blocks = read(packed.getvalue(), "tea.docx").items[0].blocks
    assert [(b.kind, b.text) for b in blocks] == [
        ("heading", "茶"), ("paragraph", "绿茶要八十度的水。"), ("item", "cup"), ("row", "green | 80"),
    ]  # fmt: skip


def test_a_word_bomb_is_refused() -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("word/document.xml", b"<w>" + b" " * (80 * 1024**2) + b"</w>")
        archive.writestr("[Content_Types].xml", "<Types/>")
    with pytest.raises(LimitError, match="unpacks"):
        read(packed.getvalue(), "bomb.docx")


def test_word_with_entities_is_refused() -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("word/document.xml", '<!DOCTYPE x [<!ENTITY a "b">]><w>&a;</w>')
    with pytest.raises(InputError, match="entities"):
        read(packed.getvalue(), "evil.docx")


def test_a_web_page_gives_its_main_part_and_runs_nothing() -> None:
    page = """<!doctype html><html><head><title>t</title><script>alert(1)</script></head><body><nav>Menu</nav><main>
    <h1>Tea</h1><p>Green <b>tea</b> &amp; <img src=x onerror=alert(1)> more.</p><ul><li>One</li><li>Two</li></ul>
    <p hidden>secret</p></main><footer>Imprint</footer></body></html>"""
    blocks = read(page, "tea.html").items[0].blocks
    assert [(b.kind, b.text) for b in blocks] == [
        ("heading", "Tea"), ("paragraph", "Green tea & more."), ("item", "One"), ("item", "Two"),
    ]  # fmt: skip


def test_a_web_page_nested_very_deep_ends_well() -> None:
    try:
        read("<!doctype html><body>" + "<div>" * 50_000 + "deep" + "</div>" * 50_000, "deep.html")
    except InputError as error:
        assert "damaged" in str(error) or "no text" in str(error)


def test_markdown_and_wrapped_lines() -> None:
    blocks = plain.blocks_of("# Title\n\nA para-\ngraph of two\nlines.\n- item one\n- item two\n\n绿茶要\n八十度的水。")
    assert [(b.kind, b.level, b.text) for b in blocks] == [
        ("heading", 1, "Title"), ("paragraph", 0, "A paragraph of two lines."), ("item", 0, "- item one"),
        ("item", 0, "- item two"), ("paragraph", 0, "绿茶要八十度的水。"),
    ]  # fmt: skip


def test_a_huge_text_is_cut_with_a_notice() -> None:
    documents = read("word " * (MAX_DOCUMENT_CHARACTERS // 5 + 1000), "huge.txt")
    assert documents.characters <= MAX_DOCUMENT_CHARACTERS and "cut off" in str(documents.notices[0])


def test_bytes_that_are_no_text_are_counted() -> None:
    documents = read(b"good text \xff\xfe\x80 and more good text, enough of it to be text " * 3, "x.txt")
    assert not any("\ud800" <= c <= "\udfff" for c in documents.items[0].text)


def test_nothing_in_it_is_said() -> None:
    for name, content in {"blank.txt": b" \n\n ", "blank.html": b"<!doctype html><html><body></body></html>"}.items():
        with pytest.raises(InputError, match="no text"):
            read(content, name)
    with pytest.raises(InputError, match="PNG"):
        read(b"\x89PNG\r\n\x1a\n" + b"\0" * 50, "x.pdf")


def test_several_files_are_one_upload_and_a_bad_one_is_named() -> None:
    uploads = [spool(b"First text.", "a.txt"), spool(b"%PDF-1.4 nothing", "b.pdf"), spool(b"# Third\n\nText.", "c.md")]
    whole = collect(uploads)
    documents = read_documents(whole)
    assert [item.name for item in documents.items] == ["a.txt", "c.md"]
    assert whole.kind == "collection" and "b.pdf was left out" in str(documents.notices[0])
    assert not is_table(Source(kind="upload", name=whole.name, digest=whole.digest))


def test_a_crafted_collection_is_one_sentence() -> None:
    for content in ('{"panorama": "collection"', '{"panorama": "collection", "files": 3}',
                    json.dumps({"panorama": "collection", "files": [{"digest": "../../etc/passwd", "name": "x"}]})):  # fmt: skip
        with pytest.raises(Exception, match=r"\.$"):
            read(content, "x.collection")


def test_rows_of_a_table_are_documents() -> None:
    source = Source(kind="sample", name="debian_faq")
    documents = documents_of(open_source(source))
    assert len(documents) == 147 and documents.items[0].blocks[0] == Block("What is this FAQ?", "heading", level=1)
    assert isinstance(open_input(source, (Documents,)), Documents)


def test_a_document_sample_is_no_table() -> None:
    source = Source(kind="sample", name="handbook_zh")
    assert not is_table(source) and "证据卡" in open_input(source, (Documents,)).items[0].text
    with pytest.raises(InputError, match="no table"):
        open_source(source)


def test_the_digest_is_that_of_the_content() -> None:
    assert Documents.of("a").digest == Documents.of("a").digest != Documents.of("b").digest
    assert Document.of("one\n\ntwo").starts == (0, 5)
