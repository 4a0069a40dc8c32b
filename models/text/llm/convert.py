"""GGUF weights as a folder that transformers loads: for a GPU, for perplexity, and to compare with.

The numbers are those of the GGUF file, dequantized by the `gguf` package of its makers; nothing is learned anew.
"""

from __future__ import annotations

from importlib.metadata import version
from pathlib import Path

from core.contracts import UnavailableError
from core.language import N_
from core.weights.derived import derived


def as_transformer(name: str, folder: Path, file: str) -> Path:
    """The converted folder of the weights `name`, made once (about a minute); raises `UnavailableError` without `gguf`."""
    try:
        made_with = {package: version(package) for package in ("gguf", "transformers")}
    except ImportError as error:
        raise UnavailableError(
            N_("For this, the package gguf is needed. Install it with: {command}"), command="pip install gguf"
        ) from error
    return derived(name, "transformers", made_with, folder, lambda target: _convert(folder, file, target))


def _convert(folder: Path, file: str, target: Path) -> None:
    import torch
    from transformers import AutoConfig, AutoModelForCausalLM, AutoTokenizer
    from transformers.modeling_gguf_pytorch_utils import load_gguf_checkpoint

    config = AutoConfig.from_pretrained(folder, gguf_file=file)
    with torch.device("meta"):
        model = AutoModelForCausalLM.from_config(config, dtype=torch.float32)
    # `from_pretrained(gguf_file=)` does the same but wants the package accelerate.
    read = load_gguf_checkpoint(str(folder / file), return_tensors=True, model_to_load=model)
    tensors = {name: torch.as_tensor(tensor) for name, tensor in read["tensors"].items()}
    missing, unexpected = model.load_state_dict(tensors, strict=False, assign=True)
    if unexpected or set(missing) - {"lm_head.weight"}:
        raise ValueError(f"the weights of {file} do not fit: {missing} {unexpected}")
    model.tie_weights()
    model.save_pretrained(target)
    AutoTokenizer.from_pretrained(folder, gguf_file=file).save_pretrained(target)
