"""Runs: what was trained can be found, loaded, named and deleted; half of one is never seen."""

import os
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from core import runs
from core.contracts import InputError, Metric, Metrics, NotFoundError, Report, Section, dump
from core.feedback import add_comment
from core.home import home, read_json, write_json
from core.jobs import local


def trained(folder: Path, score: float = 0.75) -> tuple[Path, dict]:
    """A folder as the worker leaves it after a training, and its facts."""
    write = folder / "model"
    write.mkdir(parents=True)
    write_json(write / "words.json", {"classes": ["a", "b"], "words": {}})
    report = Report("Report", "Summary", (Section("Scores", Metrics((Metric("accuracy", score),))),))
    write_json(folder / runs.REPORT, dump(report))
    facts = {"metrics": {"accuracy": score, "F1 水果": 0.5}, "data": "评论.csv", "digest": "d1", "rows": 8, "seconds": 1.5}
    write_json(folder / runs.FACTS, facts)
    return folder, facts


def record(tmp_path: Path, name: str = "one", score: float = 0.75, **more: object) -> runs.Run:
    folder, facts = trained(tmp_path / name, score)
    return runs.record("plugin.steps", folder, params={"text": "text", "steps": 3, "mends": []}, facts=facts, **more)


def test_a_run_comes_back_as_it_was_recorded(ready_store, tmp_path):
    curve = [{"step": 0, "loss": 1.0}, {"step": 1, "loss": 0.5, "accuracy": 0.7}, {"step": 1.5, "loss": None}]
    run = runs.get(record(tmp_path, job_id="j1", curve=curve).id)
    assert run.params == {"text": "text", "steps": 3, "mends": []}
    assert run.metrics == {"accuracy": 0.75, "F1 水果": 0.5}
    assert (run.capability_id, run.job_id, run.data, run.digest, run.rows, run.seconds) == (
        "plugin.steps", "j1", "评论.csv", "d1", 8, 1.5,
    )  # fmt: skip
    assert runs.curve(run.id) == {"accuracy": ((1.0,), (0.7,)), "loss": ((0.0, 1.0), (1.0, 0.5))}
    assert run.versions["python"] == sys.version.split()[0]
    assert read_json(runs.model_folder(run.id) / "words.json")["classes"] == ["a", "b"]
    assert home() in runs.model_folder(run.id).parents
    assert runs.report(run.id).sections[0].result.items[0].value == 0.75


def test_the_newest_first_and_each_capability_apart(ready_store, tmp_path):
    first, second = record(tmp_path, "one"), record(tmp_path, "two", 0.8)
    folder, facts = trained(tmp_path / "other")
    other = runs.record("plugin_steps", folder, params={}, facts=facts)
    assert [r.id for r in runs.all_runs("plugin.steps")] == [second.id, first.id]
    assert [r.id for r in runs.all_runs(limit=1)] == [other.id]
    assert runs.all_runs("nobody's") == []


def test_one_job_gives_one_run_however_often_it_is_recorded(ready_store, tmp_path):
    first = record(tmp_path, "one", job_id="j1")
    assert record(tmp_path, "two", job_id="j1").id == first.id
    assert len(runs.all_runs()) == 1


