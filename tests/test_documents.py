"""The documents say what the code does."""

import importlib.util
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
specification = importlib.util.spec_from_file_location("readme", ROOT / "scripts" / "readme.py")
readme = importlib.util.module_from_spec(specification)
specification.loader.exec_module(readme)


def test_the_readme_lists_what_the_registry_finds() -> None:
    text = (ROOT / "README.md").read_text()
    assert readme.updated(text) == text, "run scripts/readme.py"


@pytest.mark.parametrize("name", ["README.md", "ARCHITECTURE.md", "CONTRIBUTING.md"])
def test_files_named_in_documents_exist(name: str) -> None:
    text = (ROOT / name).read_text()
    linked = re.findall(r"\]\((?!https?://|#)([^)#]+)", text)
    missing = [target for target in linked if not (ROOT / target).exists()]
    assert not missing


def test_every_requirement_is_weighed_in_the_architecture() -> None:
    weighed = (ROOT / "ARCHITECTURE.md").read_text().lower()
    for file in ("requirements.txt", "requirements-assets.txt", "requirements-cluster.txt", "requirements-test.txt"):
        for line in (ROOT / file).read_text().splitlines():
            match = re.match(r"[A-Za-z0-9][A-Za-z0-9_.-]*", line)
            assert match is None or match[0].lower() in weighed, f"{match[0]} is not weighed in ARCHITECTURE.md"


def test_what_is_shipped_stands_in_the_notice() -> None:
    notice = (ROOT / "NOTICE").read_text()
    for line in (ROOT / "requirements-assets.txt").read_text().splitlines():
        match = re.match(r"[A-Za-z0-9_.-]+", line)
        assert match is None or match[0] in notice
    for sample in (ROOT / "samples").glob("*.csv.gz"):
        assert sample.name.removesuffix(".csv.gz") in notice
