"""Whisper through openai-whisper, the reference: plain PyTorch, built from the same weights as faster-whisper's."""

from __future__ import annotations

import json
import struct
from collections.abc import Sequence
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np

from core import device
from core.contracts import Word
from models.speech.recognition.engines import (
    LEAST_LOG_PROBABILITY,
    MOST_COMPRESSION,
    NO_SPEECH,
    TEMPERATURES,
    Asked,
    Heard,
)

_TYPES = (np.float32, np.int8, np.int16, np.int32, np.float16)  # CTranslate2's data types by number


class Reference:
    """openai-whisper's model with the weights of the CTranslate2 file in `folder`."""

    def __init__(self, folder: Path) -> None:
        self.model = load(folder)

    def languages(self, window: np.ndarray) -> dict[str, float]:
        import whisper

        if not self.model.is_multilingual:
            return {"en": 1.0}
        mel = whisper.log_mel_spectrogram(whisper.pad_or_trim(window), self.model.dims.n_mels).to(self.model.device)
        _tokens, shares = whisper.detect_language(self.model, mel)
        return dict(sorted(shares.items(), key=lambda item: -item[1]))

    def decode(self, windows: Sequence[np.ndarray], language: str, asked: Asked) -> list[Heard]:
        return [self._decode(window, language, asked) for window in windows]

    def _decode(self, window: np.ndarray, language: str, asked: Asked) -> Heard:
        found = self.model.transcribe(
            window, language=language, task=asked.task, beam_size=asked.beam, temperature=TEMPERATURES,
            initial_prompt=asked.prompt.strip() or None, word_timestamps=True, condition_on_previous_text=False,
            compression_ratio_threshold=MOST_COMPRESSION, logprob_threshold=LEAST_LOG_PROBABILITY,
            no_speech_threshold=NO_SPEECH, fp16=device.best() == "cuda",
        )  # fmt: skip
        segments = found["segments"]
        words = [
            Word(one["word"], round(float(one["start"]), 2), round(float(one["end"]), 2), round(float(one["probability"]), 3))
            for segment in segments for one in segment.get("words", ())
        ]  # fmt: skip
        sure = float(np.mean([s["avg_logprob"] for s in segments])) if segments else 0.0
        return Heard(found["text"].strip(), words, sure)


def load(folder: Path) -> Any:
    """openai-whisper's `Whisper` from a CTranslate2 folder, with the heads that align words which its configuration names."""
    import torch
    from whisper.model import ModelDimensions, Whisper

    tensors = read_ctranslate2(folder / "model.bin")
    dimensions, state = converted(tensors)
    model = Whisper(ModelDimensions(**dimensions))
    model.load_state_dict({name: torch.from_numpy(np.array(value, np.float32)) for name, value in state.items()}, strict=True)
    heads = json.loads((folder / "config.json").read_text("utf-8")).get("alignment_heads")
    if heads:
        chosen = torch.zeros(dimensions["n_text_layer"], dimensions["n_text_head"], dtype=torch.bool)
        for layer, head in heads:
            chosen[layer, head] = True
        model.register_buffer("alignment_heads", chosen.to_sparse(), persistent=False)
    return model.to(device.torch_device()).eval()


def read_ctranslate2(path: Path) -> dict[str, np.ndarray]:
    """The tensors of a CTranslate2 model.bin (format 6), under their own names and their aliases.

    Raises ValueError where the file is of another kind or holds a type that is not known.
    """
    tensors: dict[str, np.ndarray] = {}
    with path.open("rb") as file:
        version, spec, _revision = _number(file, "I"), _text(file), _number(file, "I")
        if version < 5 or "Whisper" not in spec:
            raise ValueError(f"{path.name} is no Whisper model of CTranslate2 but {spec!r}, format {version}")
        for _ in range(_number(file, "I")):
            name = _text(file)
            shape = [_number(file, "I") for _ in range(_number(file, "B"))]
            kind = _TYPES[_number(file, "B")]
            tensors[name] = np.frombuffer(file.read(_number(file, "I")), kind).reshape(shape)
        for _ in range(_number(file, "I")):
            alias, name = _text(file), _text(file)
            tensors[alias] = tensors[name]
    return tensors


