"""One input area for every panel: a sample, an upload, or pasted text.

What was uploaded is spooled to disk at once and named in the URL by its content, so it survives F5 and needs no second upload.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import streamlit as st

from core.contracts import Capability, Documents, Pictures, Sound, Table, Texts, Video
from core.language import N_
from core.source import Source
from core.ui import thumbnails
from core.ui.language import _, language, say
from core.ui.numbers import MISSING
from core.ui.plain import plain
from core.ui.trouble import attempt

WAYS = {"sample": N_("Sample data"), "upload": N_("Upload a file"), "paste": N_("Paste or type"), "record": N_("Record clips")}
USUAL_WAYS = ("sample", "upload", "paste")
TYPES = ["csv", "tsv", "txt", "xlsx", "parquet", "jsonl", "json"]
PREVIEW_ROWS = 5
ROWS_AT_ONCE = 2000  # more are a job: they take longer than one waits without progress
CHARACTERS_AT_ONCE = 200_000  # of documents, likewise
PICTURES_AT_ONCE = 24
VIDEO_SECONDS_AT_ONCE = 10.0
SOUND_SECONDS_AT_ONCE = 90.0


@dataclass(frozen=True, eq=False)
class Given:
    """What the user gave: where it can be read again, and the table, texts, documents, pictures, video or sound that it is."""

    source: Source
    rows: Table | None = None
    texts: Texts | None = None
    documents: Documents | None = None
    pictures: Pictures | None = None
    video: Video | None = None
    sound: Sound | None = None
    is_nothing: bool = False  # stands in where the params say all, or where nothing was given yet

    @property
    def kind(self) -> type[Any] | None:
        """What other capabilities of the page may go on with; None for tables and typed texts."""
        whole = self._seen_or_read
        return None if whole is None else type(whole)

    @property
    def _seen_or_read(self) -> Documents | Pictures | Video | Sound | None:
        found = (self.documents, self.pictures, self.video, self.sound)
        return next((one for one in found if one is not None), None)

    @property
    def table(self) -> Table:
        """The table, where one was given or typed lines make one."""
        assert self.rows is not None, "documents, pictures, videos and sounds are no table"
        return self.rows

    @property
    def columns(self) -> Table | None:
        """The table whose columns a form may offer; None for what is no table."""
        return self.rows if self.texts is None else None

    @property
    def name(self) -> str:
        whole = self._seen_or_read
        return whole.name if whole is not None else self.table.name

    @property
    def digest(self) -> str:
        whole = self.texts if self.texts is not None else self._seen_or_read
        return whole.digest if whole is not None else self.table.digest

    @property
    def ground(self) -> bytes:
        """The picture file to draw shapes on: the picture, or the video's first frame; empty for everything else."""
        if self.pictures is None and self.video is None:
            return b""
        from core.ui import pictures

        return pictures.ground(self)

    @property
    def is_long(self) -> bool:
        """Whether work on it takes longer than one waits without progress."""
        if self.documents is not None:
            return self.documents.characters > CHARACTERS_AT_ONCE
        if self.pictures is not None:
            return len(self.pictures) > PICTURES_AT_ONCE
        if self.video is not None:
            return self.video.seconds > VIDEO_SECONDS_AT_ONCE
        if self.sound is not None:
            return self.sound.seconds > SOUND_SECONDS_AT_ONCE
        return len(self.texts or self.table) > ROWS_AT_ONCE

    def texts_of(self, column: str = "") -> Texts:
        """The texts: those typed, else those of `column` (guessed where empty)."""
        from core.intake import roles, texts_of

        if self.texts is not None:
            return self.texts
        return texts_of(self.table, column or roles.guess(self.table.frame, "text"))

    def whole(self, takes: tuple[type[Any], ...]) -> Any:
        """It in the form that a capability takes: as it is, the texts where they were typed, else the table or its texts."""
        if self._seen_or_read is not None:
            return self._seen_or_read
        if self.texts is not None and Texts in takes:
            return self.texts
        return self.table if Table in takes else self.texts_of()


