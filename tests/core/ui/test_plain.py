"""What users name is shown letter by letter. The browser test shows that the front end agrees."""

import re

import pytest

from core.ui.plain import JOINER, chart_text, plain

EVIL = [
    "<img src=x onerror=alert(1)>", "**bold** _it_ ~~no~~", "[link](javascript:alert(1))", "![i](http://e.com/x.png)",
    ":red[warning]", ":smile: :material/home:", "$x^2$", "`code`", "# heading", "- item", "1. item", "> quote", "| a | b |",
    "http://e.com www.e.com a@b.com", "&lt;b&gt;", "a\nb\r\nc", "=cmd()", "---", "===",
]  # fmt: skip


@pytest.mark.parametrize("text", EVIL)
def test_every_mark_of_markdown_is_escaped(text):
    safe = plain(text)
    unescaped = re.sub(r"\\.", "", safe)
    assert not re.search(r"[\\`*_{}\[\]()#+\-.!|~<>&$^=]", unescaped)
    assert not re.search(r":[\w/+-]|@[\w]|(?i:www)\\", safe)
    assert "\n" not in safe and "\r" not in safe


@pytest.mark.parametrize("text", ["价格 label", "Größe 5", "naïve", "product id"])
def test_ordinary_names_stay_as_they_are(text):
    assert plain(text) == text


def test_what_is_shown_is_what_was_given():
    for text in EVIL:
        shown = re.sub(r"\\(.)", r"\1", plain(text)).replace(JOINER, "")
        assert shown == re.sub(r"[\r\n]+", " ", text).strip()


def test_long_names_are_cut():
    assert plain("x" * 500, limit=20) == "x" * 19 + "…"


def test_chart_labels_hold_no_tags():
    assert chart_text("<b>x</b> & $y$") == "&lt;b&gt;x&lt;/b&gt; &amp; &#36;y&#36;"
