"""One place for sessions of ONNX models: which provider, how many threads, loaded once for everybody."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from core import cache, device, weights

PROVIDERS = {"cuda": "CUDAExecutionProvider", "mps": "CoreMLExecutionProvider"}
PLAIN = "CPUExecutionProvider"


@contextmanager
def session(name: str, file: str) -> Iterator[Any]:
    """Leases the ONNX Runtime session of the file `file` of the weights `name`: loaded once, used by one at a time.

    Raises UnavailableError where the weights are not here, BusyError where others use them for longer than one should wait.
    """
    with cache.lease(("onnx", name, file), lambda: load(weights.locate(name) / file)) as found:
        yield found


def load(path: Path) -> Any:
    """A session on the best device that the installed runtime can use, with the cores that this process may use."""
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads, options.inter_op_num_threads = device.cores(), 1
    options.log_severity_level = 3
    # Threads that wait sleep instead of spinning: with a load of eight on two cores, poses take a third of the time so.
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    fast = PROVIDERS.get(device.best(), PLAIN)
    providers = [fast, PLAIN] if fast != PLAIN and fast in onnxruntime.get_available_providers() else [PLAIN]
    return onnxruntime.InferenceSession(str(path), options, providers=providers)
