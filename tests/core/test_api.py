"""The API answers what the page answers, says what is wrong in the caller's language, and documents itself offline."""

import time

import pytest
from fastapi.testclient import TestClient

from core import api, jobs, registry
from tests.hostile.bad_tables import BAD_TABLES


@pytest.fixture
def client() -> TestClient:
    return TestClient(api.create(), raise_server_exceptions=False)


def table(rows: int = 60) -> bytes:
    """A table whose label follows from a word of the text."""
    lines = ["text,label"]
    for number in range(rows):
        good = number % 2 == 0
        lines.append(f"item {number} was {'great' if good else 'awful'} on day {number % 7},{'positive' if good else 'negative'}")
    return "\n".join(lines).encode()


def test_every_capability_has_its_routes_in_the_openapi_document(client: TestClient) -> None:
    paths = client.get("/openapi.json").json()["paths"]
    for name, capability in registry.capabilities().items():
        assert f"/v1/{name}" in paths
        assert (f"/v1/{name}/train" in paths) == (capability.learner is not None)


def test_the_documentation_page_needs_no_other_host(client: TestClient) -> None:
    page = client.get("/docs")
    assert page.status_code == 200 and "swagger" in page.text and "https://" not in page.text


def test_an_unknown_parameter_is_refused(client: TestClient) -> None:
    answer = client.post("/v1/text.classify", json={"texts": ["a"], "params": {"nonsense": 1}})
    assert answer.status_code == 422 and "nonsense" in answer.json()["error"]
    missing = client.get("/v1/nowhere")
    assert missing.status_code == 404 and missing.json()["error"].endswith(".")


def test_errors_speak_the_callers_language(client: TestClient) -> None:
    english = client.post("/v1/text.classify", json={"texts": ["a"]})
    chinese = client.post("/v1/text.classify", json={"texts": ["a"]}, headers={"Accept-Language": "zh-CN"})
    assert english.status_code == chinese.status_code == 404
    assert english.json()["error"].startswith("No model has been trained") and english.json()["error_id"]
    assert any("\u4e00" <= letter <= "\u9fff" for letter in chinese.json()["error"])


def test_neither_and_both_inputs_are_refused(client: TestClient) -> None:
    assert client.post("/v1/text.classify", json={}).status_code == 422
    assert client.post("/v1/text.classify", json={"texts": ["a"], "columns": {"text": ["a"]}}).status_code == 422
    assert client.post("/v1/text.classify", json={"columns": {"a": [1], "b": []}}).status_code == 422


@pytest.mark.parametrize("bad", BAD_TABLES)
def test_a_bad_file_is_answered_in_one_sentence(client: TestClient, bad: str) -> None:
    case = BAD_TABLES[bad]
    answer = client.post(
        "/v1/text.classify/train", files={"file": (case.name, case.make())}, data={"params": '{"target": "label"}'}
    )
    assert answer.status_code in (202, 400, 413, 422), answer.text
    if answer.status_code != 202:
        assert answer.json()["error"].endswith(".") and answer.json()["error_id"]


def test_train_then_ask(client: TestClient) -> None:
    answer = client.post(
        "/v1/text.classify/train",
        files={"file": ("reviews.csv", table(200))},
        data={"params": '{"target": "label", "method": "tfidf"}'},
    )
    assert answer.status_code == 202
    job = answer.json()
    for _ in range(600):
        job = client.get(f"/v1/jobs/{job['id']}").json()
        if job["state"] not in ("queued", "running"):
            break
        time.sleep(0.2)
    assert job["state"] == "done", (job, jobs.log(job["id"], 50))
    report = client.get(f"/v1/jobs/{job['id']}/result").json()
    assert report["type"] == "Report" and report["evidence"]["score"] > report["evidence"]["baseline"]
    answer = client.post("/v1/text.classify", json={"texts": ["it was great", "it was awful"]}).json()
    assert answer["evidence"]["score"] == report["evidence"]["score"]
    labels = answer["sections"][0]["result"]
    best = [max(zip(row, labels["classes"]))[1] for row in labels["probabilities"]["values"]]
    assert best == ["positive", "negative"]
    in_file = client.post("/v1/text.classify/file", files={"file": ("new.csv", table(10))})
    assert len(in_file.json()["sections"][0]["result"]["items"]) == 10
