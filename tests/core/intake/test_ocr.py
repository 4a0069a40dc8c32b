"""Scanned pages: recognised on the page and in a job, with progress, and stopped when somebody wants it."""

import io
import time

import psutil
import pytest

from core import jobs
from core.contracts import Cancelled, Context
from core.intake import spool
from core.intake.documents import collect, read_documents
from core.intake.uploads import Upload
from core.source import Source
from tests.paper import pdf

pytest.importorskip("rapidocr")
LINES = [("Green tea wants water", 24), ("", 24), ("of eighty degrees.", 24)]


def scan(pages: int) -> bytes:
    """A PDF of pictures: what a scanner would make of pages with two lines of text."""
    import pypdfium2

    page = pypdfium2.PdfDocument(pdf([LINES]))[0].render(scale=2).to_pil().convert("L")
    written = io.BytesIO()
    page.save(written, "PDF", save_all=True, append_images=[page] * (pages - 1), resolution=144)
    return written.getvalue()


@pytest.fixture(scope="module")
def scanned() -> bytes:
    return scan(2)


class Waiting(Context):
    """Notes what is reported; asks to stop after `seconds`."""

    def __init__(self, seconds: float = 600.0) -> None:
        self.shares: list[float] = []
        self.end = time.monotonic() + seconds

    def progress(self, share: float, message: str = "", **values: object) -> None:
        self.shares.append(share)

    def check(self) -> None:
        if time.monotonic() > self.end:
            raise Cancelled("Stopped.")


def children() -> list[psutil.Process]:
    found = []
    for child in psutil.Process().children(recursive=True):
        try:
            if "core.intake.documents.child" in child.cmdline():
                found.append(child)
        except psutil.Error:  # it ended meanwhile, or is a zombie of another test
            continue
    return found


def test_several_scans_are_recognised_with_one_progress(scanned: bytes) -> None:
    context = Waiting()
    whole = collect([spool(scanned, "scan.pdf"), spool(b"Plain text.", "a.txt")])
    documents = read_documents(whole, context, ocr=True)
    assert "eighty degrees" in documents.items[0].text and documents.items[1].text == "Plain text."
    assert context.shares == sorted(context.shares) and any(0 < share < 0.5 for share in context.shares)


def test_a_stop_is_heard_while_a_page_is_read() -> None:
    bomb = pdf([[]], content=b"0 0 m 1 1 l S\n" * 4_000_000)  # keeps the reader busy for many seconds without a word
    upload: Upload = spool(bomb, "slow.pdf")
    start = time.monotonic()
    with pytest.raises(Cancelled):
        read_documents(upload, Waiting(0.5))
    assert time.monotonic() - start < 2.5 and not children()


def test_a_job_reads_a_scan_shows_how_far_it_is_and_frees_the_processor_when_cancelled(source: Source) -> None:
    upload = spool(scan(12), "scan.pdf")
    scanned_source = Source(kind="upload", name=upload.name, digest=upload.digest, ocr=True)
    job = jobs.submit("text.entities", "run", scanned_source, {"kinds": "amounts"})
    end = time.monotonic() + 90
    while not (job.message and job.message.id == "Reading {name}" and job.progress > 0) and time.monotonic() < end:
        assert job.is_active, job.error
        time.sleep(0.1)
        job = jobs.get(job.id)
    assert 0 < job.progress < 0.5 and job.message.values == {"name": "scan.pdf"}
    start = time.monotonic()
    jobs.cancel(job.id)
    while jobs.get(job.id).is_active and time.monotonic() - start < 10:
        time.sleep(0.05)
    assert jobs.get(job.id).state == "cancelled" and time.monotonic() - start < 4
    assert not [p for p in psutil.process_iter(["cmdline"]) if upload.digest in " ".join(p.info["cmdline"] or ())]
