"""What every test gets: a home of its own, and no network."""

import os
import random
import shutil

import pytest

os.environ.setdefault("HF_HUB_OFFLINE", "1")
os.environ.setdefault("YOLO_OFFLINE", "true")
os.environ.setdefault("YOLO_AUTOINSTALL", "false")

PLANTED = (("apple", "fruit"), ("beet", "root"))  # which word gives which class away


@pytest.fixture(scope="session")
def shared_weights(tmp_path_factory: pytest.TempPathFactory):
    """Weights that are converted on first use are converted once for all tests: it takes half a minute."""
    return tmp_path_factory.mktemp("weights")


@pytest.fixture(scope="session")
def shared_pictures(tmp_path_factory: pytest.TempPathFactory):
    """Sets of pictures are unpacked once for all tests."""
    return tmp_path_factory.mktemp("pictures")


@pytest.fixture(autouse=True)
def own_home(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch, shared_weights, shared_pictures):
    """Each test keeps its uploads, jobs and runs in a folder of its own."""
    folder = tmp_path_factory.mktemp("home")
    (folder / "weights").symlink_to(shared_weights)
    (folder / "pictures").symlink_to(shared_pictures)
    monkeypatch.setenv("PANORAMA_HOME", str(folder))
    return folder


@pytest.fixture
def source(monkeypatch: pytest.MonkeyPatch):
    """A small uploaded table (which word is which class), and the plug-in that takes it; ends the jobs that still run."""
    from core import jobs, registry
    from core.intake import spool
    from core.source import Source

    monkeypatch.setenv("PANORAMA_PACKAGES", "tests.plugin")
    monkeypatch.setenv("PYTHONPATH", str(jobs.local.ROOT))
    registry.capabilities.cache_clear()
    dice = random.Random(0)
    fillers = [f"{a}{b}" for a in ("ka", "lo", "mi", "nu", "ro") for b in ("ba", "de", "fi", "go", "zu")]
    rows = [f"{word} {' '.join(dice.sample(fillers, 8))},{label}\n" for word, label in PLANTED for _ in range(20)]
    upload = spool(f"text,label\n{''.join(rows)}".encode(), "words.csv")
    yield Source(kind="upload", name=upload.name, digest=upload.digest)
    for row in jobs.store.running():
        jobs.local.stop(row)
    registry.capabilities.cache_clear()


@pytest.fixture(scope="session")
def empty_store(tmp_path_factory: pytest.TempPathFactory):
    """The file of an empty run store, made once: MLflow takes seconds for its tables."""
    from core import runs

    folder = tmp_path_factory.mktemp("store")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PANORAMA_HOME", str(folder))
        runs.all_runs()
    return folder / "mlflow.db"


@pytest.fixture
def ready_store(own_home, empty_store):
    """This test's home, with an empty run store in it."""
    shutil.copy(empty_store, own_home / "mlflow.db")
    return own_home