def choose(
    capability: Capability, key: str, *, ways: tuple[str, ...] = USUAL_WAYS, samples: tuple[str, ...] | None = None
) -> Given | None:
    """The input area; None (with a sentence shown) as long as nothing usable was given. `samples` where not the capability's."""
    if not capability.takes and "paste" in ways:
        return nothing(capability)
    if Sound in capability.takes and "paste" in ways:
        from core.ui import sounds

        return sounds.choose(capability)
    if (Pictures in capability.takes or Video in capability.takes) and "paste" in ways:
        from core.ui import pictures

        return pictures.choose(capability)
    if Documents in capability.takes and "paste" in ways:
        from core.ui import documents

        return documents.choose(capability)
    named = capability.samples if samples is None else samples
    if Texts not in capability.takes and ways[0] == "paste":  # of a table, a sample says more than an empty box
        ways = ("sample", "upload", "paste")
    ways = (*ways, "record") if Sound in capability.takes else ways  # to train on: clips recorded here
    offered = [way for way in ways if way != "sample" or named or capability.example]
    way = st.segmented_control(
        _("Input"), offered, default=offered[0], required=True, format_func=lambda name: _(WAYS[name]), key=f"{key}.way",
        persist_state="page", label_visibility="collapsed",
    )  # fmt: skip
    with st.container(border=True):
        if way == "sample":
            return _sample(capability, named, key)
        if way == "upload":
            return _upload(capability, _files_of(capability, named), key)
        if way == "record":
            from core.ui import recorder

            return recorder.choose(key)
        return _paste(capability, key)


def nothing(capability: Capability) -> Given | None:
    """What stands in for an input where the params say all: jobs, links and feedback still need a source."""
    given = _typed(capability.id, "settings.txt")
    return Given(given.source, given.rows, given.texts, is_nothing=True) if given else None


def _sample(capability: Capability, named: tuple[str, ...], key: str) -> Given | None:
    from core import samples

    known = samples.catalogue()
    names = [name for name in named if name in known and known[name].kind in ("table", "set")]
    if not names:
        return _typed("\n".join(capability.example), "example.txt")
    asked = st.query_params.get("sample", "")
    name = st.selectbox(
        _("Sample"),
        names,
        index=names.index(asked) if asked in names else _in_own_language(names),
        format_func=lambda name: _(known[name].title),
        key=f"{key}.sample",
        persist_state="page",
        label_visibility="collapsed",
    )
    return opened(Source(kind="sample", name=name), known[name].caveats)


def _in_own_language(names: list[str]) -> int:
    """The place of the first sample that a reader of this session's language understands; numbers alone are for all of them."""
    from core import samples

    spoken, own = [samples.catalogue()[name].language for name in names], language()
    return next((place for place, languages in enumerate(spoken) if not languages or own in languages), 0)


def _files_of(capability: Capability, named: tuple[str, ...]) -> set[Any]:
    """Whether pictures or sounds are what is given: a generator of pictures takes none, but learns from those of its samples."""
    from core import samples

    known = samples.catalogue()
    columns = {column for name in named if name in known for column in known[name].columns}
    found = {kind for kind, column in ((Pictures, "picture"), (Sound, "sound")) if column in columns}
    return found | ({Pictures, Sound} & set(capability.takes))


def _upload(capability: Capability, files: set[Any], key: str) -> Given | None:
    from core.intake import spool

    label, types = _("Table or list of texts"), TYPES
    told = _("CSV, TSV, Excel, Parquet, JSON lines, or a text file with one text per line. It stays on this machine.")
    if Texts not in capability.takes:
        label, told = (
            _("Table"),
            _("CSV, TSV, Excel, Parquet or JSON lines; the first row names the columns. It stays on this machine."),
        )
    if Pictures in files:  # to train on
        label, types = _("ZIP of pictures"), ["zip"]
        told = _("A folder for each class, or pictures with a table or annotations beside them. It stays on this machine.")
    if Sound in files:
        label, types = _("ZIP of recordings"), ["zip"]
        told = _("A folder for each word, or clips called speaker_nohash_0.wav in folders. It stays on this machine.")
    seen = f"{key}.uploaded"
    file = st.file_uploader(
        label, type=types, key=f"{key}.file", help=told, on_change=_taken_out, args=(f"{key}.file", seen)
    )  # fmt: skip
    if file is not None:
        if st.session_state.get(seen, (None,))[0] != file.file_id:
            upload = attempt(lambda: spool(file, file.name))
            if upload is None:
                return None
            st.session_state[seen] = (file.file_id, upload)
        upload = st.session_state[seen][1]
        st.query_params["data"] = upload.digest
        return _read(upload)
    if digest := st.query_params.get("data", ""):
        upload = again(digest)
        return _read(upload) if upload is not None else None
    if Texts in capability.takes:
        st.caption(_("The first row of a table names its columns. Try it with a spreadsheet of comments or reviews."))
    elif not files:
        st.caption(_("The first row names the columns. What each column stands for is asked next."))
    return None


