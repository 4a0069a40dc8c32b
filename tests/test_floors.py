"""Imports only go down the floors, and the front door stays light."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
FORBIDDEN = {
    "core": ("models", "pages", "app"),
    "models": ("pages", "app", "streamlit"),
    "pages": ("app", "pandas", "torch"),
}


def imports(path: Path) -> set[str]:
    """Every module that the file imports, at its top or inside a function."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            found.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            found.add(node.module)
    return found


def violations(path: Path, root: Path) -> list[str]:
    relative = path.relative_to(root)
    floor = relative.parts[0]
    forbidden = FORBIDDEN.get(floor, ())
    if floor == "core" and relative.parts[1] != "ui":
        forbidden = (*forbidden, "streamlit", "core.ui")
        if relative.parts[1] == "__main__.py":
            forbidden = tuple(name for name in forbidden if name != "core.ui")  # the command `serve` starts the server
    return [
        f"{relative} imports {name}"
        for name in imports(path)
        for bad in forbidden
        if name == bad or name.startswith(bad + ".") or (bad == "core.ui" and name == "core.ui")
    ]


@pytest.mark.parametrize("floor", ["core", "models", "pages"])
def test_imports_only_go_down(floor: str) -> None:
    wrong = [line for path in sorted((ROOT / floor).rglob("*.py")) for line in violations(path, ROOT)]
    assert not wrong


def test_the_test_sees_an_import_that_goes_up(tmp_path: Path) -> None:
    (tmp_path / "core").mkdir()
    bad = tmp_path / "core" / "bad.py"
    bad.write_text("def f():\n    from models.text import classify\n")
    assert violations(bad, tmp_path) == ["core/bad.py imports models.text"]


def test_pages_hold_no_try() -> None:
    for path in (ROOT / "pages").rglob("*.py"):
        assert not any(isinstance(node, ast.Try) for node in ast.walk(ast.parse(path.read_text()))), path


def test_the_registry_imports_nothing_heavy() -> None:
    code = (
        "import sys; from core import registry; assert registry.capabilities();"
        "heavy = {'torch', 'transformers', 'sklearn', 'mlflow', 'plotly', 'scipy', 'jieba', 'onnxruntime', 'streamlit',"
        " 'cv2', 'PIL', 'av'};"
        "heavy &= set(sys.modules);"
        "sys.exit(str(heavy) if heavy else 0)"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
