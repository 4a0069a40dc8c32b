"""The device: facts without torch, one choice for all loaders."""

import subprocess
import sys

import pytest

from core import device


@pytest.fixture(autouse=True)
def fresh():
    device.best.cache_clear()
    device.gpu_name.cache_clear()
    yield
    device.best.cache_clear()
    device.gpu_name.cache_clear()


def test_the_facts_of_the_machine_need_no_torch():
    program = "import sys\nfrom core import device\nprint(device.machine().cores, 'torch' in sys.modules)"
    answer = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert answer.stdout.split() == [str(device.cores()), "False"]
    facts = device.machine()
    assert facts.cores >= 1 and 0 < facts.memory_available <= facts.memory
    assert facts.processor and facts.system


@pytest.mark.parametrize(("cuda", "mps", "expected"), [(True, True, "cuda"), (False, True, "mps"), (False, False, "cpu")])
def test_the_best_device_is_the_fastest_there_is(monkeypatch, cuda, mps, expected):
    import torch

    monkeypatch.delenv("PANORAMA_DEVICE", raising=False)
    monkeypatch.setattr(torch.cuda, "is_available", lambda: cuda)
    monkeypatch.setattr(torch.cuda, "is_bf16_supported", lambda: False)
    monkeypatch.setattr(torch.backends.mps, "is_available", lambda: mps)
    assert device.best() == expected
    assert device.half_precision() == (torch.float32 if expected == "cpu" else torch.float16)
    assert device.torch_device().type == expected


def test_the_environment_overrides(monkeypatch):
    monkeypatch.setenv("PANORAMA_DEVICE", "cpu")
    import torch

    monkeypatch.setattr(torch.cuda, "is_available", lambda: True)
    assert device.best() == "cpu"


def test_the_gpu_is_named_by_its_driver(monkeypatch, tmp_path):
    tool = tmp_path / "nvidia-smi"
    tool.write_text("#!/bin/sh\necho NVIDIA Test 1\necho NVIDIA Test 2\n")
    tool.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path), prepend=":")
    assert device.gpu_name() == "NVIDIA Test 1"
    device.gpu_name.cache_clear()
    tool.write_text("#!/bin/sh\nexit 9\n")
    assert device.gpu_name() == ""
