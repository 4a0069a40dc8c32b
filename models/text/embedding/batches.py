"""Texts to token numbers, sorted by length so that a batch holds little padding, and token states to vectors."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

CHARACTERS_A_TOKEN = 40  # no vocabulary has longer pieces; what lies beyond cannot be read by the model anyway


@dataclass(frozen=True, eq=False)
class Batch:
    """`ids` and `mask` are int64 of shape (rows, tokens); `positions` says which texts the rows are."""

    positions: np.ndarray
    ids: np.ndarray
    mask: np.ndarray


class Tokenizer:
    """The fast tokenizer of a transformers folder, without transformers."""

    def __init__(self, folder: Path, max_tokens: int) -> None:
        import json

        from tokenizers import Tokenizer as FastTokenizer

        self._tokenizer: Any = FastTokenizer.from_file(str(folder / "tokenizer.json"))
        self._tokenizer.no_padding()
        self._tokenizer.enable_truncation(max_tokens)
        self._max_characters = max_tokens * CHARACTERS_A_TOKEN
        self._padding = int(json.loads((folder / "config.json").read_text(encoding="utf-8")).get("pad_token_id") or 0)

    def tokens(self, texts: Sequence[str]) -> list[list[int]]:
        """Token numbers of each text, at most `max_tokens`; half characters (lone surrogates) count as unknown ones."""
        whole = [text[: self._max_characters].encode("utf-8", "replace").decode() for text in texts]
        return [found.ids for found in self._tokenizer.encode_batch_fast(whole)]

    def batch(self, positions: np.ndarray, tokens: Sequence[list[int]]) -> Batch:
        """Pads the texts at `positions` to the longest of them."""
        width = max(len(tokens[position]) for position in positions)
        ids = np.full((len(positions), width), self._padding, np.int64)
        mask = np.zeros((len(positions), width), np.int64)
        for row, position in enumerate(positions):
            ids[row, : len(tokens[position])] = tokens[position]
            mask[row, : len(tokens[position])] = 1
        return Batch(positions, ids, mask)


def cut(lengths: Sequence[int], batch_size: int, max_tokens: int) -> list[np.ndarray]:
    """Positions of each batch, shortest texts first: at most `batch_size` texts and, if more than one, `max_tokens` in all."""
    order = np.argsort(np.asarray(lengths), kind="stable")
    batches, start = [], 0
    for end in range(1, len(order) + 1):
        is_last = end == len(order)
        if is_last or end - start == batch_size or (end - start + 1) * lengths[order[end]] > max_tokens:
            batches.append(order[start:end])
            start = end
    return batches


def pool(states: np.ndarray, mask: np.ndarray, pooling: str) -> np.ndarray:
    """Unit vectors (rows, d) of token states (rows, tokens, d): the mean over real tokens, or the first token's."""
    states = states.astype(np.float32, copy=False)
    if pooling == "first":
        vectors = states[:, 0]
    else:
        vectors = np.einsum("ntd,nt->nd", states, mask.astype(np.float32)) / np.maximum(mask.sum(1, keepdims=True), 1)
    return (vectors / np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-12)).astype(np.float32)
