"""What users named (columns, classes, files) made safe for each place that would interpret it."""

from __future__ import annotations

import re

JOINER = "\u2060"  # word joiner: takes no room, and keeps `:word:`, `https:` and `www.` from being recognised
_MARKDOWN = re.compile(r"([\\`*_{}\[\]()#+\-.!|~<>&$^=])")
_CONTROL = re.compile(r"[\x00-\x1f\x7f\u2028\u2029]+")


def plain(text: object, limit: int = 200) -> str:
    """`text` such that markdown shows it letter by letter.

    No emphasis, link, HTML, LaTeX, emoji shortcode or colour directive survives; line breaks become spaces; longer texts
    than `limit` characters are cut.
    """
    line = _shorten(_CONTROL.sub(" ", str(text)).strip(), limit)
    escaped = _MARKDOWN.sub(r"\\\1", line)
    escaped = escaped.replace(":", ":" + JOINER).replace("@", "@" + JOINER)
    return re.sub(r"(?i)\bwww(?=\\\.)", lambda found: found.group() + JOINER, escaped)


def chart_text(text: object, limit: int = 40) -> str:
    """`text` for a label in a chart: Plotly reads a few HTML tags in labels, so they are escaped."""
    line = _shorten(_CONTROL.sub(" ", str(text)).strip(), limit)
    return line.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace("$", "&#36;")


def _shorten(text: str, limit: int) -> str:
    return text if len(text) <= limit else text[: limit - 1].rstrip() + "…"
