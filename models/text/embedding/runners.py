"""The ways to run an encoder: OpenVINO on a processor, torch on a GPU or where OpenVINO cannot.

A runner is called with a `Batch` and gives the last hidden states, float32 of shape (rows, tokens, d).
"""

from __future__ import annotations

import importlib.metadata
import logging
import os
import subprocess
import sys
from pathlib import Path
from typing import Any, Protocol

import numpy as np

from core import device, weights
from core.contracts import Message
from core.language import N_
from core.weights.derived import derived
from models.text.embedding.batches import Batch

ROOT = Path(__file__).parent.parent.parent.parent
CONVERT_SECONDS = 900.0
WITHOUT_POOLER = ("bert", "roberta", "xlm-roberta")  # the pooler's weights are not in the files and not needed

_logger = logging.getLogger(__name__)


class Runner(Protocol):
    """`route` names it; `fallback` says in a sentence why it is not the fast one; `tokens` is a good size of batch."""

    route: str
    fallback: Message | None
    tokens: int

    def __call__(self, batch: Batch) -> np.ndarray: ...


def load(name: str) -> Runner:
    """The fastest runner of the weights `name` on this machine."""
    folder = weights.locate(name)
    if device.best() != "cpu":
        return TorchRunner(folder)
    try:
        return OpenVinoRunner(name, folder)
    except (ImportError, OSError, RuntimeError, subprocess.SubprocessError) as error:
        _logger.warning("OpenVINO cannot run %s: %s", name, error)
        reason = Message(
            N_("The fast route of the encoder {name} does not work here; plain PyTorch answers, slower."), {"name": name}
        )
        return TorchRunner(folder, reason)


class TorchRunner:
    """transformers and torch: half precision on a GPU, float32 on a processor."""

    tokens = 2048

    def __init__(self, folder: Path, fallback: Message | None = None) -> None:
        self.fallback = fallback
        self._device = device.torch_device()
        self.route = f"torch {self._device.type}"
        self._model = load_transformer(folder, device.half_precision()).to(self._device)
        if self._device.type != "cpu":
            self.tokens = 32768

    def __call__(self, batch: Batch) -> np.ndarray:
        import torch

        with torch.inference_mode():
            ids = torch.from_numpy(batch.ids).to(self._device)
            mask = torch.from_numpy(batch.mask).to(self._device)
            return self._model(input_ids=ids, attention_mask=mask).last_hidden_state.float().cpu().numpy()


class OpenVinoRunner:
    """OpenVINO: bfloat16 where the processor computes in it natively, else float32 (exact).

    Converted once from the verified weights, in a process of its own.
    """

    tokens = 2048
    fallback: Message | None = None

    def __init__(self, name: str, folder: Path, precision: str = "") -> None:
        openvino = import_openvino()
        versions = {library: importlib.metadata.version(library) for library in ("openvino", "torch", "transformers")}
        converted = derived(name, "openvino", versions, folder, lambda target: _convert(folder, target))
        core = openvino.Core()
        has_bfloat16 = "BF16" in core.get_property("CPU", "OPTIMIZATION_CAPABILITIES")
        self.precision = precision or ("bf16" if has_bfloat16 else "f32")
        self.route = f"openvino {self.precision}"
        settings = {
            "PERFORMANCE_HINT": "LATENCY", "INFERENCE_PRECISION_HINT": self.precision, "INFERENCE_NUM_THREADS": device.cores(),
        }  # fmt: skip
        self._request = core.compile_model(converted / "model.xml", "CPU", settings).create_infer_request()

    def __call__(self, batch: Batch) -> np.ndarray:
        answer = self._request.infer({"input_ids": batch.ids, "attention_mask": batch.mask}, share_inputs=True)
        return np.asarray(answer[0])


def import_openvino() -> Any:
    """OpenVINO without its telemetry, which is on unless its module cannot be imported."""
    sys.modules.setdefault("openvino_telemetry", None)  # type: ignore[arg-type]
    import openvino

    return openvino


def load_transformer(folder: Path, dtype: Any) -> Any:
    """The encoder in `folder` for inference, read from local files only and without running code from them."""
    from transformers import AutoConfig, AutoModel
    from transformers.utils import logging as transformers_logging

    transformers_logging.disable_progress_bar()
    config = AutoConfig.from_pretrained(folder, local_files_only=True)
    options = {"add_pooling_layer": False} if config.model_type in WITHOUT_POOLER else {}
    return AutoModel.from_pretrained(folder, dtype=dtype, local_files_only=True, trust_remote_code=False, **options).eval()


def _convert(source: Path, target: Path) -> None:
    paths = os.pathsep.join(filter(None, (str(ROOT), os.environ.get("PYTHONPATH", ""))))
    command = [sys.executable, "-m", "models.text.embedding.convert", str(source), str(target)]
    answer = subprocess.run(
        command, env={**os.environ, "PYTHONPATH": paths}, capture_output=True, text=True, timeout=CONVERT_SECONDS
    )  # fmt: skip
    if answer.returncode:
        raise RuntimeError(answer.stderr.strip()[-500:] or "the conversion ended early")