def _taken_out(widget: str, seen: str) -> None:
    """The user took the file out. An uploader that is only drawn anew, after another step, is empty too: that loses nothing."""
    if st.session_state.get(widget) is None:
        st.session_state.pop(seen, None)
        st.query_params.pop("data", None)


def again(digest: str) -> Any:
    """An upload of before, found by the digest in the URL; None (with a sentence shown) where it is gone."""
    from core.intake import find_upload

    upload = attempt(lambda: find_upload(digest))
    if upload is not None:
        st.caption(_("Still here: {name}", name=plain(upload.name)))
    return upload


def _read(upload: Any) -> Given | None:
    return opened(Source(kind="upload", name=upload.name, digest=upload.digest))


def _paste_rows(key: str) -> Given | None:
    """A table that is pasted, e.g. out of a spreadsheet."""
    from core.intake import spool

    typed = st.text_area(
        _("Rows, the first one names the columns"), "", height=140, key=f"{key}.rows", persist_state="page",
        placeholder=_("Copy cells out of a spreadsheet and paste them here, or type values with commas between them"),
    )  # fmt: skip
    if len(typed.strip().splitlines()) < 2:
        st.caption(_("Paste the names of the columns and at least one row."))
        return None
    upload = attempt(lambda: spool(typed.strip().encode("utf-8", "replace"), "pasted.tsv" if "\t" in typed else "pasted.csv"))
    return _read(upload) if upload is not None else None


def _paste(capability: Capability, key: str) -> Given | None:
    if Texts not in capability.takes:
        return _paste_rows(key)
    typed = st.text_area(
        _("Texts, one per line"), "\n".join(capability.example), height=140, key=f"{key}.typed", persist_state="page",
        placeholder=_("Type or paste here"),
    )  # fmt: skip
    if not typed.strip():
        st.caption(_("Write at least one line."))
        return None
    return _typed(typed, "typed.txt")


def _typed(text: str, name: str) -> Given | None:
    from core.intake import spool

    lines = tuple(line.strip() for line in text.splitlines() if line.strip())
    upload = attempt(lambda: spool("\n".join(lines).encode("utf-8", "replace"), name))
    if upload is None:
        return None
    given = opened(Source(kind="upload", name=upload.name, digest=upload.digest), preview=False)
    return Given(given.source, given.table, Texts(lines, name)) if given else None


def opened(source: Source, caveats: tuple[str, ...] = (), *, preview: bool = True) -> Given | None:
    table = attempt(lambda: open_table(source.model_dump_json(), source))
    if table is None:
        return None
    if preview:
        show_table(table, caveats)
    return Given(source, table)


@st.cache_resource(max_entries=8, ttl=3600, show_spinner=False)
def open_table(fingerprint: str, _source: Source) -> Table:
    """The table of a source, read once for all reruns and sessions. Nobody writes to a table."""
    from core.source import open_source

    return open_source(_source)


def show_table(table: Table, caveats: tuple[str, ...] = ()) -> None:
    """Size, first rows, notices and caveats of a table; of recordings a few to hear."""
    from core.intake import roles

    rows, columns = f"{len(table):,}", len(table.columns)
    st.caption(say(_size_sentence(rows, columns, table.name)))
    sounds = roles.guess(table.frame, "sound")
    shown, pictured = thumbnails.pictured(table.frame.head(PREVIEW_ROWS).drop(columns=sounds or []))
    row_height = thumbnails.ROW_HEIGHT if pictured else None
    st.dataframe(shown, hide_index=True, height="content", row_height=row_height, column_config=pictured, placeholder=MISSING)
    if sounds:
        from core.ui import recorder

        recorder.hear(table)
    for notice in table.notices:
        st.caption(":material/info: " + say(notice))
    if caveats:
        st.caption("  \n".join(":material/warning: " + say(caveat) for caveat in caveats))


def _size_sentence(rows: str, columns: int, name: str) -> Any:
    from core.contracts import Message

    return Message(
        N_("{name} · rows: {rows} · columns: {columns}. The first rows:"), {"name": name, "rows": rows, "columns": columns}
    )