def _number(file: BinaryIO, kind: str) -> int:
    return int(struct.unpack("<" + kind, file.read(struct.calcsize("<" + kind)))[0])


def _text(file: BinaryIO) -> str:
    return file.read(_number(file, "H"))[:-1].decode()


def converted(tensors: dict[str, np.ndarray]) -> tuple[dict[str, int], dict[str, np.ndarray]]:
    """Dimensions and state under openai-whisper's names. CTranslate2 joins query, key and value; the key has no bias."""
    state: dict[str, np.ndarray] = {}

    def linear(target: str, source: str, names: tuple[str, str] = ("weight", "bias")) -> None:
        state[f"{target}.weight"], state[f"{target}.bias"] = (tensors[f"{source}/{name}"] for name in names)

    def norm(target: str, source: str) -> None:
        linear(target, source, ("gamma", "beta"))

    def parted(target: str, source: str, names: tuple[str, ...]) -> None:
        weights, biases = tensors[f"{source}/weight"], tensors[f"{source}/bias"]
        for place, name in enumerate(names):
            rows = slice(place * width, (place + 1) * width)
            state[f"{target}.{name}.weight"] = weights[rows]
            if name != "key":
                state[f"{target}.{name}.bias"] = biases[rows]

    state["decoder.token_embedding.weight"] = tensors["decoder/embeddings/weight"]
    width = state["decoder.token_embedding.weight"].shape[1]
    counts = {part: _layers(tensors, part) for part in ("encoder", "decoder")}
    for part in counts:
        state[f"{part}.positional_embedding"] = tensors[f"{part}/position_encodings/encodings"]
    linear("encoder.conv1", "encoder/conv1")
    linear("encoder.conv2", "encoder/conv2")
    for part, layer in [(part, layer) for part, count in counts.items() for layer in range(count)]:
        to, of = f"{part}.blocks.{layer}", f"{part}/layer_{layer}"
        norm(f"{to}.attn_ln", f"{of}/self_attention/layer_norm")
        parted(f"{to}.attn", f"{of}/self_attention/linear_0", ("query", "key", "value"))
        linear(f"{to}.attn.out", f"{of}/self_attention/linear_1")
        if part == "decoder":
            norm(f"{to}.cross_attn_ln", f"{of}/attention/layer_norm")
            linear(f"{to}.cross_attn.query", f"{of}/attention/linear_0")
            parted(f"{to}.cross_attn", f"{of}/attention/linear_1", ("key", "value"))
            linear(f"{to}.cross_attn.out", f"{of}/attention/linear_2")
        norm(f"{to}.mlp_ln", f"{of}/ffn/layer_norm")
        linear(f"{to}.mlp.0", f"{of}/ffn/linear_0")
        linear(f"{to}.mlp.2", f"{of}/ffn/linear_1")
    norm("encoder.ln_post", "encoder/layer_norm")
    norm("decoder.ln", "decoder/layer_norm")
    dimensions = {
        "n_mels": state["encoder.conv1.weight"].shape[1], "n_audio_ctx": len(state["encoder.positional_embedding"]),
        "n_audio_state": width, "n_audio_head": width // 64, "n_audio_layer": counts["encoder"],
        "n_vocab": len(state["decoder.token_embedding.weight"]), "n_text_ctx": len(state["decoder.positional_embedding"]),
        "n_text_state": width, "n_text_head": width // 64, "n_text_layer": counts["decoder"],
    }  # fmt: skip
    return dimensions, state


def _layers(tensors: dict[str, np.ndarray], part: str) -> int:
    found = {name.split("/")[1] for name in tensors if name.startswith(f"{part}/layer_")}
    return len({name for name in found if name.removeprefix("layer_").isdigit()})
