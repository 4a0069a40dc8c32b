"""CTranslate2 in 8 bits against float32, and against plain transformers: `python -m benchmarks.translation [SENTENCES]`.

No trained OPUS-MT comes with Panorama, and speed does not depend on what a model knows: one of its size and form is made here
with random weights, for speed only. It goes through the same conversion as a real one. All get the same sentences of a sample
in turn, as many threads, the same beam, and write the same number of pieces for each sentence.
"""

from __future__ import annotations

import io
import json
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from core import device, samples
from models.text.translation import hub

SENTENCES = 48
ROWS_A_BATCH = 8
BEAM, WRITTEN = 4, 24  # pieces that every answer has
LEARNT = 2_000  # pieces of each language that are learnt from the sample; the rest of the vocabulary are names without use
# As the config of Helsinki-NLP/opus-mt-en-zh says.
SIZE, WIDTH, WIDE, LAYERS, HEADS = 65_001, 512, 2_048, 6, 8
SPEED_BAR = 1.5
NOTE = "random weights of the size of OPUS-MT"
INT8, FLOAT32, PLAIN = "CTranslate2 int8", "CTranslate2 float32", "transformers float32"
Run = Callable[[Sequence[str]], None]


def measure(sentences: int = SENTENCES) -> list[dict[str, Any]]:
    """Rows of `{"what", "value", "unit", "peer", "ratio", "bar", "met"}`: sentences a second, and MB on disk."""
    texts = samples.load("parallel_gnome").frame["source_en"].drop_duplicates().sample(sentences, random_state=0).tolist()
    with tempfile.TemporaryDirectory() as root:
        folder = Path(root) / "source"
        make(folder)
        converted = {name: Path(root) / kind for name, kind in ((INT8, "int8"), (FLOAT32, "float32"))}
        for target in converted.values():
            target.mkdir()
            hub.convert(folder, target, target.name)
        routes = {name: _ctranslate2(folder, target) for name, target in converted.items()}
        speed = _speeds({**routes, PLAIN: _transformers(folder)}, texts)
        weight = {name: (target / "model.bin").stat().st_size / 1e6 for name, target in converted.items()}
    return [
        _row(f"{INT8}, against {FLOAT32}", speed[INT8], "sentences/s", speed[FLOAT32], speed[INT8] / speed[FLOAT32], SPEED_BAR),
        _row(f"{INT8}, against {PLAIN}", speed[INT8], "sentences/s", speed[PLAIN], speed[INT8] / speed[PLAIN], SPEED_BAR),
        _row(f"{FLOAT32}, against {PLAIN}", speed[FLOAT32], "sentences/s", speed[PLAIN], speed[FLOAT32] / speed[PLAIN]),
        _row(f"size of {INT8}, against {FLOAT32}", weight[INT8], "MB", weight[FLOAT32], weight[INT8] / weight[FLOAT32]),
    ]


def make(folder: Path) -> None:
    """Writes a Marian model of OPUS-MT's size with random weights, and the SentencePiece files that belong to it."""
    import torch
    from sentencepiece import SentencePieceProcessor
    from transformers import MarianConfig, MarianMTModel

    frame = samples.load("parallel_gnome").frame
    folder.mkdir()
    known = ["</s>", "<unk>"]
    for name, column in (("source.spm", "source_en"), ("target.spm", "target")):
        content = _pieces(frame[frame["language"] == "zh-CN"][column].tolist())
        (folder / name).write_bytes(content)
        processor = SentencePieceProcessor(model_proto=content)
        known += [processor.id_to_piece(k) for k in range(3, processor.get_piece_size())]
    known = list(dict.fromkeys([*known, ">>cmn_Hans<<"]))
    known += [f"unused{k}" for k in range(SIZE - 1 - len(known))] + ["<pad>"]
    config = MarianConfig(
        vocab_size=SIZE, decoder_vocab_size=SIZE, d_model=WIDTH, encoder_layers=LAYERS, decoder_layers=LAYERS,
        encoder_attention_heads=HEADS, decoder_attention_heads=HEADS, encoder_ffn_dim=WIDE, decoder_ffn_dim=WIDE,
        pad_token_id=SIZE - 1, eos_token_id=0, bos_token_id=0, decoder_start_token_id=SIZE - 1, forced_eos_token_id=None,
        scale_embedding=True, activation_function="swish", static_position_embeddings=True, max_position_embeddings=512,
    )  # fmt: skip
    torch.manual_seed(0)
    MarianMTModel(config).save_pretrained(folder)
    settings = {"tokenizer_class": "MarianTokenizer", "source_lang": "eng", "target_lang": "zho"}
    for name, content in (("vocab.json", {piece: k for k, piece in enumerate(known)}), ("tokenizer_config.json", settings)):
        (folder / name).write_text(json.dumps(content, ensure_ascii=False), encoding="utf-8")


def _pieces(lines: list[str]) -> bytes:
    import sentencepiece

    written = io.BytesIO()
    sentencepiece.SentencePieceTrainer.train(
        sentence_iterator=iter(lines), model_writer=written, vocab_size=LEARNT, hard_vocab_limit=False, minloglevel=2,
    )  # fmt: skip
    return written.getvalue()


def _ctranslate2(folder: Path, converted: Path) -> Run:
    reader, model = hub.Reader(folder, "en", "zh"), hub.load(converted)

    def run(texts: Sequence[str]) -> None:
        model.translate_batch(
            [reader.pieces(text) for text in texts], beam_size=BEAM, min_decoding_length=WRITTEN, max_decoding_length=WRITTEN
        )

    return run


def _transformers(folder: Path) -> Run:
    """As anybody would write it, on the cores that this process may use."""
    import torch
    from transformers import AutoTokenizer, MarianMTModel

    torch.set_num_threads(device.cores())
    tokenizer, model = AutoTokenizer.from_pretrained(folder), MarianMTModel.from_pretrained(folder).eval()

    def run(texts: Sequence[str]) -> None:
        given = tokenizer([f">>cmn_Hans<< {text}" for text in texts], return_tensors="pt", padding=True)
        with torch.inference_mode():
            model.generate(**given, num_beams=BEAM, min_new_tokens=WRITTEN, max_new_tokens=WRITTEN)

    return run


def _speeds(routes: dict[str, Run], texts: list[str]) -> dict[str, float]:
    """Sentences a second of each route; they take turns at every batch, and the first one, to warm up, is not timed."""
    seconds = dict.fromkeys(routes, 0.0)
    for start in range(-ROWS_A_BATCH, len(texts), ROWS_A_BATCH):
        for name, run in routes.items():
            batch = texts[max(start, 0) : max(start, 0) + ROWS_A_BATCH]
            began = time.perf_counter()
            run(batch)
            seconds[name] += time.perf_counter() - began if start >= 0 else 0.0
    return {name: len(texts) / spent for name, spent in seconds.items()}


def _row(what: str, ours: float, unit: str, peer: float, ratio: float, bar: float | None = None) -> dict[str, Any]:
    return {"what": f"{NOTE}: {what}", "value": ours, "unit": unit, "peer": peer, "ratio": ratio, "bar": bar,
            "met": None if bar is None else ratio >= bar}  # fmt: skip


if __name__ == "__main__":
    for row in measure(int(sys.argv[1]) if len(sys.argv) > 1 else SENTENCES):
        print(
            "  ".join(f"{name} {value:.4g}" if isinstance(value, float) else f"{value}" for name, value in row.items() if value)
        )
