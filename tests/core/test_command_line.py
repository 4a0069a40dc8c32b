"""The command line: what it lists follows from the records, mistakes are told in one line."""

import json
from pathlib import Path

import pytest

from core.__main__ import main, params_from
from core.contracts import NotFoundError, Params, parameter


class Example(Params):
    size: int = parameter(3, ge=1, title="Size", help="How many.")
    name: str = parameter("", title="Name", help="What it is called.")


def test_list_names_every_capability(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["list", "--json"]) == 0
    listed = {row["id"]: row for row in json.loads(capsys.readouterr().out)}
    assert "method" in listed["text.classify"]["train"] and "text.sentiment" in listed


def test_pairs_become_params() -> None:
    assert params_from(Example, ["size=7", "name=007"]) == Example(size=7, name="007")
    with pytest.raises(NotFoundError, match="size, name"):
        params_from(Example, ["siez=7"])


@pytest.mark.parametrize(
    "arguments",
    [
        ["run", "text.nothing", "--input", "x.csv"],
        ["run", "text.classify", "--input", "not-there.csv"],
        ["run", "text.classify"],
        ["train", "text.sentiment", "--sample", "reviews_en"],
        ["train", "text.classify", "--sample", "no-such-sample"],
        ["train", "text.classify", "--sample", "reviews_en", "--param", "seed=-1"],
        ["train", "text.classify", "--sample", "reviews_en", "--param", "seed"],
    ],
)
def test_a_mistake_is_one_line_and_exit_code_two(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(arguments) == 2
    told = capsys.readouterr().err.strip()
    assert told and "\n" not in told and "Traceback" not in told


def test_train_follows_its_job_and_run_answers(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    data = tmp_path / "reviews.csv"
    lines = [f"number {n} is {'lovely' if n % 2 else 'dreadful'},{'yes' if n % 2 else 'no'}" for n in range(120)]
    data.write_text("\n".join(["text,label", *lines]))
    assert main(["train", "text.classify", "--data", str(data), "--target", "label", "--keep", "--json"]) == 0
    trained = json.loads(capsys.readouterr().out)
    assert trained["state"] == "done" and trained["score"] > 0.9
    assert main(["run", "text.classify", "--input", str(data), "--param", f"model={trained['run']}", "--json"]) == 0
    assert len(json.loads(capsys.readouterr().out)["sections"][0]["result"]["items"]) == 120
