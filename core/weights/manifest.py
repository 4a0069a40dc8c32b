"""The manifest `core/weights.toml` as typed entries."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path, PurePosixPath
from typing import Any

from core.contracts import NotFoundError
from core.language import N_

MANIFEST = Path(__file__).parent.parent / "weights.toml"


@dataclass(frozen=True)
class WeightFile:
    """One file, by its path in the entry's folder. `bytes` 0 and `sha256` "" mean: only the hub knows."""

    path: str
    bytes: int = 0
    sha256: str = ""


@dataclass(frozen=True)
class Package:
    """Files inside an installed distribution, below `folder` of its installation folder."""

    distribution: str
    version: str
    folder: str


@dataclass(frozen=True)
class Build:
    """Files that `function` ("module:name") makes: it is called with {source name: folder} and the folder to write to."""

    function: str
    sources: tuple[str, ...]


@dataclass(frozen=True)
class Hub:
    """A repository of a model hub at one commit, or on a branch where the commit is not known."""

    repository: str
    revision: str


@dataclass(frozen=True)
class Encoder:
    """How token states become one vector: `pooling` is "mean" or "first"; `prefixes`: E5's "query: " and "passage: "."""

    pooling: str = "mean"
    prefixes: bool = False
    max_tokens: int = 512


@dataclass(frozen=True)
class Part:
    """A piece of the file `file`: it stands at `path` in `package` ("name==version"), which is installed only on request."""

    package: str
    path: str
    file: str


@dataclass(frozen=True)
class LanguageModel:
    """What a model that writes can do: `chat`: it was taught to answer turns; `context`: tokens that it is given to read and
    write in; `languages` it knows well, as ISO 639 codes, "many" for most.
    """

    chat: bool
    context: int
    languages: tuple[str, ...] = ("en",)


@dataclass(frozen=True)
class Entry:
    """Weights of one model: what they are, under which licence (SPDX), and the routes by which they can come."""

    name: str
    title: str
    task: str
    licence: str
    upstream: str
    files: tuple[WeightFile, ...]
    open: bool = True
    note: str = ""
    repository: str = ""  # a folder of this repository
    package: Package | None = None
    build: Build | None = None
    hub: Hub | None = None
    encoder: Encoder | None = None
    request: tuple[Part, ...] = ()  # in the order in which the pieces are joined
    language_model: LanguageModel | None = None

    @property
    def bytes(self) -> int:
        """Size of all files as far as the manifest knows it."""
        return sum(file.bytes for file in self.files)

    @property
    def folder_name(self) -> str:
        return self.name.replace("/", "--")


def read(path: Path) -> dict[str, Entry]:
    """The entries of a manifest, in its order; raises `ValueError` on one that is not well formed."""
    with path.open("rb") as stream:
        return {name: _entry(name, fields) for name, fields in tomllib.load(stream).items()}


def _entry(name: str, fields: dict[str, Any]) -> Entry:
    try:
        files = tuple(WeightFile(**file) for file in fields.pop("files"))
        build = fields.pop("build", None)
        request = tuple(Part(**part) for part in fields.pop("request", ()))
        parts = {key: kind(**fields.pop(key)) for key, kind in _PARTS.items() if key in fields}
        entry = Entry(
            name=name, files=files, build=build and Build(build["function"], tuple(build["sources"])), request=request,
            **parts, **fields,
        )  # fmt: skip
    except (TypeError, KeyError) as error:
        raise ValueError(f"the weights {name} in the manifest are not well formed: {error}") from error
    if any(_is_outside(path) for path in (*(file.path for file in files), *(part.path for part in request))):
        raise ValueError(f"a file of the weights {name} lies outside of their folder")
    if entry.hub is None and not all(file.sha256 and file.bytes for file in files):
        raise ValueError(f"a file of the weights {name} has no checksum or size")
    return entry


def _is_outside(path: str) -> bool:
    return PurePosixPath(path).is_absolute() or ".." in PurePosixPath(path).parts


def _language_model(languages: list[str], **fields: Any) -> LanguageModel:
    return LanguageModel(languages=tuple(languages), **fields)


_PARTS: dict[str, Any] = {"package": Package, "hub": Hub, "encoder": Encoder, "language_model": _language_model}


@lru_cache(maxsize=1)
def catalogue() -> dict[str, Entry]:
    """All weights by name."""
    return read(MANIFEST)


def entry(name: str) -> Entry:
    """The entry of that name; the error lists the choices."""
    try:
        return catalogue()[name]
    except KeyError:
        raise NotFoundError(
            N_("There are no weights called {name}. Choose one of: {choices}."), name=name, choices=", ".join(catalogue())
        ) from None
