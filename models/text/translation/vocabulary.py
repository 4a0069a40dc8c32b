"""One vocabulary of pieces for both languages: SentencePiece (Kudo & Richardson 2018), trained on the training pairs only.

Its file is SentencePiece's own (protocol buffers): data, no code.
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from core.contracts import InputError
from core.language import N_

if TYPE_CHECKING:
    from sentencepiece import SentencePieceProcessor

PADDING, UNKNOWN, START, END = 0, 1, 2, 3
FILE = "pieces.model"
COVERED = 0.9995  # share of the characters that get a piece of their own; the rest is unknown
LONGEST_LINE = 16_384  # bytes of a text that the trainer reads, SentencePiece's own limit
SPARE = 64  # pieces beyond one for each character
SEGMENTATIONS = 8  # ways to cut a text that are drawn from while learning


class Vocabulary:
    """Cuts texts into numbered pieces and puts them together again."""

    def __init__(self, serialised: bytes) -> None:
        from sentencepiece import SentencePieceProcessor

        self.serialised = serialised
        self.processor: SentencePieceProcessor = SentencePieceProcessor(model_proto=serialised)

    @classmethod
    def learnt(cls, texts: Sequence[str], size: int) -> Vocabulary:
        """Learns at most `size` pieces from the texts (unigram language model, Kudo 2018); more where there are more characters.

        Raises:
            InputError: the texts hold too little to learn pieces from.
        """
        import sentencepiece

        kept = [line for text in texts if (line := " ".join(text.split()))]
        size = max(size, len(set().union(*kept)) + SPARE)  # Chinese has thousands; with fewer pieces the trainer refuses
        written = io.BytesIO()
        try:
            sentencepiece.SentencePieceTrainer.train(
                sentence_iterator=iter(kept), model_writer=written, vocab_size=size,
                hard_vocab_limit=False, character_coverage=COVERED, num_threads=1, max_sentence_length=LONGEST_LINE,
                pad_id=PADDING, unk_id=UNKNOWN, bos_id=START, eos_id=END, minloglevel=2,
            )  # fmt: skip
        except (RuntimeError, ValueError):
            raise InputError(N_("The pairs hold too little text to learn words from: give more pairs.")) from None
        return cls(written.getvalue())

    @classmethod
    def read(cls, folder: Path) -> Vocabulary:
        return cls((folder / FILE).read_bytes())

    def __len__(self) -> int:
        return int(self.processor.get_piece_size())

    def numbers(self, text: str) -> list[int]:
        """The pieces of `text`, without start and end."""
        return list(self.processor.encode(text))

    def segmentations(self, text: str) -> list[list[int]]:
        """The likeliest ways to cut `text`, the best first: subword regularisation draws from them (Kudo 2018)."""
        if not text.strip():
            return [[]]
        return [list(way) for way in self.processor.nbest_encode(text, nbest_size=SEGMENTATIONS)] or [self.numbers(text)]

    def pieces(self, text: str) -> list[str]:
        """The pieces of `text` as they are written; `▁` marks where a space stood."""
        return list(self.processor.encode_as_pieces(text))

    def piece(self, number: int) -> str:
        return str(self.processor.id_to_piece(int(number)))

    def text(self, numbers: Sequence[int], instead: Sequence[str] = ()) -> str:
        """The text of `numbers`; where one is unknown, the piece of the same place in `instead` stands."""
        pieces = [
            instead[place] if number == UNKNOWN and place < len(instead) else "" if number == UNKNOWN else self.piece(number)
            for place, number in enumerate(numbers)
            if number not in (PADDING, START, END)
        ]
        return str(self.processor.decode_pieces(pieces)).strip() if pieces else ""


def padded(rows: Sequence[Sequence[int]]) -> np.ndarray:
    """The rows as one array, int64 (rows, longest), filled up with `PADDING`; one column at least."""
    width = max(1, max((len(row) for row in rows), default=1))
    array = np.full((len(rows), width), PADDING, np.int64)
    for place, row in enumerate(rows):
        array[place, : len(row)] = row
    return array
