"""What every test gets: a home of its own, and no network."""

import os

import pytest

os.environ.setdefault("HF_HUB_OFFLINE", "1")
os.environ.setdefault("YOLO_OFFLINE", "true")
os.environ.setdefault("YOLO_AUTOINSTALL", "false")


@pytest.fixture(autouse=True)
def own_home(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch):
    """Each test keeps its uploads, jobs and runs in a folder of its own."""
    folder = tmp_path_factory.mktemp("home")
    monkeypatch.setenv("PANORAMA_HOME", str(folder))
    return folder
