"""What this machine can compute with. One place decides on the device; nothing here imports torch before it must."""

from __future__ import annotations

import os
import platform
import shutil
import subprocess
import sys
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Literal

import psutil

if TYPE_CHECKING:
    import torch

Device = Literal["cuda", "mps", "cpu"]


@dataclass(frozen=True)
class Machine:
    """Facts for the home page: physical memory in bytes; `gpu` is "" where none is known without loading torch."""

    system: str
    processor: str
    cores: int
    memory: int
    memory_available: int
    gpu: str


def machine() -> Machine:
    """The facts of this machine now, in milliseconds (the first call asks the driver for the name of the GPU)."""
    memory = psutil.virtual_memory()
    return Machine(
        f"{platform.system()} {platform.release()}", _processor(), cores(), memory.total, memory.available, gpu_name()
    )  # fmt: skip


def cores() -> int:
    """Processor cores that this process may use; containers often allow fewer than the machine has."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return psutil.cpu_count(logical=False) or os.cpu_count() or 1


@lru_cache(maxsize=1)
def gpu_name() -> str:
    """Name of the first GPU: from torch where it is loaded already, else from the driver's own tool; "" where there is none."""
    torch = sys.modules.get("torch")
    if torch is not None and hasattr(torch, "cuda") and torch.cuda.is_available():
        return str(torch.cuda.get_device_name(0))
    tool = shutil.which("nvidia-smi")
    if tool:
        try:
            answer = subprocess.run(
                [tool, "--query-gpu=name", "--format=csv,noheader"], capture_output=True, text=True, timeout=5, check=True
            )
            return answer.stdout.strip().partition("\n")[0]
        except (OSError, subprocess.SubprocessError):
            return ""
    return "Apple GPU" if sys.platform == "darwin" and platform.machine() == "arm64" else ""


@lru_cache(maxsize=1)
def best() -> Device:
    """The fastest device that torch can use here; `PANORAMA_DEVICE` overrides.

    Imports torch (seconds) where there is any sign of a GPU, so call it inside loaders only.
    """
    wanted = os.environ.get("PANORAMA_DEVICE", "")
    if wanted in ("cuda", "mps", "cpu"):
        return wanted  # type: ignore[return-value]
    if "torch" not in sys.modules and not _may_have_gpu():
        return "cpu"
    import torch

    if torch.cuda.is_available():
        return "cuda"
    return "mps" if torch.backends.mps.is_available() else "cpu"


def torch_device() -> torch.device:
    """`best()` as torch wants it."""
    import torch

    return torch.device(best())


def half_precision() -> torch.dtype:
    """The type to load weights in for inference: half precision on a GPU, float32 on a processor."""
    import torch

    if best() == "cuda":
        return torch.bfloat16 if torch.cuda.is_bf16_supported() else torch.float16
    return torch.float16 if best() == "mps" else torch.float32


def _may_have_gpu() -> bool:
    drivers = ("/dev/nvidia0", "/dev/nvidiactl", "/dev/kfd", "/dev/dxg")  # NVIDIA, AMD, Windows Subsystem for Linux
    return bool(gpu_name()) or sys.platform == "win32" or any(os.path.exists(path) for path in drivers)


@lru_cache(maxsize=1)
def _processor() -> str:
    try:
        with open("/proc/cpuinfo", encoding="utf-8", errors="replace") as stream:
            names = [line.partition(":")[2].strip() for line in stream if line.startswith("model name")]
    except OSError:
        names = []
    return names[0] if names else platform.processor() or platform.machine()
