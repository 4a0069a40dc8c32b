"""Pictures, videos and films over HTTP and from the command line."""

import base64
import io
import json
import time

import pytest
from fastapi.testclient import TestClient

from core import api, jobs, registry
from core.__main__ import main
from core.intake import limits
from core.visual import encode
from core.visual.film import path_of
from tests.core.ui.test_pictures import packed, png
from tests.core.visual.test_film import made

pytest.importorskip("core.intake.pictures")
LOOK = "/v1/plugin.looking"


@pytest.fixture(autouse=True)
def plugin(monkeypatch):
    monkeypatch.setenv("PANORAMA_PACKAGES", "tests.plugin")
    monkeypatch.setenv("PYTHONPATH", str(jobs.local.ROOT))
    registry.capabilities.cache_clear()
    yield
    for row in jobs.store.running():
        jobs.local.stop(row)
    registry.capabilities.cache_clear()


@pytest.fixture
def client() -> TestClient:
    return TestClient(api.create(), raise_server_exceptions=False)


def body(*contents: bytes) -> dict:
    return {"pictures": [{"base64": base64.b64encode(content).decode(), "name": "a.png"} for content in contents]}


def corners(answer: dict) -> list:
    return [section["result"]["boxes"]["values"] for section in answer["sections"]]


def test_pictures_in_the_body(client):
    answer = client.post(LOOK, json=body(png(10)))
    assert answer.status_code == 200 and corners(answer.json()) == [[[10.0, 20.0, 40.0, 50.0]]]
    answer = client.post(LOOK, json={**body(png(10), png(50)), "params": {"threshold": 100}})
    assert len(corners(answer.json())) == 2


def test_base64_may_be_wrapped_but_not_garbled(client):
    encoded = base64.encodebytes(png(10)).decode()
    assert "\n" in encoded and client.post(LOOK, json={"pictures": [{"base64": encoded}]}).status_code == 200
    answer = client.post(LOOK, json={"pictures": [{"base64": "!" + encoded}]})
    assert answer.status_code == 422 and "Base64" in answer.json()["error"]


@pytest.mark.parametrize(
    ("sent", "status"),
    [
        ({"pictures": [{"base64": "a\ud7ffb=!"}]}, 422),
        ({"pictures": [{"base64": "AAAA AAAA"}]}, 422),
        ({"pictures": [{"base64": "A"}]}, 422),
        ({"pictures": [{"base64": ""}]}, 422),
        ({"pictures": [{"base64": base64.b64encode(b"no picture").decode()}]}, 422),
        ({"pictures": [{"base64": base64.b64encode(png()[:150]).decode()}]}, 422),
        ({"pictures": [{"base64": 7}]}, 422),
        ({"pictures": [{}]}, 422),
        ({"pictures": []}, 413),
        ({"pictures": [{"base64": "AAAA"}] * (limits.MAX_REQUEST_PICTURES + 1)}, 413),
        ({}, 422),
        ({"texts": ["a"]}, 422),
    ],
)
def test_what_is_no_picture_is_told(client, sent, status):
    answer = client.post(LOOK, json=sent)
    assert answer.status_code == status, answer.text
    assert answer.json()["error"].endswith(".") and answer.json()["error_id"]


def test_too_much_at_once_is_told(client, monkeypatch):
    monkeypatch.setattr(limits, "MAX_REQUEST_CHARACTERS", 1000)
    answer = client.post(LOOK, json=body(png(), png(), png(), png(), png(), png(), png(), png()))
    assert answer.status_code == 413 and answer.json()["error"].endswith(".")


def test_files(client):
    one = client.post(f"{LOOK}/file", files={"file": ("a.png", png(10))}, data={"params": '{"threshold": 254}'})
    assert corners(one.json()) == [[]]  # the params of the form were taken: nothing is that bright
    many = client.post(f"{LOOK}/file", files={"file": ("a.zip", packed(3))})
    assert len(corners(many.json())) == 3
    bad = client.post(f"{LOOK}/file", files={"file": ("a.png", b"no")})
    assert bad.status_code == 422 and bad.json()["error"].endswith(".")


def test_a_video_is_a_job_and_its_film_is_fetched(client):
    content = path_of(made(20, 64, 48)).read_bytes()
    answer = client.post(f"{LOOK}/file?job=1", files={"file": ("walk.mp4", content)})
    assert answer.status_code == 202
    job = answer.json()
    for _ in range(300):
        job = client.get(f"/v1/jobs/{job['id']}").json()
        if job["state"] not in ("queued", "running"):
            break
        time.sleep(0.2)
    assert job["state"] == "done", (job, jobs.log(job["id"], 50))
    film = client.get(f"/v1/jobs/{job['id']}/result").json()["sections"][0]["result"]
    played = client.get(f"/v1/films/{film['file']}")
    assert played.status_code == 200 and played.headers["content-type"] == "video/mp4"
    part = client.get(f"/v1/films/{film['file']}", headers={"Range": "bytes=0-99"})
    assert part.status_code == 206 and part.content == played.content[:100]


def test_wrong_params_are_no_job(client):
    answer = client.post(f"{LOOK}/file?job=1", files={"file": ("a.png", png())}, data={"params": '{"threshold": 0}'})
    assert answer.status_code == 422 and not jobs.all_jobs()


@pytest.mark.parametrize("name", ["x.mp4", "0" * 64 + ".mp4", "..%2f..%2fjobs.db", "%00"])
def test_no_other_file_is_given_out(client, name):
    answer = client.get(f"/v1/films/{name}")
    assert answer.status_code == 404 and answer.json()["error"].endswith(".")


def test_routes_are_described(client):
    document = client.get("/openapi.json").json()
    assert "pictures" in document["components"]["schemas"]["plugin_looking"]["properties"]
    assert "202" in document["paths"][f"{LOOK}/file"]["post"]["responses"]
    assert "/v1/films/{name}" in document["paths"]


def test_the_command_line_writes_the_drawn_result(tmp_path, capsys):
    picture, output = tmp_path / "in.png", tmp_path / "out.png"
    picture.write_bytes(png(10))
    assert main(["run", "plugin.looking", "--input", str(picture), "--output", str(output), "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == {"files": [str(output)]}
    from PIL import Image as Pillow

    drawn = Pillow.open(io.BytesIO(output.read_bytes()))
    assert drawn.size == (120, 80) and drawn.getpixel((10, 40)) == (0, 114, 178)
    assert encode.media_type(output.read_bytes()) == "image/png"


def test_the_command_line_writes_a_film(tmp_path, capsys):
    video = tmp_path / "in.mp4"
    video.write_bytes(path_of(made(12, 64, 48)).read_bytes())
    assert main(["run", "plugin.looking", "--input", str(video), "--output", str(tmp_path / "out.mp4")]) == 0
    assert (tmp_path / "out.mp4").read_bytes()[4:8] == b"ftyp"
    assert main(["run", "plugin.looking", "--input", str(video), "--output", str(tmp_path / "out.png")]) == 2
    told = capsys.readouterr().err.strip()
    assert told and "\n" not in told
