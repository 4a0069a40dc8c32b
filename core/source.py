"""Where an input comes from, as something that a job, a share link or a run can keep: a sample's name, or an upload's digest."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import BaseModel, ConfigDict

from core.contracts import Context, Documents, Table, Texts
from core.intake import find_upload, read_table, texts_of
from core.intake.sniff import TABLE_KINDS

Input = Table | Texts | Documents


class Source(BaseModel):
    """`name` is the sample's, or the file name that the upload is shown under; `digest` is the upload's SHA-256.

    `ocr` says that scanned pages of a document are to be recognised.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    kind: Literal["upload", "sample"]
    name: str
    digest: str = ""
    ocr: bool = False


def open_source(source: Source) -> Table:
    """The table behind `source`. Raises NotFoundError where it is gone, else what `read_table` and the samples raise."""
    if source.kind == "upload":
        return read_table(find_upload(source.digest, source.name))
    from core.samples import load

    return load(source.name)


def open_documents(source: Source, context: Context | None = None) -> Documents:
    """The documents behind `source`: a table gives one for each row."""
    from core.intake.documents import documents_of, read_documents

    if source.kind == "upload":
        return read_documents(find_upload(source.digest, source.name), context, ocr=source.ocr)
    from core import samples

    return samples.documents(source.name) if samples.sample(source.name).is_document else documents_of(samples.load(source.name))


def open_input(source: Source, takes: tuple[type[Any], ...], context: Context | None = None) -> Input:
    """What is behind `source`, in the form that a capability takes."""
    if Documents in takes and (Table not in takes or not is_table(source)):
        return open_documents(source, context)
    table = open_source(source)
    if Table in takes:
        return table
    from core.intake import roles

    return texts_of(table, table.columns[0] if len(table.columns) == 1 else roles.guess(table.frame, "text"))


def is_table(source: Source) -> bool:
    """Whether `source` is rows and columns. A text file is a document where documents are taken, else a text on each line."""
    if source.kind == "upload":
        kind = find_upload(source.digest, source.name).kind
        return kind in TABLE_KINDS and kind != "txt"
    from core import samples

    return not samples.sample(source.name).is_document
