"""OPUS-MT and NLLB through CTranslate2: fetched from a hub once, converted on this machine to 8 bits, kept and checked."""

from __future__ import annotations

import importlib.metadata
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from core import device, weights
from core.cache import lease
from core.contracts import Context
from core.language import N_
from core.weights.derived import derived

OPUS = "Helsinki-NLP/opus-mt-{source}-{target}"
NLLB = "facebook/nllb-200-distilled-600M"
NLLB_CODES = {
    "zh": "zho_Hans", "en": "eng_Latn", "de": "deu_Latn", "fr": "fra_Latn", "es": "spa_Latn", "it": "ita_Latn",
    "ja": "jpn_Jpan", "ko": "kor_Hang", "ru": "rus_Cyrl",
}  # fmt: skip
OPUS_MARKS = {"zh": ">>cmn_Hans<<"}  # a model of several scripts is told by the first piece which one is meant
END = "</s>"
LONGEST = 400  # pieces of a sentence; the models were trained on at most 512
BATCH_PIECES = 1024
BEAM = 4  # where nobody asks for another
AT_ONCE = 16  # sentences between two looks at whether to stop
LOAD_SECONDS = 600.0
VARIANT = "ctranslate2-int8"


def opus_name(source: str, target: str) -> str:
    """The manifest's name of the OPUS-MT model of this direction, or "" where there is none."""
    name = OPUS.format(source=source, target=target)
    return name if name in weights.catalogue() else ""


class Reader:
    """Cuts a sentence into the model's pieces and puts an answer together, by the SentencePiece files beside the weights."""

    def __init__(self, folder: Path, source: str, target: str) -> None:
        from sentencepiece import SentencePieceProcessor

        self.is_nllb = (folder / "sentencepiece.bpe.model").exists()
        files = ["sentencepiece.bpe.model"] * 2 if self.is_nllb else ["source.spm", "target.spm"]
        self.reader, self.writer = (SentencePieceProcessor(model_file=str(folder / file)) for file in files)
        self.source, self.target = NLLB_CODES.get(source, "eng_Latn"), NLLB_CODES.get(target, "eng_Latn")
        self.mark = [] if self.is_nllb else [OPUS_MARKS[target]] if target in OPUS_MARKS else []

    def pieces(self, sentence: str) -> list[str]:
        found = list(self.reader.encode_as_pieces(sentence))[:LONGEST]
        return [self.source, *found, END] if self.is_nllb else [*self.mark, *found, END]

    @property
    def prefix(self) -> list[str] | None:
        """What every answer begins with, or None."""
        return [self.target] if self.is_nllb else None

    def text(self, pieces: Sequence[str]) -> str:
        kept = [piece for piece in pieces if piece != END and piece != self.target]
        return str(self.writer.decode_pieces(kept)).strip()


def translate_all(sentences: Sequence[str], name: str, source: str, target: str, beam: int, context: Context) -> list[str]:
    """Translates with the model `name` of the manifest.

    Raises `UnavailableError` when its weights cannot be had, `BusyError` when others use it for too long.
    """
    folder = weights.locate(name, context)
    context.progress(0.0, N_("Loading the model {name}"), name=weights.entry(name).title)
    reader = Reader(folder, source, target)
    with lease(("translator", name), lambda: load(converted(name, folder)), timeout=LOAD_SECONDS) as model:
        return write(model, reader, sentences, beam, context)


def write(model: Any, reader: Reader, sentences: Sequence[str], beam: int, context: Context) -> list[str]:
    """The translations by a `ctranslate2.Translator`, a few sentences at a time."""
    answers: list[str] = []
    for start in range(0, len(sentences), AT_ONCE):
        context.check()
        pieces = [reader.pieces(sentence) for sentence in sentences[start : start + AT_ONCE]]
        prefix = [reader.prefix] * len(pieces) if reader.prefix else None
        found = model.translate_batch(
            pieces, target_prefix=prefix, beam_size=beam or BEAM, max_batch_size=BATCH_PIECES, batch_type="tokens",
            max_decoding_length=LONGEST, no_repeat_ngram_size=4,
        )  # fmt: skip
        answers += [reader.text(answer.hypotheses[0]) for answer in found]
        done = min(start + AT_ONCE, len(sentences))
        context.progress(done / len(sentences), N_("{done} of {total} sentences translated"), done=done, total=len(sentences))
    return answers


def converted(name: str, folder: Path) -> Path:
    """The folder of the weights in CTranslate2's form with 8 bits, made once from the verified ones in `folder`."""
    made_with = {library: importlib.metadata.version(library) for library in ("ctranslate2", "transformers")}
    return derived(name, VARIANT, made_with, folder, lambda target: convert(folder, target))


def convert(folder: Path, target: Path, quantization: str = "int8") -> None:
    """Writes the transformers model in `folder` as a CTranslate2 model into the empty folder `target`."""
    from ctranslate2.converters import TransformersConverter

    TransformersConverter(str(folder)).convert(str(target), quantization=quantization, force=True)


def load(folder: Path, threads: int = 0) -> Any:
    """A `ctranslate2.Translator`, on a GPU where there is one."""
    import ctranslate2

    place = "cuda" if device.best() == "cuda" else "cpu"
    return ctranslate2.Translator(str(folder), device=place, inter_threads=1, intra_threads=threads or device.cores())
