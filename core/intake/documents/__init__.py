"""PDF, Word, web pages and plain texts as documents: blocks in reading order, with the page that each stands on.

PDF, Word and HTML are parsed in a process of their own with a limit on memory and time (`child.py`): what breaks a parser
breaks nothing else. What was read is kept by content, so a second look costs nothing.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Sequence
from typing import Any, NamedTuple

from core.contracts import Block, Context, Document, Documents, InputError, LimitError, Message, Table
from core.home import home, read_json, write_json
from core.intake import roles, sniff
from core.intake.documents import archive, plain, reading
from core.intake.limits import MAX_DOCUMENT_CHARACTERS, MAX_DOCUMENTS
from core.intake.tables import read_table
from core.intake.uploads import Upload, find_upload, spool
from core.language import N_

_logger = logging.getLogger(__name__)
_SEVERAL = ("collection", "zip")  # kinds that hold several files; none is opened inside of another
_FORM = 1  # of what is kept; another number reads everything anew


def read_documents(upload: Upload, context: Context | None = None, *, ocr: bool = False) -> Documents:
    """The upload as documents: one for a PDF, Word, HTML or text file, one for each file of a collection or a ZIP, one for
    each row of a table. `ocr` also recognises the text of scanned pages, which takes seconds a page.

    Raises InputError for a file that is damaged, locked by a password or holds no text, and LimitError above a limit of
    `core.intake.limits`.
    """
    context = context or Context()
    if upload.kind == "collection":
        return _collection(upload, context, ocr)
    if upload.kind == "zip":
        files, left_out = archive.unpacked(upload, context)
        return _read_all(files, upload.name, left_out, context, ocr)
    if upload.kind in sniff.DOCUMENT_KINDS:
        document, notices = _document(upload, context, ocr)
        if not document.blocks and not document.scanned:
            raise InputError(N_("There is no text in {name}. Choose another file."), name=upload.name)
        return Documents((document,), upload.name, notices)
    if upload.kind in sniff.TABLE_KINDS:
        return documents_of(read_table(upload))
    what = Message(sniff.REFUSED.get(upload.kind, sniff.REFUSED["binary"]))
    raise InputError(
        N_("{name} is {what}, not a document. Give a PDF, Word, HTML or text file, or a table with a column of texts."),
        name=upload.name, what=what,
    )  # fmt: skip


def documents_of(table: Table, text: str = "", title: str = "") -> Documents:
    """Each row of the table as a document of its own. `text` and `title` name columns; empty: guessed.

    Raises InputError when no column looks like texts.
    """
    frame = table.frame
    text = text or (table.columns[0] if len(table.columns) == 1 else roles.guess(frame, "text"))
    if text not in frame:
        raise InputError(N_("No column of {name} looks like texts. Call one of them text."), name=table.name)
    names = [str(name).strip().lower() for name in frame.columns]
    title = title or next((str(frame.columns[names.index(n)]) for n in ("title", "heading", "标题", "name") if n in names), "")
    cells = frame[text].fillna("").astype(str).tolist()
    titles = frame[title].fillna("").astype(str).tolist() if title and title != text else [""] * len(cells)
    items = []
    for row, (cell, heading) in enumerate(zip(cells, titles, strict=True), 1):
        blocks = (Block(heading, "heading", level=1),) if heading else ()
        items.append(Document(heading or f"{table.name}: {row}", blocks + Document.of(cell).blocks))
    return Documents(tuple(items), table.name, table.notices)


def collect(uploads: list[Upload]) -> Upload:
    """Several uploads as one: a list of their digests, itself spooled, so that one name stands for all in link and job."""
    if len(uploads) > MAX_DOCUMENTS:
        raise LimitError(N_("{count} files are too many at once: give at most {limit}."), count=len(uploads), limit=MAX_DOCUMENTS)
    files = [{"digest": upload.digest, "name": upload.name} for upload in uploads]
    name = f"{uploads[0].name} + {len(uploads) - 1}"
    return spool(json.dumps({"panorama": "collection", "files": files}, ensure_ascii=True).encode(), name)


def _collection(upload: Upload, context: Context, ocr: bool) -> Documents:
    """The documents of all files that could be read; a notice names each that could not."""
    try:
        files = [(str(file["digest"]), str(file["name"])) for file in json.loads(upload.path.read_text("utf-8"))["files"]]
    except (ValueError, KeyError, TypeError) as error:
        raise InputError(N_("{name} is damaged. Upload the files again."), name=upload.name) from error
    return _read_all([_Found(digest, name) for digest, name in files[:MAX_DOCUMENTS]], upload.name, (), context, ocr)


class _Found(NamedTuple):
    """Enough of an upload to find it again."""

    digest: str
    name: str


def _read_all(
    files: Sequence[Upload | _Found], name: str, left_out: tuple[Message, ...], context: Context, ocr: bool
) -> Documents:  # fmt: skip
    from core.lifecycle.span import Span

    items: list[Document] = []
    notices: list[Message] = []
    for place, file in enumerate(files):
        part = Span(context, place / len(files), (place + 1) / len(files))
        part.progress(0.0, N_("Reading {name}"), name=file.name)
        try:
            one = find_upload(file.digest, file.name)
            if one.kind in _SEVERAL:
                continue
            read = read_documents(one, part, ocr=ocr)
        except (InputError, LimitError) as error:
            if len(files) == 1:
                raise
            values: dict[str, object] = {"name": file.name, "reason": Message(error.message_id, error.values)}
            notices.append(Message(N_("{name} was left out. {reason}"), values))
            continue
        items += read.items
        notices += read.notices
    if not items:
        raise InputError(N_("None of the files could be read. Give PDF, Word, HTML or text files."))
    return Documents(tuple(items), name, (*left_out, *notices))


def _document(upload: Upload, context: Context, ocr: bool) -> tuple[Document, tuple[Message, ...]]:
    """One document and its notices, from what is kept or from the file."""
    if upload.kind == "txt":
        blocks, notices = plain.read(upload.path, upload.name)
        return _cut(Document(upload.name, blocks), notices)
    kept = home("documents") / f"{upload.digest}{'.ocr' if ocr else ''}.json"
    try:
        found = read_json(kept)
    except (OSError, ValueError):
        found = None
    if not isinstance(found, dict) or found.get("form") != _FORM:
        found = {"form": _FORM, **reading.read(upload, ocr, context)}
        write_json(kept, found)
    return _cut(_loaded(upload.name, found), tuple(_notices(upload.name, found, ocr)))


def _loaded(name: str, found: dict[str, Any]) -> Document:
    blocks = tuple(Block(text, kind, page, level) for text, kind, page, level in found["blocks"])
    return Document(name, blocks, found["pages"], tuple(found["scanned"]))


def _notices(name: str, found: dict[str, Any], ocr: bool) -> list[Message]:
    notices = []
    if found["read"] < found["pages"]:
        values: dict[str, object] = {"name": name, "read": found["read"], "pages": found["pages"]}
        notices.append(Message(N_("{name}: the first {read} of {pages} pages were read, the rest was left out."), values))
    if found["scanned"]:
        pages: dict[str, object] = {"name": name, "count": len(found["scanned"])}
        unread = N_("{name}: pages that are scanned pictures without text: {count}. Turn on text recognition (OCR) to read them.")
        over = N_("{name}: further scanned pages that were not recognised: {count}. Give them as a document of their own.")
        notices.append(Message(over if ocr else unread, pages))
    if found["recognised"]:
        sentence = N_("{name}: scanned pages whose text was recognised (OCR) and may hold errors: {count}.")
        notices.append(Message(sentence, {"name": name, "count": found["recognised"]}))
    return notices


def _cut(document: Document, notices: tuple[Message, ...]) -> tuple[Document, tuple[Message, ...]]:
    """The document within the limit of characters."""
    room, kept = MAX_DOCUMENT_CHARACTERS, []
    for block in document.blocks:
        if room <= 0:
            break
        kept.append(block if len(block.text) <= room else Block(block.text[:room], block.kind, block.page, block.level))
        room -= len(block.text) + 2
    if room >= -2 and len(kept) == len(document.blocks):
        return document, notices
    sentence = N_("{name}: only the first {limit} characters were read, the rest was cut off.")
    notice = Message(sentence, {"name": document.name, "limit": f"{MAX_DOCUMENT_CHARACTERS:,}"})
    return Document(document.name, tuple(kept), document.pages, document.scanned), (*notices, notice)


__all__ = ["collect", "documents_of", "read_documents"]
