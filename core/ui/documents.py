"""The input area of documents. All capabilities of a page that take documents share it, so a document is given once."""

from __future__ import annotations

from typing import Any

import streamlit as st

from core.contracts import Capability, Documents, Message, Table
from core.language import N_
from core.source import Source
from core.ui import inputs, progress
from core.ui.area import Area
from core.ui.inputs import Given
from core.ui.language import _, language, say
from core.ui.markup import paragraphs
from core.ui.plain import plain
from core.ui.trouble import attempt

TYPES = ["pdf", "docx", "html", "htm", "txt", "md", "csv", "tsv", "xlsx", "parquet", "jsonl", "json", "zip"]
PREVIEW_CHARACTERS = 6_000
PREVIEW_HEIGHT = 320
READ_SECONDS = 900.0  # that a second session waits for the first one's reading
KEY = "document"
AREA = Area(KEY)


def choose(capability: Capability) -> Given | None:
    """Sample, upload or typed text; None (with a sentence shown) as long as nothing usable was given."""
    way = AREA.way({name: inputs.WAYS[name] for name in inputs.USUAL_WAYS})
    with st.container(border=True):
        if way == "upload":
            st.query_params.pop("sample", None)
            return _upload(capability)
        st.query_params.pop("data", None)
        if way == "sample":
            return _sample(capability)
        st.query_params.pop("sample", None)
        return _typed(capability)


def put(text: str, name: str = "") -> str:
    """Makes `text` the document of the page, called `name`; call it before the widgets are drawn. Answers with its digest."""
    from core.intake import spool

    upload = spool(text.encode("utf-8", "replace"), name or _("result") + ".txt")
    AREA.put(upload)
    return upload.digest


def _sample(capability: Capability) -> Given | None:
    from core import samples

    known = samples.catalogue()
    names = [name for name in capability.samples if name in known]
    if not names:
        st.caption(_("There is no sample for this. Upload a document, or type a text."))
        return None
    asked, own = st.query_params.get("sample", ""), language()
    if st.session_state.get(f"{KEY}.sample") not in names:
        in_own = next((name for name in names if own in known[name].language), names[0])
        st.session_state[f"{KEY}.sample"] = asked if asked in names else in_own
    name = st.selectbox(
        _("Sample"), names, format_func=lambda name: _(known[name].title), key=f"{KEY}.sample", persist_state="page",
        label_visibility="collapsed",
    )  # fmt: skip
    st.query_params["sample"] = name  # F5 shows the same again; which is the first depends on the language
    return _opened(capability, Source(kind="sample", name=name), known[name].caveats)


def _upload(capability: Capability) -> Given | None:
    files = st.file_uploader(
        _("Documents or a table"), type=TYPES, accept_multiple_files=True, key=AREA.uploader,
        help=_("PDF, Word, HTML, text, or a table whose rows are texts; several files together or as a ZIP. They stay here."),
    )  # fmt: skip
    if files:
        upload = AREA.sent(tuple(file.file_id for file in files), lambda: spooled(files))
    else:
        upload = AREA.again(_("Give one file or several. A scanned PDF can be read too."))
    if upload is None:
        return None
    return _opened(capability, Source(kind="upload", name=upload.name, digest=upload.digest, ocr=_wants_ocr(upload.digest)))


def spooled(files: list[Any]) -> Any:
    """One upload of one or several files. Raises what spooling raises."""
    from core.intake import spool
    from core.intake.documents import collect

    uploads = [spool(file, file.name) for file in files]
    return uploads[0] if len(uploads) == 1 else collect(uploads)


def _typed(capability: Capability) -> Given | None:
    from core.intake import spool

    typed = st.text_area(
        _("Text"), "\n".join(capability.example), height=180, key=f"{KEY}.typed", persist_state="page",
        placeholder=_("Type or paste here"),
    )  # fmt: skip
    if not typed.strip():
        st.caption(_("Write at least one line."))
        return None
    upload = attempt(lambda: spool(typed.encode("utf-8", "replace"), _("typed text") + ".txt"))
    if upload is None:
        return None
    return _opened(capability, Source(kind="upload", name=upload.name, digest=upload.digest), preview=False)


def _opened(capability: Capability, source: Source, caveats: tuple[str, ...] = (), *, preview: bool = True) -> Given | None:
    """The source in the form that the capability takes: a table where it takes tables, else documents."""
    from core.source import is_table

    if Table in capability.takes and attempt(lambda: is_table(source)):
        table = attempt(lambda: inputs.open_table(source.model_dump_json(), source))
        if table is None:
            return None
        inputs.show_table(table, caveats)
        return Given(source, table)
    documents = attempt(lambda: open_documents(source))
    if documents is None:
        return None
    if preview:
        _show(documents, caveats)
        _offer_ocr(documents, source)
    return Given(source, documents=documents)


def open_documents(source: Source) -> Documents:
    """The documents of a source, read once for all reruns and sessions; a bar shows how far it is."""
    from core.cache import lease
    from core.source import open_documents as read

    with progress.bar() as context:
        key = ("documents", source.model_dump_json())
        with lease(key, lambda: read(source, context), concurrent=True, timeout=READ_SECONDS) as documents:
            return documents


def _show(documents: Documents, caveats: tuple[str, ...]) -> None:
    pages = sum(item.pages for item in documents.items)
    values: dict[str, object] = {
        "name": documents.name, "count": f"{len(documents):,}", "characters": f"{documents.characters:,}", "pages": pages,
    }  # fmt: skip
    many = N_("{name}: {count} documents, {characters} characters")
    one = N_("{name}: {characters} characters") if pages == 1 else N_("{name}: {pages} pages, {characters} characters")
    with st.expander(say(Message(many if len(documents) > 1 else one, values)), icon=":material/description:"):
        _preview(documents)
    for notice in documents.notices:
        st.caption(":material/info: " + say(notice))
    if caveats:
        st.caption("  \n".join(":material/warning: " + say(caveat) for caveat in caveats))


def _preview(documents: Documents) -> None:
    room = PREVIEW_CHARACTERS
    with st.container(height=PREVIEW_HEIGHT, border=False):
        for item in documents.items:
            if room <= 0:
                st.caption(_("Only the beginning is shown here; all of it is worked on."))
                break
            if len(documents) > 1:
                st.markdown(f"**{plain(item.name)}**")
            st.html(paragraphs(item.text[:room]))
            room -= len(item.text)


def _ocr_key(digest: str) -> str:
    return f"{KEY}.ocr.{digest[:16]}"


def _wants_ocr(digest: str) -> bool:
    return bool(st.session_state.get(_ocr_key(digest), False))


def _offer_ocr(documents: Documents, source: Source) -> None:
    """A switch to recognise scanned pages, where there are any."""
    key = _ocr_key(source.digest)
    if source.kind == "upload" and (source.ocr or any(item.scanned for item in documents.items)):
        st.toggle(
            _("Read scanned pages (text recognition)"), key=key, persist_state="page",
            help=_("Takes a second or two for each page. What is recognised may hold errors."),
        )  # fmt: skip
