"""Web pages: the texts of the main part in their order. Scripts, navigation and what is hidden are left out; nothing is run."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from core.intake import encodings
from core.intake.documents.problem import Row, found
from core.intake.limits import MAX_DOCUMENT_CHARACTERS

_SKIPPED = {"script", "style", "noscript", "template", "nav", "header", "footer", "aside", "form", "button", "select", "svg",
            "iframe", "object", "head"}  # fmt: skip
_BLOCKS = {"p", "li", "td", "th", "tr", "dt", "dd", "pre", "blockquote", "figcaption", "div", "section", "article", "main",
           "table", "ul", "ol", "body", "html", "dl", "h1", "h2", "h3", "h4", "h5", "h6", "br", "hr", "caption"}  # fmt: skip
_META = re.compile(rb"<meta[^>]+charset=[\"']?\s*([\w-]+)", re.IGNORECASE)


def read(path: Path) -> dict[str, Any]:
    """The document as the answer of a parser."""
    import lxml.html

    content = path.read_bytes()
    text = _decoded(content)[: 4 * MAX_DOCUMENT_CHARACTERS]
    parser = lxml.html.HTMLParser(remove_comments=True, remove_pis=True, no_network=True, encoding="utf-8")
    root = lxml.html.document_fromstring(text.encode("utf-8", "replace"), parser=parser)
    rows: list[Row] = []
    _gather(_main(root), rows)
    return found(rows)


def _decoded(content: bytes) -> str:
    told = _META.search(content[:4096])
    if told and not content.startswith((b"\xff\xfe", b"\xfe\xff", b"\xef\xbb\xbf")):
        try:
            return content.decode(told[1].decode("ascii"), "replace")
        except LookupError:
            pass
    return content.decode(encodings.of_sample(content[: 1 << 20]), "replace")


def _main(root: Any) -> Any:
    """The element that says it is the main part, else the body."""
    for path in ("//main", "//article", "//*[@role='main']", "//body"):
        elements = root.xpath(path)
        if len(elements) == 1 or (elements and path == "//body"):
            return elements[0]
    return root


def _gather(root: Any, rows: list[Row]) -> None:
    """Walks without recursion: a page may be nested as deep as its author likes."""
    pieces: list[str] = []
    kind, level = "paragraph", 0

    def close() -> None:
        if line := " ".join("".join(pieces).split()):
            rows.append((line, kind, 1, level))
        pieces.clear()

    stack: list[tuple[Any, bool]] = [(root, False)]
    while stack:
        element, leaving = stack.pop()
        tag = element.tag if isinstance(element.tag, str) else ""
        if leaving:
            if tag in _BLOCKS:
                close()
                kind, level = "paragraph", 0
            pieces.append(element.tail or "" if element is not root else "")
            continue
        if not tag or tag in _SKIPPED or element.get("hidden") is not None or element.get("aria-hidden") == "true":
            pieces.append(element.tail or "")
            continue
        if tag in _BLOCKS:
            close()
            if re.fullmatch("h[1-6]", tag):
                kind, level = "heading", int(tag[1])
            elif tag in ("li", "dd", "dt"):
                kind, level = "item", 0
            elif tag in ("td", "th", "tr"):
                kind, level = "row", 0
        pieces.append(element.text or "")
        stack.append((element, True))
        stack += [(child, False) for child in reversed(element)]
    close()
