"""Speech, clicked through in Chromium: a recording is uploaded and one is made, the text is read, a click plays from there; what
is read aloud is heard, and cleaning is heard and seen.
"""

from pathlib import Path

import pytest

from tests.browser.test_journey import click

pytestmark = pytest.mark.browser


def clip() -> bytes:
    """The shortest sentence of the novel."""
    from core import samples

    return next(sound.path.read_bytes() for sound, said in samples.clips("librivox") if "ill disposed young" in said)


def transcribed(page) -> str:
    """Presses run and gives the text of the player."""
    click(page, "speech.transcribe.run")
    page.wait_for_selector(".player .row")
    return page.locator(".player .said").inner_text()


def test_an_uploaded_recording_is_read_and_a_click_plays_from_there(visit, tmp_path: Path) -> None:
    file = tmp_path / "clip.wav"
    file.write_bytes(clip())
    page = visit("/speech")
    page.click("text=Upload a file")
    page.set_input_files("input[type=file]", file)
    page.wait_for_selector("text=clip.wav:")
    assert "disposed" in transcribed(page)
    page.locator(".player .word").nth(4).click()
    page.wait_for_timeout(1500)
    audio = page.locator(".player audio")
    assert audio.evaluate("audio => audio.error === null && audio.currentTime > 0.5")
    with page.expect_download() as download:
        page.get_by_role("button", name="Subtitles (SRT)").click()
    assert " --> " in Path(download.value.path()).read_text("utf-8")


def test_the_microphone(launch, server, tmp_path: Path) -> None:
    file = tmp_path / "microphone.wav"
    file.write_bytes(clip())
    browser = launch(
        "--use-fake-ui-for-media-stream", "--use-fake-device-for-media-stream", f"--use-file-for-fake-audio-capture={file}"
    )
    try:
        page = browser.new_context(permissions=["microphone"], locale="en-US").new_page()
        page.set_default_timeout(120_000)
        page.goto(server.url + "/speech")
        page.click("text=Microphone")
        record = page.locator("[data-testid=stAudioInput] button").first
        record.click()
        page.wait_for_timeout(4500)
        record.click()
        page.wait_for_selector("text=recording.wav")
        assert "young man" in transcribed(page)
    finally:
        browser.close()


def plays(audio) -> bool:
    """Whether the browser decodes this sound and plays it on."""
    audio.evaluate("audio => { audio.muted = true; return audio.play(); }")
    audio.page.wait_for_timeout(1500)
    return audio.evaluate("audio => audio.error === null && audio.currentTime > 0.5 && audio.duration > 1")


def test_what_is_read_aloud_is_heard(visit) -> None:
    page = visit("/speech?capability=speech.synthesize")
    click(page, "speech.synthesize.run")
    page.wait_for_selector("text=Sound (FLAC)")
    page.wait_for_selector("[data-testid=stAudio]")
    assert plays(page.locator("[data-testid=stAudio]").last)
    with page.expect_download() as download:
        page.get_by_role("button", name="Sound (FLAC)").click()
    content = Path(download.value.path()).read_bytes()
    assert content[:4] == b"fLaC" and b"synthetic" in content[:4096].lower()


def test_cleaning_is_heard_and_seen(visit) -> None:
    page = visit("/speech?capability=speech.enhance")
    click(page, "speech.enhance.run")
    page.wait_for_selector("text=SI-SDR")
    page.wait_for_selector("[data-testid=stAudio] >> nth=4")
    sounds = page.locator("[data-testid=stAudio]")
    assert plays(sounds.nth(1)) and plays(sounds.last)  # as it was, and cleaned
    sizes = page.locator("[data-testid=stImage] img").evaluate_all("all => all.map(one => one.naturalWidth)")
    assert len(sizes) >= 4 and min(sizes) > 100  # a spectrogram of the noisy one and of each method