@pytest.mark.parametrize("moment", ["log_batch", "log_artifacts", "set_terminated"])
def test_half_a_run_is_never_listed_and_swept_away_the_next_time(ready_store, tmp_path, monkeypatch, moment):
    from mlflow import MlflowClient

    def killed(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    folder, facts = trained(tmp_path / "one")
    with monkeypatch.context() as patch:
        patch.setattr(MlflowClient, moment, killed)
        with pytest.raises(KeyboardInterrupt):
            runs.record("plugin.steps", folder, params={}, facts=facts, job_id="j1")
    assert runs.all_runs() == []
    run = runs.record("plugin.steps", folder, params={}, facts=facts, job_id="j1")
    assert [r.id for r in runs.all_runs()] == [run.id]
    assert [p.name for p in home("artifacts", "plugin.steps").iterdir()] == [run.id]


def test_a_name_stands_for_the_newest_version(ready_store, tmp_path):
    first, second = record(tmp_path, "one"), record(tmp_path, "two")
    assert runs.register(first.id, "Kundenstimmen 客户").version == 1
    assert runs.register(second.id, "Kundenstimmen 客户").version == 2
    assert [(e.name, e.version, e.run_id) for e in runs.registered()] == [("Kundenstimmen 客户", 2, second.id)]
    assert runs.resolve("Kundenstimmen 客户") == second.id
    assert runs.resolve(first.id) == first.id
    with pytest.raises(InputError):
        runs.register(first.id, "a/b")
    with pytest.raises(NotFoundError):
        runs.resolve("nobody")


def test_a_deleted_run_is_gone_with_its_model_unless_it_has_a_name(ready_store, tmp_path):
    run = record(tmp_path)
    runs.register(run.id, "kept")
    with pytest.raises(InputError, match="kept"):
        runs.delete(run.id)
    runs.register(record(tmp_path, "two").id, "kept")
    folder = runs.model_folder(run.id)
    runs.delete(run.id)
    assert not folder.exists()
    assert run.id not in [r.id for r in runs.all_runs()]
    for use in (runs.get, runs.model_folder, runs.delete):
        with pytest.raises(NotFoundError):
            use(run.id)


def test_a_store_elsewhere_is_used_and_its_model_fetched_once(ready_store, tmp_path, monkeypatch):
    monkeypatch.setenv("MLFLOW_TRACKING_URI", f"sqlite:///{home()}/mlflow.db")
    run = record(tmp_path)
    original = runs.model_folder(run.id)
    monkeypatch.setattr(runs, "_local_folder", lambda run: None)
    copy = runs.model_folder(run.id)
    assert copy != original
    assert read_json(copy / "words.json") == read_json(original / "words.json")
    assert runs.model_folder(run.id) == copy
    assert [p.name for p in copy.parent.iterdir()] == ["model"]


def test_the_store_appears_whole_and_two_who_make_it_share_it(tmp_path):
    """Real first use: MLflow makes its tables under another name; of two processes at once, none loses a run."""
    code = (
        "import sys; from pathlib import Path; from core import runs; from core.home import read_json;"
        "f = Path(sys.argv[1]); print(runs.record('plugin.steps', f, params={}, facts=read_json(f / runs.FACTS)).id)"
    )
    answers: list[str] = []

    def one(name: str) -> None:
        folder, _ = trained(tmp_path / name)
        done = subprocess.run([sys.executable, "-c", code, str(folder)], capture_output=True, text=True, cwd=local.ROOT)
        answers.append(done.stdout.strip() or done.stderr)

    threads = [threading.Thread(target=one, args=(name,)) for name in ("one", "two")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(answers) == sorted(r.id for r in runs.all_runs())
    assert len(answers) == 2
    assert [p.name for p in home().iterdir() if "mlflow" in p.name] == ["mlflow.db"]


def test_usage_statistics_are_off(ready_store):
    """In a process that MLflow cannot take for a test or for continuous integration: there it is silent anyway."""
    code = "from core import runs; runs.all_runs(); from mlflow.telemetry import utils; print(utils.is_telemetry_disabled())"
    plain = {"PANORAMA_HOME": str(ready_store), "PATH": os.environ["PATH"], "HOME": str(ready_store)}
    without = code.replace("runs.all_runs();", "")
    for script, answer in ((code, "True"), (without, "False")):
        done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, cwd=local.ROOT, env=plain)
        assert done.stdout.strip() == answer, done.stderr


def test_feedback_is_kept_per_model():
    runs.feedback("h1", "run-1", 4, "good; DROP TABLE feedback")
    runs.feedback("h2", "run-2", 0)
    assert [(f.input_hash, f.model, f.score, f.comment) for f in runs.all_feedback()] == [
        ("h2", "run-2", 0, ""), ("h1", "run-1", 4, "good; DROP TABLE feedback"),
    ]  # fmt: skip
    assert [f.input_hash for f in runs.all_feedback("run-1")] == ["h1"]


def test_a_comment_is_added_to_its_opinion_and_has_a_limit():
    first = runs.feedback("h1", "run-1", 0)
    runs.feedback("h2", "run-1", 1)
    add_comment(first, "The year is wrong.")
    assert [(f.score, f.comment) for f in runs.all_feedback("run-1")] == [(1, ""), (0, "The year is wrong.")]
    with pytest.raises(InputError, match="1000"):
        add_comment(first, "x" * 1001)
    assert runs.all_feedback()[1].comment == "The year is wrong."
