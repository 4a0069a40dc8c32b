"""Recordings and sounds over HTTP and from the command line; what stands of a job's answer can be read along."""

import json

import pytest
from fastapi.testclient import TestClient

from core import api, jobs
from core.__main__ import main
from core.contracts import Context, Message, Transcript, Utterance
from core.jobs import folder
from core.lifecycle.span import Span
from core.sound import keeping
from core.source import Source
from models.speech import transcribe
from tests.hostile.bad_sounds import tone, wav

ROUTE = "/v1/speech.transcribe/file"


@pytest.fixture
def client() -> TestClient:
    return TestClient(api.create(), raise_server_exceptions=False)


@pytest.fixture
def quick(monkeypatch):
    """The capability without its model: it says how long the recording is."""

    def run(given, params, context):
        audio = keeping.keep_sound("a", given)
        said = f"{given.seconds:g} seconds in {params.language}"
        return Transcript("Said", (Utterance(said, 0.25, given.seconds),), "en", audio=audio)

    object.__setattr__(transcribe.CAPABILITY, "run", run)
    yield
    object.__setattr__(transcribe.CAPABILITY, "run", transcribe.run)


def test_a_recording_is_sent_and_its_sound_is_fetched_in_parts(client, quick):
    sent = client.post(ROUTE, files={"file": ("a.wav", wav(tone(1.5)))}, data={"params": '{"language": "de"}'})
    assert sent.status_code == 200 and sent.json()["utterances"][0]["text"] == "1.5 seconds in de"
    name = sent.json()["audio"]["file"]
    whole = client.get(f"/v1/sounds/{name}")
    assert whole.status_code == 200 and whole.headers["content-type"] == "audio/flac" and whole.content[:4] == b"fLaC"
    part = client.get(f"/v1/sounds/{name}", headers={"Range": "bytes=0-99"})
    assert part.status_code == 206 and part.content == whole.content[:100]


@pytest.mark.parametrize("content", [b"no sound", b"", b"#EXTM3U\nhttp://127.0.0.1:9/a.ts\n", wav(tone())[:30]])
def test_what_is_no_sound_is_told(client, content):
    answer = client.post(ROUTE, files={"file": ("a.wav", content)})
    assert answer.status_code == 422 and answer.json()["error"].endswith(".") and answer.json()["error_id"]


@pytest.mark.parametrize("name", ["x.flac", "0" * 64 + ".flac", "..%2f..%2fjobs.db", "%00"])
def test_no_other_file_is_given_out(client, name):
    answer = client.get(f"/v1/sounds/{name}")
    assert answer.status_code == 404 and answer.json()["error"].endswith(".")


def test_the_command_line_writes_subtitles(quick, tmp_path, capsys):
    given, output = tmp_path / "in.wav", tmp_path / "out.srt"
    given.write_bytes(wav(tone(1.5)))
    assert main(["run", "speech.transcribe", "--input", str(given), "--output", str(output), "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == {"files": [str(output)]}
    assert output.read_text() == "1\n00:00:00,250 --> 00:00:01,500\n1.5 seconds in auto\n"
    assert main(["run", "speech.transcribe", "--input", str(given), "--output", str(tmp_path / "out.mp4")]) == 2


def test_what_stands_of_an_answer_is_read_along_by_attempt(monkeypatch):
    monkeypatch.setattr("core.jobs.local.start", lambda row: None)
    job = jobs.submit("text.classify", "train", Source(kind="sample", name="reviews_en"), {})
    for piece in ("first", "zweite\n二"):
        folder.append_text(job.id, 1, piece)
    folder.append_text(job.id, 2, "of another attempt")
    assert jobs.text(job.id) == ["first", "zweite\n二"] and jobs.text(job.id, 1) == []


def test_a_part_of_the_work_passes_its_text_on():
    said: list[str] = []

    class Outer(Context):
        def text(self, piece):
            said.append(piece)

    Span(Outer(), 0, 0.5).text("a sentence")
    assert said == ["a sentence"] and Message("x")
