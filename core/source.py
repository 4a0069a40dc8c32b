"""Where a table comes from, as something that a job, a share link or a run can keep: a sample's name, or an upload's digest."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict

from core.contracts import Table
from core.intake import find_upload, read_table


class Source(BaseModel):
    """`name` is the sample's, or the file name that the upload is shown under; `digest` is the upload's SHA-256."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    kind: Literal["upload", "sample"]
    name: str
    digest: str = ""


def open_source(source: Source) -> Table:
    """The table behind `source`. Raises NotFoundError where it is gone, else what `read_table` and the samples raise."""
    if source.kind == "upload":
        return read_table(find_upload(source.digest, source.name))
    from core.samples import load

    return load(source.name)
