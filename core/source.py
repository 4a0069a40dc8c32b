"""Where an input comes from, as something that a job, a share link or a run can keep: a sample's name, or an upload's digest."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import BaseModel, ConfigDict

from core.contracts import Context, Documents, InputError, Pictures, Sound, Table, Texts, Video
from core.intake import find_upload, read_table, sound_sets, texts_of
from core.intake.sniff import PICTURE_KINDS, SOUND_KINDS, TABLE_KINDS, VIDEO_KINDS
from core.language import N_

Input = Table | Texts | Documents | Pictures | Video | Sound
Kind = Literal["table", "document", "pictures", "video", "set", "sound"]


class Source(BaseModel):
    """`name` is the sample's, or the file name that the upload is shown under; `digest` is the upload's SHA-256.

    `ocr` says that scanned pages of a document are to be recognised.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    kind: Literal["upload", "sample"]
    name: str
    digest: str = ""
    ocr: bool = False


def open_source(source: Source, context: Context | None = None) -> Table:
    """The table behind `source`; an archive of pictures or recordings is one. Raises NotFoundError where it is gone, else what
    `read_table` and the samples raise.
    """
    if source.kind == "upload":
        upload = find_upload(source.digest, source.name)
        if upload.kind == "zip" and sound_sets.holds_sounds(upload.path):
            return sound_sets.read_table(upload, context)
        if upload.kind == "zip":
            from core.intake.pictures import read_pictures, table_of

            return table_of(read_pictures(upload, context))
        return read_table(upload)
    from core.samples import load

    return load(source.name)


def open_documents(source: Source, context: Context | None = None) -> Documents:
    """The documents behind `source`: a table gives one for each row."""
    from core.intake.documents import documents_of, read_documents

    if source.kind == "upload":
        return read_documents(find_upload(source.digest, source.name), context, ocr=source.ocr)
    from core import samples

    is_document = samples.sample(source.name).kind == "document"
    return samples.documents(source.name) if is_document else documents_of(samples.load(source.name))


def open_pictures(source: Source, context: Context | None = None) -> Pictures:
    """The pictures behind `source`."""
    if source.kind == "upload":
        from core.intake.pictures import read_pictures

        return read_pictures(find_upload(source.digest, source.name), context)
    from core.samples import pictures

    return pictures(source.name)


def open_video(source: Source, context: Context | None = None) -> Video:
    """The video behind `source`, also where it came in an archive."""
    if source.kind == "upload":
        from core.intake.video import read_video

        return read_video(find_upload(source.digest, source.name), context)
    from core.samples import video

    return video(source.name)


def open_sound(source: Source, context: Context | None = None) -> Sound:
    """The recording behind `source`, or the sound of the video that it is."""
    if source.kind == "upload":
        from core.intake.sound import read_sound

        return read_sound(find_upload(source.digest, source.name), context)
    from core.samples import sound

    return sound(source.name)


def second_sound(named: str, context: Context | None = None) -> Sound:
    """The recording that a parameter made by `recording` names. Raises InputError for none, NotFoundError where it is gone."""
    if not named:
        raise InputError(N_("Give the second recording."))
    kind, _, name = named.rpartition(":")
    return open_sound(
        Source(kind="sample", name=name) if kind == "sample" else Source(kind="upload", name="", digest=name), context
    )


def open_input(source: Source, takes: tuple[type[Any], ...], context: Context | None = None) -> Input:
    """What is behind `source`, in the form that a capability takes."""
    kind = kind_of(source)
    if Sound in takes and (kind == "sound" or not {Video, Pictures, Documents, Table, Texts} & set(takes)):
        return open_sound(source, context)
    if Video in takes and (kind == "video" or Pictures not in takes):
        return open_video(source, context)
    if Pictures in takes and not (kind == "table" and Table in takes):
        return open_pictures(source, context)
    if Documents in takes and (Table not in takes or not is_table(source)):
        return open_documents(source, context)
    table = open_source(source)
    if Table in takes:
        return table
    from core.intake import roles

    return texts_of(table, table.columns[0] if len(table.columns) == 1 else roles.guess(table.frame, "text"))


def kind_of(source: Source) -> Kind:
    """What is behind `source`. A text file is a document where documents are taken, else a text on each line; an archive is
    taken for pictures, unless it holds a video.
    """
    if source.kind == "sample":
        from core import samples

        return samples.sample(source.name).kind
    upload = find_upload(source.digest, source.name)
    kind = upload.kind
    if kind == "zip":
        from core.intake.video_archive import holds_video

        return "video" if holds_video(upload.path) else "pictures"
    if kind in PICTURE_KINDS:
        return "pictures"
    if kind in VIDEO_KINDS:
        return "video"
    if kind in SOUND_KINDS:
        return "sound"
    return "table" if kind in TABLE_KINDS and kind != "txt" else "document"


def is_table(source: Source) -> bool:
    """Whether `source` is rows and columns where documents are the other choice."""
    return kind_of(source) in ("table", "set")
