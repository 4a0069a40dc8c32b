"""Tiny models in form and place as a hub's client leaves the large ones: random weights, real SentencePiece files."""

from __future__ import annotations

import hashlib
import io
import json
from pathlib import Path

from core import samples, weights

WIDTH, LAYERS = 16, 1


def lay_out(root: Path, name: str, made: Path) -> Path:
    """Puts the files of `made` into the hub's cache below `root` as the weights `name`; returns the snapshot."""
    hub = weights.entry(name).hub
    assert hub is not None
    folder = root / f"models--{hub.repository.replace('/', '--')}"
    snapshot, blobs = folder / "snapshots" / hub.revision, folder / "blobs"
    snapshot.mkdir(parents=True)
    blobs.mkdir()
    for file in weights.entry(name).files:
        content = (made / file.path).read_bytes()
        blob = hashlib.sha256(content).hexdigest()
        (blobs / blob).write_bytes(content)
        (snapshot / file.path).symlink_to(Path("../../blobs") / blob)
    return snapshot


def texts() -> tuple[list[str], list[str]]:
    """English sentences of a sample and their Chinese translations."""
    frame = samples.load("parallel_gnome").frame
    frame = frame[frame["language"] == "zh-CN"].head(300)
    return frame["source_en"].tolist(), frame["target"].tolist()


def pieces(lines: list[str], size: int) -> bytes:
    """A SentencePiece model learnt from `lines`, with <unk>, <s> and </s> as its first pieces."""
    import sentencepiece

    written = io.BytesIO()
    sentencepiece.SentencePieceTrainer.train(
        sentence_iterator=iter(lines), model_writer=written, vocab_size=size, hard_vocab_limit=False, minloglevel=2,
        character_coverage=1.0,
    )  # fmt: skip
    return written.getvalue()


def names(model: bytes) -> list[str]:
    from sentencepiece import SentencePieceProcessor

    processor = SentencePieceProcessor(model_proto=model)
    return [processor.id_to_piece(k) for k in range(3, processor.get_piece_size())]


def marian(folder: Path) -> Path:
    """A model as OPUS-MT's, English to Chinese: files `source.spm`, `target.spm`, `vocab.json`, `pytorch_model.bin`…"""
    import torch
    from transformers import MarianConfig, MarianMTModel

    left, right = texts()
    source, target = pieces(left, 400), pieces(right, 900)
    known = list(dict.fromkeys(["</s>", "<unk>", *names(source), *names(target), ">>cmn_Hans<<", "<pad>"]))
    size = len(known)
    config = MarianConfig(
        vocab_size=size, decoder_vocab_size=size, d_model=WIDTH, encoder_layers=LAYERS, decoder_layers=LAYERS,
        encoder_attention_heads=2, decoder_attention_heads=2, encoder_ffn_dim=32, decoder_ffn_dim=32, pad_token_id=size - 1,
        eos_token_id=0, decoder_start_token_id=size - 1, forced_eos_token_id=0, scale_embedding=True,
        activation_function="swish", static_position_embeddings=True, max_position_embeddings=512,
    )  # fmt: skip
    torch.manual_seed(0)
    model = MarianMTModel(config)
    tokenizer = {"tokenizer_class": "MarianTokenizer", "source_lang": "eng", "target_lang": "zho", "model_max_length": 512}
    _write(folder, model, {"vocab.json": {name: k for k, name in enumerate(known)}, "tokenizer_config.json": tokenizer})
    (folder / "source.spm").write_bytes(source)
    (folder / "target.spm").write_bytes(target)
    return folder


def nllb(folder: Path) -> Path:
    """A model as NLLB-200's: one SentencePiece file for all languages, whose codes are pieces of their own."""
    import torch
    from tokenizers import Tokenizer, models
    from transformers import M2M100Config, M2M100ForConditionalGeneration

    left, right = texts()
    both = pieces(left + right, 1200)
    known = ["<s>", "<pad>", "</s>", "<unk>", *names(both), "eng_Latn", "zho_Hans", "<mask>"]
    size = len(known)
    config = M2M100Config(
        vocab_size=size, d_model=WIDTH, encoder_layers=LAYERS, decoder_layers=LAYERS, encoder_attention_heads=2,
        decoder_attention_heads=2, encoder_ffn_dim=32, decoder_ffn_dim=32, max_position_embeddings=512, scale_embedding=True,
        decoder_start_token_id=2,
    )  # fmt: skip
    torch.manual_seed(0)
    model = M2M100ForConditionalGeneration(config)
    special = {"bos_token": "<s>", "eos_token": "</s>", "unk_token": "<unk>", "pad_token": "<pad>", "cls_token": "<s>",
               "sep_token": "</s>", "mask_token": "<mask>", "additional_special_tokens": ["eng_Latn", "zho_Hans"]}  # fmt: skip
    _write(
        folder,
        model,
        {"special_tokens_map.json": special, "tokenizer_config.json": {**special, "tokenizer_class": "NllbTokenizer"}},
    )
    Tokenizer(models.BPE({name: k for k, name in enumerate(known)}, [], unk_token="<unk>")).save(str(folder / "tokenizer.json"))
    (folder / "sentencepiece.bpe.model").write_bytes(both)
    return folder


def _write(folder: Path, model: object, files: dict[str, object]) -> None:
    import torch

    folder.mkdir(parents=True, exist_ok=True)
    model.config.to_json_file(folder / "config.json")  # type: ignore[attr-defined]
    torch.save(model.state_dict(), folder / "pytorch_model.bin")  # type: ignore[attr-defined]
    for name, content in {"generation_config.json": {}, **files}.items():
        (folder / name).write_text(json.dumps(content, ensure_ascii=False), encoding="utf-8")
