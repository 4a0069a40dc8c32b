"""What a sample is, and where its rows, pictures or sounds can come from."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal


@dataclass(frozen=True)
class Shipped:
    """A CSV file in `samples/`. Without a split of its own, `hash_split` names the column by whose hash a fifth is for testing.

    `as_text` names columns that look like numbers and are none. Where `gaps`, empty cells are missing; else they are empty texts.
    """

    file: str
    sha256: str
    hash_split: str = ""
    as_text: tuple[str, ...] = ()
    gaps: bool = False


@dataclass(frozen=True)
class Packaged:
    """Files inside an installed package: (value of the column `split`, path, SHA-256) each."""

    distribution: str
    version: str
    files: tuple[tuple[str, str, str], ...]


@dataclass(frozen=True)
class PackagedTable:
    """A CSV file inside an installed package; its column names are written in lower case."""

    distribution: str
    version: str
    path: str
    sha256: str


@dataclass(frozen=True)
class Simulated:
    """Made by code when it is loaded, from the samples `of` where it names some.

    `maker` is "module:function"; the function gets those samples' frames by their names and gives a frame.
    """

    of: tuple[str, ...] = ()
    maker: str = "core.samples.simulated:dated_reviews"


@dataclass(frozen=True)
class Written:
    """A Markdown file in `samples/`: a document, not a table."""

    file: str
    sha256: str


@dataclass(frozen=True)
class Photos:
    """Picture files, path and SHA-256 each: in `samples/`, or in an installed package."""

    files: tuple[tuple[str, str], ...]
    distribution: str = ""
    version: str = ""


@dataclass(frozen=True)
class Footage:
    """A video file in `samples/`."""

    file: str
    sha256: str


@dataclass(frozen=True)
class PictureSet:
    """Labelled pictures: a file in `samples/` or a folder of an installed package, which `maker` of `core.samples.picture_sets`
    unpacks. `sha256` is the file's, or that of the folder as `picture_sets.folder_sha256` makes it.
    """

    maker: str
    path: str
    sha256: str
    distribution: str = ""
    version: str = ""


@dataclass(frozen=True)
class Drawn:
    """Pictures that `maker` of `core.samples.picture_sets` draws by code, with their truth: simulated."""

    maker: str


@dataclass(frozen=True)
class Recordings:
    """Sound files in `samples/`: (path, SHA-256, what is said in it) each. Several are heard one after the other.

    `said` is lower case without punctuation, as the source has it; empty where nobody wrote it down.
    """

    files: tuple[tuple[str, str, str], ...]


@dataclass(frozen=True)
class SoundSet:
    """A ZIP of labelled recordings in `samples/`; those with these `labels` (empty: all), not of speakers `without`."""

    file: str
    sha256: str
    labels: tuple[str, ...] = ()
    without: tuple[str, ...] = ()


Origin = SoundSet | Shipped | Packaged | PackagedTable | Simulated | Written | Photos | Footage | PictureSet | Drawn | Recordings


@dataclass(frozen=True)
class Sample:
    """`source` says in a line where the rows come from; `notice` names a file in `samples/notices/`.

    `language` is that of the texts: "zh", "en" or "zh, en".
    """

    name: str
    title: str
    field: str
    language: str
    rows: int
    columns: tuple[str, ...]
    target: str
    text_column: str
    licence: str
    source: str
    origin: Origin
    notice: str = ""
    caveats: tuple[str, ...] = ()
    simulated: bool = False
    query: str = ""  # what a capability with a field of that name asks of it first, so that the first click shows something

    @property
    def kind(self) -> Literal["table", "document", "pictures", "video", "set", "sound"]:
        """What it is: rows, a text to read, pictures, a video, a labelled set (pictures or sounds, a table too), or a sound."""
        kinds: dict[type, Any] = {Written: "document", Photos: "pictures", Footage: "video", PictureSet: "set", Drawn: "set",
                                  SoundSet: "set", Recordings: "sound"}  # fmt: skip
        return kinds.get(type(self.origin), "table")
