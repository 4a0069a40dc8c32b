"""No sentence reaches the screen without going through the translation."""

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
FILES = [ROOT / "app.py", *sorted((ROOT / "core" / "ui").glob("*.py")), *sorted((ROOT / "pages").rglob("*.py"))]
WORDED = {
    "title", "header", "subheader", "markdown", "caption", "write", "text", "info", "warning", "error", "success", "badge",
    "metric", "button", "download_button", "link_button", "page_link", "selectbox", "segmented_control", "pills", "radio",
    "slider", "number_input", "text_input", "text_area", "toggle", "checkbox", "file_uploader", "expander", "popover", "status",
    "spinner", "progress", "toast", "dialog", "Page", "choice",
}  # fmt: skip
SPOKEN = {"label", "help", "placeholder", "title", "body", "text"}
SAME_IN_EVERY_LANGUAGE = {"Language / 语言", "CSV", "Excel", "JSON", "Panorama"}


def unwrapped(source: str) -> list[str]:
    """Literal sentences that calls such as `st.markdown` get directly or inside an f-string."""
    found = []
    for call in (node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Call)):
        if not (isinstance(call.func, ast.Attribute) and call.func.attr in WORDED) or _is_logged(call.func):
            continue
        is_link = call.func.attr in ("Page", "page_link")  # the first argument is a path
        spoken = [] if is_link else call.args[:1]
        spoken += [keyword.value for keyword in call.keywords if keyword.arg in SPOKEN]
        found += [text for argument in spoken for text in literals(argument) if is_sentence(text)]
    return found


def _is_logged(called: ast.Attribute) -> bool:
    """What goes to the log is read by those who run the server."""
    return isinstance(called.value, ast.Name) and called.value.id in ("_logger", "logger")


def literals(node: ast.AST) -> list[str]:
    if isinstance(node, ast.Constant):
        return [node.value] if isinstance(node.value, str) else []
    if isinstance(node, ast.JoinedStr):
        return [part.value for part in node.values if isinstance(part, ast.Constant)]
    if isinstance(node, ast.IfExp):
        return literals(node.body) + literals(node.orelse)
    if isinstance(node, ast.BinOp):
        return literals(node.left) + literals(node.right)
    if isinstance(node, ast.BoolOp):
        return [text for value in node.values for text in literals(value)]
    return []


def is_sentence(text: str) -> bool:
    words = re.sub(r":material/\w+:|:(small|gray|blue|green|red|orange)\b", "", text)  # markdown's own directives
    return bool(re.search(r"[A-Za-z]{2,}", words)) and text not in SAME_IN_EVERY_LANGUAGE


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(ROOT)))
def test_every_sentence_is_wrapped(path):
    assert unwrapped(path.read_text("utf-8")) == []


@pytest.mark.parametrize(
    "line",
    ['st.markdown("Hello there")', 'column.metric(f"Score of {x}", 1)', 'st.button(_("ok"), help="Not wrapped")',
     'st.caption(_("a") if x else "Nothing")', 'st.Page("a.py", title="Home")'],
)  # fmt: skip
def test_the_test_finds_what_it_looks_for(line):
    assert unwrapped(line)


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(ROOT)))
def test_no_sentence_hides_in_an_f_string(path):
    """The extractor of messages does not look into f-strings."""
    tree = ast.parse(path.read_text("utf-8"))
    inside = [node for joined in ast.walk(tree) if isinstance(joined, ast.JoinedStr) for node in ast.walk(joined)]
    calls = [node for node in inside if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)]
    assert not [call for call in calls if call.func.id in ("_", "N_") and call.args and isinstance(call.args[0], ast.Constant)]
