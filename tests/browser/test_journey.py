"""The journey, clicked through in Chromium: upload → leak guard → train → charts → predict → report → API, in both languages."""

import json
import time
from pathlib import Path
from urllib.parse import parse_qs, quote, urlsplit

import pytest

pytestmark = pytest.mark.browser

WORDS = {
    "en": ("wonderful lovely fresh", "horrible stale broken", "the parcel number {n} was {w} indeed, we ordered it on day {d}"),
    "zh": ("非常 满意 好用", "非常 糟糕 难用", "第{n}号包裹{w}，我们在第{d}天订购的，物流情况如实记录"),
}


def reviews(language: str) -> bytes:
    """Comments whose label follows from a word, with twelve repeated lines for the leak guard to find."""
    good, bad, sentence = WORDS[language]
    lines = []
    for number in range(160):
        happy = number % 2 == 0
        word = (good if happy else bad).split()[number % 3]
        lines.append(f"{sentence.format(n=number, w=word, d=number % 11)},{'happy' if happy else 'sad'}".replace("，", " "))
    return "\n".join(["comment,verdict", *lines, *lines[:12]]).encode("utf-8" if language == "en" else "gb18030")


def click(page, key: str, number: int = 0) -> None:
    """Clicks the button of that widget key; keys are the same in both languages."""
    page.locator(f".st-key-{key.replace('.', '-')} button").nth(number).click()


def job_of(page, server) -> dict:
    job_id = parse_qs(urlsplit(page.url).query)["job"][0]
    return page.request.get(f"{server.url}/api/v1/jobs/{job_id}").json()


def wait_for(page, condition, seconds: float = 120):
    """What `condition()` gives once it is true. The page's own clock waits, so that its events arrive meanwhile."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if found := condition():
            return found
        page.wait_for_timeout(200)
    raise AssertionError("it never came to that")


@pytest.mark.parametrize(("locale", "language"), [("en-US", "en"), ("zh-CN", "zh")])
def test_upload_guard_train_predict_report_api(visit, server, tmp_path: Path, locale: str, language: str) -> None:
    page = visit("/text", locale)
    click(page, "text.classify.way", 1)
    upload = {"name": "comments.csv", "mimeType": "text/csv", "buffer": reviews(language)}
    page.locator("input[type=file]").set_input_files(upload)
    page.locator("[data-testid=stDataFrame]").first.wait_for()
    click(page, "step", 1)
    click(page, "text.classify.guard.all")
    page.locator(".st-key-text-classify-guard-all").wait_for(state="detached")
    click(page, "step", 2)
    click(page, "text.classify.start")
    wait_for(page, lambda: "job=" in page.url)
    wait_for(page, lambda: job_of(page, server)["state"] == "done")
    page.locator(".js-plotly-plot").first.wait_for()

    with page.expect_download() as download:
        click(page, "text.classify.trained.files.html")
    report = Path(download.value.path()).read_text("utf-8")
    assert "<svg" in report and "<script" not in report and "http" not in report.replace("http://www.w3.org", "")
    assert ("基线" in report) == (language == "zh") and "comments.csv" in report

    click(page, "text.classify.use")
    page.locator(".st-key-text-classify-predict-run").wait_for()
    page.locator("textarea").first.fill({"en": "a lovely parcel", "zh": "包裹很满意"}[language])
    page.locator("textarea").first.press("Control+Enter")
    click(page, "text.classify.predict.run")
    page.get_by_text("happy").first.wait_for()

    text, run = {"en": "horrible and broken", "zh": "非常糟糕"}[language], job_of(page, server)["run"]
    answer = page.request.post(
        f"{server.url}/api/v1/text.classify",
        data=json.dumps({"texts": [text], "params": {"model": run}}),
        headers={"Content-Type": "application/json"},
    )
    labels = answer.json()["sections"][0]["result"]
    assert max(zip(labels["probabilities"]["values"][0], labels["classes"]))[1] == "sad"


def test_progress_is_seen_a_job_is_cancelled_and_resumed(visit, server) -> None:
    slow = quote(json.dumps({"method": "textcnn", "epochs": 200, "patience": 50, "text": "text", "target": "label"}))
    page = visit(f"/text?sample=reviews_en&params={slow}")
    click(page, "text.classify.now")
    wait_for(page, lambda: "job=" in page.url)
    page.locator("[data-testid=stProgress]").wait_for()
    wait_for(page, lambda: job_of(page, server)["message"].startswith("Epoch 2"))

    page.locator("[class*=st-key-text-classify-job-cancel] button").click()
    stopped = wait_for(page, lambda: (job := job_of(page, server))["state"] == "cancelled" and job)
    resume = page.locator("[class*=st-key-text-classify-job-resume] button")
    resume.wait_for()
    page.reload()  # the job is in the URL, so F5 shows it again
    resume.wait_for()
    resume.click()
    wait_for(page, lambda: (job := job_of(page, server))["state"] == "running" and job["progress"] > stopped["progress"])
    page.locator("[class*=st-key-text-classify-job-cancel] button").click()
    wait_for(page, lambda: job_of(page, server)["state"] == "cancelled")


def test_sentiment_in_one_click(visit) -> None:
    page = visit("/text?capability=text.sentiment")
    click(page, "text.sentiment.run")
    page.locator(".js-plotly-plot").first.wait_for()


def test_a_bad_file_is_told_in_one_sentence_and_nothing_else_breaks(visit) -> None:
    page, other = visit("/text"), visit("/text")
    click(page, "text.classify.way", 1)
    page.locator("input[type=file]").set_input_files(
        {"name": "data.csv", "mimeType": "text/csv", "buffer": b"\x89PNG\r\n\x1a\n" + bytes(64)}
    )
    page.locator("[data-testid=stAlert]").first.wait_for()
    assert "PNG" in page.locator("[data-testid=stAlert]").first.inner_text()
    click(other, "step", 1)
    other.locator("[class*=st-key-text-classify-go] button").wait_for()


@pytest.mark.parametrize("path", ["/", "/text", "/jobs"])
@pytest.mark.parametrize("locale", ["en-US", "zh-CN"])
def test_every_page_opens_in_both_languages(visit, path: str, locale: str) -> None:
    page = visit(path, locale)
    page.wait_for_selector("[data-testid=stSidebarNav] a")
    text = page.locator("[data-testid=stMain]").inner_text()
    assert any("\u4e00" <= letter <= "\u9fff" for letter in text) == (locale == "zh-CN") or path != "/"
