"""A document is given once and goes from one capability to the next, from upload to translation, in both languages."""

import io
import re

import pytest

from tests.browser.test_journey import click, wait_for

pytestmark = pytest.mark.browser

# Title, sections; a question, the sentence that answers it, and a follow-up with its answer.
HANDBOOKS = {
    "en": (
        "Harbour handbook",
        {
            "Opening hours": "The harbour office opens at seven in the morning and closes at six in the evening on weekdays.",
            "Fees": "A berth costs 25 euros a night for boats up to 10 metres. Longer boats pay 3 euros more for each metre.",
            "Storms": "When a storm warning is given, all boats must leave the outer pier within two hours.",
        },
        ("What does a berth cost?", "25 euros"),
        ("And for longer boats?", "euros"),
    ),
    "zh": (
        "港口手册",
        {
            "开放时间": "港口办公室工作日早上七点开门，下午六点关门。",
            "收费": "十米以内的船每晚停泊费为25欧元。更长的船每多一米加收3欧元。",
            "风暴": "发布风暴警报后，所有船只必须在两小时内离开外侧码头。",
        },
        ("停泊费是多少？", "25欧元"),
        ("更长的船呢？", "欧元"),
    ),
}


def handbook(language: str) -> bytes:
    """A Word document with headings."""
    from docx import Document

    title, sections, *_ = HANDBOOKS[language]
    document = Document()
    document.add_heading(title, 0)
    for heading, text in sections.items():
        document.add_heading(heading, 1)
        document.add_paragraph(text)
    stream = io.BytesIO()
    document.save(stream)
    return stream.getvalue()


def ask(page, question: str, answers: int) -> str:
    """The text of the answer with that number; the box is there again when it is whole."""
    box = page.locator("[data-testid=stChatInputTextArea]")
    box.fill(question)
    box.press("Enter")
    page.locator("[data-testid=stChatMessage]").nth(2 * answers - 1).wait_for()
    page.locator(".st-key-text-answer-new button").wait_for()
    return page.locator("[data-testid=stChatMessage]").nth(2 * answers - 1).inner_text()


def go_on(page, before: str, after: str) -> None:
    """Presses the button that takes the documents on, and runs the next capability on them."""
    click(page, f"{before}.chain.{after}")
    click(page, f"{after}.run")
    page.locator(f"[class*=st-key-{after.replace('.', '-')}-chain]").first.wait_for()


@pytest.mark.parametrize(("locale", "language"), [("en-US", "en"), ("zh-CN", "zh")])
def test_one_document_from_capability_to_capability(visit, locale: str, language: str) -> None:
    *_, first, second = HANDBOOKS[language]
    name = f"handbook-{language}.docx"
    page = visit("/text?capability=text.answer", locale)
    click(page, "document.way", 1)
    kind = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
    page.locator("input[type=file]").set_input_files({"name": name, "mimeType": kind, "buffer": handbook(language)})
    wait_for(page, lambda: "data=" in page.url)
    for number, (question, expected) in enumerate((first, second), 1):
        assert expected in ask(page, question, number)

    go_on(page, "text.answer.last", "text.summarize")
    assert "capability=text.summarize" in page.url
    summary = page.locator("[class*=st-key-text-summarize-result]").first.inner_text()
    assert summary.strip() and any(sentence[:12] in summary for sentence in HANDBOOKS[language][1].values())

    page.reload()  # F5: the document is in the URL
    page.locator(".st-key-text-summarize-run").wait_for()
    assert name in page.locator("[data-testid=stApp]").inner_text()

    click(page, "text.summarize.run")
    go_on(page, "text.summarize", "text.translate")
    translated = page.locator("[class*=st-key-text-translate-result]").first.inner_text()
    letters = {"en": r"[\u4e00-\u9fff]{2}", "zh": r"\b[a-z]{3,}\b"}[language]  # the page around it is in the other script
    assert re.search(letters, translated)
