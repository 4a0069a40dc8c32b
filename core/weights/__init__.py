"""The one door to pretrained weights: what there is, whether it is here, and a verified folder of it.

`core/weights.toml` lists each once. To add weights, add an entry there: files with size and SHA-256, licence, and at least one
of `repository` (a folder of this repository), `package`, `build`, `request` (packages that are installed only when somebody asks
for these weights), `hub`. Routes are tried in this order: Panorama's own cache, repository, package, build, request, hub.
Whatever the route, the checksum decides: a file that does not match is refused and named, and the next route is tried.
"""

from __future__ import annotations

import logging
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from threading import RLock
from typing import Literal

from core.contracts import Context, Message, UnavailableError, UserError
from core.home import home, read_json, write_json
from core.language import N_
from core.weights import checks, installing, routes
from core.weights.manifest import Build, Encoder, Entry, Hub, LanguageModel, Package, Part, WeightFile, catalogue, entry

__all__ = ["Build", "Encoder", "Entry", "Hub", "LanguageModel", "Package", "Part", "Status", "WeightFile", "catalogue",
           "entry", "fetch", "fetch_all", "locate", "status"]  # fmt: skip

State = Literal["present", "fetchable", "needs acceptance", "missing"]
_logger = logging.getLogger(__name__)
_locks: dict[str, RLock] = defaultdict(RLock)  # type: ignore[valid-type]


@dataclass(frozen=True)
class Status:
    """Whether weights can be used: `route` is the one that has or would bring them; `sentence` says it to the user."""

    name: str
    state: State
    route: str
    sentence: Message


def status(name: str) -> Status:
    """Looks without reading the files or asking the network, so it is quick enough for a page that lists everything."""
    item = entry(name)
    if not item.open and name not in _accepted():
        return Status(name, "needs acceptance", "", _licence_message(item))
    route = _present_route(item) or ("package" if installing.is_installed(item) else "")
    if route:
        return Status(name, "present", route, _present_message(item, route))
    if item.build and all(status(source).state == "present" for source in item.build.sources):
        return Status(name, "fetchable", "build", Message(
            N_("Will be made on this machine from {sources} when it is first used."), {"sources": ", ".join(item.build.sources)},
        ))  # fmt: skip
    if item.request:
        return Status(name, "fetchable", "request", Message(
            N_("Will be installed when it is first used; packages: {count}."), {"count": len(installing.packages(item))},
        ))  # fmt: skip
    if item.hub and not routes.hub_is_off():
        return Status(name, "fetchable", "hub", Message(
            N_("Will be fetched from the model hub ({repository}) when it is first used."), {"repository": item.hub.repository},
        ))  # fmt: skip
    for source in item.build.sources if item.build else ():
        if (there := status(source)).state != "present":
            return Status(name, "missing", "", there.sentence)
    error = _refused_error(item, _known_refusals(item)) or routes.missing(item)
    return Status(name, "missing", "", Message(error.message_id, error.values))


def locate(name: str, context: Context | None = None) -> Path:
    """The folder with the verified files of `name`, brought here if need be.

    Raises `NotFoundError` for a name that is not in the manifest and `UnavailableError` when no route gives files with the right
    checksums, or when the licence has to be accepted first. The files in it must not be changed.
    """
    item = entry(name)
    if not item.open and name not in _accepted():
        raise UnavailableError(_licence_message(item).id, **_licence_message(item).values)
    refused: list[str] = []
    with _locks[name]:
        for route, bring in _ways(item, context or Context()).items():
            folder = bring()
            wrong = checks.check(folder, item).wrong if folder else ()
            if folder and wrong and route == "hub" and not routes.hub_is_off():
                folder = routes.hub(item, context or Context(), again=wrong)
                wrong = checks.check(folder, item).wrong if folder else ()
            if folder and not wrong:
                return folder
            refused += [f"{route}: {file}" for file in wrong if folder and (folder / file).exists()]
            for file in refused:
                _logger.warning("weights %s: refused %s, its checksum is wrong", name, file)
    raise _refused_error(item, refused) or routes.missing(item)


def fetch(name: str, accept: bool = False, progress: Callable[[float], None] | None = None) -> Path:
    """Brings `name` here now. `accept` says that the user has read and accepts a licence that is not open source."""
    item = entry(name)
    if accept and not item.open:
        write_json(home("weights") / "accepted.json", {**_accepted(), name: item.licence})
    context = Context()
    if progress is not None:
        context.progress = lambda share, message="", **values: progress(share)  # type: ignore[method-assign]
    return locate(name, context)


def fetch_all(progress: Callable[[float], None] | None = None) -> dict[str, Status]:
    """Brings everything whose licence is open or accepted; what cannot be had is said in its status."""
    for position, name in enumerate(catalogue()):
        try:
            fetch(name)
        except UserError as error:
            _logger.info("%s", error)
        if progress is not None:
            progress((position + 1) / len(catalogue()))
    return {name: status(name) for name in catalogue()}


def _ways(item: Entry, context: Context) -> dict[str, Callable[[], Path | None]]:
    def build() -> Path | None:
        try:
            return routes.build(item, lambda source: locate(source, context))
        except UnavailableError:
            if item.hub is None:
                raise
            return None

    return {
        "cache": lambda: routes.cache(item),
        "repository": lambda: routes.repository(item),
        "package": lambda: routes.package(item),
        "build": build,
        "request": lambda: installing.bring(item, context),
        "hub": lambda: routes.hub(item, context),
    }


def _found(item: Entry) -> dict[str, Path]:
    """The folders where files of `item` are already, by route."""
    finders = {
        "cache": routes.cache, "repository": routes.repository, "package": routes.package, "hub": routes.hub_found,
    }  # fmt: skip
    return {route: folder for route, find in finders.items() if (folder := find(item))}


def _present_route(item: Entry) -> str:
    return next((route for route, folder in _found(item).items() if checks.looks_complete(folder, item)), "")


def _known_refusals(item: Entry) -> list[str]:
    return [f"{route}: {file}" for route, folder in _found(item).items() for file in checks.refused(folder, item)]


def _refused_error(item: Entry, files: list[str]) -> UnavailableError | None:
    if not files:
        return None
    return UnavailableError(
        N_("{title} was not used, because the checksum of {files} is wrong. Remove that file and fetch it again."),
        title=item.title, files=", ".join(files),
    )  # fmt: skip


def _present_message(item: Entry, route: str) -> Message:
    values: dict[str, object] = {"route": Message(routes.NAMES[route])}
    if all(file.sha256 for file in item.files):
        return Message(N_("Ready, {route}."), values)
    return Message(
        N_("Ready, {route}. Some checksums are not known in advance: the hub's own is checked, or the first copy is trusted."),
        values,
    )


def _accepted() -> dict[str, str]:
    path = home("weights") / "accepted.json"
    return read_json(path) if path.exists() else {}


def _licence_message(item: Entry) -> Message:
    return Message(
        N_("{title} is under the licence {licence}, which is not open source. Read it at {upstream} and accept it first."),
        {"title": item.title, "licence": item.licence, "upstream": item.upstream},
    )
